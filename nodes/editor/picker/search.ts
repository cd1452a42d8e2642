// The search of a picker, with its keys.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';
import { isFromEnv } from '../shared/checks.js';
import { Cursor, type Meant, meantBy, type Place, type Row, sectionsOf, type Whole } from './list.js';
import { Pages } from './pages.js';
import { type StatusMessage, SearchView } from './search-view.js';
import { byName, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing, ThingsApi, ThingsQuery } from './things-api.js';

/** Delay before "searching" is shown. */
const SEARCHING_MS = 400;
/** The longest time for which closing a dialog waits for the meaning of typed text. */
const MEANING_MS = 4_000;

/** The picker, as its search sees it. */
export interface SearchingPicker {
  readonly texts: PickerTexts;
  readonly api: ThingsApi | undefined;
  readonly targets: SavedTarget[];
  readonly hubs: ReadonlyMap<string, string>;
  readonly whole: Whole;
  readonly conditions: Pick<ThingsQuery, 'hub' | 'kinds' | 'can'>;
  choose(target: SavedTarget, again: 'keep' | 'untick'): void;
  chooseWhole(place: Place): void;
  removeLast(): string | undefined;
  noteAnswer(reply: Reply<ThingPage> | undefined): void;
  showState(): void;
}

/** The search of a picker: the typed text, the list of matches, and the choice. */
export class Search {
  readonly #picker: SearchingPicker;
  readonly #view: SearchView;
  readonly #cursor = new Cursor();
  readonly #pages: Pages;
  #place: Place | undefined;
  /** The room or hub that the list shows. */
  #listed: Place | undefined;
  #isOpen = false;
  #searching: number | undefined;
  /** Resolvers of calls that wait for the answer to the typed text. */
  #waiting: (() => void)[] = [];

  constructor(picker: SearchingPicker) {
    this.#picker = picker;
    this.#view = new SearchView(picker.texts);
    this.#pages = new Pages({
      ask: (q, after) => picker.api?.list(this.#query(q, after)),
      typed: () => this.typed,
      onAnswer: (reply, isNew) => this.#take(reply, isNew),
      isOver: () => !this.#view.isThere,
    });
    this.#listen();
  }

  #listen(): void {
    const { field, list, turns } = this.#view;
    field
      .on('input', () => this.#type())
      .on('focus click', () => this.#open())
      .on('blur', () => this.#leave())
      .on('keydown', (event) => {
        // Enter may end the composition of a character.
        if (event.originalEvent?.isComposing === true || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!this.#press(event.shiftKey && event.key === 'Tab' ? 'BackTab' : event.key)) return;
        event.preventDefault();
        // Node-RED would close the dialog at Escape.
        event.stopPropagation();
      });
    list.on('click', '[role=option]', ({ currentTarget }) => {
      const row = this.#cursor.at(list.find('[role=option]').index(currentTarget as HTMLElement));
      if (row !== undefined) this.#choose(row);
    });
    turns.on('click', 'button', ({ currentTarget }) =>
      this.#turn($(currentTarget as HTMLElement).attr('data-do') as 'next' | 'back'),
    );
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isThere(): boolean {
    return this.#view.isThere;
  }

  get typed(): string {
    return this.#view.typed;
  }

  /** The things in the last list. */
  get things(): Thing[] {
    return this.#pages.page?.things ?? [];
  }

  focus(): void {
    this.#view.field.trigger('focus');
  }

  showMessage(message: StatusMessage): void {
    this.#view.showMessage(message);
  }

  /** Searches again from the first page; with `isElsewhere`, in the whole home. */
  restart(isElsewhere = false): void {
    if (isElsewhere) this.#place = undefined;
    this.#pages.restart();
    this.#waitForWords();
  }

  /** Requests the same page again if the list is open. */
  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#pages.refresh();
  }

  show(): void {
    const { texts, hubs, whole, targets: chosen } = this.#picker;
    const things = this.#listed === this.#place ? this.things : [];
    const sections = sectionsOf({ things, chosen, typed: this.typed, hubs, whole, place: this.#place }, texts);
    this.#cursor.take(sections.flatMap(({ rows }) => rows));
    const hasPage = { back: this.#pages.number > 1, next: typeof this.#pages.page?.next === 'string' };
    this.#view.showList(this.#isOpen ? sections : [], this.#cursor.index, hasPage);
  }

  /** The typed text as a target, judged by the present list. Saving it is better than losing the text. */
  get meant(): SavedTarget | undefined {
    const { typed } = this;
    if (typed === '') return undefined;
    const meant = this.#meaning;
    return meant?.is === 'one' ? targetOf(meant.thing) : byName(typed);
  }

  /**
   * Turns the typed text into a target after its matches have arrived; shows them if there are several. Returns whether
   * no text is left.
   */
  async settle(): Promise<boolean> {
    if (this.typed === '') return true;
    if (!this.#pages.isCurrent) {
      const answer = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await Promise.race([answer, new Promise((resolve) => window.setTimeout(resolve, MEANING_MS))]);
    }
    return !this.#view.isThere || this.#settleNow();
  }

  #settleNow(): boolean {
    const { typed } = this;
    const meant = this.#meaning ?? { is: 'none' };
    if (typed === '') return true;
    switch (meant.is) {
      case 'one':
        this.#picker.choose(targetOf(meant.thing), 'keep');
        this.#reset();
        return true;
      case 'none':
        this.#picker.choose(byName(typed), 'keep');
        this.#reset();
        return true;
      case 'room':
        this.#enter({ kind: 'room', id: meant.thing.id, name: meant.thing.name, hub: meant.thing.hub });
        return false;
      case 'several':
        this.#isOpen = true;
        this.show();
        this.#saySeveral(meant);
        return false;
    }
  }

  #saySeveral({ count, isOneName }: Extract<Meant, { is: 'several' }>): void {
    const { typed } = this;
    const { texts } = this.#picker;
    const text = isOneName
      ? texts.t('picker.several', { count, name: typed })
      : texts.known({ count, page: 1, hasMore: false, isAway: false, asOf: null });
    this.#view.showMessage({ text });
  }

  /** The meaning of the typed text; `undefined` while unknown. */
  get #meaning(): Meant | undefined {
    const { typed } = this;
    if (isFromEnv(typed)) return { is: 'none' };
    const { page, isCurrent } = this.#pages;
    if (page === undefined || !isCurrent) return undefined;
    return meantBy(typed, page, this.#picker.whole === 'target');
  }

  #query(q: string, after: string): ThingsQuery {
    const { hub = '', kinds = [], ...conditions } = this.#picker.conditions;
    const place = this.#place;
    if (place?.kind === 'room')
      return {
        ...conditions,
        kinds: kinds.filter((kind) => kind === 'device'),
        hub: place.hub,
        rooms: [place.id],
        q,
        after,
      };
    return { ...conditions, kinds: [...new Set([...kinds, 'room'])], hub: place?.id ?? hub, q, after };
  }

  #take(reply: Reply<ThingPage> | undefined, isNew: boolean): void {
    window.clearTimeout(this.#searching);
    if (isNew) this.#listed = this.#place;
    const meant = this.#meaning;
    const { typed } = this;
    if (isNew && typed !== '' && meant?.is === 'one') {
      const { kind, hub, id } = meant.thing;
      this.#cursor.go(`${kind} ${hub} ${id}`);
    } else if (isNew && typed !== '') this.#cursor.leave();
    this.show();
    if (this.#isOpen && reply?.isOk === true) {
      const { total: count, next, away: isAway, asOf } = reply.answer;
      const page = this.#pages.number;
      this.#view.showMessage({
        text: this.#picker.texts.known({ count, page, hasMore: next !== null, isAway, asOf }),
      });
    }
    this.#picker.noteAnswer(reply);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Shows "searching" after a delay. */
  #waitForWords(): void {
    window.clearTimeout(this.#searching);
    this.#searching = window.setTimeout(() => {
      if (this.#isOpen && !this.#pages.isCurrent && this.#view.isThere) {
        this.#view.showMessage({ text: this.#picker.texts.t('picker.searching') });
      }
    }, SEARCHING_MS);
  }

  #type(): void {
    this.#isOpen = true;
    this.restart();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#cursor.leave();
    this.show();
    this.#waitForWords();
    void this.#pages.refresh();
  }

  #leave(): void {
    if (this.typed !== '') void this.settle().then((isSettled) => isSettled && this.#close());
    else this.#close();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cursor.leave();
    this.show();
    this.#picker.showState();
  }

  /** Closes the list, unless the focus is in the field. */
  hide(): void {
    if (document.activeElement !== this.#view.field[0]) this.#close();
  }

  #reset(): void {
    this.#view.fill('');
    this.#place = undefined;
    this.#isOpen = false;
    this.#cursor.leave();
    this.#pages.restart();
    this.show();
  }

  #press(key: string): boolean {
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        this.#move(key === 'ArrowDown' ? 1 : -1);
        return true;
      case 'Home':
      case 'End':
        if (!this.#isOpen || this.typed !== '') return false;
        this.#cursor.end(key === 'Home' ? 'first' : 'last');
        this.show();
        return true;
      case 'PageDown':
      case 'PageUp':
        return this.#isOpen && this.#turn(key === 'PageDown' ? 'next' : 'back');
      case 'Enter':
        return this.#pressEnter();
      case 'Tab':
        return this.#pressTab();
      case 'Backspace':
        return this.#view.isEmpty && this.#pressBackspace();
      case 'Escape':
        return this.#pressEscape();
      default:
        return false;
    }
  }

  /** Chooses the active row; without one, turns the typed text into a target. */
  #pressEnter(): boolean {
    const { row } = this.#cursor;
    if (this.#isOpen && row !== undefined && this.#pages.isCurrent) this.#choose(row);
    else if (this.typed !== '') void this.settle();
    else return false;
    return true;
  }

  /** Lets the focus leave after the meaning is known. With several matches the focus stays. */
  #pressTab(): boolean {
    const meant = this.#meaning;
    if (this.typed === '' || (meant?.is !== 'several' && meant?.is !== 'room')) return false;
    this.#settleNow();
    return true;
  }

  #pressBackspace(): boolean {
    if (this.#place !== undefined) {
      this.#enter(undefined);
      return true;
    }
    const name = this.#picker.removeLast();
    if (name === undefined) return false;
    this.#view.fill(name);
    this.#type();
    return true;
  }

  #pressEscape(): boolean {
    if (!this.#isOpen) return false;
    if (this.#place !== undefined) this.#enter(undefined);
    else this.#close();
    return true;
  }

  #move(step: 1 | -1): void {
    if (!this.#isOpen) this.#open();
    else if (!this.#cursor.move(step)) this.#turn(step === 1 ? 'next' : 'back');
    this.show();
  }

  #turn(direction: 'next' | 'back'): boolean {
    if (!this.#pages.turn(direction)) return false;
    this.#cursor.leave();
    return true;
  }

  #choose({ action }: Row): void {
    switch (action.do) {
      case 'choose':
        this.#picker.choose(action.target, 'untick');
        this.#reset();
        break;
      case 'whole':
        this.#picker.chooseWhole(action.place);
        this.#reset();
        break;
      case 'enter':
        this.#enter(action.place);
        break;
      case 'back':
        this.#enter(undefined);
        break;
    }
  }

  /** Lists the devices of a room or hub; without a place, the whole home. */
  #enter(place: Place | undefined): void {
    this.#place = place;
    this.#isOpen = true;
    this.#view.fill('');
    this.#cursor.leave();
    this.restart();
  }
}

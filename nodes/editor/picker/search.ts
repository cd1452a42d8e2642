// The search for things in a dialog, and its keyboard control.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';
import { isFromEnv } from '../shared/checks.js';
import { Cursor, type TypedMeaning, meantBy, type PickerRow, sectionsOf, type ScopeUse } from './list.js';
import { Pages } from './pages.js';
import type { SearchView } from './search-view.js';
import { byName, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing, ThingsApi, ThingsQuery } from './things-api.js';

/** Delay after which the text "searching" is shown. */
const SEARCHING_MS = 400;
/** The maximum time to wait for the matches of the typed text. After that, the text becomes a name to look up. */
const MEANING_MS = 4_000;

/** The search conditions, except for the typed text. */
export type Conditions = Required<Pick<ThingsQuery, 'hub' | 'kinds' | 'can'>>;

/** The members of the picker that its search uses. */
export interface SearchingPicker {
  readonly texts: PickerTexts;
  readonly api: ThingsApi | undefined;
  readonly targets: SavedTarget[];
  readonly hubs: ReadonlyMap<string, string>;
  readonly scopeUse: ScopeUse;
  readonly conditions: Conditions;
  choose(target: SavedTarget, again: 'keep' | 'untick'): void;
  filterByScope(scope: SavedTarget): void;
  removeLast(): string | undefined;
  noteAnswer(reply: Reply<ThingPage> | undefined): void;
  showState(): void;
}

/** The search in a dialog: the text in the search field, the list of matches, and the choice. */
export class Search {
  readonly #picker: SearchingPicker;
  readonly #view: SearchView;
  readonly #cursor = new Cursor();
  readonly #pages: Pages;
  /** The room or hub in which to search; `undefined` for the whole home. */
  #scope: SavedTarget | undefined;
  /**
   * The room or hub whose things the list shows; `undefined` for the whole home. Differs from `#scope` while the things
   * of the newly entered room or hub are being loaded.
   */
  #listed: SavedTarget | undefined;
  #isOpen = false;
  #searching: number | undefined;
  /** Callbacks of `settle` calls that wait for the matches of the typed text. */
  readonly #waiters: (() => void)[] = [];

  constructor(picker: SearchingPicker, view: SearchView) {
    this.#picker = picker;
    this.#view = view;
    this.#pages = new Pages({
      ask: (after) => picker.api?.list(this.#query(after)),
      onAnswer: (reply, isNew) => this.#take(reply, isNew),
      isOver: () => !this.#view.isThere,
    });
    this.#listen();
  }

  #listen(): void {
    const { field, list, pageButtons } = this.#view;
    field
      .on('input', () => this.#type())
      .on('focus click', () => this.#open())
      .on('blur', () => this.#leave())
      .on('keydown', (event) => {
        // While a character is being composed, Enter and other keys belong to the input method.
        if (event.originalEvent?.isComposing === true || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!this.#press(event.shiftKey && event.key === 'Tab' ? 'BackTab' : event.key)) return;
        event.preventDefault();
        // Otherwise Node-RED would close the dialog at Escape.
        event.stopPropagation();
      });
    list.on('click', '[role=option]', ({ currentTarget }) => {
      const row = this.#cursor.at(list.find('[role=option]').index(currentTarget as HTMLElement));
      if (row !== undefined) this.#choose(row);
    });
    pageButtons.on('click', 'button', ({ currentTarget }) =>
      this.#turn((currentTarget as HTMLElement).dataset['do'] as 'next' | 'back'),
    );
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The things on the last page that was received. */
  get things(): Thing[] {
    return this.#pages.page?.things ?? [];
  }

  /**
   * Searches again from the first page. `isElsewhere`: whether to leave the room or hub that the user has entered, and
   * to search the whole home.
   */
  restart(isElsewhere = false): void {
    if (isElsewhere) this.#scope = undefined;
    this.#pages.restart();
    this.#waitForWords();
  }

  /** Requests the same page again if the list is open. */
  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#pages.refresh();
  }

  show(): void {
    const { texts, hubs, scopeUse, targets: chosen } = this.#picker;
    const { typed } = this.#view;
    const things = this.#listed === this.#scope ? this.things : [];
    const sections = sectionsOf({ things, chosen, typed, hubs, scopeUse, scope: this.#scope }, texts);
    this.#cursor.take(sections.flatMap(({ rows }) => rows));
    const hasPage = { back: this.#pages.number > 1, next: typeof this.#pages.page?.next === 'string' };
    this.#view.showList(this.#isOpen ? sections : [], this.#cursor.index, hasPage);
  }

  /**
   * The typed text as a target; `undefined` if the field is empty. If the text means exactly one thing, the target is
   * that thing. Otherwise it is a name that is looked up when the node runs, so that the text is not lost.
   */
  get meant(): SavedTarget | undefined {
    const { typed } = this.#view;
    if (typed === '') return undefined;
    const meaning = this.#meaning;
    return meaning?.is === 'one' ? targetOf(meaning.thing) : byName(typed);
  }

  /**
   * Waits for the matches of the typed text, and then turns the text into a target. Returns false if several things
   * match or the text means a room, so that the user still has to choose from the list.
   */
  async settle(): Promise<boolean> {
    if (!this.#pages.isCurrent) {
      const answer = new Promise<void>((resolve) => this.#waiters.push(resolve));
      await Promise.race([answer, new Promise((resolve) => window.setTimeout(resolve, MEANING_MS))]);
    }
    return !this.#view.isThere || this.#settleNow();
  }

  #settleNow(): boolean {
    const [meaning, target] = [this.#meaning, this.meant];
    if (target === undefined) return true;
    if (meaning?.is === 'several') {
      const { count, isOneName } = meaning;
      this.#isOpen = true;
      this.show();
      this.#view.showMessage({ text: this.#picker.texts.several(count, isOneName ? target.name : undefined) });
      return false;
    }
    if (meaning?.is === 'room') {
      this.#enter(targetOf(meaning.thing));
      return false;
    }
    this.#picker.choose(target, 'keep');
    this.#reset();
    return true;
  }

  /** The meaning of the typed text; `undefined` while the server has not sent its matches. */
  get #meaning(): TypedMeaning | undefined {
    const { typed } = this.#view;
    if (isFromEnv(typed)) return { is: 'none' };
    const { page, isCurrent } = this.#pages;
    if (page === undefined || !isCurrent) return undefined;
    return meantBy(typed, page, this.#picker.scopeUse === 'target');
  }

  #query(after: string): ThingsQuery {
    const { hub, kinds, can } = this.#picker.conditions;
    const scope = this.#scope;
    const common = { can, hub: scope?.hub ?? hub, q: this.#view.typed, after };
    if (scope?.kind !== 'room') return { ...common, kinds: [...new Set([...kinds, 'room'])] };
    return { ...common, kinds: kinds.filter((kind) => kind === 'device'), rooms: [scope.id] };
  }

  #take(reply: Reply<ThingPage> | undefined, isNew: boolean): void {
    if (isNew) this.#listed = this.#scope;
    if (isNew && this.#view.typed !== '') {
      const meaning = this.#meaning;
      if (meaning?.is === 'one') this.#cursor.go(meaning.thing);
      else this.#cursor.leave();
    }
    this.show();
    if (this.#isOpen && reply?.isOk === true) {
      this.#view.showMessage({ text: this.#picker.texts.known(reply.answer, this.#pages.number) });
    }
    this.#picker.noteAnswer(reply);
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Shows "searching" after a delay, unless the answer has arrived by then. */
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
    if (this.#view.typed !== '') void this.settle().then((isSettled) => isSettled && this.#close());
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
    this.#scope = undefined;
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
        if (!this.#isOpen || this.#view.typed !== '') return false;
        this.#cursor.leave();
        this.#cursor.move(key === 'Home' ? 1 : -1);
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

  /**
   * Handles Enter: chooses the active row or, if no row is active, turns the typed text into a target. Returns false if
   * there is neither.
   */
  #pressEnter(): boolean {
    const { row } = this.#cursor;
    if (this.#isOpen && row !== undefined && this.#pages.isCurrent) this.#choose(row);
    else if (this.#view.typed !== '') void this.settle();
    else return false;
    return true;
  }

  /**
   * Handles Tab. Keeps the focus in the field and returns true if the typed text has several matches or means a room.
   */
  #pressTab(): boolean {
    const is = this.#meaning?.is;
    return (is === 'several' || is === 'room') && !this.#settleNow();
  }

  #pressBackspace(): boolean {
    if (this.#scope !== undefined) {
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
    if (this.#scope !== undefined) this.#enter(undefined);
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

  #choose({ do: what, target }: PickerRow): void {
    if (what === 'enter') return this.#enter(target);
    if (what === 'back') return this.#enter(undefined);
    if (what === 'choose') this.#picker.choose(target, 'untick');
    else this.#picker.filterByScope(target);
    this.#reset();
  }

  /** Lists the devices of a room or hub; without a scope, the whole home. */
  #enter(scope: SavedTarget | undefined): void {
    this.#scope = scope;
    this.#isOpen = true;
    this.#view.fill('');
    this.#cursor.leave();
    this.restart();
  }
}

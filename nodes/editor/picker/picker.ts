import type { ThingPage } from '../../../src/devices/thing-list.js';
import type { Reply } from '../account/api.js';
import { chipsOf, KnownThings } from './choices.js';
import { Cursor, type Row, type Section, sectionsOf } from './result-list.js';
import { linesOf, type SavedTarget, withTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import { type AskedAccount, type Thing, ThingsApi, type ThingsQuery } from './things-api.js';
import { PickerView } from './view.js';

/** How often an open dialog asks how things are. */
const REFRESH_MS = 3_000;

export interface PickerOptions {
  targets: readonly SavedTarget[];
  texts: PickerTexts;
  /** The account that is chosen in the dialog; `undefined` where none is. */
  account: () => Omit<AskedAccount, 'language'> | undefined;
  /** The names of the account's hubs by their ids. */
  hubs: () => Promise<ReadonlyMap<string, string>>;
  /** What is looked for beside what is typed. */
  wanted: () => Pick<ThingsQuery, 'hub' | 'kinds' | 'can'>;
  mayWrite: boolean;
  /** The choices are others, or more is known of them. */
  onChange: (picker: TargetPicker) => void;
}

/**
 * Chooses things of an account's hubs: typed, searched at the server, by keys or by mouse; several. What was chosen
 * stays, whatever becomes of the hub, until a person takes it away.
 */
export class TargetPicker {
  readonly #options: PickerOptions;
  readonly #view: PickerView;
  readonly #known = new KnownThings();
  readonly #cursor = new Cursor();
  #targets: readonly SavedTarget[];
  #page: ThingPage | undefined;
  /** Their names by their ids, where there are several. */
  #hubs: ReadonlyMap<string, string> = new Map();
  /** Where the pages before this one begin. */
  #earlier: string[] = [];
  #after = '';
  #isOpen = false;
  #isListing = false;
  #isListAgain = false;
  #timer: number | undefined;

  constructor(options: PickerOptions) {
    this.#options = options;
    this.#targets = options.targets;
    this.#view = new PickerView(
      options.texts,
      {
        type: () => this.#type(),
        look: () => this.#open(),
        leave: () => this.#close(),
        press: (key) => this.#press(key),
        choose: (target) => this.#choose(target),
        turn: (way) => this.#turn(way),
        remove: (target) => this.#remove(target),
        blink: (target) => void this.#blink(target),
      },
      options.mayWrite,
    );
    this.#show();
    void this.#nameHubs();
    void this.#list();
    void this.#refresh();
  }

  /** What is chosen; a name that is typed and can't be chosen from the list is one, too. */
  get targets(): SavedTarget[] {
    const { typed } = this.#view;
    return this.#offersTyped ? withTarget(this.#targets, byName(typed)) : [...this.#targets];
  }

  /** What is known of what is chosen; of the list where nothing is. */
  get things(): Thing[] {
    return this.#targets.length > 0 ? this.#known.of(this.#targets) : [...(this.#page?.things ?? [])];
  }

  /** The endpoints of the account that is chosen. */
  get api(): ThingsApi | undefined {
    const account = this.#options.account();
    return account && new ThingsApi({ ...account, language: this.#options.texts.language });
  }

  /** Another account has other things. */
  restart(): void {
    this.#known.clear();
    void this.#nameHubs();
    this.#search();
    void this.#refreshChosen();
  }

  /** Something else is wanted: begins at the first page of what is typed. */
  search(): void {
    this.#search();
  }

  /** Something may be otherwise by now. */
  refresh(): void {
    void this.#refreshChosen();
  }

  async #nameHubs(): Promise<void> {
    const hubs = await this.#options.hubs();
    this.#hubs = hubs.size > 1 ? hubs : new Map();
    if (this.#view.isThere) this.#show();
  }

  /** How things are, every now and then for as long as the dialog is there. */
  async #refresh(): Promise<void> {
    window.clearTimeout(this.#timer);
    if (!this.#view.isThere) return;
    await Promise.all([this.#refreshChosen(), this.#isOpen ? this.#list() : undefined]);
    this.#timer = window.setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  async #refreshChosen(): Promise<void> {
    const ids = this.#targets.map(({ id }) => id).filter((id) => id !== '');
    const { api } = this;
    if (api === undefined || ids.length === 0) return;
    const reply = await api.list({ ids });
    if (!this.#view.isThere) return;
    if (reply.isOk) {
      const { things, away, asOf } = reply.answer;
      this.#known.take(things, away ? [] : ids);
      if (!this.#isOpen) this.#view.say(away ? this.#options.texts.awayChosen(asOf) : '');
    } else if (!this.#isOpen) this.#view.say(this.#options.texts.listFailure(reply.failure), true);
    this.#show();
  }

  /** Lists what fits. While one answer is awaited the next question waits: only the last that was typed counts. */
  async #list(): Promise<void> {
    this.#isListAgain = this.#isListing;
    if (this.#isListing) return;
    this.#isListing = true;
    do {
      this.#isListAgain = false;
      const q = this.#view.typed;
      const reply = await this.api?.list({ ...this.#options.wanted(), q, after: this.#after });
      if (!this.#view.isThere) return;
      if (!this.#isListAgain) this.#take(reply, q);
    } while (this.#isListAgain);
    this.#isListing = false;
  }

  #take(reply: Reply<ThingPage> | undefined, q: string): void {
    const { texts } = this.#options;
    const isNew = this.#page === undefined;
    if (reply?.isOk === true) {
      this.#page = reply.answer;
      this.#known.take(reply.answer.things);
    } else {
      this.#page = { things: [], next: null, asOf: null, away: true };
      this.#view.say(reply === undefined ? texts.t('picker.noAccount') : texts.listFailure(reply.failure), true);
    }
    // What is typed is meant for the first that fits.
    this.#cursor.take(rowsOf(this.#sections), isNew && q !== '');
    this.#show();
    if (reply?.isOk === true && this.#isOpen) this.#sayKnown(reply.answer);
  }

  #sayKnown({ things, next, away, asOf }: ThingPage): void {
    const page = this.#earlier.length + 1;
    this.#view.say(
      this.#options.texts.known({ count: things.length, page, hasMore: next !== null, isAway: away, asOf }),
    );
  }

  /** Begins at the first page of what is typed. */
  #search(): void {
    this.#page = undefined;
    this.#earlier = [];
    this.#after = '';
    void this.#list();
  }

  #type(): void {
    this.#isOpen = true;
    this.#search();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#show();
    if (this.#page !== undefined) this.#sayKnown(this.#page);
    void this.#list();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cursor.leave();
    this.#show();
  }

  #press(key: string): boolean {
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        this.#move(key === 'ArrowDown' ? 1 : -1);
        return true;
      case 'PageDown':
      case 'PageUp':
        return this.#isOpen && this.#turn(key === 'PageDown' ? 'next' : 'back');
      case 'Enter':
        return this.#enter();
      case 'Escape':
        if (!this.#isOpen) return false;
        this.#close();
        return true;
      default:
        return false;
    }
  }

  #move(step: 1 | -1): void {
    if (!this.#isOpen) this.#open();
    else if (!this.#cursor.move(step)) this.#turn(step === 1 ? 'next' : 'back');
    this.#show();
  }

  #enter(): boolean {
    const { row } = this.#cursor;
    if (!this.#isOpen || row === undefined) return false;
    this.#choose(row.target);
    return true;
  }

  #turn(way: 'next' | 'back'): boolean {
    const after = way === 'next' ? this.#page?.next : this.#earlier.at(-1);
    if (after === undefined || after === null) return false;
    if (way === 'next') this.#earlier.push(this.#after);
    else this.#earlier.pop();
    this.#after = after;
    this.#cursor.leave();
    void this.#list();
    return true;
  }

  #choose(target: SavedTarget): void {
    this.#targets = withTarget(this.#targets, target);
    this.#view.clear();
    this.#isOpen = false;
    this.#cursor.leave();
    this.#search();
    this.#view.say('');
    this.#show();
    void this.#refreshChosen();
  }

  #remove(target: SavedTarget): void {
    this.#targets = this.#targets.filter((one) => one !== target);
    this.#show();
    this.#view.field.trigger('focus');
  }

  async #blink(target: SavedTarget): Promise<void> {
    const { texts } = this.#options;
    const reply = await this.api?.blink(target);
    if (reply === undefined || !this.#view.isThere) return;
    if (reply.isOk) this.#view.say(texts.t('picker.blinking', { name: target.name }));
    else this.#view.say(texts.tryFailure(reply.failure), true);
  }

  /** Whether what is typed can be used as it is: nothing fits, the hub is away, or an environment variable is in it. */
  get #offersTyped(): boolean {
    const { typed } = this.#view;
    if (typed === '' || this.#page === undefined) return typed.includes('${');
    return this.#page.things.length === 0 || this.#page.away || typed.includes('${');
  }

  get #sections(): Section[] {
    const typed = this.#offersTyped ? this.#view.typed : '';
    const things = this.#page?.things ?? [];
    return sectionsOf({ things, chosen: this.#targets, typed, hubs: this.#hubs }, this.#options.texts);
  }

  #show(): void {
    const { texts, onChange } = this.#options;
    this.#view.showChips(chipsOf(this.#targets, this.#known, texts, this.#hubs));
    const sections = this.#sections;
    const rows = rowsOf(sections);
    this.#view.showList({
      isOpen: this.#isOpen && rows.length > 0,
      sections,
      active: rows[this.#cursor.place],
      hasNext: typeof this.#page?.next === 'string',
      hasBack: this.#earlier.length > 0,
    });
    const lines = linesOf(this.#targets);
    const $lines = $('#node-input-targets-list');
    if ($lines.val() !== lines) $lines.val(lines).trigger('change');
    onChange(this);
  }
}

function rowsOf(sections: readonly Section[]): Row[] {
  return sections.flatMap(({ rows }) => rows);
}

function byName(name: string): SavedTarget {
  return { hub: '', kind: '', id: '', name };
}

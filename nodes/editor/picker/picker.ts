import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';
import { chipsOf, KnownThings } from './choices.js';
import { Pages } from './pages.js';
import { Cursor, type Row, type Section, sectionsOf } from './result-list.js';
import { linesOf, type SavedTarget, withTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import { type AskedAccount, type Thing, ThingsApi, type ThingsQuery } from './things-api.js';
import { PickerView } from './view.js';

/** How often an open dialog asks how things are. */
const REFRESH_MS = 3_000;

/** What a dialog tells its picker, and hears of it. */
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
  readonly #pages: Pages;
  /** Their names by their ids, where there are several. */
  #hubs: ReadonlyMap<string, string> = new Map();
  #isOpen = false;
  /** Enter was pressed before what was typed had its answer. */
  #isEntered = false;
  /** What is said as long as nothing else happens. */
  #background = '';
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
    this.#pages = new Pages({
      ask: (q, after) => this.api?.list({ ...options.wanted(), q, after }),
      typed: () => this.#view.typed,
      onAnswer: (reply, isNew) => this.#take(reply, isNew),
      isOver: () => !this.#view.isThere,
    });
    this.#show();
    void this.#nameHubs();
    this.#pages.restart();
    void this.#refresh();
  }

  /** What is chosen; a name that is typed and can't be chosen from the list is one, too. */
  get targets(): SavedTarget[] {
    const { typed } = this.#view;
    return this.#offersTyped ? withTarget(this.#targets, byName(typed)) : [...this.#targets];
  }

  /** What is known of what is chosen; of the list where nothing is. */
  get things(): Thing[] {
    return this.#targets.length > 0 ? this.#known.of(this.#targets) : [...(this.#pages.page?.things ?? [])];
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
    this.#pages.restart();
    void this.#refreshChosen();
  }

  /** Something else is wanted: begins at the first page of what is typed. */
  search(): void {
    this.#pages.restart();
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
    await Promise.all([this.#refreshChosen(), this.#isOpen ? this.#pages.refresh() : undefined]);
    this.#timer = window.setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  async #refreshChosen(): Promise<void> {
    const ids = this.#targets.map(({ id }) => id).filter((id) => id !== '');
    const { api } = this;
    if (api === undefined || ids.length === 0) return;
    const reply = await api.known(ids);
    if (!this.#view.isThere) return;
    if (reply.isOk) {
      const { things, away, asOf } = reply.answer;
      this.#known.take(things, away ? [] : ids);
      this.#sayInBackground(away ? this.#options.texts.awayChosen(asOf) : '');
    } else this.#sayInBackground(this.#options.texts.listFailure(reply.failure), true);
    this.#show();
  }

  #take(reply: Reply<ThingPage> | undefined, isNew: boolean): void {
    const { texts } = this.#options;
    if (reply?.isOk === true) this.#known.take(reply.answer.things);
    // What is typed is meant for the first that fits.
    this.#cursor.take(rowsOf(this.#sections), isNew && this.#view.typed !== '');
    this.#show();
    if (reply?.isOk !== true) {
      const sentence = reply === undefined ? texts.t('picker.noAccount') : texts.listFailure(reply.failure);
      this.#sayInBackground(sentence, reply !== undefined);
    } else if (this.#isOpen) this.#sayKnown(reply.answer);
    else if (this.#targets.length === 0) this.#sayInBackground('');
    if (this.#isEntered) this.#enter();
  }

  #sayKnown({ things, next, away, asOf }: ThingPage): void {
    const { number: page } = this.#pages;
    this.#background = '';
    this.#view.say(
      this.#options.texts.known({ count: things.length, page, hasMore: next !== null, isAway: away, asOf }),
    );
  }

  /** Says how it stands, once: what a person has done since is not talked over. */
  #sayInBackground(sentence: string, isProblem = false): void {
    if (!isProblem && this.#isOpen) return;
    if (sentence === this.#background) return;
    this.#background = sentence;
    this.#view.say(sentence, isProblem);
  }

  #type(): void {
    this.#isOpen = true;
    this.#isEntered = false;
    this.#pages.restart();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#show();
    void this.#pages.refresh();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isEntered = false;
    this.#cursor.leave();
    this.#view.say(this.#background);
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

  /** Chooses the row that the keys are at; of what is still looked for, once that is there. */
  #enter(): boolean {
    const isTyped = this.#view.typed !== '';
    this.#isEntered = this.#isOpen && isTyped && !this.#pages.isCurrent;
    if (this.#isEntered) return true;
    const { row } = this.#cursor;
    if (!this.#isOpen || row === undefined) return false;
    this.#choose(row.target);
    return true;
  }

  #turn(way: 'next' | 'back'): boolean {
    if (!this.#pages.turn(way)) return false;
    this.#cursor.leave();
    return true;
  }

  #choose(target: SavedTarget): void {
    this.#targets = withTarget(this.#targets, target);
    this.#view.clear();
    this.#isOpen = false;
    this.#cursor.leave();
    this.#pages.restart();
    this.#view.say(this.#background);
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
    const { page, isCurrent } = this.#pages;
    if (typed === '' || page === undefined || !isCurrent) return typed.includes('${');
    return page.things.length === 0 || page.away || typed.includes('${');
  }

  get #sections(): Section[] {
    const typed = this.#offersTyped ? this.#view.typed : '';
    const things = this.#pages.page?.things ?? [];
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
      active: rows[this.#cursor.index],
      hasNext: typeof this.#pages.page?.next === 'string',
      hasBack: this.#pages.number > 1,
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

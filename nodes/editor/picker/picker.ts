// The picker of things in a dialog: holds the targets together with the search and the chips.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';
import { type ChipAction, ChipView } from './chip-view.js';
import { type Chip, chipsOf, commandOf, KnownThings, type ThingAction } from './choices.js';
import { type Place, type Whole } from './list.js';
import { translate } from '../shared/catalogue.js';
import { Latest } from '../shared/latest.js';
import { viewerLocale } from '../shared/times.js';
import { PickerLine } from './picker-line.js';
import type { StatusMessage } from './search-view.js';
import { Search, type SearchingPicker } from './search.js';
import { isSameTarget, linesOf, type SavedTarget, targetOf, withTarget } from './target.js';
import { PickerTexts } from './texts.js';
import { type AskedAccount, type Thing, ThingsApi, type ThingsQuery } from './things-api.js';

/** Interval between the requests of an open dialog. */
const REFRESH_MS = 3_000;

/** The dialog of a picker. */
interface PickerOptions {
  targets: readonly SavedTarget[];
  /** The account chosen in the dialog; `undefined` if none is. */
  account: () => Omit<AskedAccount, 'language'> | undefined;
  /** The names of the account's hubs, by id. */
  hubs: () => Promise<ReadonlyMap<string, string>>;
  /** Search conditions besides the typed text. */
  conditions: () => Pick<ThingsQuery, 'hub' | 'kinds' | 'can'>;
  /** The field that the node sets; empty for none. */
  field?: (() => string) | undefined;
  /** The meaning of an empty choice in words, if no filter describes it. */
  nothing?: string | undefined;
  /** Called when a target was resolved. */
  onFound?: (target: SavedTarget, found: Resolved) => void;
  /** Called after the targets, or the known facts about them, have changed. */
  onChange: (picker: TargetPicker) => void;
}

/** The meaning of an empty choice in a dialog with a filter. */
interface PickerFilter {
  things: () => readonly Thing[];
  /** The filter in words; empty while unknown. */
  text: () => string;
  /** Adds a room or hub to the filter, if the filter supports that. */
  take?: (place: Place) => void;
}

/**
 * Chooses several things of an account's hubs by a search on the server, with the keyboard or the mouse. A target stays
 * until the user removes it, even if the hub no longer has the thing.
 */
export class TargetPicker implements SearchingPicker {
  readonly texts = new PickerTexts(translate, viewerLocale());
  readonly #options: PickerOptions;
  readonly #chips: ChipView;
  readonly #search: Search;
  readonly #known = new KnownThings();
  readonly #line: PickerLine;
  #targets: readonly SavedTarget[];
  #filter: PickerFilter | undefined;
  /** All hubs by id, if there are several. */
  #hubs: ReadonlyMap<string, string> = new Map();
  /** The target that the next choice replaces. */
  #replaced: SavedTarget | undefined;
  /** The reason why things can't be listed, while that lasts. */
  #problem: StatusMessage | undefined;
  #isHubAway = false;
  #timer: number | undefined;
  /** Answers about another account are out of date. */
  readonly #answers = new Latest(() => !this.isThere);

  constructor(options: PickerOptions) {
    this.#options = options;
    this.#targets = options.targets;
    this.#chips = new ChipView(this.texts, (...press) => this.#press(...press));
    this.#search = new Search(this);
    this.#line = new PickerLine(
      (message) => this.#search.showMessage(message),
      () => this.#stateMessage,
      () => this.isThere && !this.#search.isOpen,
    );
    this.#show();
    void this.#nameHubs();
    this.#search.restart();
    void this.#refresh();
  }

  get targets(): SavedTarget[] {
    return [...this.#targets];
  }

  /** The chosen targets, and the typed text as a further one. */
  get toSave(): SavedTarget[] {
    const { meant } = this.#search;
    return meant === undefined ? this.targets : withTarget(this.#targets, meant);
  }

  /** Whether the search contains text that has not become a target. */
  get isTyping(): boolean {
    return this.#search.isThere && this.#search.typed !== '';
  }

  get isThere(): boolean {
    return this.#search.isThere;
  }

  /** The known things among the targets. Without targets, the things that pass the filter, or else the listed ones. */
  get things(): Thing[] {
    if (this.#targets.length > 0) return this.#known.of(this.#targets);
    return [...(this.#filter?.things() ?? this.#search.things)];
  }

  /** Client for the endpoints of the chosen account. */
  get api(): ThingsApi | undefined {
    const account = this.#options.account();
    return account && new ThingsApi({ ...account, language: this.texts.language });
  }

  /** Sets the filter that applies while no target is chosen. */
  useFilter(filter: PickerFilter): void {
    this.#filter = filter;
  }

  /** Turns the typed text into a target. Returns whether that succeeded; otherwise shows the matches. */
  async settle(): Promise<boolean> {
    const isSettled = await this.#search.settle();
    if (!isSettled) this.#search.focus();
    return isSettled;
  }

  /** Closes the list if the focus is elsewhere. */
  hide(): void {
    this.#search.hide();
  }

  /** Starts again, because another account has other things. */
  restart(): void {
    this.#answers.drop();
    this.#known.clear();
    this.#problem = undefined;
    this.#isHubAway = false;
    this.#hubs = new Map();
    this.#line.clear();
    void this.#nameHubs();
    this.#search.restart(true);
    this.#show();
    void this.#refreshChosen();
  }

  /** Searches again from the first page, because the conditions have changed. */
  search(): void {
    this.#search.restart();
  }

  /** Shows the state in the status line. */
  showState(): void {
    this.#line.showState();
  }

  /** Updates the picker after a change of the filter or its things. */
  noteFilter(): void {
    if (!this.isThere) return;
    this.#line.showState('background');
    this.#options.onChange(this);
  }

  /** Resolves all targets again, because names may mean other things, as at another hub. */
  lookUpAgain(): void {
    this.#known.clear();
    this.#search.restart();
    this.refresh();
  }

  /** Updates the chips and requests fresh data. */
  refresh(): void {
    this.#show();
    void this.#refreshChosen();
  }

  /** All hubs of the account by id, if there are several. */
  get hubs(): ReadonlyMap<string, string> {
    return this.#hubs;
  }

  /** Search conditions besides the typed text. */
  get conditions(): Pick<ThingsQuery, 'hub' | 'kinds' | 'can'> {
    return this.#options.conditions();
  }

  get whole(): Whole {
    if (this.#filter?.take !== undefined) return 'filter';
    return this.conditions.kinds?.includes('room') === true ? 'target' : 'none';
  }

  async #nameHubs(): Promise<void> {
    const isCurrent = this.#answers.join();
    const hubs = await this.#options.hubs();
    if (!isCurrent()) return;
    this.#hubs = hubs.size > 1 ? hubs : new Map();
    this.#show();
  }

  /** Requests fresh data repeatedly, while the dialog is open. */
  async #refresh(): Promise<void> {
    window.clearTimeout(this.#timer);
    // Other parts of a dialog that opens, such as its hub, are set a moment later.
    await Promise.resolve();
    if (!this.isThere) return;
    await Promise.all([this.#refreshChosen(), this.#search.refresh()]);
    this.#timer = window.setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  /** Resolves open targets, then requests the state of the found ones. */
  async #refreshChosen(): Promise<void> {
    const { api } = this;
    const isCurrent = this.#answers.join();
    if (api === undefined || this.#targets.length === 0) return;
    const open = this.#targets.filter((target) => this.#known.isOpen(target));
    if (open.length > 0) {
      const reply = await api.lookUp({ targets: open, hub: this.conditions.hub ?? '' });
      if (!isCurrent()) return;
      if (!reply.isOk) {
        this.#note(reply);
        return;
      }
      open.forEach((target, index) => {
        const resolved = reply.answer.targets[index] ?? UNKNOWN;
        this.#known.note(target, resolved);
        this.#options.onFound?.(target, resolved);
      });
      this.#show();
    }
    const ids = [...new Set(this.#known.of(this.#targets).map(({ id }) => id))];
    const reply = ids.length === 0 ? await this.#lookAtHub(api) : await api.known(ids);
    if (!isCurrent()) return;
    if (reply.isOk) this.#known.take(reply.answer.things, reply.answer.away ? [] : ids);
    this.#note(reply);
  }

  /** Asks whether the hub is reachable; used if no target was resolved. */
  #lookAtHub(api: ThingsApi): Promise<Reply<ThingPage>> {
    return api.list({ hub: this.conditions.hub ?? '', kinds: ['alarm'] });
  }

  /** Reads the state of the account and its hub from an answer, and clears a problem that is over. */
  #note(reply: Reply<ThingPage>): void {
    const { texts } = this;
    if (reply.isOk) {
      this.#isHubAway = reply.answer.away;
      this.#problem = reply.answer.away ? { text: texts.awayChosen(reply.answer.asOf) } : undefined;
    } else {
      this.#isHubAway = reply.failure.code === 'COZIFY_HUB_OFFLINE' || reply.failure.code === 'COZIFY_UNREACHABLE';
      this.#problem = { text: texts.listFailure(reply.failure), isProblem: true };
    }
    this.#show();
    if (!this.#search.isOpen) this.#line.showState('background');
  }

  /** Reads an answer to the search; `undefined` without an account. */
  noteAnswer(reply: Reply<ThingPage> | undefined): void {
    if (reply === undefined) {
      this.#problem = { text: this.texts.t('picker.noAccount') };
      this.#line.showState();
    } else if (!reply.isOk) {
      this.#note(reply);
      this.#line.showState();
    } else {
      this.#known.take(reply.answer.things);
      if (!reply.answer.away) this.#problem = undefined;
      if (!this.#search.isOpen) this.#line.showState('background');
    }
    this.#show();
  }

  /** The problem, the number of targets that need attention, or the meaning of an empty choice. */
  get #stateMessage(): StatusMessage {
    if (this.#problem !== undefined) return this.#problem;
    const { nothing = '' } = this.#options;
    const count = this.#targets.length;
    if (count === 0) return { text: this.#filter?.text() ?? nothing };
    const bad = this.#shownChips().filter(({ is }) => is === 'gone' || is === 'several').length;
    return { text: this.texts.chosen(count, bad), isProblem: bad > 0, isForScreenReaders: bad === 0 };
  }

  /** Chooses a target. If the target is chosen already, `again` says whether it stays or is removed. */
  choose(target: SavedTarget, again: 'keep' | 'untick'): void {
    const chosen = this.#targets.find((one) => isSameTarget(one, target));
    if (chosen !== undefined && again === 'untick') {
      this.#drop(chosen);
      return;
    }
    const gone = this.#replaced ?? this.#targets.find((one) => one.id === '' && this.#known.isOf(one) === 'gone');
    this.#replaced = undefined;
    this.#set(
      gone === undefined || chosen !== undefined ? withTarget(this.#targets, target) : this.#with(gone, target),
    );
    this.#line.showState();
  }

  /** Returns the targets with one of them replaced. */
  #with(before: SavedTarget, target: SavedTarget): SavedTarget[] {
    return this.#targets.map((one) => (one === before ? target : one));
  }

  /** Handles a button of a chip. */
  #press(action: ChipAction, target: SavedTarget, thing: Thing | undefined): void {
    if (action === 'remove') this.#remove(target);
    else if (action === 'choose') this.#replace(target, thing);
    else void this.#act(action, target);
  }

  /** Replaces a target by a thing; without a thing, starts a search for one. */
  #replace(target: SavedTarget, thing: Thing | undefined): void {
    if (thing === undefined) {
      this.#replaced = target;
      this.#search.focus();
      return;
    }
    this.#set(this.#with(target, targetOf(thing)));
    this.#search.focus();
    this.#line.showState();
  }

  /** Adds a whole room or hub to the filter. */
  chooseWhole(place: Place): void {
    this.#filter?.take?.(place);
    this.#line.done(this.texts.t('picker.allTaken', { name: place.name }));
  }

  /** Removes the last target and returns its name. */
  removeLast(): string | undefined {
    const last = this.#targets.at(-1);
    if (last === undefined) return undefined;
    this.#set(this.#targets.slice(0, -1));
    return this.#known.find(last)?.name ?? (last.name || last.id);
  }

  #remove(target: SavedTarget): void {
    this.#drop(target);
    this.#search.focus();
  }

  #drop(target: SavedTarget): void {
    const name = this.#known.find(target)?.name ?? (target.name || target.id);
    this.#set(this.#targets.filter((one) => one !== target));
    this.#line.done(this.texts.t('picker.takenAway', { name }));
  }

  #set(targets: readonly SavedTarget[]): void {
    this.#targets = targets;
    this.#show();
    void this.#refreshChosen();
  }

  /** Runs the action of a chip's button; the node stays unchanged. */
  async #act(action: ThingAction, target: SavedTarget): Promise<void> {
    const { api, isThere, texts } = this;
    const thing = this.#known.find(target);
    if (api === undefined || thing === undefined || !isThere) return;
    const { name } = thing;
    const reply = await (action === 'blink' ? api.blink(thing) : api.command(commandOf(action, targetOf(thing))));
    if (!this.isThere) return;
    if (!reply.isOk) this.#search.showMessage({ text: texts.tryFailure(reply.failure), isProblem: true });
    else if (action === 'blink') this.#search.showMessage({ text: texts.t('picker.blinking', { name }) });
    else this.#search.showMessage({ text: texts.tried(reply.answer) });
    void this.#refreshChosen();
  }

  #shownChips(): Chip[] {
    const { field = () => '' } = this.#options;
    const shown = { known: this.#known, texts: this.texts, hubs: this.#hubs, isHubAway: this.#isHubAway };
    return chipsOf(this.#targets, { ...shown, field: field(), can: this.conditions.can ?? '' });
  }

  #show(): void {
    this.#chips.show(this.#shownChips());
    this.#search.show();
    const lines = linesOf(this.#targets);
    const $lines = $('#node-input-targets-list');
    if ($lines.val() !== lines) $lines.val(lines).trigger('change');
    this.#options.onChange(this);
  }
}

const UNKNOWN = { is: 'unknown' as const, thing: null };

// The picker in a dialog: the user searches for things and chooses the targets of the node.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import { KINDS } from '../../../src/devices/things/kinds.js';
import { chosenAccount, hubNames } from '../account/accounts.js';
import type { Reply } from '../account/api.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { replace } from '../shared/draw.js';
import { Latest } from '../shared/latest.js';
import { viewerLocale } from '../shared/times.js';
import { type ChipAction, chipElement } from './chip-view.js';
import { type Chip, chipOf, commandOf, KnownThings, type ThingAction } from './chips.js';
import type { ScopeUse } from './list.js';
import { PickerLine } from './picker-line.js';
import { type StatusMessage, SearchView } from './search-view.js';
import { type Conditions, Search, type SearchingPicker } from './search.js';
import { isSameTarget, linesOf, type SavedTarget, targetOf, withTarget } from './target.js';
import { PickerTexts } from './texts.js';
import { type Thing, ThingsApi } from './things-api.js';

/** Interval at which an open dialog requests fresh data. */
const REFRESH_MS = 3_000;

/** Options of a picker. By default, all kinds of things except rooms can be chosen. */
export interface PickerOptions {
  kinds?: readonly string[];
  /** Returns the ability that a thing must have to be listed, read from the inputs of the dialog; "" for none. */
  can?: () => string;
  /** Returns the field that the node sets, read from the inputs of the dialog; "" if the node sets no field. */
  field?: () => string;
  /** The text that is shown if no target is chosen and the dialog has no filter. */
  nothing?: string;
  /** Called after a target was looked up. `account` and `hub`: the ones that are chosen in the dialog. */
  onFound?: (account: string, hub: string, target: SavedTarget, found: Resolved) => void;
  /** Called after the targets have changed, or new data about them has arrived. */
  onChange?: (picker: TargetPicker) => void;
}

const USUAL: Required<PickerOptions> = {
  // Rooms are left out, because a room has no state of its own.
  kinds: KINDS.filter((kind) => kind !== 'room'),
  can: () => '',
  field: () => '',
  nothing: '',
  onFound: () => undefined,
  onChange: () => undefined,
};

/** The things that the node uses if no target is chosen. */
interface NothingChosen {
  readonly things: readonly Thing[];
  /** A description of these things; empty while they are unknown. */
  readonly text: string;
}

/**
 * Lets the user choose targets among the things of an account, by a search on the server. A target stays until the user
 * removes it, even if the thing no longer exists.
 */
export class TargetPicker implements SearchingPicker {
  readonly texts = new PickerTexts(translate, viewerLocale());
  readonly #options: Required<PickerOptions>;
  readonly #$chips = $('#cozify-target-chips');
  readonly #view = new SearchView(this.texts);
  readonly #search = new Search(this, this.#view);
  readonly #known = new KnownThings();
  readonly #line = new PickerLine(
    (message) => this.#view.showMessage(message),
    () => this.#stateMessage,
    () => this.isThere && !this.#search.isOpen,
  );
  #targets: readonly SavedTarget[];
  #nothing: NothingChosen | undefined;
  /** Adds a room or hub to the filter; `undefined` if the dialog has no such filter. */
  #addToFilter: ((scope: SavedTarget) => void) | undefined;
  #hubs: ReadonlyMap<string, string> = new Map();
  /** The target that will be replaced by the next thing that the user chooses. */
  #replaced: SavedTarget | undefined;
  /** The message that things can't be listed or that their states are old; `undefined` if neither is true. */
  #problem: StatusMessage | undefined;
  #isHubAway = false;
  /** Detects answers that are out of date, because the user has chosen another account since the request. */
  readonly #answers = new Latest(() => !this.isThere);

  constructor(targets: readonly SavedTarget[], options: PickerOptions) {
    this.#targets = targets;
    this.#options = { ...USUAL, ...options };
    this.#$chips.on('click', 'button', ({ currentTarget }) => this.#press($(currentTarget as HTMLElement)));
    this.#show();
    // Node-RED reports a change of the account when it has filled the dialog, and `restart` then requests all data.
    this.#refreshLater();
  }

  get targets(): SavedTarget[] {
    return [...this.#targets];
  }

  /** The targets to save: the chosen targets and, if text was typed, a target for that text. */
  get toSave(): SavedTarget[] {
    const { meant } = this.#search;
    return meant === undefined ? this.targets : withTarget(this.#targets, meant);
  }

  /** Whether the search field contains text that has not become a target. */
  get isTyping(): boolean {
    return this.isThere && this.#view.typed !== '';
  }

  get isThere(): boolean {
    return this.#view.isThere;
  }

  /**
   * The things that the dialog is about: those of the targets, as far as they are known. Without targets: those that
   * pass the filter or, without a filter, those in the list.
   */
  get things(): Thing[] {
    if (this.#targets.length > 0) return this.#known.thingsOf(this.#targets);
    return [...(this.#nothing?.things ?? this.#search.things)];
  }

  /** Client for the endpoints of the chosen account. */
  get api(): ThingsApi | undefined {
    const account = chosenAccount();
    return account && new ThingsApi({ ...account, language: this.texts.language });
  }

  /**
   * Sets the things that the node uses if no target is chosen. `addToFilter`: adds a room or hub to the filter; absent
   * if the dialog has no filter.
   */
  useFilter(nothing: NothingChosen, addToFilter?: (scope: SavedTarget) => void): void {
    this.#nothing = nothing;
    this.#addToFilter = addToFilter;
  }

  /** Turns the text in the search field into a target. If that fails, shows the matches and returns false. */
  async settle(): Promise<boolean> {
    const isSettled = await this.#search.settle();
    if (!isSettled) this.#view.focus();
    return isSettled;
  }

  /** Closes the list, unless the focus is in the search field. */
  hide(): void {
    this.#search.hide();
  }

  /** Discards all data and starts again, because the user has chosen another account. */
  restart(): void {
    this.#answers.drop();
    this.#known.clear();
    this.#problem = undefined;
    this.#isHubAway = false;
    this.#hubs = new Map();
    this.#line.clear();
    void this.#nameHubs();
    this.#search.restart(true);
    this.refresh();
  }

  /** Searches again from the first page, because the search conditions have changed. */
  search(): void {
    this.#search.restart();
    this.refresh();
  }

  /** Shows the current state in the status line: a problem, or how many things are chosen. */
  showState(): void {
    this.#line.showState();
  }

  /** Updates the picker after the filter has changed, or after the server has sent the things that pass the filter. */
  noteFilter(): void {
    if (!this.isThere) return;
    this.#line.showState('background');
    this.#options.onChange(this);
  }

  /** Looks up all targets again after the hub has changed, because a name may mean another thing at that hub. */
  resolveAgain(): void {
    this.#known.clear();
    this.search();
  }

  /** Updates the chips and requests fresh data. */
  refresh(): void {
    this.#show();
    void this.#refreshChosen();
  }

  /** The names of the hubs by id; empty if there is only one hub. */
  get hubs(): ReadonlyMap<string, string> {
    return this.#hubs;
  }

  /** The search conditions, except for the typed text. */
  get conditions(): Conditions {
    const { kinds, can } = this.#options;
    const hub = String($('#node-input-hub').val() ?? '').trim();
    return { hub: isFromEnv(hub) ? '' : hub, kinds, can: can() };
  }

  get scopeUse(): ScopeUse {
    if (this.#addToFilter !== undefined) return 'filter';
    return this.#options.kinds.includes('room') ? 'target' : 'none';
  }

  async #nameHubs(): Promise<void> {
    const isCurrent = this.#answers.join();
    const hubs = await hubNames();
    if (!isCurrent()) return;
    this.#hubs = hubs.size > 1 ? hubs : new Map();
    this.#show();
  }

  /** Requests fresh data repeatedly, while the dialog is open. */
  #refreshLater(): void {
    window.setTimeout(() => void this.#refreshNow(), REFRESH_MS);
  }

  async #refreshNow(): Promise<void> {
    if (!this.isThere) return;
    await Promise.all([this.#refreshChosen(), this.#search.refresh()]);
    this.#refreshLater();
  }

  /** Looks up the targets whose things are unknown, then requests the states of all things that were found. */
  async #refreshChosen(): Promise<void> {
    const { api } = this;
    const isCurrent = this.#answers.join();
    if (api === undefined || this.#targets.length === 0) return;
    const open = this.#targets.filter((target) => this.#known.isUnresolved(target));
    if (open.length > 0) {
      const { hub } = this.conditions;
      const reply = await api.resolve({ targets: open, hub });
      if (!isCurrent()) return;
      if (!reply.isOk) return this.#note(reply);
      open.forEach((target, index) => {
        const resolved = reply.answer.targets[index] ?? UNKNOWN;
        this.#known.noteResolved(target, resolved);
        this.#options.onFound(chosenAccount()?.id ?? '', hub, target, resolved);
      });
      this.#show();
    }
    const ids = [...new Set(this.#known.thingsOf(this.#targets).map(({ id }) => id))];
    // If no thing is known, requests the list of alarms: it is short, and shows whether the hub is reachable.
    const { hub } = this.conditions;
    const reply = await (ids.length === 0 ? api.list({ hub, kinds: ['alarm'] }) : api.known(ids));
    if (!isCurrent()) return;
    if (reply.isOk) this.#known.take(reply.answer.things, reply.answer.away ? [] : ids);
    this.#note(reply);
  }

  /** Updates the message about a problem, and whether the hub is reachable, from an answer of the server. */
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

  /** Handles an answer to the search. `undefined`: nothing was asked, because no account is chosen. */
  noteAnswer(reply: Reply<ThingPage> | undefined): void {
    if (reply === undefined) this.#problem = { text: this.texts.t('picker.noAccount') };
    else if (!reply.isOk) this.#note(reply);
    else {
      this.#known.take(reply.answer.things);
      if (!reply.answer.away) this.#problem = undefined;
    }
    if (reply?.isOk !== true) this.#line.showState();
    else if (!this.#search.isOpen) this.#line.showState('background');
    this.#show();
  }

  /**
   * The message for the status line: the problem, the number of targets that need attention or, without targets, the
   * description of the things that the node uses.
   */
  get #stateMessage(): StatusMessage {
    if (this.#problem !== undefined) return this.#problem;
    const count = this.#targets.length;
    if (count === 0) return { text: this.#nothing?.text ?? this.#options.nothing };
    const bad = this.#shownChips().filter(({ is }) => is === 'gone' || is === 'several').length;
    return { text: this.texts.chosen(count, bad), isProblem: bad > 0, isForScreenReaders: bad === 0 };
  }

  /**
   * Adds a target. If the user is replacing a target, or the name of a target was not found, the new target takes its
   * place. `again`: whether a target that is already chosen stays or is removed.
   */
  choose(target: SavedTarget, again: 'keep' | 'untick'): void {
    const chosen = this.#targets.find((one) => isSameTarget(one, target));
    if (chosen !== undefined && again === 'untick') return this.#drop(chosen);
    const gone = this.#replaced ?? this.#targets.find((one) => one.id === '' && this.#known.stateOf(one) === 'gone');
    this.#replaced = undefined;
    this.#set(
      gone === undefined || chosen !== undefined ? withTarget(this.#targets, target) : this.#with(gone, target),
    );
    this.#line.showState();
  }

  /** Returns the targets, with `target` in place of `before`. */
  #with(before: SavedTarget, target: SavedTarget): SavedTarget[] {
    return this.#targets.map((one) => (one === before ? target : one));
  }

  /** Handles a click on a button in the box of a target. */
  #press($button: JQuery): void {
    const target = this.#targets[$button.closest('.cozify-target-chip').index()];
    if (target === undefined) return;
    const action = $button.attr('data-do') as ChipAction;
    if (action === 'choose') this.#replace(target, this.#known.namesakesOf(target)[$button.prevAll('button').length]);
    else if (action !== 'remove') void this.#act(action, target);
    else {
      this.#drop(target);
      this.#view.focus();
    }
  }

  /** Replaces a target by a thing. Without a thing, lets the user search for one. */
  #replace(target: SavedTarget, thing: Thing | undefined): void {
    this.#view.focus();
    if (thing === undefined) this.#replaced = target;
    else {
      this.#set(this.#with(target, targetOf(thing)));
      this.#line.showState();
    }
  }

  /** Adds a whole room or hub to the filter. */
  filterByScope(scope: SavedTarget): void {
    this.#addToFilter?.(scope);
    this.#line.done(this.texts.t('picker.allTaken', { name: scope.name }));
  }

  /** Removes the last target and returns its name. */
  removeLast(): string | undefined {
    const last = this.#targets.at(-1);
    if (last === undefined) return undefined;
    this.#set(this.#targets.slice(0, -1));
    return this.#nameOf(last);
  }

  #drop(target: SavedTarget): void {
    this.#set(this.#targets.filter((one) => one !== target));
    this.#line.done(this.texts.t('picker.takenAway', { name: this.#nameOf(target) }));
  }

  #nameOf(target: SavedTarget): string {
    return this.#known.find(target)?.name ?? (target.name || target.id);
  }

  #set(targets: readonly SavedTarget[]): void {
    this.#targets = targets;
    this.#show();
    void this.#refreshChosen();
  }

  /** Runs an action, such as "off", on the thing of a target, without a change to the node. */
  async #act(action: ThingAction, target: SavedTarget): Promise<void> {
    const { api, isThere, texts } = this;
    const thing = this.#known.find(target);
    if (api === undefined || thing === undefined || !isThere) return;
    const { name } = thing;
    const reply = await (action === 'blink' ? api.blink(thing) : api.command(commandOf(action, targetOf(thing))));
    if (!this.isThere) return;
    if (!reply.isOk) this.#view.showMessage({ text: texts.tryFailure(reply.failure), isProblem: true });
    else if (action === 'blink') this.#view.showMessage({ text: texts.t('picker.blinking', { name }) });
    else this.#view.showMessage({ text: texts.tried(reply.answer) });
    void this.#refreshChosen();
  }

  #shownChips(): Chip[] {
    const { field, can } = this.#options;
    const things = { known: this.#known, hubs: this.#hubs, isHubAway: this.#isHubAway };
    const shown = { ...things, texts: this.texts, field: field(), can: can() };
    return this.#targets.map((target) => chipOf(target, shown));
  }

  #show(): void {
    const chips = this.#shownChips().map((chip) => chipElement(chip, this.texts));
    replace(this.#$chips, chips);
    this.#search.show();
    const lines = linesOf(this.#targets);
    const $lines = $('#node-input-targets-list');
    if ($lines.val() !== lines) $lines.val(lines).trigger('change');
    this.#options.onChange(this);
  }
}

const UNKNOWN = { is: 'unknown' as const, thing: null };

// The home of an account in the home tab: its lists, the references of nodes to its things, and its events.
import { cloudOfAccount } from '../account/accounts.js';
import type { Failure, Reply } from '../account/api.js';
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Thing } from '../picker/things-api.js';
import { Latest } from '../shared/latest.js';
import type { AccountChoice } from './account-choice.js';
import { type FeedAnswer, HomeApi, type HomeEvent, KINDS, keyAcrossHubs } from './api.js';
import type { EventLog } from './event-log.js';
import type { FilterBar } from './filters.js';
import { Folds } from './folds.js';
import { Follower } from './follower.js';
import type { Panel } from './frame.js';
import type { GoneList } from './gone-list.js';
import { ListState, rowsOf } from './list.js';
import type { StateLine } from './state-line.js';
import type { HomeTexts } from './texts.js';
import type { ThingTree, ThingUpdate, TreeRow } from './tree.js';
import { UseIndex } from './uses.js';

/** Delay between the last key press in the search field and the search. */
const TYPING_MS = 150;
/** Delay before the references of nodes to things are counted, so that many changed nodes cause only one count. */
const COUNTING_MS = 150;
/** Delay before the lists are loaded again, so that several changes need only one reload. */
const RELISTING_MS = 500;

/**
 * The actions that run after a delay: the search after typing, the count of references, and the reload of the lists.
 */
type Delayed = 'typing' | 'counting' | 'relisting';

/** The objects that make up the home tab, and the state that they share. */
export interface HomeParts {
  /** The home of the chosen account; `undefined` without an account. */
  readonly home: Home | undefined;
  readonly texts: HomeTexts;
  readonly choice: AccountChoice;
  readonly line: StateLine;
  readonly tree: ThingTree;
  readonly filters: FilterBar;
  readonly log: EventLog;
  readonly gone: GoneList;
  readonly showPanel: (panel: Panel) => void;
  /** The text in the search field. */
  readonly query: string;
  readonly isSeen: boolean;
}

/**
 * The home of one account: loads its lists, and keeps them up to date from the events that the server sends. While the
 * tab is hidden or shows another account, it makes no request and runs no timer.
 */
export class Home {
  readonly #account: string;
  readonly api: HomeApi;
  readonly uses: UseIndex;
  readonly #page: HomeParts;
  readonly #follower: Follower;
  /** Timers of delayed actions, by name. */
  readonly #timers = new Map<Delayed, ReturnType<typeof setTimeout>>();
  readonly #listed = new ListState();
  /**
   * States, times of changes and presses that arrived as events after the list was requested, by the key of the thing.
   * They replace those in the list, which may be older.
   */
  readonly #freshUpdates = new Map<string, ThingUpdate>();
  readonly #lists = new Latest(() => !this.#isShown);
  /** The names of the hubs, by id. */
  hubs: ReadonlyMap<string, string> = new Map();
  #rooms: ReadonlyMap<string, Thing> = new Map();
  /** The keys of the headings in the list: hubs, rooms and other sections. */
  #headings = new Set<string>();
  #isPaging = false;
  /** The failure of the last request for events or a list; `undefined` after events were received. */
  #failure: Failure | undefined;
  #answeredAt = '';

  /** `account`: the account's id. */
  constructor(account: string, page: HomeParts) {
    this.#account = account;
    this.#page = page;
    this.api = new HomeApi({ id: account, cloudUrl: cloudOfAccount(account) ?? '', language: page.texts.language });
    this.uses = new UseIndex(account, this.api, () => page.isSeen);
    this.#follower = new Follower({
      feed: (after, wait, signal) => this.api.feed(after, Math.min(wait, this.#listed.maxPollS), signal),
      onStart: () => this.#loadAll(),
      onNews: (answer) => this.#take(answer),
      onFailure: (failure) => {
        this.#fail(failure);
        // The failure may be caused by the login, so the state of the login is requested. A failure with `retryAfter`
        // has another cause.
        if (failure.retryAfter === undefined) void page.choice.ask();
      },
    });
  }

  get isFollowing(): boolean {
    return this.#follower.isOn;
  }

  /** Whether the tab is visible and shows this account. */
  get #isShown(): boolean {
    return this.#page.home === this && this.#page.isSeen;
  }

  start(): void {
    this.#follower.start();
  }

  /** Stops all requests and timers until the next `start`. */
  pause(): void {
    this.#follower.stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Shows why the values in the list may be old, and when they arrived. */
  showNotLive(why: string): void {
    const { line, texts, tree } = this.#page;
    line.showState('', texts.notLive(why, tree.count === 0 ? '' : this.#answeredAt));
  }

  /**
   * Called when the login may have changed. If the tab shows a failure, retries at once. Otherwise requests the state
   * of the login.
   */
  noteLogin(): void {
    if (!this.#isShown) return;
    if (this.#failure !== undefined) this.#follower.again();
    else void this.#page.choice.ask();
  }

  /** Searches after the user has stopped typing. */
  searchSoon(): void {
    this.#later('typing', TYPING_MS, () => this.#list(true));
  }

  /** Counts the references of nodes to things again after a short delay, because nodes have changed. */
  countSoon(): void {
    this.#later('counting', COUNTING_MS, () => this.#count(false));
  }

  /**
   * Searches the things with these ids, and returns the keys of the matches; `undefined` if the tab is hidden or the
   * request failed. If the list already shows all matches of the search, returns an empty array without a request.
   */
  find(ids: readonly string[]): Promise<readonly string[] | undefined> | readonly string[] | undefined {
    if (this.#listed.isAll(this.#page.tree.count) && !this.#page.filters.isSet) return [];
    return this.#page.isSeen ? this.api.found(this.#page.query, ids) : undefined;
  }

  /** Loads the next page of the list. */
  async listMore(): Promise<void> {
    const { tree } = this.#page;
    const { next, requiredCount } = this.#listed;
    // `requiredCount` is above the number of listed things if the next page has failed to load. The follower has been
    // restarted then, and loads that page again.
    if (next === null || requiredCount > tree.count || this.#isPaging || tree.isFull) return;
    this.#isPaging = true;
    const isCurrent = this.#lists.join();
    const reply = await this.#listFrom(next);
    this.#isPaging = false;
    if (!isCurrent()) return;
    if (!reply.isOk) {
      this.#fail(reply.failure);
      this.#listed.requiredCount = tree.count + 1;
      return this.#follower.again();
    }
    this.#listed.take(reply.answer);
    tree.append(this.#rowsOf(reply.answer.things));
    this.#showCount();
  }

  /**
   * Runs an action after a delay. A further call for `typing` restarts the delay. Further calls for another action are
   * ignored during its delay. If the action fails, restarts the follower.
   */
  #later(name: Delayed, ms: number, work: () => Promise<boolean>): void {
    if (name !== 'typing' && this.#timers.has(name)) return;
    clearTimeout(this.#timers.get(name));
    const end = async (): Promise<void> => {
      this.#timers.delete(name);
      if (!(await work())) this.#follower.again();
    };
    const timer = setTimeout(() => void end(), ms);
    this.#timers.set(name, timer);
  }

  #fail(failure: Failure): false {
    this.#failure = failure;
    this.showNotLive(this.#page.texts.tryFailure(failure));
    return false;
  }

  /**
   * Loads the hubs, the rooms and the list, and counts the references to things. Returns whether all requests
   * succeeded.
   */
  async #loadAll(): Promise<boolean> {
    const [snapshot, rooms] = await Promise.all([this.#page.choice.ask(), this.api.rooms(() => this.#isShown)]);
    // Stops if the tab no longer shows this home. This is not a failure: the home is loaded again when it is shown.
    if (!this.#isShown) return true;
    if (!snapshot.isOk) return this.#fail(snapshot.failure);
    this.hubs = new Map(snapshot.answer.hubs.map(({ id, name }) => [id, name]));
    if (!rooms.isOk) return this.#fail(rooms.failure);
    this.#rooms = new Map(rooms.answer.map((room) => [keyAcrossHubs(room), room]));
    const isListed = await this.#list();
    const isCounted = !this.#isShown || (await this.#count(true));
    return isListed && isCounted;
  }

  /**
   * Loads the list again: for a new search the first page, otherwise as many pages as before. Returns false if a
   * request failed.
   */
  async #list(isNewSearch = false): Promise<boolean> {
    const { tree, log, query, filters } = this.#page;
    const isCurrent = this.#lists.ask();
    this.#freshUpdates.clear();
    // If a page has failed to load, `requiredCount` is above the number of listed things, so the page is loaded again.
    const requiredCount = isNewSearch ? 1 : Math.max(this.#listed.requiredCount, tree.count);
    const things: Thing[] = [];
    let after = '';
    do {
      const reply = await this.#listFrom(after);
      if (!isCurrent()) return true;
      if (!reply.isOk) return this.#fail(reply.failure);
      things.push(...reply.answer.things);
      this.#listed.take(reply.answer);
      if (reply.answer.capabilities !== undefined) filters.offerKinds(reply.answer.capabilities);
      after = reply.answer.next ?? '';
    } while (after !== '' && things.length < requiredCount);
    this.#listed.requiredCount = 1;
    this.#headings = new Set();
    if (isNewSearch) {
      tree.$list.scrollTop(0);
      tree.folds = new Folds(this.#account, query !== '' || filters.isSet);
    }
    tree.replace(this.#rowsOf(things));
    log.filter(query);
    this.#showCount();
    return true;
  }

  #listFrom(after: string): Promise<Reply<ThingPage>> {
    const { query: q, filters } = this.#page;
    const { set } = filters;
    const { keys } = this.uses;
    const filter = { ...set, ...(set.used && { used: keys }), ...(set.unused && { unused: keys }) };
    return this.api.list({ kinds: KINDS, q, after, withCapabilities: after === '', filter });
  }

  #rowsOf(things: readonly Thing[]): TreeRow[] {
    for (const thing of things) Object.assign(thing, this.#freshUpdates.get(keyAcrossHubs(thing)));
    return rowsOf(things, this.#headings, { texts: this.#page.texts, rooms: this.#rooms, hubs: this.hubs });
  }

  #showCount(): void {
    const { line, texts, tree } = this.#page;
    const [shown, asOf] = this.#listed.words(tree.count, tree.isFull, texts);
    line.showState('', asOf, shown);
  }

  #take({ events, reset, hubs }: FeedAnswer): void {
    // A failure has removed the number of things from the status line. After a failure with `retryAfter`, the number is
    // shown again here. After any other failure, the follower loads the list again, which also shows the number.
    if (this.#failure?.retryAfter !== undefined) this.#showCount();
    this.#failure = undefined;
    this.#answeredAt = new Date().toISOString();
    this.#page.log.add(events, reset);
    this.#handleEvents(events, this.#listed.isOutdated(hubs));
  }

  #handleEvents(events: readonly HomeEvent[], isOutdated: boolean): void {
    const { tree, filters } = this.#page;
    let isOther = isOutdated;
    for (const { at, event, thing, changed, state, press } of events) {
      const key = keyAcrossHubs(thing);
      const update: ThingUpdate = {
        ...(press === null ? {} : { lastPress: { ...press, at } }),
        ...(state === null ? {} : { state }),
        ...(state === null || changed.length === 0 ? {} : { changedAt: at }),
      };
      tree.update(key, update);
      this.#freshUpdates.set(key, { ...this.#freshUpdates.get(key), ...update });
      const isFilterField = event.endsWith('reachable') || changed.includes('batteryLow');
      if (isFilterField && filters.isSet) isOther = true;
      if (event === 'added' || event === 'removed' || event.startsWith('hub-')) isOther = true;
    }
    if (!isOther || !this.isFollowing) return;
    this.#later('relisting', RELISTING_MS, () => this.#loadAll());
  }

  /**
   * Counts the references of nodes to things, and shows the missing things. `isComplete`: whether to ask the server
   * about all references again, and not only about new ones. Returns whether all requests succeeded.
   */
  async #count(isComplete: boolean): Promise<boolean> {
    const { gone, tree, log, filters } = this.#page;
    const failure = await this.uses.count(isComplete);
    if (this.#page.home !== this) return true;
    gone.show(this.uses);
    tree.refresh();
    log.draw();
    const isByUse = filters.set.used ?? filters.set.unused;
    if (isByUse && this.#isShown && !(await this.#list())) return false;
    return failure === undefined || !this.#page.isSeen || this.#fail(failure);
  }
}

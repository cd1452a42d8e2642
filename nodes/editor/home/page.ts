import type { Failure } from '../account/api.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { AccountChoice, cloudOf, type HomeAccount } from './account-choice.js';
import { HomeApi, type HomeEvent, KINDS } from './api.js';
import { Attention, type Seen } from './attention.js';
import { EventLog, type Search } from './event-log.js';
import {
  hasPermission,
  letDrag,
  mayAdd,
  mayChange,
  NODE_MAKERS,
  nodeFor,
  type NodeMaker,
  type Place,
  putIntoFlow,
  reveal,
} from './flow.js';
import { Follower } from './follower.js';
import { ignoreSecondClicks, type Panel, turnTabs } from './frame.js';
import { GoneList } from './gone-list.js';
import { Listed, rowsOf } from './list.js';
import { hubOf, Replacing, type Successor, successorOf } from './replacing.js';
import { StateLine } from './state-line.js';
import type { HomeTexts } from './texts.js';
import { type Row, ThingTree } from './tree.js';
import { thingKey, type Used, UseIndex } from './uses.js';

/** Delay of a search after the last key. */
const TYPING_MS = 150;
/** Delay of a count of uses after the first of many changed nodes. */
const COUNTING_MS = 150;
/** Delay of a new list after the first of several changes, so that they need one list. */
const RELISTING_MS = 500;

const NODE_EVENTS = ['nodes:add', 'nodes:change', 'nodes:remove', 'flows:change', 'deploy', 'flows:loaded'] as const;

export class HomePage {
  readonly #$frame: JQuery;
  readonly #texts: HomeTexts;
  readonly #choice: AccountChoice;
  readonly #attention: Attention;
  readonly #line: StateLine;
  readonly #tree: ThingTree;
  readonly #log: EventLog;
  readonly #gone: GoneList;
  readonly #showPanel: (panel: Panel) => void;
  #api: HomeApi | undefined;
  #follower: Follower | undefined;
  #stopDragging: (() => void) | undefined;
  #seen: Seen = 'hidden';
  readonly #delays = new Delays();
  #isPaging = false;
  /** The last failure of the feed or of a list, until the feed answers. */
  #failure: Failure | undefined;
  #answeredAt = '';
  #listed = new Listed();
  readonly #freshStates = new FreshStates();
  /** Counts lists: the answer to an older list is not shown. */
  #listing = 0;
  #headings = new Set<string>();
  #rooms = new Map<string, Thing>();
  #hubs = new Map<string, string>();
  #uses: UseIndex | undefined;
  #replacing: Replacing | undefined;

  constructor($frame: JQuery, texts: HomeTexts, accounts: () => HomeAccount[]) {
    this.#$frame = $frame;
    this.#texts = texts;
    this.#choice = new AccountChoice($frame, texts, accounts, () => this.#changeAccount(), this.#noteLogin);
    this.#attention = new Attention($frame[0] as Element, (seen) => this.#noteSeen(seen));
    this.#line = new StateLine($frame, () => this.#nextStep());
    this.#tree = new ThingTree($frame.find('#cozify-home-list'), {
      texts,
      actionsOf: (row) => this.#actionsOf(row),
      usesOf: ({ key }) => this.#uses?.nodesOf(key) ?? [],
      onEnd: () => void this.#freshStates.during(this.#listMore()),
    });
    this.#log = new EventLog($frame.find('#cozify-home-events'), texts, {
      isListed: (key) => this.#tree.has(key),
      find: (ids) => this.#find(ids),
    });
    this.#gone = new GoneList($frame.find('#cozify-home-gone'), $frame.find('#cozify-home-tab-gone'), texts);
    this.#showPanel = turnTabs($frame, (panel) => this.#line.turnTo(panel));
  }

  start(): void {
    this.#showPanel('things');
    this.#attention.start();
    this.#choice.start();
    for (const name of NODE_EVENTS) RED.events.on(name, this.#noteNodes);
    if (mayAdd()) {
      this.#stopDragging = letDrag(this.#tree, (row, maker) => {
        const { current } = this.#choice;
        return (place) => this.#put(row, maker, place, current);
      });
    }
    ignoreSecondClicks(this.#$frame);
    this.#line.start();
    this.#$frame
      .on('keydown', (event) => this.#press(event))
      .on('click', '[data-node]', (event) => reveal($(event.currentTarget).attr('data-node') ?? ''))
      .on('click', '[data-do]', (event) => void this.#act(event));
    this.#$frame
      .find('#cozify-home-search')
      .on('input', () => this.#delays.later('typing', TYPING_MS, () => this.#search()));
  }

  stop(): void {
    this.#attention.stop();
    this.#choice.stop();
    this.#follower?.stop();
    this.#stopDragging?.();
    this.#delays.stop();
    for (const name of NODE_EVENTS) RED.events.off(name, this.#noteNodes);
    this.#line.stop();
  }

  /** A hidden tab makes no request and runs no timer. */
  #noteSeen(seen: Seen): void {
    this.#seen = seen;
    if (seen !== 'seen') {
      this.#follower?.stop();
      this.#delays.stop();
      if (seen === 'idle') this.#showNotLive(this.#texts.t('home.paused'));
    } else if (this.#choice.look() || this.#api === undefined) this.#changeAccount();
    else {
      // The rows in the list are from before the follower starts.
      this.#line.showState(this.#texts.t('picker.searching'));
      this.#follower?.start();
    }
    this.#showFollowing();
  }

  #showFollowing(): void {
    this.#$frame.attr('data-following', String(this.#follower?.isOn === true));
  }

  /** Shows another account, and clears everything of the old one. */
  #changeAccount(): void {
    this.#choice.look();
    this.#follower?.stop();
    this.#tree.clear();
    this.#log.clear();
    this.#gone.show([], new Map(), false);
    this.#replacing = undefined;
    this.#rooms.clear();
    this.#hubs.clear();
    this.#listed = new Listed();
    const { current } = this.#choice;
    this.#api = undefined;
    this.#follower = undefined;
    this.#uses = undefined;
    this.#line.showState(this.#texts.t(current === undefined ? 'home.noAccount' : 'picker.searching'));
    if (current === undefined) return this.#showFollowing();
    const cloudUrl = cloudOf(current);
    const api = new HomeApi({ id: current.id, cloudUrl, language: this.#texts.language });
    this.#api = api;
    this.#uses = new UseIndex(current.id, api, () => this.#seen === 'seen');
    this.#follower = new Follower({
      feed: (after, wait, signal) => api.feed(after, Math.min(wait, this.#listed.patienceS), signal),
      onStart: () => this.#loadAll(),
      onNews: ({ events, reset, hubs }) => {
        // After any other failure the list is loaded again, which says so.
        if (this.#failure?.retryAfter !== undefined) this.#showCount();
        this.#failure = undefined;
        this.#answeredAt = new Date().toISOString();
        this.#log.add(events, reset);
        this.#handleEvents(events, this.#listed.isOutdated(hubs));
      },
      onFailure: (failure) => {
        this.#fail(failure);
        // If the server names a time to wait, the login is not the reason.
        if (failure.retryAfter === undefined) void this.#choice.ask();
      },
    });
    if (this.#seen === 'seen') this.#follower.start();
    this.#showFollowing();
  }

  #fail(failure: Failure): false {
    this.#failure = failure;
    this.#showNotLive(this.#texts.failure(failure));
    return false;
  }

  #showNotLive(why: string): void {
    this.#line.showState('', this.#texts.notLive(why, this.#tree.count === 0 ? '' : this.#answeredAt));
  }

  /** Loads all lists, after the feed's position is known. Returns whether everything arrived. */
  async #loadAll(): Promise<boolean> {
    const api = this.#api;
    if (api === undefined) return true;
    const isWanted = (): boolean => api === this.#api && this.#seen === 'seen';
    const [snapshot, rooms] = await Promise.all([this.#choice.ask(), api.rooms(isWanted)]);
    // The tab restarts when it is shown again.
    if (!isWanted()) return true;
    if (!snapshot.isOk) return this.#fail(snapshot.failure);
    this.#hubs = new Map(snapshot.answer.hubs.map(({ id, name }) => [id, name]));
    if (!rooms.isOk) return this.#fail(rooms.failure);
    this.#rooms = new Map(rooms.answer.map((room) => [thingKey(room), room]));
    const isListed = await this.#freshStates.during(this.#list());
    const isCounted = this.#seen !== 'seen' || (await this.#count(true));
    return isListed && isCounted;
  }

  async #restartUnless(isDone: Promise<boolean>): Promise<void> {
    if (!(await isDone)) this.#follower?.again();
  }

  #search(): Promise<void> {
    return this.#restartUnless(this.#freshStates.during(this.#list(true)));
  }

  /** Loads the list again from the first page to the last page that was loaded. Returns whether it arrived. */
  async #list(isNewSearch = false): Promise<boolean> {
    const api = this.#api;
    if (api === undefined) return true;
    const listing = (this.#listing += 1);
    const minimum = isNewSearch ? 1 : Math.max(this.#listed.minimum, this.#tree.count);
    const things: Thing[] = [];
    let after = '';
    do {
      const reply = await api.list({ kinds: KINDS, q: this.#query, after });
      if (api !== this.#api || listing !== this.#listing || this.#seen !== 'seen') return true;
      if (!reply.isOk) return this.#fail(reply.failure);
      things.push(...reply.answer.things);
      this.#listed.take(reply.answer);
      after = reply.answer.next ?? '';
    } while (after !== '' && things.length < minimum);
    this.#listed.minimum = 1;
    this.#headings = new Set();
    if (isNewSearch) this.#tree.$list.scrollTop(0);
    this.#tree.replace(this.#rowsOf(things));
    this.#log.filter(this.#query);
    this.#showCount();
    return true;
  }

  /** Returns the keys of those things that match the search. If everything is listed, no unlisted thing matches. */
  #find(ids: readonly string[]): ReturnType<Search['find']> {
    if (this.#listed.isAll(this.#tree.count)) return [];
    return this.#seen === 'seen' ? this.#api?.found(this.#query, ids) : undefined;
  }

  async #listMore(): Promise<void> {
    const api = this.#api;
    if (api === undefined || this.#listed.next === null || this.#isPaging || this.#tree.isFull) return;
    // A page that failed to load is requested again later.
    if (this.#listed.minimum > this.#tree.count) return;
    this.#isPaging = true;
    const listing = this.#listing;
    const reply = await api.list({ kinds: KINDS, q: this.#query, after: this.#listed.next });
    this.#isPaging = false;
    if (api !== this.#api || listing !== this.#listing || this.#seen !== 'seen') return;
    if (!reply.isOk) {
      this.#fail(reply.failure);
      this.#listed.minimum = this.#tree.count + 1;
      return this.#follower?.again();
    }
    this.#listed.take(reply.answer);
    this.#tree.append(this.#rowsOf(reply.answer.things));
    this.#showCount();
  }

  #rowsOf(things: readonly Thing[]): Row[] {
    for (const thing of things) thing.state = this.#freshStates.of(thingKey(thing)) ?? thing.state;
    return rowsOf(things, this.#headings, { texts: this.#texts, rooms: this.#rooms, hubs: this.#hubs });
  }

  get #query(): string {
    return String(this.#$frame.find('#cozify-home-search').val() ?? '');
  }

  #showCount(): void {
    this.#line.count(...this.#listed.words(this.#tree.count, this.#tree.isFull, this.#texts));
  }

  #handleEvents(events: readonly HomeEvent[], isOutdated: boolean): void {
    let isOther = isOutdated;
    for (const { at, event, thing, state, press } of events) {
      if (press !== null) this.#tree.update(thingKey(thing), { lastPress: { ...press, at } });
      if (state !== null) {
        this.#tree.update(thingKey(thing), { state });
        this.#freshStates.note(thingKey(thing), state);
      }
      if (event === 'added' || event === 'removed' || event.startsWith('hub-')) isOther = true;
    }
    if (!isOther || this.#follower?.isOn !== true) return;
    this.#delays.later('relisting', RELISTING_MS, () => this.#restartUnless(this.#loadAll()));
  }

  /** Restarts a follower in back-off at once, because the login may have changed. */
  readonly #noteLogin = (): void => {
    if (this.#seen !== 'seen' || this.#api === undefined) return;
    if (this.#failure !== undefined) this.#follower?.again();
    else void this.#choice.ask();
  };

  /** The next step of a replacement, shown until it is finished. */
  #nextStep(): string {
    const old = this.#replacing?.old;
    return old === undefined ? '' : this.#texts.t('home.replace.choose', { name: old.name });
  }

  readonly #noteNodes = (): void => {
    if (this.#seen !== 'seen') return;
    if (this.#choice.look()) this.#changeAccount();
    else if (this.#api !== undefined)
      this.#delays.later('counting', COUNTING_MS, () => this.#restartUnless(this.#count(false)));
  };

  /** Counts the uses of things, and finds the missing ones. Returns whether all answers arrived. */
  async #count(isComplete: boolean): Promise<boolean> {
    const uses = this.#uses;
    const failure = await uses?.count(isComplete);
    if (uses === undefined || uses !== this.#uses) return true;
    this.#gone.show(uses.used, uses.verdicts);
    this.#tree.refresh();
    this.#log.refresh();
    return failure === undefined || this.#seen !== 'seen' || this.#fail(failure);
  }

  #actionsOf({ actions, key, target }: Row): string[] {
    const mayWrite = hasPermission('cozify.write');
    const allowed = actions.filter((name) => (NODE_MAKERS.some((maker) => maker === name) ? mayAdd() : mayWrite));
    const isOffered = this.#replacing?.takes(target.kind) ?? (this.#uses?.nodesOf(key) ?? []).length > 0;
    const canReplace = isOffered && target.kind !== 'section' && mayChange();
    return canReplace ? [...allowed, 'replace'] : allowed;
  }

  #press(event: JQuery.TriggeredEvent): void {
    if (event.key === 'Escape' && this.#replacing !== undefined) this.#endReplacing();
  }

  #endReplacing(): void {
    this.#replacing = undefined;
    this.#line.result(this.#texts.t('home.replace.ended'));
    this.#tree.refresh();
  }

  async #act(event: JQuery.TriggeredEvent): Promise<void> {
    const button = event.currentTarget as Element;
    const name = $(button).attr('data-do') ?? '';
    const gone = this.#gone.at(button);
    if (gone !== undefined) return this.#startReplacing(gone.target.name, gone.uses);
    const row = this.#tree.rowOf(button);
    if (row === undefined) return;
    const maker = NODE_MAKERS.find((one) => one === name);
    if (maker !== undefined) return this.#put(row, maker, event.detail === 0 ? 'view' : 'mouse');
    if (name === 'replace') return this.#replace(row);
    // The row continues to show the actual state, not the requested one.
    const api = this.#api;
    const text = api === undefined ? '' : await sendCommand(api, row.target, name, this.#texts);
    if (api === this.#api) this.#line.result(text);
  }

  #put({ target }: Row, maker: NodeMaker, place: Place, account = this.#choice.current): void {
    if (account === undefined) return;
    const problem = putIntoFlow(nodeFor(maker, target, account.id), place);
    const { t } = this.#texts;
    if (problem !== undefined) this.#line.result(t(`home.hindrance.${problem}`));
    else if (place === 'mouse') this.#line.result(t('home.atMouse'));
    else this.#line.result(t('home.added', { name: target.name }));
  }

  #startReplacing(name: string, uses: readonly Used[], row?: string): void {
    const isStarted = this.#replacing?.isOf(uses) === true;
    this.#replacing = isStarted ? this.#replacing : new Replacing(name, uses, this.#texts, row);
    const [only, ...others] = this.#hubs.keys();
    if (this.#replacing?.takes('hub') === true && only !== undefined && others.length === 0) {
      return this.#replaceBy(hubOf(only, this.#hubs));
    }
    this.#showPanel('things');
    this.#tree.refresh();
    this.#line.result(this.#texts.t('home.replace.choose', { name }));
  }

  async #replace(row: Row): Promise<void> {
    const uses = this.#uses?.usesOf(row.key) ?? [];
    if (this.#replacing === undefined) return this.#startReplacing(row.target.name, uses, row.key);
    if (this.#replacing.old.row === row.key) return this.#endReplacing();
    const [api, replacing] = [this.#api, this.#replacing];
    if (api === undefined) return;
    const reply = await successorOf(row, api, this.#rooms, this.#hubs);
    if (api !== this.#api || replacing !== this.#replacing) return;
    if (reply.isOk) this.#replaceBy(reply.answer);
    else this.#line.result(this.#texts.failure(reply.failure));
  }

  #replaceBy(successor: Successor): void {
    const [replacing, uses] = [this.#replacing, this.#uses];
    if (replacing === undefined || uses === undefined) return;
    const { isDone, message: text } = replacing.by(successor, uses.now(replacing.old.keys));
    if (isDone) this.#replacing = undefined;
    this.#line.result(text);
    this.#tree.refresh();
  }
}

/** Names of the delayed actions. */
type Delayed = 'typing' | 'counting' | 'relisting';

/** Timers of delayed actions: a debounce after the last key, and a throttle after the first of a series of events. */
class Delays {
  readonly #timers = new Map<Delayed, ReturnType<typeof setTimeout>>();

  later(name: Delayed, ms: number, work: () => unknown): void {
    if (name !== 'typing' && this.#timers.has(name)) return;
    clearTimeout(this.#timers.get(name));
    const end = (): void => {
      this.#timers.delete(name);
      void work();
    };
    this.#timers.set(name, setTimeout(end, ms));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** The feed's states that arrived during requests for lists, whose answers may be older. */
class FreshStates {
  readonly #states = new Map<string, Thing['state']>();
  #lists = 0;

  /** Stores the state of a thing, by key. */
  note(key: string, state: Thing['state']): void {
    if (this.#lists > 0) this.#states.set(key, state);
  }

  /** Returns the state of a thing that arrived since the oldest running request. */
  of(key: string): Thing['state'] | undefined {
    return this.#states.get(key);
  }

  /** Keeps states until a request for a list has been drawn. */
  async during<T>(list: Promise<T>): Promise<T> {
    this.#lists += 1;
    try {
      return await list;
    } finally {
      this.#lists -= 1;
      if (this.#lists === 0) this.#states.clear();
    }
  }
}

/** Sends a command to a thing at once. Returns a text about the outcome. */
async function sendCommand(api: HomeApi, target: SavedTarget, name: string, texts: HomeTexts): Promise<string> {
  const command = { targets: [target], hub: '', command: name, field: '', transition: '' };
  const reply = await (name === 'blink' ? api.blink(target) : api.command(command));
  if (!reply.isOk) return texts.failure(reply.failure);
  return name === 'blink' ? texts.t('picker.blinking', { name: target.name }) : texts.tried(reply.answer);
}

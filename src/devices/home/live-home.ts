import { type Clock, settlesWithin, type Timer } from '../../async/clock.js';
import { Listeners } from '../../async/listeners.js';
import { Misses } from '../../async/misses.js';
import { SingleFlight } from '../../async/single-flight.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { type HubClient, isHubTrouble, isSilence } from '../../hub/hub-client.js';
import { expectOk } from '../../http/response.js';
import { parseHubAnswer } from '../things/answer-limits.js';
import type { Log } from '../../store/store.js';
import { Commander } from './commander.js';
import { DevicePoller, type DevicePollerOptions } from './device-poller.js';
import type { Change } from '../things/changes.js';
import { type Kind, KINDS } from '../things/kinds.js';
import type { Press } from '../things/presses.js';
import type { Home, PollOutcome } from './home.js';
import { ListFailures } from './list-failures.js';
import { ThingSearch } from './thing-search.js';
import { UntoldLists } from './untold-lists.js';

/** Somebody who looks is gone when so long nothing was asked for. */
const ATTENTION_MS = 10_000;

/** After so long without polls nobody can say when something happened. */
const UNWATCHED_MS = 60_000;

/** What was heard waits so long for lists that belong to it, and not again for one that took longer. */
const LISTS_PATIENCE_MS = 3_000;

/** What keeps a home true, and how often. */
export interface LiveHomeOptions extends Pick<DevicePollerOptions, 'home' | 'version' | 'intervals' | 'clock'> {
  client: HubClient;
  log: Log;
}

/** A press that was heard, and when that was, ISO 8601 UTC. */
export interface HeardPress extends Pick<Press, 'button' | 'label' | 'press'> {
  readonly at: string;
}

/** The home behind one hub as it is now: memory, what keeps it true, and those who want to hear of changes. */
export class LiveHome {
  readonly home: Home;
  readonly client: HubClient;
  readonly poller: DevicePoller;
  readonly #loads = new SingleFlight<void>();
  readonly commander: Commander;
  readonly search: ThingSearch;
  /** What was looked for in fresh lists in vain. */
  readonly misses: Misses;
  /** The kinds of which the hub gave no list, though it answered, and why. */
  readonly failedLists: ListFailures;
  /** Told of each outcome, with its place among all. */
  readonly #listeners: Listeners<[PollOutcome, number]>;
  readonly #witnesses: Listeners<[outcome: PollOutcome, isWatched: boolean]>;
  readonly #heard: Listeners<[startedAt: number]>;
  readonly #answers: Listeners<[answer: unknown]>;
  readonly #clock: Clock;
  readonly #unfollow: () => void;
  #attention: { timer: Timer; release: () => void } | undefined;
  readonly #untold: UntoldLists;
  /** What was heard and is told once the lists are there that belong to it. */
  #telling: Promise<void> | undefined;
  readonly #untoldOutcomes: PollOutcome[] = [];
  /** The last of each switch, by its id. */
  readonly #lastPresses = new Map<string, HeardPress>();
  #toldCount = 0;
  #heir: LiveHome | undefined;

  constructor({ home, client, log, ...options }: LiveHomeOptions) {
    this.home = home;
    this.client = client;
    this.search = new ThingSearch(home.things);
    this.#clock = options.clock;
    this.misses = new Misses(options.clock);
    this.failedLists = new ListFailures(options.clock);
    const noteFailure = (error: unknown): void => log.error(`A listener failed: ${toCozifyError(error).message}`);
    this.#listeners = new Listeners(noteFailure);
    this.#witnesses = new Listeners(noteFailure);
    this.#heard = new Listeners(noteFailure);
    this.#answers = new Listeners(noteFailure);
    this.poller = new DevicePoller({
      ...options,
      home,
      hub: client,
      onOutcome: (outcome) => this.#take(outcome),
      onAnswer: (answer) => this.#answers.tell(() => [answer]),
      onHeard: (startedAt) => {
        this.commander.noteHeard(startedAt);
        this.#heard.tell(() => [startedAt]);
        void this.#untold.refresh();
      },
    });
    this.#untold = new UntoldLists({
      home,
      clock: options.clock,
      intervalMs: () => this.poller.intervalMs,
      isThroughCloud: () => client.isThroughCloud,
      ensure: (kinds, maxAgeMs) => this.ensure(kinds, maxAgeMs),
    });
    this.commander = new Commander(this, options.clock);
    this.#unfollow = client.onAnswered((transport) => this.poller.noteAnswer(transport));
  }

  /**
   * Polls, and calls `listener` with what comes of it, until the function that this gives is called. `kinds`: what the
   * listener has to know of, whether or not polls tell of that; `named`: those of which it has to hear soon, since it knows
   * something only by its name.
   */
  listen(
    listener: (outcome: PollOutcome) => void,
    kinds: () => readonly Kind[] = () => ['device'],
    named?: () => readonly Kind[],
  ): () => void {
    const last = this.place;
    const stopListening = this.#listeners.add((outcome, place) => (place > last ? listener(outcome) : undefined));
    const stopWanting = this.#untold.want(kinds, named);
    const release = this.poller.need();
    return () => {
      stopListening();
      stopWanting();
      release();
    };
  }

  /**
   * Calls `witness` with what comes of polls and loads that others need, at once, and makes none by itself. `isWatched`:
   * somebody has polled all the time; else nobody knows when what is found to differ has happened.
   */
  witness(witness: (outcome: PollOutcome, isWatched: boolean) => void): () => void {
    return this.#witnesses.add(witness);
  }

  /** Polls for somebody who looks at the home, until 10 s after the last call. */
  attend(): void {
    const release = this.#attention?.release ?? this.poller.need();
    if (this.#attention !== undefined) this.#clock.clearTimeout(this.#attention.timer);
    this.#attention = { release, timer: this.#clock.setTimeout(() => this.#lookAway(), ATTENTION_MS) };
  }

  /** How a switch was pressed last, as far as it was heard. */
  lastPress(id: string): HeardPress | undefined {
    return this.#lastPresses.get(id);
  }

  /** What a poll has told is not told yet: it waits for lists that belong to it. */
  get isTelling(): boolean {
    return this.#telling !== undefined;
  }

  /**
   * The place of the last outcome that there is. Who begins to listen begins with memory, where everything is already that
   * waits to be told, and hears of those that follow.
   */
  get place(): number {
    return this.#toldCount + this.#untoldOutcomes.length;
  }

  /** The changes that wait to be told, of outcomes that follow a {@link place}. */
  untoldChanges(place: number): readonly Change[] {
    return this.#untoldOutcomes.slice(Math.max(0, place - this.#toldCount)).flatMap(({ changes }) => changes);
  }

  /** Calls `listener` after each good answer to a poll, with when it was asked for (monotonic, ms). */
  onHeard(listener: (startedAt: number) => void): () => void {
    return this.#heard.add(listener);
  }

  /** Polls, and calls `listener` with each answer as the hub sent it, until the function that this gives is called. */
  record(listener: (answer: unknown) => void): () => void {
    const stopListening = this.#answers.add(listener);
    const release = this.poller.need();
    return () => {
      stopListening();
      release();
    };
  }

  /**
   * Makes sure that what is known of these kinds is no older than `maxAgeMs`, see {@link Home.isFresh}: loads their lists
   * unless that is so. Those who want it at the same time share a load, unless a command came between. Throws as {@link HubClient.request}, and `COZIFY_BAD_ANSWER` for no list.
   */
  async ensure(kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const { home } = this;
    const old = KINDS.filter((kind) => kinds.includes(kind) && !home.isFresh(kind, maxAgeMs));
    await Promise.all(old.map((kind) => this.#loads.run(`${kind} ${home.touchedAt(kind)}`, () => this.#load(kind))));
  }

  /** Takes what the hub answered to a command of scenes or rules. */
  noteSwitched(kind: Kind, body: string): void {
    this.#takeChanges(this.home.noteSwitched(kind, parseHubAnswer(body)));
  }

  /** Somebody has sent something to the hub of which nobody knows what it did. */
  noteForeign(): void {
    this.home.touch(KINDS);
    this.commander.doubt();
  }

  /** Another goes on with its home: what is still under way here is told there. */
  leaveTo(heir: LiveHome): void {
    this.#heir = heir;
  }

  close(): void {
    this.#lookAway();
    this.#unfollow();
    this.poller.close();
    this.#listeners.clear();
    this.#witnesses.clear();
    this.#heard.clear();
    this.#answers.clear();
  }

  #lookAway(): void {
    if (this.#attention === undefined) return;
    this.#clock.clearTimeout(this.#attention.timer);
    this.#attention.release();
    this.#attention = undefined;
  }

  #take(outcome: PollOutcome): void {
    for (const { device, button, label, press, ageMs } of outcome.presses) {
      const at = new Date(this.#clock.now() - ageMs).toISOString();
      this.#lastPresses.set(device.id, { button, label, press, at });
    }
    this.#witnesses.tell(() => [outcome, this.#isWatched]);
    this.#untold.noteNews(outcome.unread);
    if (this.#telling === undefined && !this.#untold.isMissing) return this.#tell(outcome);
    // In their order.
    this.#untoldOutcomes.push(outcome);
    const before = this.#telling ?? this.#waitForLists();
    const telling = before.then(() => {
      this.#untoldOutcomes.shift();
      this.#tell(outcome);
      if (this.#telling === telling) this.#telling = undefined;
    });
    this.#telling = telling;
  }

  async #waitForLists(): Promise<void> {
    const isThere = await settlesWithin(this.#clock, this.#untold.refresh(), LISTS_PATIENCE_MS);
    if (!isThere) this.#untold.noteSlow();
  }

  get #isWatched(): boolean {
    const { heardAt } = this.home.sync;
    return heardAt >= this.poller.runningSince || this.#clock.monotonic() - heardAt <= UNWATCHED_MS;
  }

  #tell(outcome: PollOutcome): void {
    this.#toldCount += 1;
    this.#listeners.tell(() => [outcome, this.#toldCount]);
  }

  async #load(kind: Kind): Promise<void> {
    try {
      await this.#loadList(kind);
    } catch (thrown) {
      const error = toCozifyError(thrown);
      if (isHubTrouble(error) && !isSilence(error)) this.failedLists.note(kind, error);
      throw error;
    }
  }

  async #loadList(kind: Kind): Promise<void> {
    const askedAt = this.#clock.monotonic();
    const answer = await this.client.request({ method: 'GET', path: `/${kind}s` });
    expectOk(answer);
    const { revision } = this.home.things;
    const changes = this.home.load(kind, parseHubAnswer(answer.body), askedAt);
    if (changes === undefined) {
      throw new CozifyError(
        'COZIFY_BAD_ANSWER',
        `The hub should have sent a list of its ${kind}s, but sent something else.`,
      );
    }
    this.failedLists.forget(kind);
    this.commander.noteHeard(askedAt);
    // A new name is no change, but something may be found by it, or not any more.
    this.#takeChanges(changes, this.home.things.revision !== revision);
  }

  #takeChanges(changes: PollOutcome['changes'], hasMoved = false): void {
    if (changes.length === 0 && !hasMoved) return;
    if (this.#heir !== undefined) return this.#heir.#takeChanges(changes, hasMoved);
    this.#take({ changes, presses: [], isFirst: false, needsResync: false, unread: [] });
  }
}

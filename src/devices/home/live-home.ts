import type { Clock, Timer } from '../../async/clock.js';
import { Listeners } from '../../async/listeners.js';
import { SingleFlight } from '../../async/single-flight.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubClient } from '../../hub/hub-client.js';
import { expectOk } from '../../http/response.js';
import { parseJson } from '../../schema.js';
import type { Log } from '../../store/store.js';
import { Commander } from './commander.js';
import { DevicePoller, type DevicePollerOptions } from './device-poller.js';
import { type Kind, KINDS } from '../things/kinds.js';
import type { Home, PollOutcome } from './home.js';
import { ThingSearch } from './thing-search.js';
import { UntoldLists } from './untold-lists.js';

/** Somebody who looks is gone when so long nothing was asked for. */
const ATTENTION_MS = 10_000;

const NOTHING_NEW: PollOutcome = { changes: [], presses: [], isFirst: false, needsResync: false, unread: [] };

/** What keeps a home true, and how often. */
export interface LiveHomeOptions extends Pick<
  DevicePollerOptions,
  'home' | 'version' | 'pollLanMs' | 'pollCloudMs' | 'clock'
> {
  client: HubClient;
  /** A predecessor of moments ago has left what it knew: what differs from that is a change. */
  isInherited?: boolean;
  log: Log;
}

/** The home behind one hub as it is now: memory, what keeps it true, and those who want to hear of changes. */
export class LiveHome {
  readonly home: Home;
  readonly client: HubClient;
  readonly poller: DevicePoller;
  #isInherited: boolean;
  #hasTold = false;
  readonly #loads = new SingleFlight<void>();
  readonly commander: Commander;
  readonly search: ThingSearch;
  readonly #listeners: Listeners<[PollOutcome]>;
  readonly #heard: Listeners<[startedAt: number]>;
  readonly #clock: Clock;
  #attention: { timer: Timer; release: () => void } | undefined;
  readonly #untold: UntoldLists;
  /** What was heard and is told once the lists are there that belong to it. */
  #telling: Promise<void> | undefined;

  constructor({ home, client, log, isInherited = false, ...options }: LiveHomeOptions) {
    this.#isInherited = isInherited;
    this.home = home;
    this.client = client;
    this.search = new ThingSearch(home.things);
    this.#clock = options.clock;
    const noteFailure = (error: unknown): void => log.error(`A listener failed: ${toCozifyError(error).message}`);
    this.#listeners = new Listeners(noteFailure);
    this.#heard = new Listeners(noteFailure);
    this.poller = new DevicePoller({
      ...options,
      home,
      ask: (request) => client.request(request),
      isThroughCloud: () => client.isThroughCloud,
      onOutcome: (outcome) => {
        this.#hasTold = true;
        this.#take(outcome);
      },
      onHeard: (startedAt) => {
        // Whoever has begun to listen hears that what was left is still so.
        if (this.#isInherited && !this.#hasTold) this.#take(NOTHING_NEW);
        this.#isInherited = false;
        this.#heard.tell(() => [startedAt]);
        void this.#untold.refresh();
      },
    });
    this.#untold = new UntoldLists({
      home,
      clock: options.clock,
      intervalMs: () => this.poller.intervalMs,
      ensure: (kinds, maxAgeMs) => this.ensure(kinds, maxAgeMs),
    });
    this.commander = new Commander(this, options.clock);
  }

  /**
   * Polls, and calls `listener` with what comes of it, until the function that this gives is called. `kinds`: what the
   * listener has to know of, whether or not polls tell of that.
   */
  listen(listener: (outcome: PollOutcome) => void, kinds: () => readonly Kind[] = () => ['device']): () => void {
    const stopListening = this.#listeners.add(listener);
    const stopWanting = this.#untold.want(kinds);
    const release = this.poller.need();
    return () => {
      stopListening();
      stopWanting();
      release();
    };
  }

  /** Polls for somebody who looks at the home, until 10 s after the last call. */
  attend(): void {
    const release = this.#attention?.release ?? this.poller.need();
    if (this.#attention !== undefined) this.#clock.clearTimeout(this.#attention.timer);
    this.#attention = { release, timer: this.#clock.setTimeout(() => this.#lookAway(), ATTENTION_MS) };
  }

  /** Memory is that of a predecessor, and the hub has told nothing since but what is being told. */
  get isInherited(): boolean {
    return this.#isInherited;
  }

  /** What a poll has told is not told yet: it waits for lists that belong to it. */
  get isTelling(): boolean {
    return this.#telling !== undefined;
  }

  /** Calls `listener` after each good answer to a poll, with when it was asked for (monotonic, ms). */
  onHeard(listener: (startedAt: number) => void): () => void {
    return this.#heard.add(listener);
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
    this.#takeChanges(this.home.noteSwitched(kind, parseJson(body)));
  }

  /** Somebody has sent something to the hub of which nobody knows what it did. */
  noteForeign(): void {
    this.home.touch(KINDS);
    this.commander.doubt();
  }

  close(): void {
    this.#lookAway();
    this.poller.close();
    this.#listeners.clear();
    this.#heard.clear();
  }

  #lookAway(): void {
    if (this.#attention === undefined) return;
    this.#clock.clearTimeout(this.#attention.timer);
    this.#attention.release();
    this.#attention = undefined;
  }

  #take(outcome: PollOutcome): void {
    this.#untold.noteNews(outcome.unread);
    if (this.#telling === undefined && !this.#untold.isMissing) return this.#tell(outcome);
    // In their order.
    const before = this.#telling ?? this.#untold.refresh();
    const telling = before.then(() => {
      this.#tell(outcome);
      if (this.#telling === telling) this.#telling = undefined;
    });
    this.#telling = telling;
  }

  #tell(outcome: PollOutcome): void {
    this.#listeners.tell(() => [outcome]);
  }

  async #load(kind: Kind): Promise<void> {
    const askedAt = this.#clock.monotonic();
    const answer = await this.client.request({ method: 'GET', path: `/${kind}s` });
    expectOk(answer);
    const changes = this.home.load(kind, parseJson(answer.body), askedAt);
    if (changes === undefined) {
      throw new CozifyError('COZIFY_BAD_ANSWER', `The hub should have listed its ${kind}s, but sent something else.`);
    }
    this.#takeChanges(changes);
  }

  #takeChanges(changes: PollOutcome['changes']): void {
    if (changes.length > 0) this.#take({ changes, presses: [], isFirst: false, needsResync: false, unread: [] });
  }
}

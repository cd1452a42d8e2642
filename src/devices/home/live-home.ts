import type { Clock, Timer } from '../../async/clock.js';
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
import type { ChangeRecord } from './change-log.js';
import type { Home } from './home.js';
import { ListFailures } from './list-failures.js';
import { ThingSearch } from './thing-search.js';
import { UntoldLists } from './untold-lists.js';

/** Somebody who looks is gone when so long nothing was asked for. */
const ATTENTION_MS = 10_000;

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
  readonly #subscribers: Listeners<[ChangeRecord]>;
  readonly #answers: Listeners<[answer: unknown]>;
  readonly #clock: Clock;
  readonly #stops: readonly (() => void)[];
  #attention: { timer: Timer; release: () => void } | undefined;
  readonly #untold: UntoldLists;
  /** The last of each switch, by its id. */
  readonly #lastPresses = new Map<string, HeardPress>();

  constructor({ home, client, log, ...options }: LiveHomeOptions) {
    this.home = home;
    this.client = client;
    this.search = new ThingSearch(home.things);
    this.#clock = options.clock;
    this.misses = new Misses(options.clock);
    this.failedLists = new ListFailures(options.clock);
    const noteFailure = (error: unknown): void => log.error(`A listener failed: ${toCozifyError(error).message}`);
    this.#subscribers = new Listeners(noteFailure);
    this.#answers = new Listeners(noteFailure);
    this.poller = new DevicePoller({
      ...options,
      home,
      hub: client,
      loadMissing: (answer) => this.#untold.loadMissing(answer),
      onAnswer: (answer) => this.#answers.tell(() => [answer]),
      onApplied: (outcome, { requestedAt, isSure, unwatchedMs }) => {
        const { changes, presses, isFirst, unread } = outcome;
        this.#untold.noteNews(unread);
        home.log.append({ source: 'poll', requestedAt, isSure, unwatchedMs, isFirst, changes, presses });
        if (isSure) void this.#untold.refresh();
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
    this.#stops = [
      client.onAnswered((transport) => this.poller.noteAnswer(transport)),
      home.log.subscribe((record) => this.#take(record)),
    ];
  }

  /**
   * Polls, and calls `subscriber` with each record of the log, until the returned function is called. `kinds`: the kinds that
   * must be known, also if polls do not report them; `named`: those among them whose lists are loaded more often, because
   * something is found only by its name.
   */
  subscribe(
    subscriber: (record: ChangeRecord) => void,
    kinds: () => readonly Kind[] = () => ['device'],
    named?: () => readonly Kind[],
  ): () => void {
    const stops = [this.observe(subscriber), this.#untold.want(kinds, named), this.poller.need()];
    return () => stops.forEach((stop) => stop());
  }

  /** Calls `subscriber` with each record of the log, but does not poll for it. */
  observe(subscriber: (record: ChangeRecord) => void): () => void {
    return this.#subscribers.add(subscriber);
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
    const changes = this.home.noteSwitched(kind, parseHubAnswer(body));
    if (changes.length > 0) this.#append('command', this.#clock.monotonic(), changes);
  }

  /** Somebody has sent something to the hub of which nobody knows what it did. */
  noteForeign(): void {
    this.home.touch(KINDS);
    this.commander.doubt();
  }

  close(): void {
    this.#lookAway();
    for (const stop of this.#stops) stop();
    this.poller.close();
    this.#subscribers.clear();
    this.#answers.clear();
  }

  #lookAway(): void {
    if (this.#attention === undefined) return;
    this.#clock.clearTimeout(this.#attention.timer);
    this.#attention.release();
    this.#attention = undefined;
  }

  #take(record: ChangeRecord): void {
    if (record.isSure && record.source !== 'command') this.commander.noteHeard(record.requestedAt);
    for (const { device, button, label, press, ageMs } of record.presses) {
      const at = new Date(this.#clock.now() - ageMs).toISOString();
      this.#lastPresses.set(device.id, { button, label, press, at });
    }
    this.#subscribers.tell(() => [record]);
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
    const changes = this.home.load(kind, parseHubAnswer(answer.body), askedAt);
    if (changes === undefined) {
      throw new CozifyError(
        'COZIFY_BAD_ANSWER',
        `The hub should have sent a list of its ${kind}s, but sent something else.`,
      );
    }
    this.failedLists.forget(kind);
    this.#append('list', askedAt, changes);
  }

  #append(source: ChangeRecord['source'], requestedAt: number, changes: readonly Change[]): void {
    const unwatchedMs = this.poller.unwatchedMs;
    this.home.log.append({ source, requestedAt, isSure: true, isFirst: false, unwatchedMs, changes, presses: [] });
  }
}

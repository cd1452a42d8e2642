/** The home of one hub while its account runs: its subscribers, polls for open pickers, and reads of fresh states. */
import type { Clock } from '../../async/clock.js';
import { KeyedBackoff } from '../../async/backoff.js';
import { Subscribers } from '../../async/subscribers.js';
import { Timer } from '../../async/timers.js';
import { toCozifyError } from '../../errors.js';
import type { HubClient } from '../../hub/hub-client.js';
import type { Log } from '../../store/store.js';
import { CommandQueue } from '../command-queue/command-queue.js';
import { ThingSearch } from '../targets/thing-search.js';
import type { Change } from '../things/changes.js';
import { type Kind, KINDS } from '../things/kinds.js';
import type { Press } from '../things/presses.js';
import type { ChangeRecord } from './change-log.js';
import type { HomeCache } from './home-cache.js';
import { parseHubAnswer } from './hub-answer.js';
import { HubLoop, type HubLoopOptions } from './hub-loop.js';
import { ListLoader, noList } from './list-loader.js';

/** A picker (a list in the editor to choose things from) counts as open for this long after its last request. */
const ATTENTION_MS = 10_000;

/** Options of a {@link LiveHome}. */
export interface LiveHomeOptions extends Pick<HubLoopOptions, 'cache' | 'version' | 'intervals' | 'clock'> {
  client: HubClient;
  log: Log;
}

/** The last press of a button. `at`: when the press was received, ISO 8601 UTC. */
export interface LastPress extends Pick<Press, 'button' | 'label' | 'press'> {
  readonly at: string;
}

/** Serves one hub while its account runs: the cache, the loop that polls the hub, the lists and the commands. */
export class LiveHome {
  readonly cache: HomeCache;
  readonly client: HubClient;
  readonly clock: Clock;
  readonly loop: HubLoop;
  readonly lists: ListLoader;
  readonly commands: CommandQueue;
  readonly search: ThingSearch;
  /** Delays the next search for a target or room that the hub did not have, even in newly loaded lists. */
  readonly searchBackoff: KeyedBackoff;
  readonly #subscribers: Subscribers<[ChangeRecord]>;
  readonly #answers: Subscribers<[answer: unknown]>;
  readonly #stops: readonly (() => void)[];
  readonly #attention: Timer;
  #endAttention: (() => void) | undefined;
  /** The last press of each remote control, by the id of the device. */
  readonly #lastPresses = new Map<string, LastPress>();

  constructor({ cache, client, log, ...options }: LiveHomeOptions) {
    const { clock } = options;
    this.cache = cache;
    this.client = client;
    this.search = new ThingSearch(cache.things);
    this.clock = clock;
    this.searchBackoff = new KeyedBackoff(clock);
    this.#attention = new Timer(clock, { keepsAlive: true });
    const noteFailure = (error: unknown): void => log.error(`A subscriber failed: ${toCozifyError(error).message}`);
    this.#subscribers = new Subscribers(noteFailure);
    this.#answers = new Subscribers(noteFailure);
    this.lists = new ListLoader({
      cache,
      client,
      clock,
      intervalMs: () => this.loop.intervalMs,
      onList: (changes, requestedAt) => this.#append('list', requestedAt, changes),
    });
    this.loop = new HubLoop({
      ...options,
      cache,
      hub: client,
      onAnswer: (answer) => this.#answers.notify(() => [answer]),
      loadMissing: (answer) => this.lists.loadMissing(answer),
      onApplied: ({ changes, presses, isFirst, unread }, applied) => {
        this.lists.noteUnread(unread);
        cache.log.append({ source: 'poll', ...applied, isFirst, changes, presses });
        if (applied.isUpToDate) void this.lists.refresh();
      },
    });
    this.commands = new CommandQueue(this, clock);
    this.#stops = [
      client.onAnswered((transport) => this.loop.noteAnswer(transport)),
      cache.log.subscribe((record) => this.#take(record)),
    ];
  }

  /**
   * Polls, and calls `subscriber` with each record of the log, until the returned function is called. `kinds`: the
   * kinds whose lists are loaded if polls do not report them. `named`: the kinds with things that are selected by name.
   * Their lists are loaded more often, because a name may move to another thing.
   */
  subscribe(
    subscriber: (record: ChangeRecord) => void,
    kinds: () => readonly Kind[] = () => ['device'],
    named?: () => readonly Kind[],
  ): () => void {
    const stops = [this.observe(subscriber), this.lists.need(kinds, named), this.loop.need()];
    return () => stops.forEach((stop) => stop());
  }

  /** Calls `subscriber` with each record of the change log, without starting polls. */
  observe(subscriber: (record: ChangeRecord) => void): () => void {
    return this.#subscribers.add(subscriber);
  }

  /** Polls the hub for an open picker of the editor. Polling ends 10 s after the last call. */
  attend(): void {
    this.#endAttention ??= this.loop.need();
    this.#attention.set(ATTENTION_MS, () => this.#lookAway());
  }

  /** Returns the last press of a remote control, if any was received. */
  lastPress(id: string): LastPress | undefined {
    return this.#lastPresses.get(id);
  }

  /** Polls, and calls `subscriber` with each answer as the hub sent it, until the returned function is called. */
  record(subscriber: (answer: unknown) => void): () => void {
    const stops = [this.#answers.add(subscriber), this.loop.need()];
    return () => stops.forEach((stop) => stop());
  }

  /**
   * Makes sure that the cached things of these kinds are at most `maxAgeMs` old, see {@link HomeCache.isFresh}. Kinds
   * that polls report come with the next answer to a poll, other kinds with their lists. Throws as
   * {@link HubClient.request}, and `COZIFY_BAD_ANSWER` if a list is missing.
   */
  async ensure(kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const { cache, lists } = this;
    const old = KINDS.filter((kind) => kinds.includes(kind) && !cache.isFresh(kind, maxAgeMs));
    const polled = old.filter((kind) => cache.isPolled(kind));
    const listed = old.filter((kind) => !cache.isPolled(kind)).map((kind) => lists.load(kind));
    await Promise.all([polled.length > 0 ? this.#poll(polled) : undefined, ...listed]);
  }

  /** Applies the answer to a command for scenes or rules. */
  noteSwitched(kind: Kind, body: string): void {
    const changes = this.cache.noteSwitched(kind, parseHubAnswer(body));
    if (changes.length > 0) this.#append('command', this.clock.monotonic(), changes);
  }

  close(): void {
    this.#lookAway();
    for (const stop of this.#stops) stop();
    this.loop.close();
  }

  #lookAway(): void {
    this.#attention.clear();
    this.#endAttention?.();
    this.#endAttention = undefined;
  }

  #take(record: ChangeRecord): void {
    if (record.isUpToDate && record.source !== 'command') this.cache.own.noteAnswer(record.requestedAt);
    for (const { device, button, label, press, ageMs } of record.presses) {
      const at = new Date(this.clock.now() - ageMs).toISOString();
      this.#lastPresses.set(device.id, { button, label, press, at });
    }
    this.#subscribers.notify(() => [record]);
  }

  /** Waits for the next answer to a poll. Throws if that answer does not report these kinds. */
  async #poll(kinds: readonly Kind[]): Promise<void> {
    const since = this.clock.monotonic();
    await this.loop.next();
    const missing = kinds.find((kind) => this.cache.requestedAt(kind) < since && !this.cache.isEmptyListIgnored(kind));
    if (missing === undefined) return;
    this.lists.noteFailure(missing, noList(missing));
    throw noList(missing);
  }

  #append(source: ChangeRecord['source'], requestedAt: number, changes: readonly Change[]): void {
    const known = { isUpToDate: true, isFirst: false, unwatchedMs: this.loop.unwatchedMs, failingMs: 0, presses: [] };
    this.cache.log.append({ source, requestedAt, ...known, changes });
  }
}

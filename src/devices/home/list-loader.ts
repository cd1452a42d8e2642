/** Loads the lists of the kinds of things that the polls of one hub do not report. */
import { type Clock, settlesWithin } from '../../async/clock.js';
import { KeyedBackoff } from '../../async/backoff.js';
import { SingleFlight } from '../../async/in-flight.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import { type HubClient, isHubTrouble, isNoAnswer } from '../../hub/hub-client.js';
import type { Change } from '../things/changes.js';
import { type Kind, KINDS_SHOWN_WITH_DEVICES } from '../things/kinds.js';
import { type HomeCache, NAMES_MAX_AGE_MS } from './home-cache.js';
import { parseHubAnswer, readPollAnswer } from './hub-answer.js';

/** How long the first answer to a poll waits for lists that are needed with it, before it is applied. */
const FIRST_LISTS_MS = 3_000;
/** The time between loads of a needed list, in poll intervals. In effect, the list is loaded with every second poll. */
const EVERY_POLLS = 1.5;
/**
 * The time between loads through the cloud, in poll intervals. {@link EVERY_POLLS} applies instead to a list with
 * things that a node selects by name, because a name may move to another thing.
 */
const EVERY_POLLS_CLOUD = 5;
/**
 * The smallest random factor for the time between loads through the cloud. The factor is random so that the hubs of
 * many homes are not asked at the same moment.
 */
const MIN_FACTOR = 0.8;
/** The largest random number that is added to {@link MIN_FACTOR}: the factor is between 0.8 and 1.4. */
const FACTOR_RANGE = 0.6;
/** The longest time between loads of a needed list after failures. The time doubles with each failure in a row. */
const MAX_MS = 60_000;
/** The longest time between loads after failures, for lists that are needed only for names. */
const MAX_NAMES_MS = 600_000;

/** The lists that a subscriber needs. */
interface Need {
  readonly kinds: () => readonly Kind[];
  /**
   * Kinds with things that the subscriber selects by name. Their lists are loaded more often, because a name may move
   * to another thing.
   */
  readonly named: () => readonly Kind[];
}

/** The last attempt to load a list. */
interface LoadAttempt {
  /** When the request was sent (monotonic, ms). */
  readonly at: number;
  /** A random number from 0 to 1, which varies the time until the next attempt. */
  readonly chance: number;
  /** How many attempts in a row have failed. A request in flight counts as failed until it succeeds. */
  readonly failures: number;
}

const NO_ATTEMPT: LoadAttempt = { at: -Infinity, chance: 0, failures: 0 };

/** Options of a loader. */
export interface ListLoaderOptions {
  cache: HomeCache;
  client: Pick<HubClient, 'request' | 'isThroughCloud'>;
  clock: Clock;
  /** The poll interval, in milliseconds. */
  intervalMs: () => number;
  /** Receives each list that was applied, and when it was requested (monotonic, ms). */
  onList: (changes: readonly Change[], requestedAt: number) => void;
}

/** Loads the lists of the kinds that polls do not report, and remembers which lists the hub does not provide. */
export class ListLoader {
  readonly #options: ListLoaderOptions;
  readonly #needs = new Set<Need>();
  readonly #loads = new SingleFlight<void>();
  readonly #loadBackoff: KeyedBackoff;
  /** Errors of the kinds for which the hub answered, but sent no list. */
  readonly #errors = new Map<Kind, CozifyError>();
  /** The last attempt to load each list. */
  readonly #attempts = new Map<Kind, LoadAttempt>();
  /** Kinds that polls have reported in an unknown format since their lists were last loaded. */
  readonly #unread = new Set<Kind>();
  /**
   * Whether a poll answer has already waited for missing lists. Only one answer waits, so that changes are not delayed
   * again.
   */
  #hasWaited = false;

  constructor(options: ListLoaderOptions) {
    this.#options = options;
    this.#loadBackoff = new KeyedBackoff(options.clock);
  }

  /** Loads these lists regularly, until the returned function is called. */
  need(kinds: () => readonly Kind[], named: () => readonly Kind[] = () => []): () => void {
    const need = { kinds, named };
    if (this.#needs.size === 0) this.#attempts.clear();
    this.#needs.add(need);
    return () => void this.#needs.delete(need);
  }

  /** Records kinds that a poll reported in an unknown format. The lists of these kinds are loaded instead. */
  noteUnread(kinds: readonly Kind[]): void {
    for (const kind of kinds) this.#unread.add(kind);
  }

  /** Whether loading a list failed so recently that it should not be requested again yet. */
  hasFailed(kind: Kind): boolean {
    return this.#loadBackoff.mustWait(kind);
  }

  /**
   * Returns the error of the last attempt to load the list of a kind if the hub answered without the list; otherwise
   * `undefined`.
   */
  errorOf(kind: Kind): CozifyError | undefined {
    return this.#errors.get(kind);
  }

  /**
   * Whether the hub says that it has no list of a kind, at least for this account. Then the home has no things of that
   * kind.
   */
  lacks(kind: Kind): boolean {
    const error = this.#errors.get(kind);
    return error !== undefined && isNoSuchList(error);
  }

  /** Records that the hub answered, but sent no list of a kind. */
  noteFailure(kind: Kind, error: CozifyError): void {
    this.#loadBackoff.noteFailure(kind);
    this.#errors.set(kind, error);
  }

  /**
   * Loads a list. Concurrent calls share one request, unless a command was sent in between. Throws as
   * {@link HubClient.request}.
   */
  async load(kind: Kind): Promise<void> {
    const { cache } = this.#options;
    await this.#loads.run(`${kind} ${cache.commandedAt(kind)}`, () => this.#load(kind));
  }

  /**
   * Loads the needed lists that are neither in the cache nor in `answer`, which then waits until they are loaded, at
   * most 3 s. Returns `undefined` if the answer need not wait: no list is missing, or an earlier answer has already
   * waited.
   */
  loadMissing(answer: unknown): Promise<unknown> | undefined {
    const unknown = this.#hasWaited ? [] : this.#due.filter((kind) => this.#isUnknown(kind));
    const listed = unknown.length === 0 ? undefined : readPollAnswer(answer)?.deltas.map(({ kind }) => kind);
    const missing = listed === undefined ? [] : unknown.filter((kind) => !listed.includes(kind));
    if (missing.length === 0) return undefined;
    this.#hasWaited = true;
    return settlesWithin(this.#options.clock, this.#loadAll(missing), FIRST_LISTS_MS);
  }

  /** Loads the lists that are due. Never rejects: a list that could not be loaded is requested again later. */
  async refresh(): Promise<void> {
    await this.#loadAll(this.#due);
  }

  /** Loads lists and records the attempts. Never rejects. */
  async #loadAll(kinds: readonly Kind[]): Promise<void> {
    const { clock } = this.#options;
    const load = async (kind: Kind): Promise<void> => {
      const { failures } = this.#attempts.get(kind) ?? NO_ATTEMPT;
      const now = { at: clock.monotonic(), chance: clock.random() };
      this.#attempts.set(kind, { ...now, failures: failures + 1 });
      this.#unread.delete(kind);
      await this.load(kind).then(
        () => this.#attempts.set(kind, { ...now, failures: 0 }),
        () => undefined,
      );
    };
    await Promise.all(kinds.map(load));
  }

  async #load(kind: Kind): Promise<void> {
    const { cache, client, clock, onList } = this.#options;
    const requestedAt = clock.monotonic();
    try {
      const answer = await client.request({ method: 'GET', path: `/${kind}s` });
      expectOk(answer);
      const changes = cache.load(kind, parseHubAnswer(answer.body), requestedAt);
      if (changes === undefined) throw noList(kind);
      this.#loadBackoff.reset(kind);
      this.#errors.delete(kind);
      onList(changes, requestedAt);
    } catch (thrown) {
      const error = toCozifyError(thrown);
      if (isHubTrouble(error) && !isNoAnswer(error)) this.noteFailure(kind, error);
      throw error;
    }
  }

  #isUnknown(kind: Kind): boolean {
    return this.#options.cache.asOf(kind) === null;
  }

  get #due(): Kind[] {
    if (this.#needs.size === 0) return [];
    const needed = new Set([...this.#needs].flatMap(({ kinds }) => [...kinds(), ...this.#unread]));
    const named = new Set([...this.#needs].flatMap((need) => [...need.named()]));
    return [...new Set([...needed, ...KINDS_SHOWN_WITH_DEVICES])].filter((kind) => this.#isDue(kind, needed, named));
  }

  #isDue(kind: Kind, needed: ReadonlySet<Kind>, named: ReadonlySet<Kind>): boolean {
    const { cache, client, clock, intervalMs } = this.#options;
    if (cache.isPolled(kind)) return false;
    const { at, chance, failures } = this.#attempts.get(kind) ?? NO_ATTEMPT;
    const factor = client.isThroughCloud ? MIN_FACTOR + FACTOR_RANGE * chance : 1;
    const isSpared = client.isThroughCloud && !named.has(kind);
    const neededMs = intervalMs() * (isSpared ? EVERY_POLLS_CLOUD * factor : EVERY_POLLS);
    const regularMs = needed.has(kind) || this.#isUnknown(kind) ? neededMs : NAMES_MAX_AGE_MS * factor;
    const maxMs = Math.max(regularMs, needed.has(kind) ? MAX_MS : MAX_NAMES_MS);
    const everyMs = Math.min(regularMs * 2 ** failures, maxMs);
    return Math.min(cache.ageMs(kind), clock.monotonic() - at) >= everyMs;
  }
}

/** Returns the error for an answer that is not a list. */
export function noList(kind: Kind): CozifyError {
  return new CozifyError(
    'COZIFY_BAD_ANSWER',
    `The hub should have sent a list of its ${kind}s, but sent something else.`,
  );
}

/**
 * Whether an error means that the hub has no such list, at least for this account. After another error the hub may have
 * things of that kind.
 */
export function isNoSuchList({ code, statusCode = 0 }: CozifyError): boolean {
  return code === 'COZIFY_FORBIDDEN' || (code === 'COZIFY_API' && [400, 404].includes(statusCode));
}

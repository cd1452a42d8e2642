/** The logic of the wait node, without Node-RED: holds messages until things meet a condition. */
import type { Clock } from '../../async/clock.js';
import { Timer } from '../../async/timers.js';
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { isHubTrouble } from '../../hub/hub-client.js';
import { NO_TARGET } from '../commands/briefs.js';
import type { ChangeRecord } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import { OfflinePolicy } from '../across-hubs/cache-policy.js';
import type { Homes, ListedThing } from '../across-hubs/homes.js';
import type { Target } from '../targets/target.js';
import type { Condition } from '../things/condition.js';
import { type Kind, STATES_MAX_AGE_MS } from '../things/kinds.js';
import { findStates, kindsOfState } from './states.js';
import { ConditionWatch, type WatchOptions } from './condition-watch.js';

/** Options of {@link WaitStep.run}. */
export interface WaitOptions extends Omit<WatchOptions, 'condition'> {
  /** `undefined` if neither the node nor the message has targets. With an empty list, there is nothing to wait for. */
  readonly targets: readonly Target[] | undefined;
  /** The id of the hub at which names are looked up; empty for the default hub. */
  readonly hub: string;
  /** `null` if the node has no condition. */
  readonly condition: Condition | null;
  /** The longest time to wait, in milliseconds. With 0, the condition is checked only once. */
  readonly timeoutMs: number;
}

/** The end of a wait. `thing`: the thing that met the condition; `undefined` for an empty list of targets. */
export type WaitEnd =
  | { readonly reason: 'met'; readonly thing: ListedThing | undefined }
  | { readonly reason: 'timeout' | 'cancelled' };

/** The account whose homes {@link WaitStep.run} uses. The promise of `useHomes` is rejected if the account closes. */
export interface HomesUser {
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T>;
}

/** The shortest time between two look-ups of targets at a hub that does not answer. */
const RETRY_MS = 5_000;
/** The time limit of a wait with the timeout 0. */
const CHECK_MS = 2_000;

/** Status text of a node without a condition. */
const NO_CONDITION = { en: 'choose a condition', fi: 'valitse ehto' };

/** The maximum number of messages that a node holds. */
export const MAX_WAITING = 1000;

/** A waiting message. */
interface Waiter {
  readonly timeout: Timer;
  readonly end: (end: WaitEnd) => void;
  readonly fail: (error: unknown) => void;
  readonly watches: ConditionWatch[];
  /**
   * Homes that have not answered. `retry` looks the targets up again, `from` is the earliest time for that (monotonic,
   * ms).
   */
  readonly missing: Map<LiveHome, { readonly from: number; readonly retry: () => Promise<unknown> }>;
  /** Functions that end the subscriptions to the homes of the targets. */
  readonly stops: Map<LiveHome, () => void>;
}

/** Options of a wait that has a condition and at least one target. */
type Wait = WaitOptions & { readonly targets: readonly Target[]; readonly condition: Condition };

/**
 * The messages that one node holds until things meet a condition (docs/dev/rules.md, "A waiting message leaves once").
 * A Deploy that stops the node calls {@link close}, which drops its waits: their messages are not sent.
 */
export class WaitStep {
  readonly #waiters = new Set<Waiter>();
  readonly #clock: Clock;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits until a condition is met, the time is over or the message is cancelled. Throws `COZIFY_BAD_INPUT` if there
   * are no targets, there is no condition, or a target is a room; `COZIFY_BUSY` if {@link MAX_WAITING} messages are
   * already waiting; `COZIFY_CLOSED` after {@link close}; and as {@link Homes.find}.
   */
  async run(user: HomesUser, options: WaitOptions): Promise<WaitEnd> {
    const { targets, condition } = options;
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The node was closed.');
    if (condition === null) throw badInput('There is no condition: choose one in the node.', NO_CONDITION);
    if (targets === undefined)
      throw badInput('No device is chosen: choose one in the node, or set msg.target.', NO_TARGET);
    if (targets.length === 0) return { reason: 'met', thing: undefined };
    if (this.#waiters.size >= MAX_WAITING)
      throw new CozifyError(
        'COZIFY_BUSY',
        `${MAX_WAITING} messages are already waiting: send fewer, or reset the node.`,
      );
    let [end, fail]: [Waiter['end'], Waiter['fail']] = [() => undefined, () => undefined];
    const ended = new Promise<WaitEnd>((resolve, reject) => ([end, fail] = [resolve, reject]));
    const timeout = new Timer(this.#clock, { keepsAlive: true });
    const waiter: Waiter = { timeout, end, fail, watches: [], missing: new Map(), stops: new Map() };
    this.#waiters.add(waiter);
    // The timeout includes the time that it takes to find the targets.
    timeout.set(options.timeoutMs || CHECK_MS, () => end({ reason: 'timeout' }));
    try {
      return await Promise.race([ended, this.#watchAll(user, { ...options, targets, condition }, waiter, ended)]);
    } finally {
      this.#waiters.delete(waiter);
      stop(waiter);
    }
  }

  /** Ends all waits with the reason `cancelled`. */
  cancel(): void {
    for (const { end } of [...this.#waiters]) end({ reason: 'cancelled' });
  }

  /** Drops all waiting messages, without a result. Returns their number. */
  close(): number {
    const count = this.#waiters.size;
    this.#isClosed = true;
    for (const waiter of this.#waiters) stop(waiter);
    this.#waiters.clear();
    return count;
  }

  async #watchAll(user: HomesUser, wait: Wait, waiter: Waiter, ended: Promise<WaitEnd>): Promise<WaitEnd> {
    const { targets, hub, match, timeoutMs } = wait;
    const parts =
      match === 'all'
        ? [targets]
        : await user.useHomes('wait', (homes) => Promise.resolve(byHomes(homes, targets, hub)));
    const failures: CozifyError[] = [];
    const watch = async (part: readonly Target[]): Promise<void> => {
      const failure = await this.#watch(user, { ...wait, targets: part }, waiter);
      if (failure !== undefined && failures.push(failure) === parts.length) throw failures[0] as CozifyError;
    };
    await Promise.race([Promise.all(parts.map(watch)), ended]);
    // With the timeout 0 the wait ends once all targets were checked.
    if (timeoutMs === 0 && this.#waiters.has(waiter)) waiter.end({ reason: 'timeout' });
    return ended;
  }

  /**
   * Finds targets, and watches them from their current state. Targets at hubs that do not answer are looked up again
   * when the hub answers. Returns the failure if no hub answers. Throws a failure if all targets have to meet the
   * condition, or if the failure does not come from a hub.
   */
  async #watch(user: HomesUser, wait: Wait, waiter: Waiter): Promise<CozifyError | undefined> {
    const { targets, hub, match } = wait;
    const policy = new OfflinePolicy();
    const maxAgeMs = (): number => STATES_MAX_AGE_MS;
    let missing: readonly LiveHome[] = [];
    const found = await user
      .useHomes('wait', async (homes) => {
        missing = targets.flatMap((target) => homes.mayBeAt(target, hub));
        return findStates({ homes, hub, policy, maxAgeMs }, targets);
      })
      .catch((error: unknown) => toCozifyError(error));
    // The wait may have ended in the meantime.
    if (!this.#waiters.has(waiter)) return undefined;
    const failure = found instanceof CozifyError ? found : found.failure;
    if (failure !== undefined && (match === 'all' || !isHubTrouble(failure))) throw failure;
    if (!(found instanceof CozifyError)) {
      missing = found.missing;
      this.#begin(new ConditionWatch(wait, found.things), waiter);
    }
    for (const live of missing) {
      const retry = (): Promise<unknown> => this.#watch(user, wait, waiter);
      waiter.missing.set(live, { from: this.#clock.monotonic() + RETRY_MS, retry });
      this.#subscribe(live, waiter);
    }
    return found instanceof CozifyError ? found : undefined;
  }

  #begin(watch: ConditionWatch, waiter: Waiter): void {
    const { metNow } = watch;
    if (metNow !== undefined) return waiter.end({ reason: 'met', thing: metNow });
    waiter.watches.push(watch);
    for (const { live } of watch.things) this.#subscribe(live, waiter);
  }

  #subscribe(live: LiveHome, waiter: Waiter): void {
    if (waiter.stops.has(live)) return;
    const things = (): ListedThing[] =>
      waiter.watches.flatMap((watch) => watch.things.filter((one) => one.live === live));
    const take = (record: ChangeRecord): void => this.#take(live, record, waiter);
    const kinds = (): Kind[] => [...new Set(things().flatMap(({ entry }) => kindsOfState(entry)))];
    waiter.stops.set(live, live.subscribe(take, kinds));
  }

  #take(live: LiveHome, { source, isFirst, isUpToDate, changes }: ChangeRecord, waiter: Waiter): void {
    const isAnswer = source === 'poll' && isUpToDate;
    const isChanged = (one: ListedThing): boolean =>
      one.live === live && changes.some(({ entry: { kind, id } }) => id === one.entry.id && kind === one.entry.kind);
    // The first complete answer has no changes, so all things are checked.
    const isConcerned = (watch: ConditionWatch): boolean =>
      isFirst || (isAnswer && watch.isUnsureOf(live)) || watch.things.some(isChanged);
    for (const watch of live.cache.hasPolled ? waiter.watches.filter(isConcerned) : []) {
      const thing = watch.check(live);
      if (thing !== undefined) waiter.end({ reason: 'met', thing });
    }
    const again = waiter.missing.get(live);
    if (!isAnswer || again === undefined || again.from > this.#clock.monotonic()) return;
    // Looks up the targets at a hub that did not answer before.
    waiter.missing.delete(live);
    again.retry().catch(waiter.fail);
  }
}

function stop({ timeout, stops }: Waiter): void {
  timeout.clear();
  for (const end of stops.values()) end();
}

/** Groups the targets by the hubs that must be searched, so that a hanging hub delays only its own group. */
function byHomes(homes: Homes, targets: readonly Target[], hub: string): (readonly Target[])[] {
  const parts = new Map<string, Target[]>();
  for (const target of targets) {
    const lives = homes.mayBeAt(target, hub);
    const key = lives.map(({ cache }) => cache.hub).join(' ');
    parts.set(key, [...(parts.get(key) ?? []), target]);
  }
  return [...parts.values()];
}

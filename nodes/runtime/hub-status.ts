import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Clock, CozifyError, Snapshot } from '../../src/index.js';
import type { ListedThing } from '../../src/homes-api.js';
import { homesApi, type Language, systemClock, Timer } from '../../src/nodes-api.js';
import type { StepStatus } from './define-action.js';
import { type AccountNode, findAccount, languageOfHost } from './find-account.js';
import { ignoredOf } from './hub-targets.js';
import { type AccountFollower, followOverDeploys, problemOf, statusOf } from './status.js';
import { clockText, failureText, fitted, type StatusKey } from './status-words.js';

/** Shortest time between two status changes. */
const PAUSE_MS = 1_000;

/** Makes a status in the account's language. Called when the status is shown. */
type StatusText = (language: Language) => NodeStatus;

/** Makes the status of running steps. Returns `undefined` to show the values of the devices instead. */
type BusyText = (language: Language) => NodeStatus | undefined;

/** Options of a {@link HubStatus}. */
export interface HubStatusOptions {
  RED: NodeAPI;
  node: Node;
  /** The id of the node's account. */
  account: unknown;
  /** The node's hub. Defaults to the account's default hub. */
  hub?: unknown;
  /** The targets chosen in the node. Until something is shown, the status covers their hubs. */
  targets?: unknown;
  /** Whether the status covers all hubs of the account. */
  isEverywhere?: boolean;
  clock?: Clock;
}

/**
 * The status of a node that uses hubs: the current value of its devices, or a problem of a device, a hub or the
 * account. Changes at most once a second. Always ends with the most recent state.
 */
export class HubStatus {
  readonly #options: HubStatusOptions;
  readonly #clock: Clock;
  readonly #follower: AccountFollower;
  #account: AccountNode | undefined;
  #running = 0;
  /** Makes the status while steps are running. */
  #busy: BusyText | undefined;
  /** Makes the status with the last known values of the devices. */
  #live: StatusText = () => ({});
  /** The first problem of a subscription, such as a device that is gone. */
  #missing: CozifyError | undefined;
  /** The ids of the hubs whose devices the status shows. */
  #hubs: ReadonlySet<string>;
  #problem: { status: StatusText; isOver: (snapshot: Snapshot) => boolean } | undefined;
  #shown: string | undefined;
  #shownAt = -Infinity;
  readonly #nextUpdate: Timer;
  /** Whether changes are being collected, to be shown in one update. */
  #isBatching = false;
  #isStopped = false;

  constructor(options: HubStatusOptions) {
    const { RED, account, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#hubs = new Set(hubsOf(options.targets));
    this.#nextUpdate = new Timer(clock, { keepsAlive: true });
    const find = (): AccountNode | undefined => findAccount(RED, account);
    this.#follower = followOverDeploys(RED, find, (found, isReset) => {
      this.#account = found;
      if (isReset) [this.#shown, this.#shownAt] = [undefined, -Infinity];
      this.#update();
    });
  }

  /**
   * Shows that a step is running, with the status that `busy` makes. Returns a function that ends the step and shows
   * all changes made by `showResult` in one update.
   */
  start(busy?: BusyText): (showResult?: () => void) => void {
    this.#running += 1;
    this.#busy = busy;
    this.#follower.follow();
    this.#update();
    let isOver = false;
    return (showResult = () => undefined) => {
      if (!isOver) this.#running -= 1;
      isOver = true;
      this.#isBatching = true;
      try {
        showResult();
      } finally {
        this.#isBatching = false;
      }
      this.#update();
    };
  }

  /** Shows the values of devices. `field`: the field to show; empty for the most informative field. */
  show(things: readonly ListedThing[], field = ''): void {
    const now = this.#clock.now();
    this.#hubs = new Set(things.map(({ live }) => live.cache.hub));
    this.#problem = undefined;
    this.#live = (language) => readStatus(things, { field, now, language });
    this.#update();
  }

  /**
   * Shows the value of a device that has changed. `count`: the number of devices in the subscription. `isNow`: whether
   * the value has just changed; `false` for a value that was known before.
   */
  showChanged({ entry, live }: ListedThing, { field = '', count = 1, isNow = true } = {}): void {
    const now = this.#clock.now();
    this.#hubs = new Set([...this.#hubs, live.cache.hub]);
    this.#problem = undefined;
    this.#live = (language) => {
      const { countText, isMeasured, isReachable, informativeField, thingText } = homesApi();
      const { name } = entry;
      if (!isReachable(entry))
        return count === 1
          ? statusOf(language, 'grey', 'ring', 'no-contact')
          : statusOf(language, 'grey', 'ring', 'no-contact-of', { name });
      const isOfMoment = isNow || isMeasured((field || informativeField(entry.state)) ?? 'on');
      const value = thingText(entry, field, language);
      const after = isOfMoment ? `${value} ${clockText(now, language)}`.trimStart() : value;
      const before = count === 1 ? '' : `${countText(count, 'device', language)} ·`;
      return { fill: 'green', shape: 'dot', text: fitted({ before, name, after }) };
    };
    this.#update();
  }

  /** Shows the first of a subscription's problems. An empty list removes the problem from the status. */
  showProblems([first]: readonly CozifyError[]): void {
    this.#missing = first;
    this.#update();
  }

  /** Shows a text with the time. */
  showText(textIn: (language: Language) => string): void {
    const now = this.#clock.now();
    this.#problem = undefined;
    this.#live = (language) => {
      const text = fitted({ name: textIn(language), after: clockText(now, language) });
      return { fill: 'green', shape: 'dot', text };
    };
    this.#update();
  }

  /** Adds a hub of the node's devices, so that the status also shows this hub's problems. */
  addHub(hub: string): void {
    this.#hubs = new Set([...this.#hubs, hub]);
    this.#update();
  }

  /** Shows an event of a device, such as a press, with the time. */
  showEvent({ live }: ListedThing, textIn: (language: Language) => string): void {
    this.#hubs = new Set([...this.#hubs, live.cache.hub]);
    this.showText(textIn);
  }

  /** Shows a status text in the account's language. */
  showNotice(fill: 'green' | 'grey' | 'yellow', shape: 'dot' | 'ring', key: StatusKey): void {
    this.#live = (language) => statusOf(language, fill, shape, key);
    this.#problem = undefined;
    this.#update();
  }

  /** Shows an error of a step. */
  showError(error: CozifyError): void {
    const { code, subject } = error;
    const isNever = (): boolean => false;
    if (code === 'COZIFY_OTP_REQUIRED') {
      const isOver = ({ state }: Snapshot): boolean => state === 'authenticated';
      this.#problem = { status: (language) => statusOf(language, 'yellow', 'ring', 'log-in-first'), isOver };
    } else if (code === 'COZIFY_HUB_OFFLINE' || code === 'COZIFY_UNREACHABLE') this.showAway();
    else if (code === 'COZIFY_NOT_FOUND' && subject !== undefined) this.showGone(subject);
    else {
      const status: StatusText = (language) =>
        statusOf(language, 'red', 'ring', 'failed', { why: failureText(error, language) });
      this.#problem = { status, isOver: isNever };
    }
    this.#update();
  }

  /** Shows that the hub is offline, until the account has found the hub online again. */
  showAway(): void {
    let wasAway = false;
    // A step may notice that the hub is offline before the account does. Therefore, count the hub as online again only
    // after the account has shown it as offline.
    const isOver = (snapshot: Snapshot): boolean => {
      const isAway = this.#away(snapshot) !== undefined;
      const isBack = wasAway && !isAway;
      wasAway ||= isAway;
      return isBack;
    };
    this.#problem = { status: (language) => statusOf(language, 'red', 'ring', 'hub-away'), isOver };
    this.#update();
  }

  /** Shows that a device no longer exists. */
  showGone(name: string): void {
    this.#problem = { status: (language) => statusOf(language, 'red', 'ring', 'gone', { name }), isOver: () => false };
    this.#update();
  }

  /**
   * Ends all updates, even while steps are running, because after a Deploy another node with the same id may already
   * show its status.
   */
  stop(): void {
    this.#isStopped = true;
    this.#follower.stop();
    this.#nextUpdate.clear();
  }

  #update(): void {
    if (this.#isStopped || this.#isBatching) return;
    // If an update is already scheduled, leave the work to it. But the `isOver` of a problem must see every snapshot.
    if (this.#nextUpdate.isSet && this.#problem === undefined) return;
    const status = this.#status();
    const key = JSON.stringify(status);
    if (this.#nextUpdate.isSet || key === this.#shown) return;
    const waitMs = this.#shownAt + PAUSE_MS - this.#clock.monotonic();
    if (waitMs <= 0) {
      [this.#shown, this.#shownAt] = [key, this.#clock.monotonic()];
      this.#options.node.status(status);
      return;
    }
    this.#nextUpdate.set(waitMs, () => this.#update());
  }

  #status(): NodeStatus {
    const language = this.#language;
    const problem = problemOf(this.#account, language);
    if (problem !== undefined) return problem;
    const account = this.#account?.account;
    if (account?.isReady !== true) return {};
    const snapshot = account.snapshot();
    if (this.#problem?.isOver(snapshot) === true) this.#problem = undefined;
    if (snapshot.state !== 'authenticated' && (snapshot.hubs.length === 0 || this.#isRefused(snapshot)))
      return statusOf(language, 'yellow', 'ring', 'log-in-first');
    const away = this.#away(snapshot);
    if (away !== undefined) return away;
    if (this.#missing !== undefined) return missingStatus(this.#missing, language);
    const busy = this.#running > 0 ? this.#busyStatus(language) : undefined;
    return busy ?? (this.#problem?.status ?? this.#live)(language);
  }

  #busyStatus(language: Language): NodeStatus | undefined {
    if (this.#busy !== undefined) return this.#busy(language);
    return { fill: 'yellow', shape: 'dot', text: this.#live(language).text ?? '' };
  }

  /** Whether a hub of the node refuses its key, so that a login is needed. */
  #isRefused(snapshot: Snapshot): boolean {
    const ids = this.#concerned(snapshot).map(({ id }) => id);
    const open = this.#account?.account?.homes.open ?? [];
    return open.some(({ cache, loop }) => ids.includes(cache.hub) && loop.error?.code === 'COZIFY_OTP_REQUIRED');
  }

  /**
   * Returns the status if a hub of the node is offline. The status names the hub if the node's other hubs are online.
   */
  #away(snapshot: Snapshot): NodeStatus | undefined {
    const concerned = this.#concerned(snapshot);
    const lost = concerned.filter(({ reachable }) => reachable === false);
    const [first] = lost;
    if (first === undefined) return undefined;
    if (lost.length === concerned.length) return statusOf(this.#language, 'red', 'ring', 'hub-away');
    return statusOf(this.#language, 'red', 'ring', 'hub-away-of', { name: first.name });
  }

  #concerned({ hubs }: Snapshot): Snapshot['hubs'] {
    const { hub = '', isEverywhere = false } = this.#options;
    const isConcerned = (one: Snapshot['hubs'][number]): boolean =>
      this.#hubs.size > 0 ? this.#hubs.has(one.id) : hubs.length === 1 || (hub === '' ? one.default : one.id === hub);
    return isEverywhere ? hubs : hubs.filter(isConcerned);
  }

  /** The language of the account. */
  get #language(): Language {
    return this.#account?.language ?? languageOfHost(this.#options.RED);
  }
}

/** Returns the hubs of targets. Empty if a target has no hub, because its hub is then found later. */
function hubsOf(targets: unknown): string[] {
  const hubs = Array.isArray(targets) ? targets.map((target: { hub?: unknown } | null) => target?.hub) : [];
  return hubs.every((hub) => typeof hub === 'string' && hub !== '') ? (hubs as string[]) : [];
}

/** Makes the status for a list of devices, for example the devices that a read has returned. */
function readStatus(
  things: readonly ListedThing[],
  { field, now, language }: { field: string; now: number; language: Language },
): NodeStatus {
  const { isMeasured, isReachable, informativeField, thingsText } = homesApi();
  const entries = things.map(({ entry }) => entry);
  const [first, ...others] = entries;
  const { count, name, value } = thingsText(entries, field, language);
  // Show an empty list of devices in grey, because no event will ever change it.
  if (first === undefined) return { fill: 'grey', shape: 'ring', text: count };
  if (!entries.some(isReachable)) return statusOf(language, 'grey', 'ring', 'no-contact');
  if (others.length > 0) {
    return { fill: 'green', shape: 'dot', text: fitted({ before: `${count} ·`, name, after: value }) };
  }
  const after = isMeasured((field || informativeField(first.state)) ?? 'on') ? clockText(now, language) : '';
  return { fill: 'green', shape: 'dot', text: fitted({ name: value, after }) };
}

/** Makes the status for a target that is gone or ambiguous. */
function missingStatus({ code, subject = '' }: CozifyError, language: Language): NodeStatus {
  return statusOf(language, 'red', 'ring', code === 'COZIFY_NOT_FOUND' ? 'gone' : 'several', { name: subject });
}

/**
 * Makes the step status of a node that uses hubs. `show` shows the result of a step; `busy` makes the status of running
 * steps.
 */
export function hubStepStatus<T>(status: HubStatus, show: (value: T) => void, busy?: BusyText): StepStatus<T> {
  let hasShownIgnored = false;
  return {
    start: (sources) => {
      const end = status.start(busy);
      const ignored = ignoredOf(sources);
      return {
        end: (value) =>
          end(() => {
            if (ignored === undefined || hasShownIgnored) return show(value);
            hasShownIgnored = true;
            status.showNotice('yellow', 'ring', ignored === 'target' ? 'target-ignored' : 'hub-ignored');
          }),
        fail: (error) => end(() => status.showError(error)),
      };
    },
    stop: () => status.stop(),
  };
}

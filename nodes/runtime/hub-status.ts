import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Clock, CozifyError, Snapshot } from '../../src/index.js';
import {
  Alarm,
  countText,
  isMeasured,
  isReachable,
  type Language,
  type ListedThing,
  systemClock,
  tellingField,
  thingsText,
  thingText,
} from '../../src/nodes-api.js';
import type { StepStatus } from './define-action.js';
import { type AccountNode, findAccount } from './find-account.js';
import { ignoredOf } from './hub-targets.js';
import { languageOfHost } from './language.js';
import { type AccountFollower, followOverDeploys, problemOf, statusOf } from './status.js';
import { clockText, failureText, fitted, type StatusKey } from './status-words.js';

/** No more than one change in this time. */
const PAUSE_MS = 1_000;

/** A status that is put into words when it is shown, in the account's language. */
type Worded = (language: Language) => NodeStatus;

/** What is shown of what is under way: how things are, where there is nothing to say of it. */
type WordedBusy = (language: Language) => NodeStatus | undefined;

/** Whose status it is, and of which hub. */
export interface HubStatusOptions {
  RED: NodeAPI;
  node: Node;
  /** The id of the node's account. */
  account: unknown;
  /** The node's own hub; the default one where the node has none. */
  hub?: unknown;
  /** The node has to do with all hubs. */
  isEverywhere?: boolean;
  clock?: Clock;
}

/**
 * What a node shows of the things at a hub that it works with: how they are, or what is the matter with them, the hub or
 * the account. It changes once a second at most, and what is shown in the end is how it stands.
 */
export class HubStatus {
  readonly #options: HubStatusOptions;
  readonly #clock: Clock;
  readonly #follower: AccountFollower;
  #account: AccountNode | undefined;
  #running = 0;
  /** What is under way; without, how things were last. */
  #busy: WordedBusy | undefined;
  /** How the things were last; put into words when it is shown, which is once a second at most. */
  #live: Worded = () => ({});
  /** What keeps something from being heard, for as long as it does. */
  #missing: CozifyError | undefined;
  /** The hubs they are at. */
  #hubs: ReadonlySet<string> = new Set();
  #problem: { status: Worded; isOver: (snapshot: Snapshot) => boolean } | undefined;
  #shown = '';
  #shownAt = -Infinity;
  readonly #nextUpdate: Alarm;
  /** What is told now is shown once all of it is told. */
  #isTelling = false;
  #isStopped = false;

  constructor(options: HubStatusOptions) {
    const { RED, account, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#nextUpdate = new Alarm(clock, { keepsAlive: true });
    const find = (): AccountNode | undefined => findAccount(RED, account);
    this.#follower = followOverDeploys(RED, find, (found, isAnew) => {
      this.#account = found;
      if (isAnew) [this.#shown, this.#shownAt] = ['', -Infinity];
      this.#update();
    });
  }

  /**
   * Something is asked of a hub; `busy`: what is shown meanwhile. Gives what tells that it is no more, and with it by `tell`
   * what came of it, in one change.
   */
  begin(busy?: WordedBusy): (tell?: () => void) => void {
    this.#running += 1;
    this.#busy = busy;
    this.#follower.follow();
    this.#update();
    let isOver = false;
    return (tell = () => undefined) => {
      if (!isOver) this.#running -= 1;
      isOver = true;
      this.#isTelling = true;
      try {
        tell();
      } finally {
        this.#isTelling = false;
      }
      this.#update();
    };
  }

  /** How things are: those that were asked for together, or the one that was heard of. `field`: the one that counts. */
  show(things: readonly ListedThing[], field = ''): void {
    const now = this.#clock.now();
    this.#hubs = new Set(things.map(({ live }) => live.home.hub));
    this.#problem = undefined;
    this.#live = (language) => textOf(things, { field, now, language });
    this.#update();
  }

  /**
   * How one thing is now, of which something was heard. `count`: how many things there are of which that could have
   * been; `isNow`: it was heard at this moment.
   */
  showHeard({ entry, live }: ListedThing, { field = '', count = 1, isNow = true } = {}): void {
    const now = this.#clock.now();
    this.#hubs = new Set([...this.#hubs, live.home.hub]);
    this.#problem = undefined;
    this.#live = (language) => {
      const { name } = entry;
      if (!isReachable(entry))
        return count === 1
          ? statusOf(language, 'grey', 'ring', 'no-contact')
          : statusOf(language, 'grey', 'ring', 'no-contact-of', { name });
      const isOfMoment = isNow || isMeasured((field || tellingField(entry.state)) ?? 'on');
      const value = thingText(entry, field, language);
      const after = isOfMoment ? `${value} ${clockText(now, language)}`.trimStart() : value;
      const before = count === 1 ? '' : `${countText(count, 'device', language)} ·`;
      return { fill: 'green', shape: 'dot', text: fitted({ before, name, after }) };
    };
    this.#update();
  }

  /** All that keeps something from being heard: it is shown until there is nothing. */
  showMissing([first]: readonly CozifyError[]): void {
    this.#missing = first;
    this.#update();
  }

  /** What a hub has just said, in words or figures. */
  tell(textIn: (language: Language) => string): void {
    const now = this.#clock.now();
    this.#problem = undefined;
    this.#live = (language) => {
      const text = fitted({ name: textIn(language), after: clockText(now, language) });
      return { fill: 'green', shape: 'dot', text };
    };
    this.#update();
  }

  /** The node has to do with this hub, too. */
  mind(hub: string): void {
    this.#hubs = new Set([...this.#hubs, hub]);
    this.#update();
  }

  /** What has just been heard of a thing, in words. */
  hear({ live }: ListedThing, textIn: (language: Language) => string): void {
    this.#hubs = new Set([...this.#hubs, live.home.hub]);
    this.tell(textIn);
  }

  /** What is neither how things are nor a trouble, by a key of the account's catalogue. */
  say(fill: 'green' | 'grey' | 'yellow', shape: 'dot' | 'ring', key: StatusKey): void {
    this.#live = (language) => statusOf(language, fill, shape, key);
    this.#problem = undefined;
    this.#update();
  }

  /** What was asked for failed. */
  fail(error: CozifyError): void {
    const { code, subject } = error;
    const isNever = (): boolean => false;
    if (code === 'COZIFY_OTP_REQUIRED') {
      const isOver = ({ state }: Snapshot): boolean => state === 'authenticated';
      this.#problem = { status: (language) => statusOf(language, 'yellow', 'ring', 'log-in-first'), isOver };
    } else if (code === 'COZIFY_HUB_OFFLINE' || code === 'COZIFY_UNREACHABLE') this.lose();
    else if (code === 'COZIFY_NOT_FOUND' && subject !== undefined) this.miss(subject);
    else {
      const status: Worded = (language) =>
        statusOf(language, 'red', 'dot', 'failed', { why: failureText(error, language) });
      this.#problem = { status, isOver: isNever };
    }
    this.#update();
  }

  /** The hub is away, though how things were is known. */
  lose(): void {
    let wasAway = false;
    // Until it is known to be back; what found out that it is away may be the first to notice.
    const isOver = (snapshot: Snapshot): boolean => {
      const isAway = this.#away(snapshot) !== undefined;
      const isBack = wasAway && !isAway;
      wasAway ||= isAway;
      return isBack;
    };
    this.#problem = { status: (language) => statusOf(language, 'red', 'ring', 'hub-away'), isOver };
    this.#update();
  }

  /** A thing is not there, or no more. */
  miss(name: string): void {
    this.#problem = { status: (language) => statusOf(language, 'red', 'ring', 'gone', { name }), isOver: () => false };
    this.#update();
  }

  /** Shows nothing any more, whatever is still under way: another node with the same id may do so now. */
  stop(): void {
    this.#isStopped = true;
    this.#follower.stop();
    this.#nextUpdate.clear();
  }

  #update(): void {
    if (this.#isStopped || this.#isTelling) return;
    // What there is to show is found out when it is shown; but how a trouble goes on must not be missed.
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
    const underWay = this.#running > 0 ? this.#underWay(language) : undefined;
    return underWay ?? (this.#problem?.status ?? this.#live)(language);
  }

  #underWay(language: Language): NodeStatus | undefined {
    if (this.#busy !== undefined) return this.#busy(language);
    return { fill: 'yellow', shape: 'dot', text: this.#live(language).text ?? '' };
  }

  /** Whether a hub that the node has to do with refuses its key, which a login alone can renew. */
  #isRefused(snapshot: Snapshot): boolean {
    const ids = this.#concerned(snapshot).map(({ id }) => id);
    const open = this.#account?.account?.homes.open ?? [];
    return open.some(({ home, poller }) => ids.includes(home.hub) && poller.error?.code === 'COZIFY_OTP_REQUIRED');
  }

  /** What to show while a hub is away that the node has to do with: its name, where others are there. */
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

  /** That of the account. */
  get #language(): Language {
    return this.#account?.language ?? languageOfHost(this.#options.RED);
  }
}

/** How things are that were asked for together. */
function textOf(
  things: readonly ListedThing[],
  { field, now, language }: { field: string; now: number; language: Language },
): NodeStatus {
  const entries = things.map(({ entry }) => entry);
  const [first, ...others] = entries;
  const { count, name, value } = thingsText(entries, field, language);
  // Where there is nothing, nothing will be heard.
  if (first === undefined) return { fill: 'grey', shape: 'ring', text: count };
  if (!entries.some(isReachable)) return statusOf(language, 'grey', 'ring', 'no-contact');
  if (others.length > 0) {
    return { fill: 'green', shape: 'dot', text: fitted({ before: `${count} ·`, name, after: value }) };
  }
  const after = isMeasured((field || tellingField(first.state)) ?? 'on') ? clockText(now, language) : '';
  return { fill: 'green', shape: 'dot', text: fitted({ name: value, after }) };
}

/** What is shown of a thing that can't be heard. */
function missingStatus({ code, subject = '' }: CozifyError, language: Language): NodeStatus {
  return statusOf(language, 'red', 'ring', code === 'COZIFY_NOT_FOUND' ? 'gone' : 'several', { name: subject });
}

/** Shows what comes of a node's steps at a hub; `show` of one that has ended well; `busy`: of those that have not ended. */
export function hubStepStatus<T>(status: HubStatus, show: (value: T) => void, busy?: WordedBusy): StepStatus<T> {
  let hasSaidIgnored = false;
  return {
    begin: (sources) => {
      const end = status.begin(busy);
      const ignored = hasSaidIgnored ? undefined : ignoredOf(sources);
      hasSaidIgnored ||= ignored !== undefined;
      return {
        end: (value) =>
          end(() => {
            if (ignored === undefined) show(value);
            else status.say('yellow', 'ring', ignored === 'target' ? 'target-ignored' : 'hub-ignored');
          }),
        fail: (error) => end(() => status.fail(error)),
      };
    },
    stop: () => status.stop(),
  };
}

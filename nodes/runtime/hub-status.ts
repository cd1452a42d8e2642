import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Clock, CozifyError, Snapshot } from '../../src/index.js';
import {
  isMeasured,
  type Language,
  type ListedThing,
  shortName,
  systemClock,
  tellingField,
  thingsText,
} from '../../src/nodes-api.js';
import type { StepStatus } from './define-action.js';
import { type AccountNode, findAccount } from './find-account.js';
import { ignoredOf } from './hub-targets.js';
import { languageOfHost } from './language.js';
import { type AccountFollower, followOverDeploys, problemOf, say } from './status.js';

/** No more than one change in this time. */
const PAUSE_MS = 1_000;

const GONE: Readonly<Record<Language, string>> = { en: 'gone', fi: 'ei löydy' };
const AWAY: Readonly<Record<Language, string>> = { en: 'away', fi: 'ei yhteyttä' };

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
  readonly #language: Language;
  readonly #follower: AccountFollower;
  #account: AccountNode | undefined;
  #running = 0;
  /** How the things were last. */
  #live: NodeStatus = {};
  /** The hubs they are at. */
  #hubs: ReadonlySet<string> = new Set();
  #problem: { status: NodeStatus; isOver: (snapshot: Snapshot) => boolean } | undefined;
  #shown = '';
  #shownAt = -Infinity;
  #timer: ReturnType<Clock['setTimeout']> | undefined;

  constructor(options: HubStatusOptions) {
    const { RED, account, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#language = languageOfHost(RED);
    const find = (): AccountNode | undefined => findAccount(RED, account);
    this.#follower = followOverDeploys(RED, find, (found, isAnew) => {
      this.#account = found;
      if (isAnew) [this.#shown, this.#shownAt] = ['', -Infinity];
      this.#update();
    });
  }

  /** Something is asked of a hub. Gives what tells that it is no more. */
  begin(): () => void {
    this.#running += 1;
    this.#follower.follow();
    this.#update();
    let isOver = false;
    return () => {
      if (!isOver) this.#running -= 1;
      isOver = true;
      this.#update();
    };
  }

  /** How things are: those that were asked for together, or the one that was heard of. `field`: the one that counts. */
  show(things: readonly ListedThing[], field = ''): void {
    const entries = things.map(({ entry }) => entry);
    const [first, ...others] = entries;
    this.#hubs = new Set(things.map(({ live }) => live.home.hub));
    this.#problem = undefined;
    if (first?.state['reachable'] === false && others.length === 0) this.#live = say('grey', 'ring', 'no-contact');
    else {
      const isOfMoment = others.length === 0 && isMeasured((field || tellingField(first?.state ?? {})) ?? 'on');
      const text = thingsText(entries, field, this.#language);
      this.#live = { fill: 'green', shape: 'dot', text: isOfMoment ? `${text} ${this.#now}`.trimStart() : text };
    }
    this.#update();
  }

  /** What a hub has just said, in words or figures that every language reads. */
  tell(text: string): void {
    this.#problem = undefined;
    this.#live = { fill: 'green', shape: 'dot', text: `${text} ${this.#now}` };
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
    this.tell(textIn(this.#language));
  }

  /** What is neither how things are nor a trouble, by a key of the account's catalogue. */
  say(fill: 'green' | 'grey' | 'yellow', shape: 'dot' | 'ring', key: string): void {
    this.#live = say(fill, shape, key);
    this.#problem = undefined;
    this.#update();
  }

  /** What was asked for failed. */
  fail({ code, subject }: CozifyError): void {
    const isNever = (): boolean => false;
    if (code === 'COZIFY_OTP_REQUIRED') {
      const isOver = ({ state }: Snapshot): boolean => state === 'authenticated';
      this.#problem = { status: say('yellow', 'ring', 'log-in-first'), isOver };
    } else if (code === 'COZIFY_HUB_OFFLINE' || code === 'COZIFY_UNREACHABLE') this.lose();
    else if (code === 'COZIFY_NOT_FOUND' && subject !== undefined) this.miss(subject);
    else this.#problem = { status: say('red', 'ring', 'failed'), isOver: isNever };
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
    this.#problem = { status: say('red', 'ring', 'hub-away'), isOver };
    this.#update();
  }

  /** A thing is not there, or no more. */
  miss(name: string): void {
    const text = `${GONE[this.#language]}: ${shortName(name)}`;
    this.#problem = { status: { fill: 'red', shape: 'ring', text }, isOver: () => false };
    this.#update();
  }

  stop(): void {
    this.#follower.stop();
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
  }

  #update(): void {
    // What there is to show is found out when it is shown; but how a trouble goes on must not be missed.
    if (this.#timer !== undefined && this.#problem === undefined) return;
    const status = this.#status();
    const key = JSON.stringify(status);
    if (this.#timer !== undefined || key === this.#shown) return;
    const waitMs = this.#shownAt + PAUSE_MS - this.#clock.monotonic();
    if (waitMs <= 0) {
      [this.#shown, this.#shownAt] = [key, this.#clock.monotonic()];
      this.#options.node.status(status);
      return;
    }
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#update();
    }, waitMs);
  }

  #status(): NodeStatus {
    const problem = problemOf(this.#account);
    if (problem !== undefined) return problem;
    const account = this.#account?.account;
    if (account?.isReady !== true) return {};
    const snapshot = account.snapshot();
    if (this.#problem?.isOver(snapshot) === true) this.#problem = undefined;
    if (snapshot.hubs.length === 0 && snapshot.state !== 'authenticated') return say('yellow', 'ring', 'log-in-first');
    const away = this.#away(snapshot);
    if (away !== undefined) return away;
    if (this.#running > 0) return { fill: 'yellow', shape: 'dot', text: this.#live.text ?? '' };
    return this.#problem?.status ?? this.#live;
  }

  /** What to show while a hub is away that the node has to do with: its name, where others are there. */
  #away({ hubs }: Snapshot): NodeStatus | undefined {
    const { hub = '', isEverywhere = false } = this.#options;
    const isConcerned = (one: Snapshot['hubs'][number]): boolean =>
      this.#hubs.size > 0 ? this.#hubs.has(one.id) : hubs.length === 1 || (hub === '' ? one.default : one.id === hub);
    const concerned = isEverywhere ? hubs : hubs.filter(isConcerned);
    const lost = concerned.filter(({ reachable }) => reachable === false);
    const [first] = lost;
    if (first === undefined) return undefined;
    if (lost.length === concerned.length) return say('red', 'ring', 'hub-away');
    return { fill: 'red', shape: 'ring', text: `${AWAY[this.#language]}: ${shortName(first.name)}` };
  }

  get #now(): string {
    const now = new Date(this.#clock.now());
    return [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  }
}

/** Shows what comes of a node's steps at a hub; `show` of one that has ended well. */
export function hubStepStatus<T>(status: HubStatus, show: (value: T) => void): StepStatus<T> {
  let hasSaidIgnored = false;
  return {
    begin: (sources) => {
      const end = status.begin();
      const ignored = hasSaidIgnored ? undefined : ignoredOf(sources);
      hasSaidIgnored ||= ignored !== undefined;
      return {
        end: (value) => {
          if (ignored === undefined) show(value);
          else status.say('yellow', 'ring', `${ignored}-ignored`);
          end();
        },
        fail: (error) => {
          status.fail(error);
          end();
        },
      };
    },
    stop: () => status.stop(),
  };
}

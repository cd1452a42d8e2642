/** The logic of the changes node, without Node-RED: makes messages from the changes in all its homes. */
import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import type { MessageParts } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import { type Homes, keyAcrossHubs, type ListedThing } from '../across-hubs/homes.js';
import { Subscription } from '../across-hubs/subscription.js';
import { meets } from '../things/condition.js';
import type { Thing } from '../things/device.js';
import { copyJson } from '../things/raw.js';
import type { State } from '../things/state.js';
import type { ChangeConfig } from './change-config.js';
import { HomeChanges } from './home-changes.js';

/** The message of a changes node. */
export interface ChangeMessage {
  topic: string;
  payload: unknown;
  previous: unknown;
  changed: string[];
  event: MessageParts['event'];
  own: boolean;
  /** When the change was received, ISO 8601 UTC. */
  at: string;
  device: Thing;
}

/** Options of a {@link ChangeFeed}. */
export interface ChangeFeedOptions {
  /**
   * The id of the node. A new feed with the same id and config continues where the old one stopped, for
   * example after a Deploy.
   */
  id: string;
  homes: Homes;
  config: ChangeConfig;
  clock: Clock;
  /** Receives each message, and the thing that it is about. */
  send: (message: ChangeMessage, thing: ListedThing) => void;
  /**
   * Receives all selected things when their states become known, and each time the last problem of the selection is
   * solved.
   */
  onThings?: (things: readonly ListedThing[]) => void;
  /** Receives each thing that has changed, whether or not a message is sent, and the number of selected things. */
  onChanged?: (thing: ListedThing, count: number) => void;
  /** Receives all problems of the selection each time they change. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/**
 * Makes a message from each change that a changes node selects, in all homes (docs/dev/rules.md, "No false changes").
 */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #homes = new Map<LiveHome, HomeChanges>();
  readonly #subscription: Subscription;
  /** The thing that changed last. */
  #latest: ListedThing | undefined;

  /** Starts at once. If the cache is fresh, its states are used without waiting for an answer. */
  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    const { homes, config, onProblems } = options;
    this.#subscription = new Subscription({
      homes,
      selection: config,
      onHome: (live) => void this.#of(live),
      onRecord: (live, record) => this.#of(live).take(record),
      onProblems: (problems) => {
        onProblems?.(problems);
        if (problems.length === 0) this.#show();
      },
    });
    this.#subscription.start();
  }

  stop(): void {
    this.#subscription.stop();
    for (const changes of this.#homes.values()) changes.stop();
  }

  /**
   * Returns an example message with the event `initial`. Prefers a thing that meets the condition and has the payload,
   * and among such things the one that changed last. Returns `undefined` while no thing is known.
   */
  example(): ChangeMessage | undefined {
    const { condition, payload } = this.#options.config;
    const things = this.#thingsOf([...this.#homes.keys()]);
    const latest = things.filter(
      (thing) => this.#latest !== undefined && keyAcrossHubs(thing) === keyAcrossHubs(this.#latest),
    );
    const ordered = [...latest, ...things];
    const withPayload = ordered.filter(({ entry }) => payload === 'state' || Object.hasOwn(entry.state, payload));
    const met = withPayload.find(({ entry }) => condition === null || meets(entry.state, condition));
    const shown = met ?? withPayload[0] ?? ordered[0];
    if (shown === undefined) return undefined;
    const { entry, live } = shown;
    const first = { event: 'initial', previous: null, changed: [], own: false } as const;
    return this.#messageOf({ entry, state: entry.state, at: this.#options.clock.now(), ...first }, live);
  }

  #of(live: LiveHome): HomeChanges {
    const known = this.#homes.get(live);
    if (known !== undefined) return known;
    const { id, homes, config, clock, onChanged } = this.#options;
    const changes = new HomeChanges({
      id,
      config,
      clock,
      live,
      selection: this.#subscription.selectionOf(live),
      run: (job) => homes.jobs.add(job),
      send: (parts, of) => this.#send(parts, of),
      onBegin: () => this.#show(),
      onChanged: (entry) => {
        this.#latest = { entry, live };
        onChanged?.(this.#latest, Math.max(1, this.#count));
      },
    });
    this.#homes.set(live, changes);
    changes.start();
    return changes;
  }

  /** The homes with known states. */
  get #begun(): LiveHome[] {
    return [...this.#homes].flatMap(([live, { hasBegun }]) => (hasBegun ? [live] : []));
  }

  get #count(): number {
    return this.#begun.reduce((sum, live) => sum + this.#subscription.selectionOf(live).count, 0);
  }

  #thingsOf(homes: readonly LiveHome[]): ListedThing[] {
    return homes.flatMap((live) =>
      this.#subscription.selectionOf(live).entries.map((entry): ListedThing => ({ entry, live })),
    );
  }

  #show(): void {
    const { onThings } = this.#options;
    if (onThings !== undefined && this.#begun.length > 0) onThings(this.#thingsOf(this.#begun));
  }

  #send(parts: MessageParts, live: LiveHome): void {
    const { payload } = this.#options.config;
    const { entry, state, event } = parts;
    const hasPayload = payload === 'state' || Object.hasOwn(state, payload);
    if (!hasPayload && event !== 'changed' && event !== 'removed') return;
    this.#options.send(this.#messageOf(parts, live), { entry, live });
  }

  #messageOf({ entry, state, previous, event, changed, own, at }: MessageParts, live: LiveHome): ChangeMessage {
    return {
      topic: entry.name,
      payload: this.#payloadOf(state),
      previous: this.#payloadOf(previous),
      changed: [...changed],
      event,
      own,
      at: new Date(at).toISOString(),
      device: live.cache.things.show(entry),
    };
  }

  #payloadOf(state: State | null): unknown {
    const { payload } = this.#options.config;
    if (state === null) return null;
    return copyJson(payload === 'state' ? state : (state[payload] ?? null));
  }
}

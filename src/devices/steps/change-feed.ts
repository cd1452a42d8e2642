import type { Clock } from '../../async/clock.js';
import { meets } from '../things/condition.js';
import { copyJson } from '../things/raw.js';
import type { State } from '../things/units.js';
import type { MessageParts } from '../home/change-log.js';
import type { Thing } from '../things/device.js';
import { type Homes, keyOf, type ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { Subscription } from '../homes/subscription.js';
import type { CozifyError } from '../../errors.js';
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

/** Who listens to which changes, and where they go. */
export interface ChangeFeedOptions {
  /** The listener's own id: one that begins again with the same config, as after a Deploy, goes on where it was. */
  id: string;
  homes: Homes;
  config: ChangeConfig;
  clock: Clock;
  /** Takes what is told, and the thing that it is about. */
  send: (message: ChangeMessage, thing: ListedThing) => void;
  /** Takes all that is listened to, each time when how it is has to be shown anew. */
  onThings?: (things: readonly ListedThing[]) => void;
  /** Takes a thing that is otherwise than before, whether or not that is told, and how many are listened to. */
  onNews?: (thing: ListedThing, count: number) => void;
  /** Takes all that keeps something from being heard, each time that is otherwise than before. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/** The changes of a home that somebody wants to hear of, each once and none that is no change (docs/dev/rules.md, "No false changes"). */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #homes = new Map<LiveHome, HomeChanges>();
  readonly #subscription: Subscription;
  /** The last of which something was heard. */
  #latest: ListedThing | undefined;

  /** Begins at once: memory that is fresh counts as the first answer. */
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
   * How one of the things is now, as it is told at first: of those that meet the condition if there are any, that of which
   * something was heard last, else the first. `undefined` while none is known.
   */
  example(): ChangeMessage | undefined {
    const { condition, payload } = this.#options.config;
    const things = [...this.#homes.keys()].flatMap((live) =>
      this.#subscription.selectionOf(live).entries.map((entry): ListedThing => ({ entry, live })),
    );
    const latest = things.filter((thing) => this.#latest !== undefined && keyOf(thing) === keyOf(this.#latest));
    const ordered = [...latest, ...things];
    const hasPayload = ({ entry }: ListedThing): boolean => payload === 'state' || Object.hasOwn(entry.state, payload);
    const fitting = ordered.filter(hasPayload);
    const met = fitting.find(({ entry }) => condition === null || meets(entry.state, condition));
    const shown = met ?? fitting[0] ?? ordered[0];
    if (shown === undefined) return undefined;
    const { entry, live } = shown;
    const [at, first] = [this.#options.clock.now(), { previous: null, changed: [], own: false }];
    return this.#messageOf({ entry, state: entry.state, event: 'initial', at, ...first }, live);
  }

  #of(live: LiveHome): HomeChanges {
    const known = this.#homes.get(live);
    if (known !== undefined) return known;
    const { id, homes, config, clock, onNews } = this.#options;
    const changes = new HomeChanges({
      id,
      config: config,
      clock,
      live,
      selection: this.#subscription.selectionOf(live),
      run: (part) => homes.jobs.add(part),
      send: (parts, of) => this.#send(parts, of),
      onBegin: () => this.#show(),
      onNews: (entry) => {
        this.#latest = { entry, live };
        onNews?.(this.#latest, Math.max(1, this.#count));
      },
    });
    this.#homes.set(live, changes);
    changes.start();
    return changes;
  }

  get #count(): number {
    const homes = [...this.#homes].filter(([, changes]) => changes.hasBegun);
    return homes.reduce((sum, [live]) => sum + this.#subscription.selectionOf(live).count, 0);
  }

  #show(): void {
    if (this.#options.onThings === undefined) return;
    const begun = [...this.#homes].filter(([, changes]) => changes.hasBegun);
    const things = begun.flatMap(([live]) =>
      this.#subscription.selectionOf(live).entries.map((entry) => ({ entry, live })),
    );
    if (begun.length > 0) this.#options.onThings(things);
  }

  #send(parts: MessageParts, live: LiveHome): void {
    if (!this.#hasPayload(parts)) return;
    this.#options.send(this.#messageOf(parts, live), { entry: parts.entry, live });
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
      device: live.home.things.show(entry),
    };
  }

  #hasPayload({ state, event }: MessageParts): boolean {
    const { payload } = this.#options.config;
    return payload === 'state' || event === 'changed' || event === 'removed' || Object.hasOwn(state, payload);
  }

  #payloadOf(state: State | null): unknown {
    const { payload } = this.#options.config;
    if (state === null) return null;
    return copyJson(payload === 'state' ? state : (state[payload] ?? null));
  }
}

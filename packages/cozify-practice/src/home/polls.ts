import type { HubBehaviour } from '../behaviour';
import type { Household } from './household';
import type { HubClock } from './hub-clock';
import type { PollLog } from './poll-log';
import { LISTINGS, type Listing, type Things } from './things';

/** The answer to a poll. */
export interface PollDelta {
  type: 'POLL_DELTA';
  full: boolean;
  timestamp: number;
  polls: Record<string, unknown>[];
}

type Entries = Record<string, Things[Listing] | null>;

const DELTAS: Readonly<Record<Listing, string>> = {
  devices: 'DEVICE_DELTA',
  groups: 'GROUP_DELTA',
  scenes: 'SCENE_DELTA',
  rules: 'RULE_DELTA',
  rooms: 'ROOM_DELTA',
  alarms: 'ALARM_DELTA',
};

export interface PollsOptions {
  household: Household;
  behaviour: HubBehaviour;
  clock: HubClock;
  log: PollLog;
}

/** Answers the hub's polls and requests for lists, such as `/devices`. */
export class Polls {
  /** Whether the next answer to a poll contains the whole home, even if the poll asks only for changes. */
  isFullNext = false;
  /** Number of upcoming answers (to polls and to requests for lists) that show an empty home, as after a restart. */
  emptyAnswers = 0;
  /** The form of an empty answer: with empty lists, or without lists. */
  emptyAs: 'empty' | 'missing' = 'empty';
  readonly #options: PollsOptions;
  /** The start of the history. A poll with an earlier time gets everything. */
  #since: number;
  #wasEmpty = false;

  constructor(options: PollsOptions) {
    this.#options = options;
    this.#since = options.clock.stamp();
  }

  /** Returns the answer to a poll for the changes after `ts`; undefined if there are none. */
  answerSince(ts: number): PollDelta | undefined {
    const isFull = ts < this.#since || this.isFullNext;
    if (this.#isEmptyNow())
      return this.#delta(isFull, isFull && this.emptyAs === 'empty' ? this.#everything(true) : []);
    this.isFullNext = false;
    if (isFull) return this.#delta(ts > 0 || this.#options.behaviour.isFirstPollFull, this.#everything(false));
    const changed = this.#changedEntriesSince(ts);
    return changed.length > 0 ? this.#delta(false, changed) : undefined;
  }

  /** Returns an answer without changes. */
  nothing(): PollDelta {
    return this.#delta(false, []);
  }

  list(listing: Listing): Record<string, Things[Listing]> {
    return this.#isEmptyNow() ? {} : this.#options.household.list(listing);
  }

  /** Restarts the history, so that all clients get everything. */
  restart(): void {
    this.#options.log.clear();
    this.#since = this.#options.clock.stamp();
  }

  /**
   * Called when the hub's clock is set. If set back, moves the start of the history back by the same time. Otherwise,
   * later polls would seem to be from before the start and get everything.
   */
  shift(ms: number): void {
    this.#since += Math.min(ms, 0);
  }

  /**
   * Returns whether this answer has to be empty, and counts it if so. After the last empty answer, records all things
   * as changed, so that polls report them again.
   */
  #isEmptyNow(): boolean {
    const isEmpty = this.emptyAnswers > 0;
    if (isEmpty) this.emptyAnswers -= 1;
    else if (this.#wasEmpty) this.#options.household.noteAll();
    this.#wasEmpty = isEmpty;
    return isEmpty;
  }

  #delta(full: boolean, polls: Record<string, unknown>[]): PollDelta {
    return { type: 'POLL_DELTA', full, timestamp: this.#options.clock.stamp(), polls };
  }

  #everything(isEmpty: boolean): Record<string, unknown>[] {
    const { household } = this.#options;
    const lists = LISTINGS.flatMap((listing) => this.#deltaOf(listing, isEmpty ? {} : household.list(listing)));
    const timestamp = this.#options.clock.stamp();
    // The content that real hubs send in these deltas is unknown.
    return [
      ...lists,
      { type: 'ACTIVATOR_DELTA', timestamp, activators: {} },
      { type: 'ZONE_DELTA', timestamp, zones: {} },
      { type: 'USER_ALERTS_DELTA', timestamp, alerts: [] },
    ];
  }

  #changedEntriesSince(ts: number): Record<string, unknown>[] {
    const { household, log } = this.#options;
    const changed: Partial<Record<Listing, Entries>> = {};
    for (const { listing, id } of log.since(ts)) {
      (changed[listing] ??= {})[id] = household.shown(listing, id) ?? null;
    }
    return LISTINGS.flatMap((listing) => {
      const entries = changed[listing];
      return entries ? this.#deltaOf(listing, entries) : [];
    });
  }

  #deltaOf(listing: Listing, entries: Entries): Record<string, unknown>[] {
    const { otherDeltas } = this.#options.behaviour;
    if (listing !== 'devices' && otherDeltas === 'absent') return [];
    const name = listing === 'devices' || otherDeltas === 'named' ? listing : 'objects';
    return [{ type: DELTAS[listing], timestamp: this.#options.clock.stamp(), [name]: entries }];
  }
}

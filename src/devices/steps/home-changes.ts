/** Reads the change log of one home for a changes node. Handles the condition, `for` and `initial`. */
import type { Clock, TimerHandle } from '../../async/clock.js';
import { LONGEST_TIMER_MS } from '../../async/timers.js';
import type { ChangeRecord, Hold, MessageParts } from '../home/change-log.js';
import type { LiveHome } from '../home/live-home.js';
import { type DeviceSelection, type IsSelected, selectedKinds } from '../targets/selection.js';
import { type Change, type ChangeEvent, countedFields } from '../things/changes.js';
import { meets } from '../things/condition.js';
import type { Entry } from '../things/device.js';
import { type Kind, thingKey } from '../things/kinds.js';
import { isSameJson } from '../things/raw.js';
import type { State } from '../things/state.js';
import type { ChangeConfig } from './change-config.js';

/** Cached states up to this age are used as the first states, without waiting for an answer. */
const FRESH_MS = 60_000;
/**
 * An outage shorter than this does not restart a hold (the `for` time), because polls through the cloud may be
 * this far apart anyway.
 */
const OUTAGE_MS = 30_000;

/** The options of {@link HomeChanges}. */
export interface HomeChangesOptions {
  /** The id of the node. */
  id: string;
  config: ChangeConfig;
  clock: Clock;
  live: LiveHome;
  selection: DeviceSelection;
  /** Runs a job once the earlier jobs have run. */
  run: (job: () => void) => void;
  send: (parts: MessageParts, live: LiveHome) => void;
  /** Receives a thing that has changed, whether or not a message is sent for it. */
  onChanged: (entry: Entry) => void;
  /**
   * Called each time the states of further kinds of things become known, and at the start if some are known already.
   */
  onBegin: () => void;
}

/**
 * A reader of the change log of one home, for a changes node: sends a message for each change that the node selects.
 */
export class HomeChanges {
  readonly #options: HomeChangesOptions;
  readonly #settings: string;
  readonly #fields: readonly string[];
  /** The kinds whose states the node knows: a difference from an unknown state is not a change. */
  readonly #kinds: Set<Kind>;
  /** Running holds (the `for` setting) by `thingKey`, the oldest first. */
  readonly #holds: Map<string, Hold>;
  /** The log position of the next record to read. */
  #position: number;
  #timer: TimerHandle | undefined;
  /** Whether the hub has answered since the node started. */
  #isAnswered = false;
  #isStopped = false;

  /** Continues where the last node with the same id and settings stopped. */
  constructor(options: HomeChangesOptions) {
    this.#options = options;
    const { log } = options.live.cache;
    this.#settings = JSON.stringify(options.config);
    this.#fields = fieldsOf(options.config);
    const resumed = log.resume(options.id, this.#settings);
    this.#position = resumed?.position ?? log.end;
    this.#kinds = new Set(resumed?.kinds);
    this.#holds = resumed?.holds ?? new Map<string, Hold>();
  }

  /**
   * Starts to read: first the records of the change log since the saved position, then the first states of the things.
   */
  start(): void {
    const { live, run, onBegin } = this.#options;
    this.#setTimer();
    if (this.hasBegun) run(onBegin);
    for (const record of live.cache.log.since(this.#position)) this.#queue(record);
    this.#begin();
  }

  /** Receives the next record of the change log. */
  take(record: ChangeRecord): void {
    this.#queue(record);
    this.#begin();
  }

  /** Whether the node has received the states of at least one kind of thing, such as all devices. */
  get hasBegun(): boolean {
    return this.#kinds.size > 0;
  }

  /** Stops. Saves the position and the running holds in the log, for the next node with the same id and settings. */
  stop(): void {
    const { id, live, clock } = this.#options;
    this.#isStopped = true;
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer);
    if (!this.hasBegun) return;
    live.cache.log.leave(id, this.#settings, { position: this.#position, kinds: this.#kinds, holds: this.#holds });
  }

  /** Reads the first states of the kinds that have become known. */
  #begin(): void {
    const { config, live, selection, run } = this.#options;
    const { cache } = live;
    if (!cache.hasPolled) return;
    const selected = selectedKinds(config, cache.things);
    const kinds = selected.filter((kind) => !this.#kinds.has(kind) && cache.ageMs(kind) <= FRESH_MS);
    if (kinds.length === 0) return;
    const { entries } = selection;
    // A selection by names of rooms has no things until the rooms are known.
    if (selected.includes('room') && cache.asOf('room') === null && entries.length === 0) return;
    for (const kind of kinds) this.#kinds.add(kind);
    run(() => this.#readFirst(entries.filter(({ kind }) => kinds.includes(kind))));
  }

  /** Sends `initial` messages, and starts holds (`for`) for conditions that are already met. */
  #readFirst(entries: readonly Entry[]): void {
    if (this.#isStopped) return;
    const { config, onBegin, clock } = this.#options;
    onBegin();
    for (const entry of entries.filter(({ state }) => this.#isMet(state))) {
      const parts = { entry, state: entry.state, previous: null, changed: [], own: false, at: clock.now() };
      if (config.initial) this.#send({ ...parts, event: 'initial' });
      if (config.condition !== null && config.forMs > 0) {
        this.#sendOrHold({ ...parts, event: 'changed' }, clock.monotonic());
      }
    }
    this.#setTimer();
  }

  /**
   * Queues a record, which is read after the earlier jobs. Uses the kinds and the selection at the time of this call.
   */
  #queue(record: ChangeRecord): void {
    const { run, selection } = this.#options;
    const [kinds, { includes }] = [new Set(this.#kinds), selection];
    run(() => this.#read(record, (entry) => kinds.has(entry.kind) && includes(entry)));
  }

  #read(record: ChangeRecord, isSelected: IsSelected): void {
    if (this.#isStopped) return;
    this.#position = record.position + 1;
    for (const change of record.changes) if (isSelected(change.entry)) this.#readChange(change, record);
    if (record.source === 'poll' && record.isUpToDate) this.#isAnswered = true;
    this.#sendHeld(record.changes);
  }

  #readChange(change: Change, record: ChangeRecord): void {
    const { config, live, onChanged } = this.#options;
    const { entry, events, previous, state } = change;
    const counted = countedFields(change, this.#fields);
    const isRemoved = events.includes('removed');
    const isContact = counted.length === 0 && events.join() === 'changed';
    if (!isRemoved && !isContact) onChanged(entry);
    if (isRemoved || !this.#isMet(state)) {
      this.#endHold(entry);
      if (config.condition !== null) return;
    }
    const changed = counted.length > 0 || config.condition === null ? counted : change.changed;
    const own = live.cache.own.authorOf(change, changed, record.appliedAt, record.changes) !== null;
    // All properties are listed here, because spreading a base object would cost a tenth of the processor time of a
    // poll with changes.
    const message: MessageParts = { entry, state, previous, event: 'changed', changed, own, at: record.at };
    const event = this.#eventOf(change);
    if (event !== undefined) this.#send({ ...message, event });
    if (!this.#isAwaited(change, counted)) this.#updateHold(message, change.changed, record);
    else if (event === undefined || config.forMs > 0) this.#sendOrHold(message, record.appliedAt);
  }

  /**
   * Returns the event of a change that the node selects, such as `added`; `undefined` if there is none. Leaves out
   * `changed`, which is sent only after further checks.
   */
  #eventOf({ events }: Change): ChangeEvent | undefined {
    return events.find((name) => name !== 'changed' && this.#options.config.events.includes(name));
  }

  /**
   * Whether the node waits for this change: with a condition, the change that makes the condition true; otherwise a
   * change of a field in `counted`.
   */
  #isAwaited({ events, previous }: Change, counted: readonly string[]): boolean {
    const { config } = this.#options;
    if (config.condition === null) return events.includes('changed') && counted.length > 0;
    // For a thing that was just added, no message is sent at once, but a hold (`for`) starts now.
    return previous === null ? config.forMs > 0 : !this.#isMet(previous);
  }

  /** Sends a message for a change that the node waits for, or starts a hold for it. */
  #sendOrHold(parts: MessageParts, since: number): void {
    const { config } = this.#options;
    if (!config.events.includes('changed')) return;
    if (!config.own && parts.own) this.#endHold(parts.entry);
    else if (config.forMs > 0) this.#startHold(parts, since);
    else this.#send(parts);
  }

  /**
   * Updates the state in a running hold. If the value of the condition changed, ends the hold after a command that the
   * node ignores, and restarts it if the condition may have been false for a while without being noticed.
   */
  #updateHold({ entry, state, own }: MessageParts, changed: readonly string[], record: ChangeRecord): void {
    const { config, live } = this.#options;
    const hold = this.#holds.get(thingKey(entry));
    if (hold === undefined) return;
    const isAnother = config.condition !== null && changed.includes(config.condition.field);
    if (own && !config.own && isAnother) return this.#endHold(entry);
    const parts = { ...hold.parts, entry, state };
    // The condition may have been false while nobody polled or the hub was offline.
    const isUnknown = record.unwatchedMs > 2 * live.loop.intervalMs || record.failingMs > OUTAGE_MS;
    if (isUnknown && (isAnother || changed.includes('motionAt'))) this.#startHold(parts, record.appliedAt);
    else this.#holds.set(thingKey(entry), { ...hold, parts });
  }

  #startHold(parts: MessageParts, since: number): void {
    this.#endHold(parts.entry);
    this.#holds.set(thingKey(parts.entry), { since, parts });
  }

  #endHold(entry: Entry): void {
    this.#holds.delete(thingKey(entry));
  }

  /**
   * Sends the message of each hold (a condition that has to last for the time `for`) that has lasted long enough, if
   * the hub is still polled and known to be online. `changes`: the changes of the poll that was just read. If that poll
   * caused another message about a thing (for example `unreachable`), the hold's message waits for the next record.
   */
  #sendHeld(changes: readonly Change[] = []): void {
    const { clock, config, live, selection } = this.#options;
    const { loop, client, cache } = live;
    // A hub that has just started may list no devices. Until it does, it is unknown whether the values have changed.
    const isKnown = this.#isAnswered && loop.isUpToDate && !cache.isEmptyListIgnored('device');
    const isOnline = isKnown && loop.isRunning && client.isReachable !== false;
    const withEvent = changes.filter((change) => this.#eventOf(change) !== undefined);
    const reported = new Set(withEvent.map(({ entry }) => thingKey(entry)));
    for (const [key, { since, parts }] of isOnline ? this.#holds : []) {
      if (this.#isStopped || since + config.forMs > clock.monotonic()) break;
      if (reported.has(key) || this.#isReplaced(parts)) continue;
      this.#holds.delete(key);
      // Checks the selection again, because the thing may have been renamed or moved since the hold began.
      const { entry } = parts;
      if (selection.includes(cache.things.get(entry.kind, entry.id) ?? entry)) this.#send(parts);
    }
    this.#setTimer();
  }

  /**
   * Whether a recent command sets another value than the one in the hold. The hub may not have shown the new value yet.
   */
  #isReplaced({ entry, state, changed }: MessageParts): boolean {
    const { config, live } = this.#options;
    // The state of a group comes from its devices.
    const requestedAt = live.cache.requestedAt(entry.kind === 'group' ? 'device' : entry.kind);
    const commanded: State = { ...state, ...live.cache.own.hiddenFields(entry, requestedAt) };
    if (config.condition !== null) return !this.#isMet(commanded);
    return changed.some((name) => !isSameJson(commanded[name], state[name]));
  }

  /**
   * Sets a timer for the end of the oldest hold. A hold that has already ended needs no timer: its message waits for
   * the next answer, for example because the hub is offline.
   */
  #setTimer(): void {
    const { clock, config, run } = this.#options;
    const [first] = this.#holds.values();
    if (this.#timer !== undefined || first === undefined) return;
    const leftMs = first.since + config.forMs - clock.monotonic();
    if (leftMs <= 0) return;
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        run(() => (this.#isStopped ? undefined : this.#sendHeld()));
      },
      Math.min(leftMs, LONGEST_TIMER_MS),
    );
  }

  #send(parts: MessageParts): void {
    this.#options.send(parts, this.#options.live);
  }

  #isMet(state: State): boolean {
    const { condition } = this.#options.config;
    return condition === null || meets(state, condition);
  }
}

/**
 * Returns the fields whose changes are sent: the chosen fields or, if none are chosen, the field in the payload.
 * Returns an empty list, which means all fields, if none are chosen and the payload is the whole state. Any other list
 * also gets the field of the condition.
 */
function fieldsOf({ fields, payload, condition }: ChangeConfig): readonly string[] {
  const chosen = fields.length > 0 || payload === 'state' ? fields : [payload];
  return condition === null || chosen.length === 0 ? chosen : [...chosen, condition.field];
}

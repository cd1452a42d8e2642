import type { HubBehaviour } from '../behaviour';
import { Seeded } from '../seeded';
import { uuidOf } from '../tokens';
import { Commands, type Outcome } from './commands';
import type { Traits } from './devices/sketch';
import { Dispatch } from './dispatch';
import { Replay } from '../recording/replay';
import type { RecordedThings } from '../../../../src/devices/recording/recording';
import { alarmOf, furnish, thingOf, type HomeOptions } from './furnish';
import { Household } from './household';
import { HubClock } from './hub-clock';
import { PollLog } from './poll-log';
import { Polls, type PollDelta } from './polls';
import { Schedule } from './schedule';
import { LISTINGS, nameOf, roomOf, type Alarm, type Device, type Listing, type Things } from './things';
import { wandered } from './wander';

/**
 * The home behind a hub. The first methods return the hub's answers; the others are events at home, caused by people,
 * the weather or the app on a phone. A thing is named by its id or, if unique, by its name. Methods throw for an
 * unknown thing.
 *
 * Devices carry out commands after a delay (`settleMinMs`) on the given clock. There are no timers: each access to the
 * home first runs the work that is due.
 */
export class Home {
  readonly #behaviour: HubBehaviour;
  readonly #now: () => number;
  readonly #hubId: string;
  readonly #draw: Seeded;
  readonly #clock: HubClock;
  readonly #schedule = new Schedule();
  readonly #household: Household;
  readonly #commands: Commands;
  readonly #polls: Polls;
  readonly #replay: Replay | undefined;
  readonly #waiters = new Set<() => void>();
  #added = 0;

  constructor(hubId: string, behaviour: HubBehaviour, now: () => number, options: HomeOptions = {}) {
    this.#hubId = hubId;
    this.#behaviour = behaviour;
    this.#now = now;
    this.#draw = new Seeded((options.seed ?? 1) + 1);
    this.#clock = new HubClock(now);
    const log = new PollLog();
    const shared = { behaviour, clock: this.#clock, log, draw: this.#draw };
    this.#household = new Household({ ...shared, furniture: furnish(hubId, now(), options) });
    this.#household.onChange = () => this.#wake();
    this.#polls = new Polls({ ...shared, household: this.#household });
    const dispatch = new Dispatch({ ...shared, now, household: this.#household, schedule: this.#schedule });
    this.#commands = new Commands(this.#household, dispatch, behaviour);
    const { recording, speed = 1 } = options;
    this.#replay = recording && new Replay(recording, speed, now(), (changes) => this.#take(changes));
  }

  /** Returns the things of a list, by id. */
  list(listing: Listing): Record<string, Things[Listing]> {
    this.settle();
    return this.#polls.list(listing);
  }

  /**
   * Returns the changes since `ts`. If there are none, waits up to `pollHoldMs` for one. Returns undefined if the hub
   * then answers with a 304.
   */
  async poll(ts: number, signal: AbortSignal): Promise<PollDelta | undefined> {
    const { pollHoldMs, quietPoll } = this.#behaviour;
    const heldUntil = performance.now() + pollHoldMs;
    for (;;) {
      this.settle();
      const delta = this.#polls.answerSince(ts);
      this.#replay?.noteAnswer(ts, delta?.timestamp ?? ts, this.#now());
      if (delta) return delta;
      const leftMs = heldUntil - performance.now();
      if (leftMs <= 0 || signal.aborted) return quietPoll === 'empty' ? this.#nothingSince(ts) : undefined;
      const nextAt = Math.min(this.#schedule.nextAt, this.#replay?.nextAt(this.#now()) ?? Infinity);
      await this.#untilChange(Math.min(leftMs, nextAt - this.#now()), signal);
    }
  }

  /** Carries out commands that were PUT to `/devices/command` or a similar path. */
  execute(listing: Listing, elements: readonly unknown[]): Outcome {
    this.settle();
    return this.#commands.execute(listing, elements);
  }

  /** Carries out the commands and the replayed changes that are due. Each change wakes the held polls. */
  settle(): void {
    this.#schedule.settle(this.#now());
    this.#replay?.settle(this.#now());
  }

  /** Whether the whole recording has been replayed and reported; true without a recording. */
  get isReplayed(): boolean {
    return this.#replay?.isOver(this.#now()) ?? true;
  }

  /**
   * Returns the thing with this id or name, in its current state. Throws if there is none, or if several have the name.
   */
  find<L extends Listing>(listing: L, name: string): Things[L] {
    this.settle();
    const byId = this.#household.get(listing, name);
    if (byId) return byId;
    const [found, ...others] = this.#household.all(listing).filter((thing) => nameOf(thing) === name);
    if (!found || others.length > 0)
      throw new Error(`${others.length > 0 ? 'Several' : 'None'} of ${listing}: ${name}`);
    return found;
  }

  /** Returns a device with its current state; `room` selects among devices with the same name. */
  device(name: string, room?: string): Device {
    if (room === undefined) return this.find('devices', name);
    const { id } = this.find('rooms', room);
    const device = this.devices.find((candidate) => candidate.name === name && roomOf(candidate) === id);
    if (!device) throw new Error(`No ${name} in ${room}`);
    return device;
  }

  /** Returns all things of a list with their current state. */
  all<L extends Listing>(listing: L): Things[L][] {
    this.settle();
    return this.#household.all(listing);
  }

  /** The one-way 433 MHz devices, in the form that the hub sends. */
  get radioDevices(): unknown[] {
    const isRadio = ({ id }: Device) => this.#household.traits(id).isOneWay === true;
    return this.devices.filter(isRadio).map(({ id }) => this.#household.shown('devices', id));
  }

  /** All devices with their current state. */
  get devices(): Device[] {
    return this.all('devices');
  }

  /** Sets traits of a device: properties that no answer of the hub shows. */
  setTraits(device: string, traits: Traits): void {
    this.#household.setTraits(this.device(device).id, traits);
  }

  /** Changes the state of a device, as a user, the weather or the app would. */
  change(device: string, state: Record<string, unknown>): void {
    this.#household.changeState(this.device(device), state);
  }

  /**
   * Makes a device unreachable or reachable. Has no effect on a one-way device, because the hub never notices. A phone
   * is reachable while its owner is at home.
   */
  setReachable(device: string, reachable: boolean): void {
    const { id } = this.device(device);
    if (!this.#household.traits(id).isOneWay) this.change(id, { reachable });
  }

  /**
   * Presses a button. The option `repeatedPress` decides what happens if the previous press had the same button and
   * modifiers.
   */
  press(device: string, button: number, modifiers: readonly string[] = []): void {
    const remote = this.device(device);
    const isSame = remote.state['button'] === button && String(remote.state['modifiers']) === String(modifiers);
    if (isSame && this.#behaviour.repeatedPress === 'nothing') return;
    this.#household.changeState(remote, { button, modifiers: [...modifiers] });
  }

  /** Makes a device report the voltage of its battery. Below 2.6 V, the battery counts as low. */
  reportBattery(device: string, batteryV: number): void {
    this.change(device, { batteryV, batteryLow: batteryV < 2.6 });
  }

  /** Makes a device report that it is online. Its `lastSeen` changes, but its `timestamp` does not. */
  checkIn(device: string): void {
    const seen = this.device(device);
    const lastSeen = this.#clock.stamp();
    this.#household.put('devices', { ...seen, state: { ...seen.state, lastSeen } }, lastSeen);
  }

  /** Makes small random changes throughout the home, as on an ordinary day. `changes`: the number of changes. */
  wander(changes: number): void {
    const { devices } = this;
    for (let made = 0, tries = 0; made < changes && tries < changes * 100; tries++) {
      const { id } = devices[Math.floor(this.#draw.next() * devices.length)] ?? { id: '' };
      const device = this.#household.get('devices', id);
      const change = device && wandered(device.state, this.#draw);
      if (!change) continue;
      this.#household.changeState(device, change);
      made += 1;
    }
  }

  /** Renames a thing, as in the app. */
  rename(listing: Listing, thing: string, name: string): void {
    const renamed = this.find(listing, thing);
    const named = 'config' in renamed ? { ...renamed, config: { ...renamed.config, name } } : { ...renamed, name };
    this.put(listing, named);
  }

  /** Moves a device to another room; null means no room. */
  moveTo(device: string, room: string | null): void {
    const moved = this.device(device);
    const id = room === null ? undefined : this.find('rooms', room).id;
    const bare = id ?? '';
    this.put('devices', { ...moved, room: typeof moved.room === 'string' ? bare : id === undefined ? [] : [id] });
  }

  /** Adds a copy of a device under another name, and returns it. */
  addLike(device: string, name: string): Device {
    const model = this.device(device);
    const added = { ...model, id: uuidOf(`${this.#hubId}/added/${++this.#added}`), name, groups: [] };
    this.#household.setTraits(added.id, this.#household.traits(model.id));
    this.put('devices', added);
    return this.device(added.id);
  }

  /** Adds a thing, or replaces the thing with the same id. */
  put<L extends Listing>(listing: L, thing: Things[L]): void {
    const timestamp = this.#clock.stamp();
    this.#household.put(listing, 'timestamp' in thing ? { ...thing, timestamp } : thing, timestamp);
  }

  /** Deletes a thing. */
  remove(listing: Listing, thing: string): void {
    this.#household.remove(listing, this.find(listing, thing).id);
  }

  /** Raises an alarm from a device. */
  raiseAlarm(device: string, name: string): Alarm {
    const { id: sourceId } = this.device(device);
    const id = uuidOf(`${this.#hubId}/raised/${++this.#added}`);
    const alarm = alarmOf({ id, name, level: 'err', sourceId, now: this.#clock.stamp() });
    this.put('alarms', alarm);
    return alarm;
  }

  /** Closes an alarm. */
  closeAlarm(alarm: string): void {
    this.put('alarms', { ...this.find('alarms', alarm), closed: true });
  }

  /** Makes the next answer to a poll contain the whole home, although the poll asks only for changes. */
  sendFull(): void {
    this.#polls.isFullNext = true;
    this.#wake();
  }

  /** Hides this many of the next changes from all polls. */
  loseChanges(count: number): void {
    this.#household.changesToLose = count;
  }

  /** Sets the hub's clock forward or, with a negative number, back. */
  shiftClock(ms: number): void {
    this.settle();
    this.#clock.shift(ms);
    this.#polls.shift(ms);
  }

  /**
   * Restarts the hub. Pending commands and the history of changes are lost. The next `emptyAnswers` polls and lists
   * show an empty home: with empty lists (`empty`) or without lists (`missing`).
   */
  restart(emptyAnswers = 0, emptyAs: 'empty' | 'missing' = 'empty'): void {
    this.#schedule.clear();
    this.#polls.restart();
    this.#polls.emptyAnswers = emptyAnswers;
    this.#polls.emptyAs = emptyAs;
    this.#wake();
  }

  #nothingSince(ts: number): PollDelta {
    const nothing = this.#polls.nothing();
    this.#replay?.noteAnswer(ts, nothing.timestamp, this.#now());
    return nothing;
  }

  /** Applies all changes of a recorded poll at once. */
  #take(changes: RecordedThings): void {
    const stamp = this.#clock.stamp();
    for (const listing of LISTINGS) {
      for (const [id, thing] of Object.entries(changes[listing] ?? {})) {
        if (thing === null) this.#household.remove(listing, id);
        else this.#household.put(listing, thingOf(listing, id, thing), stamp);
      }
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  #untilChange(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(ms, 1));
      this.#waiters.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

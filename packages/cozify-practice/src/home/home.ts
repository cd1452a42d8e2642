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
 * The home behind a hub. The first methods are what the hub answers; the others are what happens there: people, the
 * weather, and the app on somebody's phone. A thing is named by its id or, where only one is called so, by its name;
 * methods throw for one that isn't there.
 *
 * Devices do what they were told after a while (`settleMinMs`), by the clock that was handed in. Nothing runs by
 * itself: each look at the home first does what is due.
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
  readonly #waiting = new Set<() => void>();
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

  /** `{id: thing}`. */
  list(listing: Listing): Record<string, Things[Listing]> {
    this.settle();
    return this.#polls.list(listing);
  }

  /** What has changed since `ts`; held for a while when nothing has. Undefined stands for 304. */
  async poll(ts: number, signal: AbortSignal): Promise<PollDelta | undefined> {
    const { pollHoldMs, quietPoll } = this.#behaviour;
    const heldUntil = performance.now() + pollHoldMs;
    for (;;) {
      this.settle();
      const told = this.#polls.tell(ts);
      this.#replay?.wasTold(ts, told?.timestamp ?? ts, this.#now());
      if (told) return told;
      const leftMs = heldUntil - performance.now();
      if (leftMs <= 0 || signal.aborted) return quietPoll === 'empty' ? this.#nothingSince(ts) : undefined;
      const nextAt = Math.min(this.#schedule.nextAt, this.#replay?.nextAt(this.#now()) ?? Infinity);
      await this.#untilChange(Math.min(leftMs, nextAt - this.#now()), signal);
    }
  }

  /** Carries out what was PUT to `/devices/command` or its like. */
  execute(listing: Listing, elements: readonly unknown[]): Outcome {
    this.settle();
    return this.#commands.execute(listing, elements);
  }

  /** Does what is due, and lets held polls know. */
  settle(): void {
    this.#schedule.settle(this.#now());
    this.#replay?.settle(this.#now());
  }

  /** Whether all of the recording has happened and was told; true without one. */
  get isReplayed(): boolean {
    return this.#replay?.isOver(this.#now()) ?? true;
  }

  /** A thing as it is now. */
  find<L extends Listing>(listing: L, name: string): Things[L] {
    this.settle();
    const byId = this.#household.get(listing, name);
    if (byId) return byId;
    const [found, ...others] = this.#household.all(listing).filter((thing) => nameOf(thing) === name);
    if (!found || others.length > 0)
      throw new Error(`${others.length > 0 ? 'Several' : 'None'} of ${listing}: ${name}`);
    return found;
  }

  /** A device as it is now; `room` tells those of one name apart. */
  device(name: string, room?: string): Device {
    if (room === undefined) return this.find('devices', name);
    const { id } = this.find('rooms', room);
    const device = this.devices.find((candidate) => candidate.name === name && roomOf(candidate) === id);
    if (!device) throw new Error(`No ${name} in ${room}`);
    return device;
  }

  /** All things of a list as they are now. */
  all<L extends Listing>(listing: L): Things[L][] {
    this.settle();
    return this.#household.all(listing);
  }

  /** The one-way devices, as the hub shows them. */
  get radioDevices(): unknown[] {
    const isRadio = ({ id }: Device) => this.#household.traits(id).isOneWay === true;
    return this.devices.filter(isRadio).map(({ id }) => this.#household.shown('devices', id));
  }

  /** All devices as they are now. */
  get devices(): Device[] {
    return this.all('devices');
  }

  /** What no answer tells of a device. */
  setTraits(device: string, traits: Traits): void {
    this.#household.setTraits(this.device(device).id, traits);
  }

  /** A change of state by hand, by the weather or by the app. */
  change(device: string, state: Record<string, unknown>): void {
    this.#household.changeState(this.device(device), state);
  }

  /** A device is away, or back. The hub never learns it of a one-way device. Of a phone: its owner. */
  setReachable(device: string, reachable: boolean): void {
    const { id } = this.device(device);
    if (!this.#household.traits(id).isOneWay) this.change(id, { reachable });
  }

  /** Somebody presses a button. What the same press again changes is a behaviour. */
  press(device: string, button: number, modifiers: readonly string[] = []): void {
    const remote = this.device(device);
    const isSame = remote.state['button'] === button && String(remote.state['modifiers']) === String(modifiers);
    if (isSame && this.#behaviour.repeatedPress === 'nothing') return;
    this.#household.changeState(remote, { button, modifiers: [...modifiers] });
  }

  /** A device tells how its battery is doing, and nothing else. */
  reportBattery(device: string, batteryV: number): void {
    this.change(device, { batteryV, batteryLow: batteryV < 2.6 });
  }

  /** A device lets the hub know that it is there: `lastSeen` changes, its `timestamp` does not. */
  checkIn(device: string): void {
    const seen = this.device(device);
    const lastSeen = this.#clock.stamp();
    this.#household.put('devices', { ...seen, state: { ...seen.state, lastSeen } }, lastSeen);
  }

  /** So many small changes all over the home, as a day brings them. */
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

  /** The app renames a thing. */
  rename(listing: Listing, thing: string, name: string): void {
    const renamed = this.find(listing, thing);
    const named = 'config' in renamed ? { ...renamed, config: { ...renamed.config, name } } : { ...renamed, name };
    this.put(listing, named);
  }

  /** The app moves a device to another room, or with null to none. */
  moveTo(device: string, room: string | null): void {
    const moved = this.device(device);
    const id = room === null ? undefined : this.find('rooms', room).id;
    const bare = id ?? '';
    this.put('devices', { ...moved, room: typeof moved.room === 'string' ? bare : id === undefined ? [] : [id] });
  }

  /** The app adds a device like one that is there, and gives it. */
  addLike(device: string, name: string): Device {
    const model = this.device(device);
    const added = { ...model, id: uuidOf(`${this.#hubId}/added/${++this.#added}`), name, groups: [] };
    this.#household.setTraits(added.id, this.#household.traits(model.id));
    this.put('devices', added);
    return this.device(added.id);
  }

  /** The app adds a thing, or puts it in the place of the one with its id. */
  put<L extends Listing>(listing: L, thing: Things[L]): void {
    const timestamp = this.#clock.stamp();
    this.#household.put(listing, 'timestamp' in thing ? { ...thing, timestamp } : thing, timestamp);
  }

  /** The app deletes a thing. */
  remove(listing: Listing, thing: string): void {
    this.#household.remove(listing, this.find(listing, thing).id);
  }

  /** A device raises an alarm. */
  raiseAlarm(device: string, name: string): Alarm {
    const { id: sourceId } = this.device(device);
    const id = uuidOf(`${this.#hubId}/raised/${++this.#added}`);
    const alarm = alarmOf({ id, name, level: 'err', sourceId, now: this.#clock.stamp() });
    this.put('alarms', alarm);
    return alarm;
  }

  /** Somebody closes an alarm. */
  closeAlarm(alarm: string): void {
    this.put('alarms', { ...this.find('alarms', alarm), closed: true });
  }

  /** The next poll gets everything, though it didn't ask. */
  sendFull(): void {
    this.#polls.isFullNext = true;
    this.#wake();
  }

  /** So many of the next changes are never told by a poll. */
  loseChanges(count: number): void {
    this.#household.changesToLose = count;
  }

  /** The hub's clock is set forward or, with a negative number, back. */
  shiftClock(ms: number): void {
    this.settle();
    this.#clock.shift(ms);
    this.#polls.shift(ms);
  }

  /**
   * The hub starts anew: what devices were about to do is forgotten, and so is what anybody has heard. `emptyAnswers`
   * of the next polls and lists show an empty home, as empty lists or (`missing`) none at all.
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
    this.#replay?.wasTold(ts, nothing.timestamp, this.#now());
    return nothing;
  }

  /** What a recorded poll told: one change at one time, for whoever polls. */
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
    for (const wake of [...this.#waiting]) wake();
  }

  #untilChange(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(ms, 1));
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

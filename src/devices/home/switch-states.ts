import type { Clock } from '../../async/clock.js';
import { devicesOf, type Plan } from '../commands/commands.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, thingKey } from '../things/kinds.js';
import type { Things } from '../things/things.js';
import { type HomeCache, STATES_MAX_AGE_MS } from './home-cache.js';
import { OWN_MS } from '../commands/own-commands.js';

/** A change later than this after a command (plus its transition), and to another value, was not made by the command. */
const DONE_MS = 3_000;

/** The newest command that switches a thing. Times are monotonic, in milliseconds. */
interface Expected {
  readonly entry: Entry;
  readonly isOn: boolean;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly until: number;
  /** The timestamp that the thing had when the command was sent, by the hub's clock; `null` if unknown. */
  readonly changedAt: number | null;
}

/**
 * The states that commands requested and that the hub has not shown yet. An entry ends with the first answer requested
 * after its command that shows the requested state, because somebody may switch the thing by hand after that.
 */
export class ExpectedStates {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #expected = new Map<string, Expected>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Notes a plan that is sent now, for its target and for each device of a group or room. */
  note({ entry, asked, transitionMs, members }: Plan, things: Things): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#expected) if (until <= now) this.#expected.delete(key);
    const isOn = asked['on'];
    if (typeof isOn === 'boolean') {
      const [doneAt, until] = [DONE_MS, OWN_MS].map((ms) => now + ms + transitionMs) as [number, number];
      const changedAt = things.get(entry.kind, entry.id)?.timestamp ?? null;
      this.#expected.set(thingKey(entry), { entry, isOn, sentAt: now, doneAt, until, changedAt });
    }
    for (const member of members) this.note(member, things);
  }

  /** Ends the entries that an answer of the hub has shown; `askedAt`: when the answer was requested (monotonic, ms). */
  noteHeard(askedAt: number, things: Things): void {
    for (const [key, one] of this.#expected) {
      const isShown = askedAt >= one.sentAt && isOnIn(things, one.entry) === one.isOn;
      if (isShown || this.#isUndone(one, things)) this.#expected.delete(key);
    }
  }

  /** Whether a thing has changed to another state too late for the command to be the cause. */
  #isUndone({ entry, isOn, doneAt, changedAt }: Expected, things: Things): boolean {
    const { timestamp = null } = things.get(entry.kind, entry.id) ?? {};
    const hasChanged = timestamp !== null && changedAt !== null && timestamp > changedAt;
    return hasChanged && isOnIn(things, entry) !== isOn && this.#clock.monotonic() > doneAt;
  }

  /** Removes the expectations of a command that failed. */
  forget({ entry, members }: Plan): void {
    this.#expected.delete(thingKey(entry));
    for (const member of members) this.forget(member);
  }

  clear(): void {
    this.#expected.clear();
  }

  /** Whether a thing is to be on; `undefined` where memory knows as well. */
  of(entry: Entry): boolean | undefined {
    const expected = this.#expected.get(thingKey(entry));
    return expected !== undefined && expected.until > this.#clock.monotonic() ? expected.isOn : undefined;
  }
}

function isOnIn(things: Things, { kind, id }: Entry): boolean {
  return things.get(kind, id)?.state['on'] === true;
}

/** The home whose things are switched. */
export interface SwitchedHome {
  readonly home: Pick<HomeCache, 'things' | 'isFresh' | 'ageMs'>;
  ensure(kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
}

/** Whether a device is on, and can be switched. */
export interface SwitchState {
  readonly isOn: boolean;
  readonly isReachable: boolean;
}

/** What a toggle goes by: how things are, and what was asked for and the hub has not shown yet. */
export class SwitchStates {
  readonly #live: SwitchedHome;
  readonly #expected: ExpectedStates;
  /** Things may have been switched in a way of which nothing is expected. */
  #isDoubtful = false;

  constructor(live: SwitchedHome, clock: Clock) {
    this.#live = live;
    this.#expected = new ExpectedStates(clock);
  }

  /** A plan is sent now. */
  noteSent(plan: Plan): void {
    this.#expected.note(plan, this.#live.home.things);
  }

  /** Notes a command that failed. */
  noteFailed(plan: Plan): void {
    this.#expected.forget(plan);
  }

  /** The hub has told how things are; `askedAt`: when it was asked (monotonic, ms). */
  noteHeard(askedAt: number): void {
    this.#expected.noteHeard(askedAt, this.#live.home.things);
  }

  /** Something other than what was asked for here may have switched things. */
  doubt(): void {
    this.#isDoubtful = true;
    this.#expected.clear();
  }

  /** Makes sure of how things are. What was asked for lately is expected, and need not be looked at. */
  async look(entries: readonly Entry[]): Promise<void> {
    const { home } = this.#live;
    const isKnown = (kind: Kind): boolean => home.isFresh(kind, STATES_MAX_AGE_MS);
    const isUnknown = (kind: Kind): boolean =>
      this.#isDoubtful ? !isKnown(kind) : home.ageMs(kind) > STATES_MAX_AGE_MS;
    const kinds = [...new Set(entries.flatMap(({ kind }) => listsOf(kind)))];
    await this.#live.ensure(kinds.filter(isUnknown), STATES_MAX_AGE_MS);
    if (isKnown('device')) this.#isDoubtful = false;
  }

  /** How things will be once these plans are sent, which wait: each device of a group or room by itself. */
  of(entries: readonly Entry[], waiting: readonly Plan[]): SwitchState[] {
    const { things } = this.#live.home;
    const asked = new Map<string, boolean>();
    const note = ({ entry, asked: { on }, members }: Plan): void => {
      if (typeof on === 'boolean') asked.set(thingKey(entry), on);
      for (const member of members) note(member);
    };
    for (const plan of waiting) note(plan);
    const isOn = (entry: Entry): boolean =>
      asked.get(thingKey(entry)) ?? this.#expected.of(entry) ?? entry.state['on'] === true;
    return entries.flatMap((known) => {
      const entry = things.get(known.kind, known.id) ?? known;
      const devices = devicesMeant(entry, things);
      const each = devices.length > 0 ? devices : [entry];
      return each.map((one) => ({ isOn: isOn(one), isReachable: isReachable(one) }));
    });
  }
}

/** The devices that a command to a thing means; none where there are none. */
function devicesMeant(entry: Entry, things: Things): Entry[] {
  try {
    return devicesOf(entry, things);
  } catch {
    return [];
  }
}

/** The lists by which it is known whether things of a kind are on; of groups and rooms their devices are. */
function listsOf(kind: Kind): readonly Kind[] {
  switch (kind) {
    case 'device':
    case 'group':
    case 'room':
      return ['device'];
    case 'scene':
    case 'rule':
      return [kind];
    case 'alarm':
      return [];
  }
}

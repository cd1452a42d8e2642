import type { Clock } from '../../async/clock.js';
import { devicesOf, type Plan } from '../commands/commands.js';
import { type Entry, isReachable } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { Things } from '../things/things.js';
import { ExpectedStates, keyOf } from './expected-states.js';
import { type Home, STATES_MAX_AGE_MS } from './home.js';

/** The home whose things are switched. */
export interface SwitchedHome {
  readonly home: Pick<Home, 'things' | 'isFresh' | 'ageMs'>;
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

  /** It was not done. */
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
      if (typeof on === 'boolean') asked.set(keyOf(entry), on);
      for (const member of members) note(member);
    };
    for (const plan of waiting) note(plan);
    const isOn = (entry: Entry): boolean =>
      asked.get(keyOf(entry)) ?? this.#expected.of(entry) ?? entry.state['on'] === true;
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

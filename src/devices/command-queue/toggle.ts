/** The result of a toggle: the states that it needs, and whether it switches on or off. */
import type { OwnCommands } from '../commands/own-commands.js';
import { SETTLING_MS } from '../commands/own-commands.js';
import { devicesOf } from '../commands/plan.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, STATES_MAX_AGE_MS } from '../things/kinds.js';
import type { Things } from '../things/things.js';

/** The toggle of one message at one hub. */
export interface Toggle {
  readonly entries: readonly Entry[];
  /** Whether the states were loaded when the toggle was at the head of the queue. */
  areStatesLoaded: boolean;
  /** The result; `undefined` until the first command of the toggle is sent. */
  to: boolean | undefined;
}

/** The last reported states of a home, and the commands since then. */
interface States {
  readonly things: Things;
  readonly own: OwnCommands;
  ageMs(kind: Kind): number;
  requestedAt(kind: Kind): number;
}

/** The parts of a home that toggles need. */
export interface ToggledHome {
  readonly cache: States;
  ensure(kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
}

/** Loads the states that a toggle needs, unless they are fresh. After commands of the account only their states are needed. */
export async function loadStates({ entries }: Toggle, live: ToggledHome): Promise<void> {
  const { cache } = live;
  const isOld = (kind: Kind): boolean =>
    cache.ageMs(kind) > STATES_MAX_AGE_MS || cache.requestedAt(kind) < cache.own.uncertainSince + SETTLING_MS;
  const kinds = [...new Set(entries.flatMap(({ kind }) => kindsOfState(kind)))];
  await live.ensure(kinds.filter(isOld), STATES_MAX_AGE_MS);
}

/** Returns off if any reachable device is on, else on. Unreachable devices count only if no device is reachable. */
export function resolveToggle({ entries }: Toggle, { things, own }: States): boolean {
  const devices = entries.flatMap((known) => {
    const entry = things.get(known.kind, known.id) ?? known;
    const meant = commandedDevices(entry, things);
    return meant.length > 0 ? meant : [entry];
  });
  const reachable = devices.filter(isReachable);
  const isOn = (one: Entry): boolean => own.commandedOn(one) ?? one.state['on'] === true;
  return !(reachable.length > 0 ? reachable : devices).some(isOn);
}

/** The devices that a command to a thing controls; none for a room without lamps. */
function commandedDevices(entry: Entry, things: Things): Entry[] {
  try {
    return devicesOf(entry, things);
  } catch {
    return [];
  }
}

/** The kinds that show whether a thing is on: for groups and rooms the devices. */
function kindsOfState(kind: Kind): readonly Kind[] {
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

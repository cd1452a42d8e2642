/** Decides whether a toggle switches on or off, and loads the states that it needs for that. */
import { SETTLING_MS } from '../commands/own-commands.js';
import { devicesOf } from '../things/abilities.js';
import { type Entry, isReachable } from '../things/device.js';
import { type Kind, STATES_MAX_AGE_MS } from '../things/kinds.js';
import type { CommandedHome } from './commanded-home.js';

/** The toggle commands of one message to the things of one hub. */
export interface Toggle {
  readonly entries: readonly Entry[];
  /** Whether loading the states has started. The toggle loads them when it reaches the head of the queue. */
  hasStartedLoading: boolean;
  /** True to switch on, false to switch off; `undefined` until the first command of the toggle is sent. */
  to: boolean | undefined;
}

/**
 * Loads the states that a toggle needs, unless they are fresh. States that were loaded before a command of this account
 * still count as fresh, because `OwnCommands.commandedOn` knows the commanded state.
 */
export async function loadStates({ entries }: Toggle, live: CommandedHome): Promise<void> {
  const { cache } = live;
  const isOld = (kind: Kind): boolean =>
    cache.ageMs(kind) > STATES_MAX_AGE_MS || cache.requestedAt(kind) < cache.own.uncertainSince + SETTLING_MS;
  // The states of devices are needed for groups and rooms, which are on if one of their devices is.
  const kinds = entries.map(({ kind }) => (kind === 'scene' || kind === 'rule' ? kind : 'device'));
  await live.ensure(kinds.filter(isOld), STATES_MAX_AGE_MS);
}

/**
 * Returns false (off) if any reachable device is on, otherwise true. Unreachable devices are considered only if no
 * device is reachable.
 */
export function resolveToggle({ entries }: Toggle, { things, own }: CommandedHome['cache']): boolean {
  const devices = entries.flatMap((known) => {
    const entry = things.get(known.kind, known.id) ?? known;
    const meant = devicesOf(entry, things);
    return meant.length > 0 ? meant : [entry];
  });
  const reachable = devices.filter(isReachable);
  const isOn = (one: Entry): boolean => own.commandedOn(one) ?? one.state['on'] === true;
  return !(reachable.length > 0 ? reachable : devices).some(isOn);
}

import { isBehaviour } from './behaviour';
import { isCount, isRecord } from './checks';
import type { SimulatedHub } from './hub';
import type { Home } from './home/home';
import { isListing, LISTINGS } from './home/things';

type Body = Record<string, unknown>;

/** Checks for the arguments of actions, by argument name. */
const CHECKS = {
  device: isText,
  name: isText,
  thing: isText,
  alarm: isText,
  listing: (value: unknown) => isText(value) && isListing(value),
  room: (value: unknown) => value === null || isText(value),
  state: isRecord,
  traits: isRecord,
  reachable: (value: unknown) => typeof value === 'boolean',
  button: isCount,
  modifiers: (value: unknown) => value === undefined || (Array.isArray(value) && value.every(isText)),
  batteryV: Number.isFinite,
  ms: Number.isFinite,
  count: isCount,
} as const;

/** Actions in a home: the names of methods of {@link Home}, each with the names of its arguments. */
const ACTIONS: { readonly [Method in keyof Home]?: readonly (keyof typeof CHECKS)[] } = {
  press: ['device', 'button', 'modifiers'],
  change: ['device', 'state'],
  setReachable: ['device', 'reachable'],
  setTraits: ['device', 'traits'],
  reportBattery: ['device', 'batteryV'],
  checkIn: ['device'],
  rename: ['listing', 'thing', 'name'],
  moveTo: ['device', 'room'],
  addLike: ['device', 'name'],
  remove: ['listing', 'thing'],
  raiseAlarm: ['device', 'name'],
  closeAlarm: ['alarm'],
  wander: ['count'],
  sendFull: [],
  loseChanges: ['count'],
  shiftClock: ['ms'],
};

/**
 * Runs an action at a hub's home: `{action: 'press', device: 'Eteisen seinäkytkin', button: 2}`. Returns its result or
 * true; undefined if the body is invalid or names an unknown thing.
 */
export function changeHome({ home }: SimulatedHub, body: Body): unknown {
  const { action } = body;
  if (!isText(action) || !Object.hasOwn(ACTIONS, action)) return undefined;
  const takes = ACTIONS[action as keyof Home] ?? [];
  if (!takes.every((argument) => CHECKS[argument](body[argument]))) return undefined;
  const acts = home as unknown as Record<string, (...args: unknown[]) => unknown>;
  try {
    return acts[action]?.(...takes.map((argument) => body[argument])) ?? true;
  } catch {
    return undefined;
  }
}

/** Changes the behaviour of a hub. Returns the complete behaviour; undefined if an option is invalid. */
export function changeBehaviour(hub: SimulatedHub, changes: Body): unknown {
  return isBehaviour(changes) ? Object.assign(hub.behaviour, changes) : undefined;
}

/** Returns all things of a home, the behaviour of its hub, and the log of the requests to the hub. */
export function homeOf({ home, behaviour, log }: SimulatedHub): unknown {
  const things = Object.fromEntries(LISTINGS.map((listing) => [listing, home.all(listing)]));
  return { ...things, behaviour, visits: log.visits };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

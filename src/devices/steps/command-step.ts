import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import { isSilence } from '../../hub/hub-client.js';
import type { CommandPlace } from '../home/commander.js';
import type { CommandOptions, CommandResult } from '../home/command-result.js';
import type { Thing } from '../things/device.js';
import { NAMES_MAX_AGE_MS, STATES_MAX_AGE_MS } from '../home/home-cache.js';
import { distinct, type FoundThing, type Homes, keyOf, type ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type { Author } from '../commands/author.js';
import { identifyElement } from '../commands/commands.js';
import type { Order } from '../commands/orders.js';
import { isLamp } from '../things/abilities.js';
import { FOR_COMMANDS } from '../homes/cache-policy.js';
import type { Target } from '../targets/target.js';
import { NO_TARGET } from '../commands/briefs.js';
import { kindsOfState } from './states.js';
import { Toggle } from '../home/toggle.js';
import type { Ticket } from '../../async/locks.js';

/** What a message asks for. */
export interface CommandWishes {
  readonly order: Order;
  /** `undefined` where neither the node nor the message says any; none for nothing to do. */
  readonly targets: readonly Target[] | undefined;
  /** Of the node, for names; empty for the default hub. */
  readonly hub: string;
  /** How long to wait for the hub to show it, in milliseconds; 0 for not at all. */
  readonly confirmMs: number;
  /** Who orders it; by default something else in this Node-RED. */
  readonly author?: Author;
  /** Whether those devices of groups and rooms are named, too, that did it. */
  readonly tellsWhoDid?: boolean;
}

/** What came of a command for one target, as messages tell it; `did` only where that was asked for. */
export interface TargetResult extends Omit<CommandResult, 'error'> {
  /** The thing that was found, or what was given where none was. */
  readonly target: ThingName | string | Partial<Target>;
}

/** A thing by what it is known for, as nodes keep it. */
export type ThingName = Readonly<Pick<Thing, 'hub' | 'kind' | 'id' | 'name'>>;

/** What came of a command. */
export interface CommandOutcome {
  /** One a target, in their order. */
  readonly results: readonly TargetResult[];
  /** Whether everything was sent to what can be reached and, where that was waited for, seen; or overtaken by a newer wish. */
  readonly isDone: boolean;
  /** The things that were found, as they are known now. */
  readonly things: readonly ListedThing[];
  /** Why something could not be sent. */
  readonly error: CozifyError | undefined;
}

/** So many commands of a node can be under way. */
export const MOST_COMMANDS = 1000;

/** One of the targets: what was found for it, or why nothing was. */
type Search = { readonly target: Target } & ({ readonly found: FoundThing } | { readonly error: CozifyError });

/** The commands of one node. */
export class CommandStep {
  #underWay = 0;

  /**
   * Sends an order to its targets, at whatever hubs they are. `ticket`: the place of its message among the commands; by default a new one.
   * Throws `COZIFY_BAD_INPUT` without targets, `COZIFY_BUSY` when {@link MOST_COMMANDS} are under way already, and the error
   * by which nothing at all could be sent.
   */
  async run(
    homes: Homes,
    wishes: CommandWishes,
    ticket: Ticket = homes.commandGate.takeTicket(),
  ): Promise<CommandOutcome> {
    const { targets } = wishes;
    try {
      if (targets === undefined) {
        throw badInput('No device is chosen: choose one in the node, or set msg.target.', NO_TARGET);
      }
      if (this.#underWay >= MOST_COMMANDS) {
        throw new CozifyError(
          'COZIFY_BUSY',
          `${MOST_COMMANDS} messages are already being processed: send fewer messages.`,
        );
      }
      return await this.#counted(() => command(homes, wishes, targets, ticket));
    } finally {
      ticket.release();
    }
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }
}

async function command(
  homes: Homes,
  wishes: CommandWishes,
  targets: readonly Target[],
  ticket: Ticket,
): Promise<CommandOutcome> {
  // What was asked for first is first in the line, whatever has to be looked up before it can go.
  const turn = ticket.turn();
  if (turn !== undefined) await turn;
  const places = homes.enter(targets, wishes.hub);
  ticket.release();
  try {
    return await commandInTurn(homes, wishes, targets, places);
  } finally {
    for (const place of places.values()) place.leave();
  }
}

async function commandInTurn(
  homes: Homes,
  wishes: CommandWishes,
  targets: readonly Target[],
  places: ReadonlyMap<LiveHome, CommandPlace>,
): Promise<CommandOutcome> {
  const lookUps = targets.map((target) => lookUp(homes, wishes, target));
  const ends = await send(homes, wishes, lookUps, places);
  const searches = await Promise.all(lookUps.map(({ end }) => end));
  const full = searches.map((one) => ('found' in one ? ends.get(keyOf(one.found)) : undefined) ?? notSent(one));
  const error = full.find((result) => result.error !== undefined)?.error;
  const isNoneSent = full.every(({ sent, reason }) => !sent && reason !== 'superseded');
  if (error !== undefined && isNoneSent) throw error;
  const found = distinct(searches.flatMap((one) => ('found' in one ? [one.found] : [])));
  return {
    results: full.map((result, index) => describe(searches[index] as Search, result, wishes.tellsWhoDid)),
    isDone: full.every(({ reason }) => reason === null || reason === 'superseded'),
    things: found.map(({ entry, live }) => ({ entry: live.home.things.get(entry.kind, entry.id) ?? entry, live })),
    error,
  };
}

/** The search for one target. */
interface DiscoveryResult {
  readonly end: Promise<Search>;
  /** What was found, once that is so. */
  found: FoundThing | undefined;
  /** Resolves when it is known whether the target is at a home: others may be looked through for longer. */
  readonly knownAt: (live: LiveHome) => Promise<unknown>;
}

function lookUp(homes: Homes, wishes: CommandWishes, target: Target): DiscoveryResult {
  const misses = new Map<LiveHome, { missed: Promise<void>; note: () => void }>();
  for (const live of homes.mayBeAt(target, wishes.hub)) {
    let note: () => void = () => undefined;
    const missed = new Promise<void>((resolve) => (note = resolve));
    misses.set(live, { missed, note });
  }
  const end = search(homes, wishes, target, (live) => misses.get(live)?.note());
  const one: DiscoveryResult = {
    end,
    found: undefined,
    knownAt: (live) => Promise.race([end, misses.get(live)?.missed]),
  };
  void end.then((ended) => ('found' in ended ? (one.found = ended.found) : undefined));
  return one;
}

/** Looks for a target, and for what has to be known of it beside. */
async function search(
  homes: Homes,
  { hub, order }: CommandWishes,
  target: Target,
  noteMiss: (live: LiveHome) => void,
): Promise<Search> {
  try {
    const found = await homes.find(target, hub, FOR_COMMANDS, noteMiss);
    const { kind } = found.entry;
    if (kind === 'group' || kind === 'room') await ensureDevices(found, order);
    return { target, found };
  } catch (error) {
    return { target, error: toCozifyError(error) };
  }
}

/** Makes sure of the devices that a group or room means. The hub itself knows those of a group that is only switched. */
async function ensureDevices({ entry, live }: FoundThing, order: Order): Promise<void> {
  try {
    await FOR_COMMANDS.ensure(live, ['device'], NAMES_MAX_AGE_MS);
  } catch (thrown) {
    const error = toCozifyError(thrown);
    const isSwitched = order.type === 'set' && Object.keys(order.wish.fields).join() === 'on';
    if (entry.kind !== 'group' || !isSwitched || isSilence(error)) throw error;
  }
}

/**
 * Sends an order to what is found, at each hub as soon as it is known what is there: one that hangs keeps no other waiting.
 * Gives what came of it for each thing.
 */
async function send(
  homes: Homes,
  { order, confirmMs, author = 'own' }: CommandWishes,
  lookUps: readonly DiscoveryResult[],
  places: ReadonlyMap<LiveHome, CommandPlace>,
): Promise<ReadonlyMap<string, CommandResult>> {
  const sendings: Promise<[string, CommandResult][]>[] = [];
  const sent = new Set<string>();
  let noteJoined: () => void = () => undefined;
  const allJoined = new Promise<void>((resolve) => (noteJoined = resolve));
  const toggle = order.type === 'toggle' ? { toggle: new Toggle(homes.clock, allJoined) } : {};
  const options = { confirmMs, isAlone: lookUps.length === 1, author, ...toggle };
  const begin = (live: LiveHome, place: CommandPlace): void => {
    const found = lookUps.flatMap((one) => (one.found?.live === live ? [one.found] : []));
    const there = distinct(found).filter((one) => !sent.has(keyOf(one)));
    for (const one of there) sent.add(keyOf(one));
    if (there.length === 0) place.leave();
    else sendings.push(sendTo(there, place, order, options));
  };
  const beginWhenKnown = async ([live, place]: [LiveHome, CommandPlace]): Promise<void> => {
    await Promise.all(lookUps.map((one) => one.knownAt(live)));
    begin(live, place);
  };
  await Promise.all([...places].map(beginWhenKnown));
  await Promise.all(lookUps.map(({ end }) => end));
  // What nobody had expected where it was found has no place there yet.
  const late = lookUps.flatMap(({ found }) => (found === undefined || sent.has(keyOf(found)) ? [] : [found.live]));
  for (const live of new Set(late)) begin(live, live.commander.enter());
  noteJoined();
  return new Map((await Promise.all(sendings)).flat());
}

async function sendTo(
  there: readonly FoundThing[],
  place: CommandPlace,
  order: Order,
  options: CommandOptions,
): Promise<[string, CommandResult][]> {
  const entries = there.map(({ entry }) => entry);
  const results = await place
    .send(order, entries, options)
    .catch((error: unknown) => entries.map(() => failed(toCozifyError(error))));
  return there.map((one, index) => [keyOf(one), results[index] as CommandResult]);
}

function notSent(one: Search): CommandResult {
  return failed('error' in one ? one.error : new CozifyError('COZIFY_NOT_FOUND', 'Not found.'));
}

function failed(error: CozifyError): CommandResult {
  return { sent: false, confirmed: null, reason: error.code, state: null, ignored: [], clamped: [], error };
}

function describe(one: Search, result: CommandResult, tellsWhoDid = false): TargetResult {
  const { sent, confirmed, reason, state, ignored, clamped, members, did } = result;
  const target = 'found' in one ? nameOf(one.found) : givenOf(one.target);
  const missed = members === undefined ? {} : { members };
  const done = did === undefined || !tellsWhoDid ? {} : { did };
  return { target, ...structuredClone({ sent, confirmed, reason, state, ignored, clamped, ...missed, ...done }) };
}

/** Things as the hub shows them by now; where it does not tell, as they were known last. Never rejects. */
export async function lookAgain(things: readonly ListedThing[]): Promise<readonly ListedThing[]> {
  const look = async ({ entry, live }: ListedThing): Promise<ListedThing> => {
    await live.ensure(kindsOfState(entry), STATES_MAX_AGE_MS).catch(() => undefined);
    return { entry: live.home.things.get(entry.kind, entry.id) ?? entry, live };
  };
  return Promise.all(things.map(look));
}

/** A thing by what it is known for. */
export function nameOf({ entry: { kind, id, name }, live }: ListedThing): ThingName {
  return { hub: live.home.hub, kind, id, name };
}

/** A target that was not found, in the words in which it was given. */
function givenOf({ isText, ...parts }: Target): string | Partial<Target> {
  return isText ? parts.id : Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
}

/**
 * Makes a lamp blink, so that a person sees which it is; gives which that was. Throws `COZIFY_BAD_INPUT` for what is no
 * lamp, and as {@link Homes.find} and the hub's client.
 */
export async function blink(homes: Homes, target: Target): Promise<ThingName> {
  const found = await homes.find(target, '', FOR_COMMANDS);
  const { entry, live } = found;
  if (entry.kind !== 'device' || !isLamp(entry)) {
    throw badInput(`"${entry.name}" is not a lamp: only lamps can blink.`);
  }
  const body = JSON.stringify([identifyElement(entry)]);
  const answer = await live.client.request({ method: 'PUT', path: '/devices/command', body });
  expectOk(answer);
  return nameOf(found);
}

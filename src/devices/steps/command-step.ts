/** The step of a command node: finds the targets, sends the command and reports the results. */
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import { isNoAnswer } from '../../hub/hub-client.js';
import type { Reservation } from '../command-queue/command-queue.js';
import { type CommandOptions, type CommandResult, unsent } from '../command-queue/command-result.js';
import type { Thing } from '../things/device.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import { STATES_MAX_AGE_MS } from '../things/kinds.js';
import { distinct, type FoundThing, type Homes, keyAcrossHubs, type ListedThing } from '../across-hubs/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type { Author } from '../commands/plan.js';
import { devicesOf, isLamp } from '../things/abilities.js';
import type { Command } from '../commands/parse-command.js';
import { FOR_COMMANDS } from '../across-hubs/cache-policy.js';
import type { Target } from '../targets/target.js';
import { NO_TARGET } from '../commands/briefs.js';
import { kindsOfState } from './states.js';
import type { Ticket } from '../../async/locks.js';

/** The command of one message: what to send, and to which targets. */
export interface CommandRequest {
  readonly command: Command;
  /** `undefined` if neither the node nor the message has targets; an empty list if there is nothing to do. */
  readonly targets: readonly Target[] | undefined;
  /** The id of the hub at which names are looked up; empty for the default hub. */
  readonly hub: string;
  /** How long to wait for the hub to show the result, in milliseconds; 0 for no confirmation. */
  readonly confirmMs: number;
  /** The sender of the command. Defaults to `own`, a sender that is neither a node nor the editor. */
  readonly author?: Author;
  /** Whether the results list the confirmed devices of groups and rooms. */
  readonly listsDone?: boolean;
}

/**
 * The result for one target in a message. Has `did` (the confirmed devices) only if {@link CommandRequest.listsDone} is
 * set.
 */
export interface TargetResult extends Omit<CommandResult, 'error'> {
  /** The thing, or the target as given if nothing was found. */
  readonly target: ThingName | string | Partial<Target>;
}

/** The name, hub, kind and id of a thing, as nodes save them. */
export type ThingName = Readonly<Pick<Thing, 'hub' | 'kind' | 'id' | 'name'>>;

/** The outcome of a command. */
export interface CommandOutcome {
  /** A result for each target, in the order of the targets. */
  readonly results: readonly TargetResult[];
  /**
   * Whether every target was commanded and reachable, and was confirmed if a confirmation was requested. A superseded
   * command counts as done.
   */
  readonly isDone: boolean;
  /** The things that were found, in their current state. In place of a room, its lamps. */
  readonly things: readonly ListedThing[];
  /** The first error of a target. */
  readonly error: CozifyError | undefined;
}

/** The maximum number of messages that a node processes at a time. */
export const MAX_COMMANDS = 1000;

/** The thing of a target, or the reason why nothing was found. */
type Searched = FoundThing | CozifyError;

/** Sends the commands of one node. */
export class CommandStep {
  #inFlight = 0;

  /**
   * Sends a command to its targets at all hubs. `ticket` is the position of the message in the order of all messages,
   * by default the last. Throws `COZIFY_BAD_INPUT` without targets, `COZIFY_BUSY` if {@link MAX_COMMANDS} messages are
   * being processed, and the first error if nothing was sent.
   */
  async run(
    homes: Homes,
    request: CommandRequest,
    ticket: Ticket = homes.commandGate.takeTicket(),
  ): Promise<CommandOutcome> {
    const { targets } = request;
    try {
      if (targets === undefined) {
        throw badInput('No device is chosen: choose one in the node, or set msg.target.', NO_TARGET);
      }
      if (this.#inFlight >= MAX_COMMANDS) {
        throw new CozifyError(
          'COZIFY_BUSY',
          `${MAX_COMMANDS} messages are already being processed: send fewer messages.`,
        );
      }
      this.#inFlight += 1;
      return await findAndSend(homes, request, targets, ticket).finally(() => (this.#inFlight -= 1));
    } finally {
      ticket.release();
    }
  }
}

/**
 * Finds the targets. Before the search, reserves a place in the command queue of each hub to search. Sends the command
 * to the targets of a hub once all searches at that hub have ended, so that a hanging hub does not delay the others.
 */
async function findAndSend(
  homes: Homes,
  request: CommandRequest,
  targets: readonly Target[],
  ticket: Ticket,
): Promise<CommandOutcome> {
  const queued = ticket.untilFirst();
  if (queued !== undefined) await queued;
  const { command, confirmMs, author = 'own' } = request;
  const options = { confirmMs, isAlone: targets.length === 1, author };
  // For each home, the targets for which the search in that home has not ended.
  const searched = new Map<LiveHome, Set<Target>>();
  for (const target of targets) {
    for (const live of homes.mayBeAt(target, request.hub)) {
      searched.set(live, (searched.get(live) ?? new Set()).add(target));
    }
  }
  const reservations = new Map([...searched.keys()].map((live) => [live, live.commands.reserve()]));
  ticket.release();
  const found = new Map<Target, FoundThing>();
  const sent = new Set<string>();
  const results: Promise<[string, CommandResult][]>[] = [];
  const begin = (live: LiveHome, reservation = live.commands.reserve()): void => {
    const here = targets.flatMap((target) => found.get(target) ?? []).filter((one) => one.live === live);
    const things = distinct(here).filter((one) => !sent.has(keyAcrossHubs(one)));
    for (const one of things) sent.add(keyAcrossHubs(one));
    if (things.length === 0) reservation.release();
    else results.push(sendTo(things, reservation, command, options));
  };
  const endSearch = (target: Target, live: LiveHome): void => {
    const left = searched.get(live);
    if (left?.delete(target) === true && left.size === 0) begin(live, reservations.get(live));
  };
  const find = async (target: Target): Promise<Searched> => {
    const ended = await search(homes, request, target, (live) => endSearch(target, live));
    if (!(ended instanceof CozifyError)) found.set(target, ended);
    for (const live of searched.keys()) endSearch(target, live);
    return ended;
  };
  const searches = await Promise.all(targets.map(find));
  // A thing may be found at an unexpected hub, where no place in the command queue was reserved.
  const late = [...found.values()].filter((one) => !sent.has(keyAcrossHubs(one)));
  for (const live of new Set(late.map((one) => one.live))) begin(live);
  return outcomeOf(targets, searches, new Map((await Promise.all(results)).flat()), request);
}

/**
 * Builds the outcome of a command from the results of its things, in the order of the targets. Throws the first error
 * if nothing was sent.
 */
function outcomeOf(
  targets: readonly Target[],
  searches: readonly Searched[],
  results: ReadonlyMap<string, CommandResult>,
  { listsDone }: CommandRequest,
): CommandOutcome {
  const all = searches.map((one) =>
    one instanceof CozifyError ? unsent(one) : (results.get(keyAcrossHubs(one)) as CommandResult),
  );
  const error = all.find((result) => result.error !== undefined)?.error;
  const isUnsent = all.every(({ sent, reason }) => !sent && reason !== 'superseded');
  if (error !== undefined && isUnsent) throw error;
  const found = distinct(searches.filter((one): one is FoundThing => !(one instanceof CozifyError)));
  return {
    results: all.map((result, index) => resultFor(targets[index] as Target, searches[index], result, listsDone)),
    isDone: all.every(({ reason }) => reason === null || reason === 'superseded'),
    things: found.flatMap(({ entry, live }) => {
      const { things } = live.cache;
      const now = entry.kind === 'room' ? devicesOf(entry, things) : [things.get(entry.kind, entry.id) ?? entry];
      return now.map((one) => ({ entry: one, live }));
    }),
    error,
  };
}

/** Finds a target. For a group or room also loads its devices. */
async function search(
  homes: Homes,
  { hub, command }: CommandRequest,
  target: Target,
  noteMiss: (live: LiveHome) => void,
): Promise<Searched> {
  try {
    const found = await homes.find(target, hub, FOR_COMMANDS, noteMiss);
    const { kind } = found.entry;
    if (kind === 'group' || kind === 'room') await ensureDevices(found, command);
    return found;
  } catch (error) {
    return toCozifyError(error);
  }
}

/**
 * Loads the devices of a group or room. If the hub answers without its devices, a group can still be switched on or
 * off, because the hub knows its members.
 */
async function ensureDevices({ entry, live }: FoundThing, command: Command): Promise<void> {
  try {
    await FOR_COMMANDS.ensure(live, ['device'], NAMES_MAX_AGE_MS);
  } catch (thrown) {
    const error = toCozifyError(thrown);
    const isSwitched = command.type === 'set' && Object.keys(command.request.fields).join() === 'on';
    if (entry.kind !== 'group' || !isSwitched || isNoAnswer(error)) throw error;
  }
}

async function sendTo(
  things: readonly FoundThing[],
  reservation: Reservation,
  command: Command,
  options: CommandOptions,
): Promise<[string, CommandResult][]> {
  const entries = things.map(({ entry }) => entry);
  const results = await reservation
    .send(command, entries, options)
    .catch((error: unknown) => entries.map(() => unsent(toCozifyError(error))));
  return things.map((one, index) => [keyAcrossHubs(one), results[index] as CommandResult]);
}

function resultFor(given: Target, one: Searched | undefined, result: CommandResult, listsDone = false): TargetResult {
  const { sent, confirmed, reason, state, ignored, clamped, members, did } = result;
  const target = one === undefined || one instanceof CozifyError ? givenOf(given) : thingNameOf(one);
  const missed = members === undefined ? {} : { members };
  const done = did === undefined || !listsDone ? {} : { did };
  return { target, ...structuredClone({ sent, confirmed, reason, state, ignored, clamped, ...missed, ...done }) };
}

/** Returns things in their current state, or in their last known state if the hub does not answer. Never rejects. */
export async function lookAgain(things: readonly ListedThing[]): Promise<readonly ListedThing[]> {
  const look = async ({ entry, live }: ListedThing): Promise<ListedThing> => {
    await live.ensure(kindsOfState(entry), STATES_MAX_AGE_MS).catch(() => undefined);
    return { entry: live.cache.things.get(entry.kind, entry.id) ?? entry, live };
  };
  return Promise.all(things.map(look));
}

/** Returns the name and the key of a thing. */
export function thingNameOf({ entry: { kind, id, name }, live }: ListedThing): ThingName {
  return { hub: live.cache.hub, kind, id, name };
}

/** Returns a target as the message or the node gave it: a text, or an object with the properties that are not empty. */
function givenOf({ isText, ...parts }: Target): string | Partial<Target> {
  return isText ? parts.id : Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
}

/**
 * Makes a lamp blink, so that a person sees which lamp it is, and returns its name. Throws `COZIFY_BAD_INPUT` for any
 * other thing, and the errors of {@link Homes.find} and of the hub's client.
 */
export async function blink(homes: Homes, target: Target): Promise<ThingName> {
  const found = await homes.find(target, '', FOR_COMMANDS);
  const { entry, live } = found;
  if (entry.kind !== 'device' || !isLamp(entry)) {
    throw badInput(`"${entry.name}" is not a lamp: only lamps can blink.`);
  }
  const body = JSON.stringify([{ id: entry.id, type: 'CMD_IDENTIFY' }]);
  const answer = await live.client.request({ method: 'PUT', path: '/devices/command', body });
  expectOk(answer);
  return thingNameOf(found);
}

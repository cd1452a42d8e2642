import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import type { CommandResult } from '../home/commander.js';
import type { Thing } from '../things/device.js';
import { NAMES_MAX_AGE_MS } from '../home/home.js';
import { distinct, type FoundThing, type Homes, keyOf, type ListedThing } from '../home/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type { Order } from '../commands/orders.js';
import { createRecall, type Ensure } from '../home/recall.js';
import type { Target } from '../home/targets.js';

/** What a message asks for. */
export interface CommandWishes {
  readonly order: Order;
  /** `undefined` where neither the node nor the message says any; none for nothing to do. */
  readonly targets: readonly Target[] | undefined;
  /** Of the node, for names; empty for the default hub. */
  readonly hub: string;
  /** How long to wait for the hub to show it, in milliseconds; 0 for not at all. */
  readonly confirmMs: number;
}

/** What came of a command for one target, as messages tell it. */
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
  /** Whether everything was sent and, where that was waited for, seen. */
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
   * Sends an order to its targets, at whatever hubs they are. Throws `COZIFY_BAD_INPUT` without targets, `COZIFY_BUSY`
   * when {@link MOST_COMMANDS} are under way already, and the error by which nothing at all could be sent.
   */
  async run(homes: Homes, wishes: CommandWishes): Promise<CommandOutcome> {
    if (wishes.targets === undefined) {
      throw badInput('There is nothing to command: choose it in the node, or give msg.target.');
    }
    if (this.#underWay >= MOST_COMMANDS) {
      throw new CozifyError('COZIFY_BUSY', `${MOST_COMMANDS} messages are under way already: send them more slowly.`);
    }
    this.#underWay += 1;
    try {
      return await command(homes, wishes, wishes.targets);
    } finally {
      this.#underWay -= 1;
    }
  }
}

async function command(homes: Homes, wishes: CommandWishes, targets: readonly Target[]): Promise<CommandOutcome> {
  const ensure = createRecall({ isFresh: true });
  const searches = await Promise.all(targets.map((target) => search(homes, wishes.hub, target, ensure)));
  const found = distinct(searches.flatMap((one) => ('found' in one ? [one.found] : [])));
  const ends = await send(wishes, found, targets.length === 1);
  const full = searches.map((one) => ('found' in one ? ends.get(keyOf(one.found)) : undefined) ?? notSent(one));
  const error = full.find((result) => result.error !== undefined)?.error;
  const isNoneSent = full.every(({ sent, reason }) => !sent && reason !== 'superseded');
  if (error !== undefined && isNoneSent) throw error;
  const isAsWished = ({ sent, confirmed }: CommandResult): boolean =>
    sent && (wishes.confirmMs === 0 || confirmed === true);
  return {
    results: full.map((result, index) => describe(searches[index] as Search, result)),
    isDone: full.every(isAsWished),
    things: found.map(({ entry, live }) => ({ entry: live.home.things.get(entry.kind, entry.id) ?? entry, live })),
    error,
  };
}

/** Looks for a target, and for what has to be known of it beside. */
async function search(homes: Homes, hub: string, target: Target, ensure: Ensure): Promise<Search> {
  try {
    const found = await homes.find(target, hub, ensure);
    const { kind } = found.entry;
    if (kind === 'group' || kind === 'room') await ensure(found.live, ['device'], NAMES_MAX_AGE_MS);
    return { target, found };
  } catch (error) {
    return { target, error: toCozifyError(error) };
  }
}

/** Sends an order to things, at all of their hubs at the same time. Gives what came of it for each. */
async function send(
  { order, confirmMs }: CommandWishes,
  found: readonly FoundThing[],
  isAlone: boolean,
): Promise<ReadonlyMap<string, CommandResult>> {
  const byHome = new Map<LiveHome, FoundThing[]>();
  for (const one of found) byHome.set(one.live, [...(byHome.get(one.live) ?? []), one]);
  const sendTo = async ([live, there]: [LiveHome, FoundThing[]]): Promise<[string, CommandResult][]> => {
    const entries = there.map(({ entry }) => entry);
    const results = await live.commander
      .send(order, entries, { confirmMs, isAlone })
      .catch((error: unknown) => entries.map(() => failed(toCozifyError(error))));
    return there.map((one, index) => [keyOf(one), results[index] as CommandResult]);
  };
  return new Map((await Promise.all([...byHome].map(sendTo))).flat());
}

function notSent(one: Search): CommandResult {
  return failed('error' in one ? one.error : new CozifyError('COZIFY_NOT_FOUND', 'It was not found.'));
}

function failed(error: CozifyError): CommandResult {
  return { sent: false, confirmed: null, reason: error.code, state: null, ignored: [], clamped: [], error };
}

function describe(one: Search, result: CommandResult): TargetResult {
  const { sent, confirmed, reason, state, ignored, clamped } = result;
  const target = 'found' in one ? nameOf(one.found) : givenOf(one.target);
  return { target, ...structuredClone({ sent, confirmed, reason, state, ignored, clamped }) };
}

/** A thing by what it is known for. */
export function nameOf({ entry: { kind, id, name }, live }: ListedThing): ThingName {
  return { hub: live.home.hub, kind, id, name };
}

/** A target that was not found, in the words in which it was given. */
function givenOf({ isText, ...parts }: Target): string | Partial<Target> {
  return isText ? parts.id : Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
}

import type { Clock } from '../async/clock.js';
import { CommandStep, type TargetResult } from '../devices/steps/command-step.js';
import { parseFilter } from '../devices/home/device-filter.js';
import type { Kind } from '../devices/things/kinds.js';
import { HomeHandover } from '../devices/home/home-handover.js';
import { Homes } from '../devices/home/homes.js';
import { parseOrder } from '../devices/commands/orders.js';
import { readThings } from '../devices/steps/reading.js';
import { parseMessageTargets } from '../devices/home/targets.js';
import { badInput } from '../errors.js';
import type { HubClients } from '../hub/hub-clients.js';
import { DEFAULT_POLL_S, isWithin, kindOf, SECONDS } from '../input.js';
import type { AccountState } from '../state/account-state.js';
import type { AccountOptions } from './account-options.js';

/** A thing at home by its id or name, or by more of it where several are called the same. */
export type ThingTarget = string | { id?: string; name?: string; kind?: Kind; room?: string; hub?: string };

/** Which things {@link Account.read} is about: those that are named, or all that the rest leaves. */
export interface ReadParams {
  targets?: ThingTarget | readonly ThingTarget[];
  /** Where none is named; by default devices. */
  kinds?: readonly Kind[];
  /** By id or name. */
  rooms?: readonly string[];
  /** All of them are asked for. */
  capabilities?: readonly string[];
  /** The hub of things that are named, by default the default one; without targets by default all. */
  hub?: string;
  /** The hub is asked, whatever memory says. */
  fresh?: boolean;
}

/** A thing and how it is: the fields of the read node, each in its unit, and whatever else the hub has. */
export interface ThingState {
  id: string;
  name: string;
  type: string | null;
  room: string | null;
  [field: string]: unknown;
}

/** What {@link Account.read} gives. */
export interface ReadResult {
  things: ThingState[];
  /** The moment of which the oldest of it tells, ISO 8601 UTC; `null` where nothing was to be read. */
  asOf: string | null;
  /** The hub is away: this is how things were, more than 3 s ago. */
  stale: boolean;
}

/** How {@link Account.command} sends. */
export interface CommandParams {
  /** Where names are looked for; by default the default hub. */
  hub?: string;
  /** How long to wait for the hub to show it, in milliseconds, at most 60 000; by default 0 for not at all. */
  confirmMs?: number;
}

/** What {@link Account.command} gives. */
export interface CommandReport {
  /** Whether everything was sent and, where that was waited for, seen. */
  isDone: boolean;
  /** One a target, in their order. */
  results: readonly TargetResult[];
}

/** The homes of an account, and what programs do there: see {@link Account.read} and {@link Account.command}. */
export class HomeSteps {
  readonly homes: Homes;
  readonly #clock: Clock;
  readonly #commands = new CommandStep();

  constructor(options: AccountOptions, state: AccountState, hubClients: HubClients) {
    const { id, clock, log, homeHandover = new HomeHandover(clock), language = 'en' } = options;
    const { pollLanMs = DEFAULT_POLL_S.lan * 1000, pollCloudMs = DEFAULT_POLL_S.cloud * 1000 } = options;
    this.#clock = clock;
    this.homes = new Homes({
      account: id,
      clock,
      log,
      handover: homeHandover,
      language,
      pollLanMs,
      pollCloudMs,
      hubs: () => ({ ids: state.cloud.hubs.map((hub) => hub.id), defaultId: state.cloud.defaultHub }),
      client: (hub) => hubClients.get(hub),
      version: (hub) => state.cloud.hubs.find((one) => one.id === hub)?.version ?? null,
    });
  }

  async read(params: ReadParams): Promise<ReadResult> {
    const { targets, kinds, rooms, capabilities, hub = '', fresh = false } = params;
    const filter = parseFilter({ kinds, rooms, capabilities });
    const wishes = { filter, hub, fresh, output: 'array', field: '', condition: null } as const;
    const named = targets === undefined ? undefined : parseMessageTargets(targets);
    const { payload, asOf, stale } = await readThings(this.homes, { ...wishes, targets: named }, this.#clock);
    return { things: payload as ThingState[], asOf, stale };
  }

  async command(
    targets: ThingTarget | readonly ThingTarget[],
    value: unknown,
    { hub = '', confirmMs = 0 }: CommandParams,
  ): Promise<CommandReport> {
    if (!isWithin(confirmMs / 1000, SECONDS.confirm)) {
      const came = typeof confirmMs === 'number' ? String(confirmMs) : kindOf(confirmMs);
      throw badInput(`confirmMs should be from 0 to ${SECONDS.confirm.maximum * 1000}, but was ${came}.`);
    }
    const wishes = { order: parseOrder({}, value), targets: parseMessageTargets(targets), hub, confirmMs };
    const { isDone, results } = await this.#commands.run(this.homes, wishes);
    return { isDone, results };
  }
}

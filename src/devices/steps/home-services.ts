/** The operations of programs that use this package without Node-RED: read the states of things, and command things. */
import { createRequire } from 'node:module';
import type { Clock } from '../../async/clock.js';
import { badInput } from '../../errors.js';
import type { HubClients } from '../../hub/hub-clients.js';
import { isWithin, kindOf, SECONDS } from '../../input.js';
import type { CloudState } from '../../state/cloud-state.js';
import type { Log } from '../../store/store.js';
import { parseCommand } from '../commands/parse-command.js';
import { parseFilter } from '../targets/device-filter.js';
import { Homes } from '../across-hubs/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { parseMessageTargets } from '../targets/target.js';
import type { Kind } from '../things/kinds.js';
import type { Language } from '../things/names.js';
import { CommandStep, type TargetResult } from './command-step.js';
import { SidebarFeed } from './sidebar-feed.js';
import type * as HomeRecordingModule from './home-recording.js';
import type { HomeRecording } from './home-recording.js';
import { readThings } from './reading.js';

const load = createRequire(__filename);

/** A thing by its id or name. An object distinguishes things of the same name. */
export type ThingTarget = string | { id?: string; name?: string; kind?: Kind; room?: string; hub?: string };

/** The things to read: the targets, or all things that pass the filter if there are no targets. */
export interface ReadParams {
  targets?: ThingTarget | readonly ThingTarget[];
  /** The kinds to read if there are no targets. Defaults to devices. */
  kinds?: readonly Kind[];
  /** Ids or names of rooms. */
  rooms?: readonly string[];
  /** Capabilities, in upper or lower case. */
  capabilities?: readonly string[];
  /** Whether a device needs all of the capabilities (the default) or any of them. */
  capabilitiesMatch?: 'all' | 'any';
  /** The id of the hub. Defaults to the default hub if there are targets, otherwise to all hubs. */
  hub?: string;
  /** Whether to ask the hub even if the cache is fresh. */
  fresh?: boolean;
}

/** A thing, with the fields of its state as further properties. */
export interface ThingState {
  id: string;
  name: string;
  type: string | null;
  room: string | null;
  [field: string]: unknown;
}

/** The result of {@link HomeServices.read}. */
export interface ReadResult {
  things: ThingState[];
  /** The time of the oldest state, ISO 8601 UTC; `null` if nothing was read. */
  asOf: string | null;
  /** Whether a hub is offline, so that its states are outdated: over 3 s old, or from before the last command. */
  stale: boolean;
  /** The ids of the hubs whose things are missing, because the hubs are offline. */
  away: readonly string[];
}

/** Options of {@link HomeServices.command}. */
export interface CommandParams {
  /** The id of the hub at which names are looked up. Defaults to the default hub. */
  hub?: string;
  /**
   * How long to wait for the hub to show the result, in milliseconds, at most 60 000. Defaults to 0: no confirmation.
   */
  confirmMs?: number;
}

/** The result of {@link HomeServices.command}. */
export interface CommandReport {
  /**
   * Whether every target was commanded and reachable, and was confirmed if `confirmMs` is above 0. A superseded command
   * counts as done.
   */
  isDone: boolean;
  /** A result for each target, in the order of the targets. */
  results: readonly TargetResult[];
}

/**
 * Options of the homes of an account. All options except the clock and the log may change, so they are read each time
 * they are used.
 */
export interface HomeServicesOptions {
  clock: Clock;
  log: Log;
  /** The language of default names such as "Living room". Defaults to English. */
  language?: Language | undefined;
  /** The poll interval on the LAN, in milliseconds. */
  pollLanMs?: number | undefined;
  /** The poll interval through the cloud, in milliseconds. */
  pollCloudMs?: number | undefined;
}

/** The homes of an account (one for each hub), and the operations `read` and `command` for programs. */
export class HomeServices {
  readonly homes: Homes;
  readonly feed: SidebarFeed;
  readonly #clock: Clock;
  readonly #version: (hub: string) => string | null;
  #recording: HomeRecording | undefined;
  readonly #commands = new CommandStep();

  /** `closedHomes`: the homes of this account from before a Deploy, whose caches are used again. */
  constructor(
    options: HomeServicesOptions,
    state: CloudState,
    hubClients: HubClients,
    closedHomes: Map<string, LiveHome>,
  ) {
    const { clock, log } = options;
    this.#clock = clock;
    const nameOfHub = (id: string): string => state.cloud.hubs.find((hub) => hub.id === id)?.name ?? id;
    this.#version = (hub) => state.cloud.hubs.find((one) => one.id === hub)?.version ?? null;
    this.feed = new SidebarFeed({ clock, nameOfHub }, () => this.homes);
    this.homes = new Homes({
      clock,
      log,
      get language() {
        return options.language ?? 'en';
      },
      intervals: options,
      hubs: () => ({ ids: state.cloud.hubs.map((hub) => hub.id), defaultId: state.cloud.defaultHub }),
      client: (hub) => hubClients.get(hub),
      version: this.#version,
      closedHomes,
      onOpen: (live) => this.feed.follow(live),
    });
  }

  /** The recording of a home. The code is loaded at the first use, because few people ever record. */
  get recording(): HomeRecording {
    if (this.#recording !== undefined) return this.#recording;
    const { HomeRecording: Recording } = load('./home-recording.js') as typeof HomeRecordingModule;
    this.#recording = new Recording(this.#clock, () => this.homes, this.#version);
    return this.#recording;
  }

  /** Ends all polls, and answers the held requests of the feed. */
  close(): void {
    this.feed.close();
    this.#recording?.forget();
    this.homes.close();
  }

  async read(params: ReadParams): Promise<ReadResult> {
    const { targets, kinds, rooms, capabilities, capabilitiesMatch, hub = '', fresh = false } = params;
    const filter = parseFilter({ kinds, rooms, capabilities, capabilitiesMatch });
    const query = { filter, hub, fresh, output: 'array', field: '', condition: null } as const;
    const named = targets === undefined ? undefined : parseMessageTargets(targets);
    const { payload, asOf, stale, away } = await readThings(this.homes, { ...query, targets: named }, this.#clock);
    return { things: payload as ThingState[], asOf, stale, away };
  }

  async command(
    targets: ThingTarget | readonly ThingTarget[],
    value: unknown,
    { hub = '', confirmMs = 0 }: CommandParams,
  ): Promise<CommandReport> {
    if (!isWithin(confirmMs / 1000, SECONDS.confirm)) {
      const received = typeof confirmMs === 'number' ? String(confirmMs) : kindOf(confirmMs);
      throw badInput(`confirmMs should be from 0 to ${SECONDS.confirm.maximum * 1000}, but was ${received}.`);
    }
    const request = { command: parseCommand({}, value), targets: parseMessageTargets(targets), hub, confirmMs };
    const { isDone, results } = await this.#commands.run(this.homes, request);
    return { isDone, results };
  }
}

import type { Clock } from '../../async/clock.js';
import { badInput } from '../../errors.js';
import type { HubClients } from '../../hub/hub-clients.js';
import { DEFAULT_POLL_S, isWithin, kindOf, SECONDS } from '../../input.js';
import type { CloudState } from '../../state/cloud-state.js';
import type { Log } from '../../store/store.js';
import { parseCommand } from '../commands/command.js';
import { parseFilter } from '../targets/device-filter.js';
import { Homes } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type { PollIntervals } from '../home/poll-schedule.js';
import { parseMessageTargets } from '../targets/target.js';
import type { Kind } from '../things/kinds.js';
import type { Language } from '../things/names.js';
import { CommandStep, type TargetResult } from './command-step.js';
import { EventFeed } from './event-feed.js';
import { HomeRecording } from './home-recording.js';
import { readThings } from './reading.js';

/** A thing at home by its id or name, or by more of it where several are called the same. */
export type ThingTarget = string | { id?: string; name?: string; kind?: Kind; room?: string; hub?: string };

/** Which things {@link HomeSteps.read} is about: those that are named, or all that the rest leaves. */
export interface ReadParams {
  targets?: ThingTarget | readonly ThingTarget[];
  /** Where none is named; by default devices. */
  kinds?: readonly Kind[];
  /** By id or name. */
  rooms?: readonly string[];
  /** In any letters. */
  capabilities?: readonly string[];
  /** Whether all of the capabilities are asked for, as by default, or any of them. */
  capabilitiesMatch?: 'all' | 'any';
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

/** What {@link HomeSteps.read} gives. */
export interface ReadResult {
  things: ThingState[];
  /** The moment of which the oldest of it tells, ISO 8601 UTC; `null` where nothing was to be read. */
  asOf: string | null;
  /** A hub is away: this is how things were, more than 3 s ago. */
  stale: boolean;
  /** The ids of the hubs of which nothing is in it, because they are away. */
  away: readonly string[];
}

/** How {@link HomeSteps.command} sends. */
export interface CommandParams {
  /** Where names are looked for; by default the default hub. */
  hub?: string;
  /** How long to wait for the hub to show it, in milliseconds, at most 60 000; by default 0 for not at all. */
  confirmMs?: number;
}

/** What {@link HomeSteps.command} gives. */
export interface CommandReport {
  /** Whether everything was sent and, where that was waited for, seen. */
  isDone: boolean;
  /** One a target, in their order. */
  results: readonly TargetResult[];
}

/** Of whose homes it is. All but the clock may become others, and is read when it is used. */
export interface HomeStepsOptions {
  clock: Clock;
  log: Log;
  /** The language of factory names; by default English. */
  language?: Language | undefined;
  /** How long after the start of a poll of a hub the next starts, on the LAN and through the cloud, in milliseconds. */
  pollLanMs?: number | undefined;
  pollCloudMs?: number | undefined;
}

function intervalsOf(settings: Pick<HomeStepsOptions, 'pollLanMs' | 'pollCloudMs'>): PollIntervals {
  return {
    get pollLanMs() {
      return settings.pollLanMs ?? DEFAULT_POLL_S.lan * 1000;
    },
    get pollCloudMs() {
      return settings.pollCloudMs ?? DEFAULT_POLL_S.cloud * 1000;
    },
  };
}

/** The homes behind the hubs of an account, and what programs do there. */
export class HomeSteps {
  readonly homes: Homes;
  /** What happens there. */
  readonly feed: EventFeed;
  /** A file of it, for whoever asks. */
  readonly recording: HomeRecording;
  readonly #clock: Clock;
  readonly #commands = new CommandStep();

  /** `left`: the homes of a run that is over, see {@link Homes}. */
  constructor(
    options: HomeStepsOptions,
    state: CloudState,
    hubClients: HubClients,
    left = new Map<string, LiveHome>(),
  ) {
    const { clock, log } = options;
    this.#clock = clock;
    const nameOfHub = (id: string): string => state.cloud.hubs.find((hub) => hub.id === id)?.name ?? id;
    const version = (hub: string): string | null => state.cloud.hubs.find((one) => one.id === hub)?.version ?? null;
    this.feed = new EventFeed({ clock, nameOfHub }, () => this.homes);
    this.recording = new HomeRecording(clock, () => this.homes, version);
    this.homes = new Homes({
      clock,
      log,
      get language() {
        return options.language ?? 'en';
      },
      intervals: intervalsOf(options),
      hubs: () => ({ ids: state.cloud.hubs.map((hub) => hub.id), defaultId: state.cloud.defaultHub }),
      client: (hub) => hubClients.get(hub),
      version,
      left,
      onOpen: (live) => this.feed.follow(live),
    });
  }

  /** Ends all polls, and answers who waits for something to happen. */
  close(): void {
    this.feed.close();
    this.recording.close();
    this.homes.close();
  }

  async read(params: ReadParams): Promise<ReadResult> {
    const { targets, kinds, rooms, capabilities, capabilitiesMatch, hub = '', fresh = false } = params;
    const filter = parseFilter({ kinds, rooms, capabilities, capabilitiesMatch });
    const wishes = { filter, hub, fresh, output: 'array', field: '', condition: null } as const;
    const named = targets === undefined ? undefined : parseMessageTargets(targets);
    const { payload, asOf, stale, away } = await readThings(this.homes, { ...wishes, targets: named }, this.#clock);
    return { things: payload as ThingState[], asOf, stale, away };
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
    const wishes = { command: parseCommand({}, value), targets: parseMessageTargets(targets), hub, confirmMs };
    const { isDone, results } = await this.#commands.run(this.homes, wishes);
    return { isDone, results };
  }
}

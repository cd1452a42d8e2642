import { HOUR, MINUTE, SECOND } from '../../../test/src/support/fake-clock';
import type { Fleet, FleetSize } from './fleet';
import type { Trouble } from './fleet-cloud';

/** A time span in which requests are counted. */
export interface Watch {
  /** Description of the event in the time span, such as an outage. */
  what: string;
  fromMs: number;
  toMs: number;
  /** Number of homes that poll through the cloud. Their polls do not count towards the limit. */
  subscribers?: number;
  /** The reason why the limit may be exceeded. */
  reason?: string;
}

/** Result of a scenario. */
export interface Played {
  fleet: Fleet;
  /** Mean number of requests per second while nothing unusual happens. */
  quiet: number;
  watches: Watch[];
}

/** An event that affects all homes at once. */
export interface Scenario {
  /** The name of the scenario, as printed. */
  id: string;
  size: FleetSize;
  play: (fleet: Fleet, quietMs: number) => Promise<Played>;
}

const MIXED: FleetSize = { homes: 5_000, cloudPart: 0.05, lanPart: 0 };
/** A larger fleet, because random peaks of renewals are proportionally higher in a small fleet. */
const MANY: FleetSize = { ...MIXED, homes: 10_000 };
const WITH_LAN: FleetSize = { homes: 5_000, cloudPart: 0.05, lanPart: 0.3 };
/** Default poll interval through the cloud. */
export const POLL_CLOUD_MS = 10_000;

/** Returns the cloud's answer during maintenance: a 503 whose `Retry-After` is the rest of the maintenance. */
function maintenance(fleet: Fleet, endsAt: number): () => Trouble {
  return () => ({
    status: 503,
    headers: { 'retry-after': String(Math.ceil((endsAt - fleet.now) / 1000)) },
    body: '{"message":"Maintenance"}',
  });
}

async function afterMaintenance(fleet: Fleet, quietMs: number): Promise<Played> {
  await fleet.settle();
  const quiet = await fleet.quietMean(quietMs);
  const endsAt = fleet.now + HOUR;
  fleet.cloud.trouble = maintenance(fleet, endsAt);
  const fromMs = fleet.now;
  await fleet.run(HOUR);
  fleet.cloud.trouble = undefined;
  await fleet.run(90 * MINUTE);
  const named = 'maintenance of an hour with `Retry-After`';
  return {
    fleet,
    quiet,
    watches: [
      { what: `${named}: during it`, fromMs, toMs: endsAt },
      { what: `${named}: the 90 minutes after`, fromMs: endsAt, toMs: fleet.now },
    ],
  };
}

/**
 * Starts all homes within a minute. Each has a login that is already due for renewal. The mean without unusual events
 * is measured an hour later.
 */
async function massStart(fleet: Fleet, quietMs: number): Promise<Played> {
  for (const home of fleet.homes) home.keepLogin((1 + fleet.draw.next()) * 24 * HOUR);
  fleet.scatter(fleet.homes, MINUTE, (home) => home.start());
  await fleet.run(HOUR);
  const toMs = fleet.now;
  const quiet = await fleet.quietMean(quietMs);
  const subscribers = fleet.cloudSubscribers;
  return { fleet, quiet, watches: [{ what: 'all homes start within a minute', fromMs: 0, toMs, subscribers }] };
}

async function powerCut(fleet: Fleet, quietMs: number): Promise<Played> {
  for (const home of fleet.homes) {
    home.keepLogin(fleet.draw.next() * 24 * HOUR);
    home.hub.isOn = false;
  }
  fleet.scatter(fleet.homes, MINUTE, (home) => home.start());
  fleet.scatter(fleet.lanSubscribers, MINUTE, (home) => home.subscribe(), MINUTE);
  const bootsMs = 3 * MINUTE;
  fleet.scatter(fleet.homes, 10 * SECOND, ({ hub }) => hub.boot(), bootsMs);
  await fleet.run(5 * MINUTE);
  for (const home of fleet.lanSubscribers) home.stopListening();
  await fleet.run(55 * MINUTE);
  const toMs = fleet.now;
  const quiet = await fleet.quietMean(quietMs);
  const subscribers = fleet.lanSubscribers.length + fleet.cloudSubscribers;
  const what = 'a power cut, and the hubs boot 3 minutes after Node-RED';
  return {
    fleet,
    quiet,
    watches: [
      { what: `${what}: before that`, fromMs: 0, toMs: bootsMs, subscribers },
      { what: `${what}: the hour after`, fromMs: bootsMs, toMs, subscribers },
    ],
  };
}

/**
 * Takes the hubs of all LAN subscribers off the LAN for 20 minutes. Their addresses refuse connections, because the
 * homes notice this failure sooner than a timeout and so all turn to the cloud at once.
 */
async function lanLost(fleet: Fleet, quietMs: number): Promise<Played> {
  await fleet.settle();
  const quiet = await fleet.quietMean(quietMs);
  await fleet.listenOnLan();
  const subscribers = fleet.lanSubscribers.length;
  const lostAt = fleet.now;
  for (const home of fleet.lanSubscribers) {
    home.isRefusing = true;
    home.hub.isOnLan = false;
  }
  await fleet.run(20 * MINUTE);
  const backAt = fleet.now;
  for (const home of fleet.lanSubscribers) home.hub.isOnLan = true;
  await fleet.run(90 * SECOND);
  const what = '30 % lose their LAN in one instant';
  const middle = lostAt + MINUTE;
  return {
    fleet,
    quiet,
    watches: [
      { what: `${what}: the first minute`, fromMs: lostAt, toMs: middle, subscribers },
      { what: `${what}: the next 20 minutes`, fromMs: middle, toMs: backAt, subscribers },
      { what: `${what}: the return`, fromMs: backAt, toMs: fleet.now, subscribers },
    ],
  };
}

async function newVersion(fleet: Fleet, quietMs: number): Promise<Played> {
  await fleet.settle();
  const quiet = await fleet.quietMean(quietMs);
  await fleet.listenOnLan();
  const fromMs = fleet.now;
  fleet.scatter(fleet.homes, MINUTE, (home) => {
    home.hub.isOn = false;
    fleet.queue.after(45 * SECOND, () => home.hub.boot('1.15.0.3'));
  });
  await fleet.run(3 * MINUTE);
  for (const home of fleet.lanSubscribers) home.stopListening();
  await fleet.run(57 * MINUTE);
  const subscribers = fleet.lanSubscribers.length;
  const what = 'a new version of all hubs within a minute, each away for 45 s';
  return { fleet, quiet, watches: [{ what, fromMs, toMs: fleet.now, subscribers }] };
}

async function cloudRefused(fleet: Fleet, quietMs: number): Promise<Played> {
  await fleet.settle();
  const quiet = await fleet.quietMean(quietMs);
  const fromMs = fleet.now;
  fleet.cloud.trouble = () => 'refused';
  await fleet.run(HOUR);
  const backAt = fleet.now;
  fleet.cloud.trouble = undefined;
  await fleet.run(HOUR);
  return {
    fleet,
    quiet,
    watches: [
      { what: 'the cloud refuses connections for an hour: during it', fromMs, toMs: backAt },
      { what: 'the cloud refuses connections for an hour: the hour after', fromMs: backAt, toMs: fleet.now },
    ],
  };
}

async function heldPolls(fleet: Fleet, quietMs: number): Promise<Played> {
  fleet.cloud.holdMs = 12 * SECOND;
  await fleet.settle();
  const quiet = await fleet.quietMean(quietMs);
  const fromMs = fleet.now;
  const subscribers = fleet.cloud.cutOff();
  await fleet.run(HOUR);
  return {
    fleet,
    quiet,
    watches: [{ what: 'a gateway that holds all polls restarts', fromMs, toMs: fleet.now, subscribers }],
  };
}

/** Scenarios that affect many homes at once. */
export const SCENARIOS: readonly Scenario[] = [
  { id: 'maintenance', size: MIXED, play: afterMaintenance },
  { id: 'start', size: MANY, play: massStart },
  { id: 'power-cut', size: WITH_LAN, play: powerCut },
  { id: 'lan-lost', size: WITH_LAN, play: lanLost },
  { id: 'version', size: WITH_LAN, play: newVersion },
  { id: 'refused', size: MIXED, play: cloudRefused },
  { id: 'held', size: { ...MIXED, cloudPart: 0.2 }, play: heldPolls },
];

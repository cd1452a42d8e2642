import { DEFAULT_BEHAVIOUR, Home } from '../../../test/simulator/index';
import { DAY, HOUR, MINUTE, SECOND } from '../../../test/src/support/fake-clock';
import { EventQueue } from './event-queue';
import { FleetCloud } from './fleet-cloud';
import { FleetHome } from './fleet-home';
import { wireSize } from './wire-size';

/** Interval between changes in a busy home. */
const BUSY_MS = 10 * SECOND;

/** A state in which a home may remain for days. */
interface HomeState {
  what: string;
  isOnLan: boolean;
  isSubscribed: boolean;
  isBusy?: boolean;
  pollCloudMs?: number;
  /** Brings the home into the state. */
  then?: (home: FleetHome, cloud: FleetCloud) => void;
  /** Limit of requests to the cloud per day. */
  most?: number;
  /** Whether the simulation takes long, because the home polls often. */
  isSlow?: boolean;
}

/** The requests of a home in a day that it spends in one state, for example without a node that polls. */
export interface HomeDay {
  what: string;
  most: number | undefined;
  cloud: Cost;
  lan: Cost;
}

/** The number of requests, and the bytes of the answered requests. */
interface Cost {
  requests: number;
  bytes: number;
}

const turnOff = ({ hub }: FleetHome): void => {
  hub.isOn = false;
};
const refuse = (_home: FleetHome, cloud: FleetCloud): void => {
  cloud.trouble = () => 'refused';
};
const reject = (_home: FleetHome, cloud: FleetCloud): void => {
  cloud.trouble = () => ({ status: 401, body: '{"message":"Unauthorized"}' });
};
const LAN = { isOnLan: true, isSubscribed: true, isSlow: true };
const CLOUD = { isOnLan: false, isSubscribed: true };

const STATES: readonly HomeState[] = [
  { what: 'nobody listens, hub on the LAN', isOnLan: true, isSubscribed: false, most: 60 },
  { what: 'nobody listens, hub through the cloud', isOnLan: false, isSubscribed: false, most: 60 },
  { what: 'listens on the LAN, quiet', ...LAN, most: 60 },
  { what: 'listens on the LAN, busy', ...LAN, isBusy: true, most: 60 },
  { what: 'listens through the cloud, quiet', ...CLOUD, most: 8_640 },
  { what: 'listens through the cloud, busy', ...CLOUD, isBusy: true, most: 8_928 },
  { what: 'the same, `pollCloud` 60', ...CLOUD, isBusy: true, pollCloudMs: MINUTE },
  { what: 'the same, `pollCloud` 300', ...CLOUD, isBusy: true, pollCloudMs: 5 * MINUTE },
  { what: 'listens on the LAN, hub off', ...LAN, isSlow: false, then: turnOff, most: 400 },
  { what: 'listens through the cloud, hub off', ...CLOUD, then: turnOff, most: 400 },
  { what: 'nobody listens, hub off', isOnLan: true, isSubscribed: false, then: turnOff, most: 120 },
  { what: 'listens on the LAN, cloud refuses', ...LAN, then: refuse, most: 60 },
  { what: 'listens through the cloud, cloud refuses', ...CLOUD, then: refuse, most: 360 },
  { what: 'listens on the LAN, login rejected', ...LAN, then: reject, most: 60 },
];

/**
 * Simulates one home in each state. Lets three hours pass, counts the requests during the next `hours`, and
 * extrapolates the counts to a whole day. `isQuick`: skips the slow states.
 */
export async function countHomeDays(hours: number, isQuick = false): Promise<HomeDay[]> {
  const days: HomeDay[] = [];
  for (const state of STATES) if (!isQuick || state.isSlow !== true) days.push(await dayOf(state, hours));
  return days;
}

async function dayOf(state: HomeState, hours: number): Promise<HomeDay> {
  const { what, isOnLan, isSubscribed, isBusy = false, pollCloudMs, then, most } = state;
  const queue = new EventQueue();
  const startsAt = Date.parse('2026-03-02T06:00:00Z');
  const cloud = new FleetCloud(queue, startsAt);
  const home = new FleetHome(1, { isOnLan, isSubscribed }, { queue, cloud, startsAt });
  const house = new Home(home.hub.id, DEFAULT_BEHAVIOUR, () => startsAt + queue.now);
  home.hub.home = house;
  home.pollCloudMs = pollCloudMs;
  home.keepLogin(0);
  home.start();
  if (isBusy) changeNowAndThen(queue, house);
  await queue.run(HOUR);
  then?.(home, cloud);
  await queue.run(2 * HOUR);
  const day: HomeDay = { what, most, cloud: { requests: 0, bytes: 0 }, lan: { requests: 0, bytes: 0 } };
  home.onAsked = ({ isLan }) => (day[isLan ? 'lan' : 'cloud'].requests += 1);
  home.onAnswered = (request, response) => (day[request.isLan ? 'lan' : 'cloud'].bytes += wireSize(request, response));
  await queue.run(hours * HOUR);
  for (const cost of [day.cloud, day.lan]) {
    cost.requests = Math.round((cost.requests * DAY) / (hours * HOUR));
    cost.bytes = (cost.bytes * DAY) / (hours * HOUR);
  }
  return day;
}

function changeNowAndThen(queue: EventQueue, house: Home): void {
  house.wander(1);
  queue.after(BUSY_MS, () => changeNowAndThen(queue, house));
}

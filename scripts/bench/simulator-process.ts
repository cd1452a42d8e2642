// A simulated Cozify in its own process. The message `{start: {devices, behaviour}}` starts it, and `{change: n}`
// switches `n` lamps on or off. The reply to each message has the time and the number of requests to the hub so far.
import { Simulator, type HubBehaviour, type SimulatedHub } from '../../test/simulator';

/** A message to the process. */
export interface Request {
  start?: { devices: number; behaviour?: Partial<HubBehaviour> };
  change?: number;
}

/** The reply of the process. */
export interface Reply {
  cloudUrl: string;
  /** The time of the changes, by `Date.now`. */
  at: number;
  /** The ids of the changed lamps. */
  ids: string[];
  polls: number;
  /** Number of requests other than polls. */
  others: number;
  /** Data for a client that calls the hub directly. */
  hub: { origin: string; key: string; lamps: string[] };
}

const EMAIL = 'owner@example.fi';

let simulator: Simulator | undefined;
let next = 0;

function lampsOf(hub: SimulatedHub): string[] {
  return hub.home.devices.filter(({ type }) => type === 'LIGHT').map(({ id }) => id);
}

async function handle({ start, change = 0 }: Request): Promise<Reply> {
  if (start !== undefined) {
    const { devices, behaviour = {} } = start;
    simulator = await Simulator.start({ hubs: [{ name: 'Koti', home: { devices }, behaviour }] });
  }
  const [hub] = simulator?.hubs ?? [];
  if (simulator === undefined || hub === undefined) throw new Error('It has not been started.');
  const lamps = lampsOf(hub);
  const ids = Array.from({ length: change }, () => lamps[next++ % lamps.length] ?? '');
  for (const id of ids) hub.home.change(id, { isOn: hub.home.device(id).state['isOn'] !== true });
  const polls = hub.log.count({ path: '/hub/poll' });
  return {
    cloudUrl: simulator.cloudUrl,
    at: Date.now(),
    ids,
    polls,
    others: hub.log.count() - polls,
    hub: { origin: `http://${hub.host}`, key: hub.key(EMAIL), lamps },
  };
}

process.on('message', (request: Request) => void handle(request).then((reply) => process.send?.(reply)));
process.on('disconnect', () => process.exit());

// A simulated Cozify in a process of its own, for the rows of a home: `{devices, behaviour}` starts it, `{change: n}` changes
// so many lamps and tells when, `{log: true}` tells what the hub was asked.
import { Simulator, type HubBehaviour, type SimulatedHub } from '../../test/simulator';

/** What it is told. */
export interface Order {
  start?: { devices: number; behaviour?: Partial<HubBehaviour> };
  change?: number;
}

/** What it answers. */
export interface Told {
  cloudUrl: string;
  /** When something was changed, by `Date.now`, and what: ids. */
  at: number;
  ids: string[];
  polls: number;
  /** Requests that are no polls. */
  others: number;
  /** What a client of the hub's own needs. */
  hub: { origin: string; key: string; lamps: string[] };
}

const EMAIL = 'owner@example.fi';

let simulator: Simulator | undefined;
let next = 0;

function lampsOf(hub: SimulatedHub): string[] {
  return hub.home.devices.filter(({ type }) => type === 'LIGHT').map(({ id }) => id);
}

async function carryOut({ start, change = 0 }: Order): Promise<Told> {
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

process.on('message', (order: Order) => void carryOut(order).then((told) => process.send?.(told)));
process.on('disconnect', () => process.exit());

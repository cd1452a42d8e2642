import { ChangeFeed } from '../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../src/devices/steps/change-config.js';
import { MINUTE, SECOND } from '../../test/src/support/fake-clock';
import { IdleHome } from '../../test/src/support/idle-home';
import { countListSteps } from './list-steps';
import { countRow, type Row, type Section } from './report';

const NODES = 20;
const DEVICES = 2_000;
const IN_A_GROUP = 20;

const STILL = parseChangeConfig({
  ...{ kinds: ['device'], condition: { field: 'motion', op: 'is', value: false }, for: 60, payload: 'motion' },
});
const GROUPS = parseChangeConfig({ kinds: ['group'], fields: ['on'] });

type Config = typeof STILL;

/**
 * A home in which each device is both a sensor and a lamp: it reports motion, has a light, and belongs to a group of
 * twenty devices.
 */
class LargeHome {
  readonly idle = new IdleHome(1, true);
  messages = 0;
  readonly #devices: number;
  #feeds: ChangeFeed[] = [];
  #body: string;

  private constructor(devices: number) {
    this.#devices = devices;
    this.#body = this.#answer(true, false);
    const nothing = JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: 2, polls: [] });
    this.idle.answer = (path) => {
      if (!path.endsWith('/hub/poll')) return { body: '{}' };
      const body = this.#body;
      this.#body = nothing;
      return { body };
    };
  }

  /** Returns a home with a filled cache: a node has already been subscribed to the home for a minute. */
  static async furnished(devices: number): Promise<LargeHome> {
    const home = new LargeHome(devices);
    await home.idle.start();
    home.subscribe(1, parseChangeConfig({ kinds: ['device'], rooms: ['nowhere'] }));
    await home.idle.clock.advance(MINUTE);
    return home;
  }

  subscribe(nodes: number, config: Config): void {
    const { account, clock } = this.idle;
    const { homes } = account;
    const send = (): void => void (this.messages += 1);
    for (let node = 0; node < nodes; node++) {
      this.#feeds.push(new ChangeFeed({ id: `node-${this.#feeds.length}`, homes, config, clock, send }));
    }
  }

  /** Makes the next poll report that all devices are on or off. */
  become(isOn: boolean): void {
    this.#body = this.#answer(false, isOn);
  }

  async poll(): Promise<void> {
    await this.idle.clock.advance(SECOND);
  }

  async end(): Promise<void> {
    for (const feed of this.#feeds) feed.stop();
    await this.idle.end();
  }

  #answer(full: boolean, isOn: boolean): string {
    const devices: Record<string, object> = {};
    const groups: Record<string, object> = {};
    for (let index = 0; index < this.#devices; index++) {
      const [id, group] = [`device-${index}`, `group-${Math.floor(index / IN_A_GROUP)}`];
      const state = { type: 'STATE_LIGHT', isOn, motion: false, reachable: true };
      const about = { type: 'LIGHT', capabilities: ['MOTION', 'ON_OFF'], groups: [group] };
      devices[id] = { id, name: `Valo ${index}`, ...about, state };
      const members = Array.from({ length: IN_A_GROUP }, (_, at) => `device-${index - (index % IN_A_GROUP) + at}`);
      groups[group] ??= { id: group, name: group, members };
    }
    const timestamp = full ? 1 : 3;
    const polls = [
      { type: 'DEVICE_DELTA', timestamp, devices },
      ...(full
        ? [
            { type: 'GROUP_DELTA', timestamp, groups },
            { type: 'ROOM_DELTA', timestamp, rooms: {} },
          ]
        : []),
    ];
    return JSON.stringify({ type: 'POLL_DELTA', full, timestamp, polls });
  }
}

/** A measured action at a home. */
interface Act {
  what: string;
  /** Prepares the home. Not measured. */
  prepare: (home: LargeHome) => Promise<unknown>;
  work: (home: LargeHome) => Promise<unknown>;
  /** Maximum number of list items that the action may iterate over. */
  most: number;
  /** The unit of the limit: for each device and node, for each device, or in total. */
  per: 'a device and node' | 'a device' | 'in all';
}

const nothing = (): Promise<void> => Promise.resolve();
const change = (home: LargeHome): Promise<void> => Promise.resolve(home.become(true));
const begin = (home: LargeHome): Promise<void> => Promise.resolve(home.subscribe(NODES, STILL));

const ACTS: readonly Act[] = [
  { what: '`for` begins for all devices', prepare: nothing, work: begin, most: 20, per: 'a device and node' },
  {
    what: 'a poll without news, while all of them wait',
    prepare: begin,
    work: (home) => home.poll(),
    ...{ most: 5_000, per: 'in all' as const },
  },
  {
    what: 'its time is over for all of them',
    prepare: async (home) => {
      await begin(home);
      await home.idle.clock.advance(59 * SECOND);
    },
    work: (home) => home.idle.clock.advance(2 * SECOND),
    ...{ most: 40, per: 'a device and node' },
  },
  {
    what: 'a poll without news, with their conditions met',
    prepare: async (home) => {
      await begin(home);
      await home.idle.clock.advance(2 * MINUTE);
    },
    work: (home) => home.poll(),
    ...{ most: 5_000, per: 'in all' as const },
  },
  {
    what: 'all devices change, with nodes for all groups',
    prepare: (home) => {
      home.subscribe(NODES, GROUPS);
      return change(home);
    },
    work: (home) => home.poll(),
    ...{ most: 400, per: 'a device' },
  },
];

async function stepsOf({ prepare, work, most, per }: Act): Promise<{ steps: number; most: number; messages: number }> {
  const home = await LargeHome.furnished(DEVICES);
  await prepare(home);
  const before = home.messages;
  const steps = await countListSteps(() => work(home));
  const messages = home.messages - before;
  await home.end();
  const by = { 'a device and node': DEVICES * NODES, 'a device': DEVICES, 'in all': 1 }[per];
  return { steps: Math.ceil(steps / by), most, messages };
}

/**
 * Counts the list items that the code iterates over in a large home with many nodes. Shows that no cost grows with the
 * square of the home's size.
 */
export async function countLargeHome(): Promise<Section> {
  const rows: Row[] = [];
  for (const act of ACTS) {
    const { steps, most, messages } = await stepsOf(act);
    rows.push(countRow(`${act.what}: items gone over, ${act.per}`, most, steps, `${messages} messages`));
  }
  return {
    title: 'A large home',
    measured: 'library',
    about:
      `${NODES} nodes that listen to one home of ${DEVICES} devices, the library alone: how many items of arrays, maps, ` +
      'sets and objects are gone over.',
    rows,
  };
}

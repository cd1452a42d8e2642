import assert from 'node:assert/strict';
import type { Device } from '../simulator';
import { sleep, until } from '../support/wait';
import { ACCOUNT, accountNode, actionNode, placed, testFlow } from './support/flow';
import { Stage } from './support/stage';

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 1_300;

const NODES = ['changes-hub', 'changes-target', 'button-hub', 'button-target'] as const;

describe('Changes and button nodes whose hub has left the account', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let lamp: Device;
  let wall: Device;
  let received: string[];

  before(async () => {
    const [lights, walls] = [({ type }: Device) => type === 'LIGHT', ({ state }: Device) => 'button' in state];
    const [one, other] = [lights, walls].map((isMeant) => stage.home.devices.find(isMeant));
    assert.ok(one && other);
    [lamp, wall, received] = [one, other, []];
    const target = ({ id, name }: Device): object => ({ hub: 'gone-1', kind: 'device', id, name });
    const node = (id: (typeof NODES)[number], properties: object) =>
      actionNode(id.split('-')[0] ?? '', { id, wires: [['out']], ...properties });
    const flow = testFlow(
      accountNode({ language: 'en' }),
      // Receives the changes of the remaining hub, to show that its events still arrive.
      placed({ id: 'witness', type: 'cozify-changes', account: ACCOUNT, name: '', wires: [['seen']] }),
      placed({ id: 'seen', type: 'helper', wires: [] }),
      node('changes-hub', { hub: 'gone-1' }),
      node('changes-target', { targets: [target(lamp)] }),
      node('button-hub', { hub: 'gone-1' }),
      node('button-target', { targets: [target(wall)] }),
      placed({ id: 'out', type: 'helper', wires: [] }),
    );
    await stage.load(flow);
    stage.node('out').on('input', (msg) => received.push(String((msg as { topic?: unknown }).topic)));
    await stage.logIn();
    await until('a first poll', () => stage.account().homes.open.some(({ cache: { hasPolled } }) => hasPolled));
  });

  /**
   * The first argument of each call to a node's `status` or `warn`. All nodes share the spies, so calls are filtered by
   * `this`.
   */
  const callsOf = (id: string, call: 'status' | 'warn'): unknown[] => {
    type Noted = Record<string, { args: unknown[][]; thisValues: { id: string }[] }>;
    const noted = (stage.node(id) as unknown as Noted)[call];
    assert.ok(noted);
    return noted.args.flatMap(([given], index) => (noted.thisValues[index]?.id === id ? [given] : []));
  };

  it('show "gone" with the saved name, and warn once with advice', async () => {
    const names = {
      'changes-hub': 'gone-1',
      'changes-target': lamp.name,
      'button-hub': 'gone-1',
      'button-target': wall.name,
    };
    for (const id of NODES) {
      const status = { fill: 'red', shape: 'ring', text: `gone: ${names[id]}` };
      await until(`${id} to be red`, () => JSON.stringify(callsOf(id, 'status').at(-1)) === JSON.stringify(status));
    }
    await sleep(2 * POLLS_MS);
    const warning = 'The account has no hub with the id "gone-1": choose the hub again.';
    for (const id of NODES) assert.deepEqual(callsOf(id, 'warn'), [warning], id);
  });

  it('get no events from the remaining hub, though its things have the same ids', async () => {
    let isSeen = false;
    stage.node('seen').on('input', () => (isSeen = true));
    stage.home.change(lamp.id, { isOn: stage.home.device(lamp.id).state['isOn'] !== true });
    stage.home.press(wall.id, 1);
    await until('the change at the witness', () => isSeen);
    await sleep(2 * POLLS_MS);
    assert.deepEqual(received, []);
  });
});

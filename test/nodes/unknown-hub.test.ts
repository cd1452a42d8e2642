import assert from 'node:assert/strict';
import registerButton from '../../nodes/cozify-button';
import registerChanges from '../../nodes/cozify-changes';
import type { Device } from '../simulator';
import { sleep, until } from '../support/wait';
import { ACCOUNT, accountNode, placed, testFlow } from './support/flow';
import { Stage } from './support/stage';

/** Longer than polls are apart. */
const POLLS_MS = 1_300;

const NODES = ['changes-hub', 'changes-target', 'button-hub', 'button-target'] as const;

describe('nodes that listen to a hub that has left the account', () => {
  let stage: Stage;
  let lamp: Device;
  let wall: Device;
  let heard: string[];

  before(async () => {
    stage = await Stage.open({ hubs: [{ name: 'Koti' }] });
    const [lights, walls] = [({ type }: Device) => type === 'LIGHT', ({ state }: Device) => 'button' in state];
    const [one, other] = [lights, walls].map((isMeant) => home().devices.find(isMeant));
    assert.ok(one && other);
    [lamp, wall, heard] = [one, other, []];
    const target = ({ id, name }: Device): object => ({ hub: 'gone-1', kind: 'device', id, name });
    const node = (id: (typeof NODES)[number], properties: object) =>
      placed({
        id,
        type: `cozify-${id.split('-')[0] ?? ''}`,
        account: ACCOUNT,
        name: '',
        wires: [['out']],
        ...properties,
      });
    const flow = testFlow(
      accountNode({ language: 'en' }),
      // One that hears of the hub that is there.
      placed({ id: 'witness', type: 'cozify-changes', account: ACCOUNT, name: '', wires: [['seen']] }),
      placed({ id: 'seen', type: 'helper', wires: [] }),
      node('changes-hub', { hub: 'gone-1' }),
      node('changes-target', { targets: [target(lamp)] }),
      node('button-hub', { hub: 'gone-1' }),
      node('button-target', { targets: [target(wall)] }),
      placed({ id: 'out', type: 'helper', wires: [] }),
    );
    await stage.load(flow, { others: [registerChanges, registerButton] });
    stage.node('out').on('input', (msg) => heard.push(String((msg as { topic?: unknown }).topic)));
    await stage.logIn();
    await until('a first poll', () => stage.account().homes.open.some(({ home: { hasPolled } }) => hasPolled));
  });
  after(() => stage?.close());

  const home = () => {
    const [hub] = stage.simulator.hubs;
    assert.ok(hub);
    return hub.home;
  };
  /** What a node has called with: they share what notes it. */
  const callsOf = (id: string, call: 'status' | 'warn'): unknown[] => {
    type Noted = Record<string, { args: unknown[][]; thisValues: { id: string }[] }>;
    const noted = (stage.node(id) as unknown as Noted)[call];
    assert.ok(noted);
    return noted.args.flatMap(([given], place) => (noted.thisValues[place]?.id === id ? [given] : []));
  };

  it('show what is gone as a red ring, by the name that was saved, and say once what to do', async () => {
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
    const said = 'The account has no hub with the id "gone-1": choose the hub again.';
    for (const id of NODES) assert.deepEqual(callsOf(id, 'warn'), [said], id);
  });

  it('hear nothing of the hub that is there, though it has things of the same id', async () => {
    let isSeen = false;
    stage.node('seen').on('input', () => (isSeen = true));
    home().change(lamp.id, { isOn: home().device(lamp.id).state['isOn'] !== true });
    home().press(wall.id, 1);
    await until('somebody else to hear of it', () => isSeen);
    await sleep(2 * POLLS_MS);
    assert.deepEqual(heard, []);
  });
});

import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { until } from '../../support/wait';
import { EDITOR } from '../support/admin-client';
import { ACCOUNT, accountNode, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

interface Sent {
  test?: boolean;
  topic?: string;
  payload?: unknown;
  event?: string;
  output: number;
}

const LAMP = 'Lukuvalo';

describe('Endpoint of the buttons on the canvas', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let sent: Sent[];

  const named = (name: string) => ({ targets: [{ hub: '', kind: 'device', id: '', name }] });

  async function load(type: 'changes' | 'button', properties: object, { isLoggedIn = true } = {}): Promise<void> {
    const node = { id: 'node', type: `cozify-${type}`, account: ACCOUNT, name: '', wires: [['out-1'], ['out-2']] };
    const outs = [1, 2].map((output) => placed({ id: `out-${output}`, type: 'helper', wires: [] }));
    const flow = testFlow(accountNode(), placed({ ...node, ...properties }), ...outs);
    await stage.load(flow);
    sent = [];
    for (const output of [1, 2]) {
      stage.node(`out-${output}`).on('input', (msg) => sent.push({ ...(msg as object), output }));
    }
    if (!isLoggedIn) return;
    await stage.logIn();
    await until('a first poll', () => stage.account().homes.open.some(({ cache: { hasPolled } }) => hasPolled));
  }

  const press = async (id = 'node') => {
    const { status, text } = await helper
      .request()
      .post(`/cozify/nodes/${id}/test`)
      .set({ ...EDITOR, 'Content-Type': 'application/json' })
      .send('{}');
    return [status, (JSON.parse(text) as { code?: string }).code];
  };
  const next = (): Promise<Sent> => until('a message', () => sent.at(-1));

  it('makes a changes node send the state of its device', async () => {
    stage.home.change(LAMP, { isOn: true });
    await load('changes', { ...named(LAMP), payload: 'on' });
    assert.deepEqual(await press(), [200, undefined]);
    const { test, topic, payload, event } = await next();
    assert.deepEqual({ test, topic, payload, event }, { test: true, topic: LAMP, payload: true, event: 'initial' });
  });

  it('makes a changes node send the device that meets its condition', async () => {
    await load('changes', { capabilities: ['CONTACT'], condition: { field: 'open', op: 'is', value: true } });
    stage.home.change('Ulko-ovi', { open: true });
    await until('the open door', async () => {
      await press();
      return sent.some(({ topic, test }) => topic === 'Ulko-ovi' && test === true);
    });
  });

  it('makes a button node send the press of its first row, at the output of that row', async () => {
    const presses = [
      { button: '2', press: 'long' },
      { button: '', press: 'short' },
    ];
    await load('button', { ...named('Eteisen seinäkytkin'), presses, outputs: 2 });
    assert.deepEqual(await press(), [200, undefined]);
    const { test, topic, payload, output } = await next();
    const { button, press: kind, repeat } = payload as Record<string, unknown>;
    assert.deepEqual([test, topic, output, button, kind, repeat], [true, 'Eteisen seinäkytkin', 1, 2, 'long', false]);
    assert.equal(sent.length, 1);
  });

  it('fails for an unknown node, an unknown thing and without a login', async () => {
    await load('changes', named('Kiuaskivi'));
    assert.deepEqual(await press('nobody'), [404, 'COZIFY_NOT_FOUND']);
    assert.deepEqual(await press(ACCOUNT), [404, 'COZIFY_NOT_FOUND']);
    assert.deepEqual(await press(), [404, 'COZIFY_NOT_FOUND']);
    await stage.account().reset();
    await load('changes', named(LAMP), { isLoggedIn: false });
    const [status] = await press();
    assert.ok(Number(status) >= 400, String(status));
    assert.deepEqual(sent, []);
  });

  it('fails with COZIFY_BAD_INPUT for invalid settings of the node', async () => {
    await load('changes', { targets: [], payload: 'state', for: 'soon' }, { isLoggedIn: false });
    assert.deepEqual(await press(), [400, 'COZIFY_BAD_INPUT']);
  });
});

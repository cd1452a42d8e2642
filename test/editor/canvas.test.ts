import assert from 'node:assert/strict';
import { accountNode, type FlowNode } from '../live/harness/flow';
import { becomes } from '../support/becomes';
import { describeInEach, type Editor, until } from './support';
import { targetOf } from './support/home-flows';

const ACCOUNT = 'account';
const EMAIL = 'aino@example.fi';
const SENSORS = { capabilities: ['MOTION'], rooms: [] as string[] };
const HOT = { field: 'temperature', op: 'above', value: 20 };

/** Returns targets that have only a name, as the target picker saves them. */
function things(...names: string[]): { targets: object[] } {
  return { targets: names.map((name) => ({ hub: '', kind: 'device', id: '', name })) };
}

/** Returns a node with the defaults that all test nodes share. */
function node(id: string, type: string, y: number, rest: object, wires: string[][] = [[]]): FlowNode {
  const shared = { account: ACCOUNT, hub: '', targets: [], z: 'tab', name: '', x: 300, y };
  return { ...shared, ...rest, id, type: `cozify-${type}`, wires };
}

/** The nodes of the test flow, with their labels. */
const LABELS: Record<string, [node: FlowNode, label: string]> = {};

function labelled(id: string, type: string, rest: object, label: string, wires?: string[][]): void {
  LABELS[id] = [node(id, type, 60 + Object.keys(LABELS).length * 60, rest, wires), label];
}

const VALUE = { field: 'brightness', value: '60', valueType: 'num', confirm: 0, transition: '' };
labelled('lamps', 'command', { ...things('Lukuvalo', 'Yövalo'), command: 'set', ...VALUE }, 'Lukuvalo, Yövalo → 60 %', [
  [],
  [],
]);
labelled(
  'any',
  'command',
  { ...VALUE, command: 'payload', value: 'payload', valueType: 'msg' },
  'msg.target → msg.payload',
  [[], []],
);
labelled(
  'sauna',
  'changes',
  { ...things('Saunan lämpömittari'), condition: HOT, for: 300, payload: 'temperature' },
  'Saunan lämpömittari > 20 °C for 5 min',
  [['received']],
);
labelled('motion', 'changes', SENSORS, 'motion sensors: any change');
labelled('door', 'read', { ...things('Ulko-ovi'), field: 'open', kind: 'device' }, 'read Ulko-ovi: open or closed');
labelled(
  'wait',
  'wait',
  { ...things('Ulko-ovi'), condition: { field: 'open', op: 'is', value: false } },
  'wait: Ulko-ovi closed',
  [[], []],
);
labelled(
  'switch',
  'button',
  { ...things('Eteisen seinäkytkin'), presses: [{ button: '2', press: 'long' }], outputs: 1 },
  'Eteisen seinäkytkin: 2 long',
  [['received']],
);

/** A function node that shows properties of each received message as JSON in its status. */
const RECEIVED = {
  ...{ id: 'received', type: 'function', z: 'tab', name: 'received', x: 700, y: 60, outputs: 0, wires: [] },
  func: 'node.status({text: JSON.stringify([msg.test, msg.topic, msg.payload, msg.event])});',
};

describeInEach('The canvas', {}, (desk) => {
  before(async () => {
    await desk.nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'Koti' },
      accountNode({ id: ACCOUNT, name: 'Koti', email: EMAIL, cloudUrl: desk.simulator.cloudUrl }),
      ...Object.values(LABELS).map(([one]) => one),
      RECEIVED,
    ]);
    await desk.logIn({ id: ACCOUNT, email: EMAIL });
  });

  const button = (editor: Editor, id: string) => editor.node(id).locator('.red-ui-flow-node-button');
  const press = (editor: Editor, id: string) =>
    editor.node(id).locator('.red-ui-flow-node-button-button').dispatchEvent('click');
  const received = async (editor: Editor): Promise<unknown[]> => {
    const { text } = await editor.statusOf('received').catch(() => ({ text: '' }));
    return JSON.parse(text || '[]') as unknown[];
  };

  it('shows the targets and the task of each node in its label, and the new name of a renamed device', async () => {
    const editor = await desk.usedEditor();
    const labelOf = async (of: Editor, id: string): Promise<string | undefined> =>
      (await of.node(id).locator('text').first().textContent())?.replace(/\s+/g, ' ').trim();
    for (const [id, [, label]] of Object.entries(LABELS)) await becomes(() => labelOf(editor, id), label);
    await desk.tidy();
    const lamp = desk.hub.home.device('Lukuvalo');
    const flows = await desk.nodeRed.flows();
    const targets = [targetOf(desk.hub, 'Lukuvalo')];
    await desk.nodeRed.deploy(flows.map((one) => (one.id === 'lamps' ? { ...one, targets, command: 'on' } : one)));
    desk.hub.home.put('devices', { ...lamp, name: 'Lukulamppu' });
    await until('the rename to be known', async () => {
      const reply = await desk.nodeRed.admin('GET', `/cozify/accounts/${ACCOUNT}/things?ids=${lamp.id}`);
      return reply.text.includes('Lukulamppu');
    });
    const later = await desk.usedEditor();
    await becomes(() => labelOf(later, 'lamps'), 'Lukulamppu → on');
  });

  it('has a button on changes and button nodes that sends a test message once the node is deployed', async () => {
    const editor = await desk.usedEditor();
    assert.deepEqual(
      await Promise.all(Object.keys(LABELS).map((id) => button(editor, id).count())),
      Object.values(LABELS).map(([{ type }]) => Number(type === 'cozify-changes' || type === 'cozify-button')),
    );
    desk.hub.home.change('Saunan lämpömittari', { temperature: 64 });
    await until('64 °C by the button', async () => {
      // Waits for each answer, because a late test message of this node would replace that of the next node.
      await Promise.all([editor.page.waitForResponse(/nodes\/sauna\/test$/), press(editor, 'sauna')]);
      await editor.page.waitForTimeout(500);
      const [test, topic, payload, event] = await received(editor);
      return test === true && topic === 'Saunan lämpömittari' && payload === 64 && event === 'initial';
    });
    await press(editor, 'switch');
    await until('the press of the first row', async () => {
      const [test, topic, payload] = await received(editor);
      const { button: which, press: how } = (payload ?? {}) as Record<string, unknown>;
      return test === true && topic === 'Eteisen seinäkytkin' && which === 2 && how === 'long';
    });
    const id = await editor.drag('cozify-changes', 700, 400);
    const isOff = (of: string): Promise<boolean> =>
      editor.node(of).evaluate((group) => /disabled/.test((group as { outerHTML: string }).outerHTML));
    assert.deepEqual([await isOff(id), await isOff('sauna')], [true, false]);
    const asked: string[] = [];
    editor.page.on('request', (request) => asked.push(request.url()));
    await press(editor, id);
    await press(editor, 'sauna');
    await until('the test of the node that is deployed', () => asked.some((url) => url.endsWith('nodes/sauna/test')));
    assert.ok(!asked.some((url) => url.includes(`/nodes/${id}/`)));
  });
});

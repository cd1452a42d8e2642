import assert from 'node:assert/strict';
import registerWait from '../../nodes/cozify-wait';
import type { Device, SimulatedHub } from '../simulator';
import { sleep, until } from '../support/wait';
import { accountNode, actionNode, type FlowNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';

/** Longer than polls are apart. */
const POLLS_MS = 1_300;

describe('the wait node', () => {
  let stage: Stage;
  let door: Device;

  before(async () => {
    stage = await Stage.open({ hubs: [{ name: 'Koti' }] });
    const found = hub().home.devices.find(({ state }) => 'open' in state);
    assert.ok(found);
    door = found;
  });
  beforeEach(() => hub().home.change(door.id, { open: true }));
  after(() => stage?.close());

  const hub = (): SimulatedHub => {
    const [only] = stage.simulator.hubs;
    assert.ok(only);
    return only;
  };
  const flowOf = (properties: Record<string, unknown> = {}): FlowNode[] => {
    const condition = { field: 'open', op: 'is', value: false };
    const targets = [{ hub: '', kind: 'device', id: door.id, name: door.name }];
    const wait = actionNode('wait', {
      targets,
      condition,
      match: 'any',
      checkNow: true,
      timeout: '600',
      ...properties,
    });
    return testFlow(accountNode(), wait);
  };
  async function load(properties: Record<string, unknown> = {}): Promise<void> {
    await stage.load(flowOf(properties), { others: [registerWait] });
    await stage.logIn();
  }
  async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
    await load(properties);
    return stage.ask('wait', msg);
  }
  async function untilWaiting(): Promise<void> {
    const polls = hub().log.count({ path: '/hub/poll' });
    await until('polls', () => hub().log.count({ path: '/hub/poll' }) >= polls + 2);
  }

  it('holds a message until the door is closed, and sends it as it came with the door', async () => {
    await load();
    stage.give('wait', { payload: 'before', topic: 'kept' });
    await untilWaiting();
    assert.deepEqual(stage.doneCalls, []);
    hub().home.change(door.id, { open: false });
    const { output, msg, completed } = await stage.answer('wait');
    assert.deepEqual([output, msg['payload'], msg['topic'], completed.length], [1, 'before', 'kept', 1]);
    assert.equal((msg['device'] as Message)['id'], door.id);
    assert.equal(msg.cozify.operation, 'wait');
  });

  it('sends it by the second output when its time is over, the one of the message before that of the node', async () => {
    for (const [properties, msg] of [
      [{ timeout: '1' }, {}],
      [{}, { timeout: 1 }],
    ]) {
      const outcome = await ask(properties ?? {}, { payload: 'before', ...msg });
      assert.deepEqual([outcome.output, outcome.msg['payload'], outcome.msg['device']], [2, 'before', undefined]);
      assert.equal(outcome.msg.cozify.error, undefined, 'which is no failure');
    }
  });

  it('lets a message through at once where that is so already, unless it shall become so', async () => {
    hub().home.change(door.id, { open: false });
    assert.equal((await ask({})).output, 1);
    assert.equal((await ask({ checkNow: false, timeout: 1 })).output, 2);
  });

  it('waits for any change', async () => {
    await load({ condition: { field: 'open', op: 'changes', value: null } });
    stage.give('wait', {});
    await untilWaiting();
    hub().home.change(door.id, { open: false });
    assert.equal((await stage.answer('wait')).output, 1);
  });

  it('goes by the target and hub of a message where the node has none', async () => {
    hub().home.change(door.id, { open: false });
    const { output, msg } = await ask({ targets: [] }, { target: door.name.toUpperCase(), hub: hub().id });
    assert.equal(output, 1, JSON.stringify(msg.cozify));
  });

  it('lets go of all by msg.reset: each is done, and none leaves', async () => {
    await load();
    stage.give('wait', { payload: 'first' });
    await untilWaiting();
    stage.node('wait').receive({ payload: 'second' });
    await untilWaiting();
    stage.node('wait').receive({ reset: true });
    await until('three messages to be done', () => stage.doneCalls.length === 3);
    hub().home.change(door.id, { open: false });
    await sleep(POLLS_MS);
    assert.deepEqual(stage.doneCalls, [undefined, undefined, undefined]);
    hub().home.change(door.id, { open: true });
    await sleep(3_100);
    stage.give('wait', {});
    await untilWaiting();
    hub().home.change(door.id, { open: false });
    assert.equal((await stage.answer('wait')).output, 1, 'the next one is held as usual');
  });

  it('lets go of all by msg.reset, whatever else its message says', async () => {
    await load({ targets: [] });
    for (const rest of [{ target: null }, { timeout: '5' }, { hub: 7 }]) {
      stage.give('wait', { target: door.id });
      await untilWaiting();
      stage.node('wait').receive({ reset: true, ...rest });
      await until('two messages to be done', () => stage.doneCalls.length === 2);
      assert.deepEqual(stage.doneCalls.splice(0), [undefined, undefined], JSON.stringify(rest));
    }
  });

  it('shows what came of a message at once, and is never blank in between', async () => {
    await load();
    const { status } = stage.node('wait') as unknown as { status: { args: { text?: string }[][] } };
    const texts = (from: number): string[] => status.args.slice(from).map(([shown]) => shown?.text ?? '');
    for (const [msg, end, expected] of [
      [{ timeout: 1.5 }, () => undefined, 'timed out'],
      [{}, () => stage.node('wait').receive({ reset: true }), 'cancelled'],
      [{}, () => hub().home.change(door.id, { open: false }), 'closed'],
    ] as const) {
      await sleep(1_100);
      const before = status.args.length;
      stage.node('wait').receive(msg);
      await sleep(1_100);
      end();
      await until('it has ended', () => texts(before).length >= 2);
      const [waiting, ended, ...others] = texts(before);
      assert.match(waiting ?? '', /^1 waiting/);
      assert.ok(ended?.includes(expected), JSON.stringify(texts(before)));
      assert.deepEqual(others, []);
    }
  });

  it('says in one line of the log how many it lets go of when it is closed; none leaves afterwards', async () => {
    await load();
    stage.give('wait', { payload: 'first' });
    stage.node('wait').receive({ payload: 'second' });
    await untilWaiting();
    const lines: unknown[] = [];
    const node = stage.node('wait') as unknown as { log: (line: unknown) => void };
    node.log = (line) => void lines.push(line);
    await stage.deploy(flowOf());
    hub().home.change(door.id, { open: false });
    await sleep(POLLS_MS);
    assert.deepEqual(lines, ['Cancelled 2 waiting messages: the node was closed.']);
    assert.deepEqual(stage.doneCalls, []);
  });

  const refused: [what: string, properties: Record<string, unknown>, msg?: Message][] = [
    ['no target', { targets: [] }],
    ['a target that is no name', { targets: [] }, { target: 7 }],
    ['a room', { targets: [] }, { target: 'Sauna' }],
    ['no condition', { condition: null }],
    ['a condition without an op', { condition: { field: 'open' } }],
    ['a way to match that is none', { match: 'most' }],
    ['more than a day', {}, { timeout: 86_401 }],
    ['a time that is no number', {}, { timeout: '5' }],
  ];
  for (const [what, properties, msg] of refused) {
    it(`refuses ${what}`, async () => {
      assertFailure(await ask(properties, msg), 'COZIFY_BAD_INPUT');
    });
  }

  it('has nothing to wait for by an empty array', async () => {
    const { output, msg } = await ask({ targets: [] }, { target: [], payload: 'before' });
    assert.deepEqual([output, msg['payload'], msg['device']], [1, 'before', undefined]);
  });
});

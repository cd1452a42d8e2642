import assert from 'node:assert/strict';
import type { Device } from '../simulator';
import { sleep, until } from '../support/wait';
import { accountNode, actionNode, type FlowNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 1_300;

describe('Wait node', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let door: Device;

  before(() => {
    const found = stage.home.devices.find(({ state }) => 'open' in state);
    assert.ok(found);
    door = found;
  });
  beforeEach(() => stage.home.change(door.id, { open: true }));

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
    await stage.load(flowOf(properties));
    await stage.logIn();
  }
  async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
    await load(properties);
    return stage.ask('wait', msg);
  }
  const shown = (): string => stage.statuses('wait').at(-1)?.text ?? '';
  async function untilWaiting(): Promise<void> {
    const polls = stage.hub.log.count({ path: '/hub/poll' });
    await until('polls', () => stage.hub.log.count({ path: '/hub/poll' }) >= polls + 2);
  }

  it('holds a message until the door is closed, and sends it unchanged with the door', async () => {
    await load();
    stage.give('wait', { payload: 'before', topic: 'kept' });
    await untilWaiting();
    assert.deepEqual(stage.doneCalls, []);
    stage.home.change(door.id, { open: false });
    const { output, msg, completed } = await stage.answer('wait');
    assert.deepEqual([output, msg['payload'], msg['topic'], completed.length], [1, 'before', 'kept', 1]);
    assert.equal((msg['device'] as Message)['id'], door.id);
    assert.equal(msg.cozify.operation, 'wait');
  });

  it('sends the message to output 2 without an error after the timeout set in the message', async () => {
    const { output, msg } = await ask({}, { payload: 'before', timeout: 1 });
    assert.deepEqual([output, msg['payload'], msg['device'], msg.cozify.error], [2, 'before', undefined, undefined]);
  });

  it('sends a message immediately if the door is closed already, or waits with checkNow: false', async () => {
    stage.home.change(door.id, { open: false });
    assert.equal((await ask({})).output, 1);
    assert.equal((await ask({ checkNow: false, timeout: '1' })).output, 2);
  });

  it('waits for any change', async () => {
    await load({ condition: { field: 'open', op: 'changes', value: null } });
    stage.give('wait', {});
    await untilWaiting();
    stage.home.change(door.id, { open: false });
    assert.equal((await stage.answer('wait')).output, 1);
  });

  it('uses target and hub from the message if the node has none', async () => {
    stage.home.change(door.id, { open: false });
    const { output, msg } = await ask({ targets: [] }, { target: door.name.toUpperCase(), hub: stage.hub.id });
    assert.equal(output, 1, JSON.stringify(msg.cozify));
  });

  it('drops all waiting messages at msg.reset, whatever else that message has, and holds the next one', async () => {
    await load({ targets: [] });
    for (const rest of [{ target: null }, { timeout: '5' }, { hub: 7 }]) {
      stage.give('wait', { target: door.id });
      stage.node('wait').receive({ target: door.id });
      await until('two waiting messages', () => /^2 waiting/.test(shown()));
      stage.node('wait').receive({ reset: true, ...rest });
      await until('three messages to be done', () => stage.doneCalls.length === 3);
      assert.deepEqual(stage.doneCalls, [undefined, undefined, undefined], JSON.stringify(rest));
    }
    stage.give('wait', { target: door.id, payload: 'next' });
    await untilWaiting();
    stage.home.change(door.id, { open: false });
    const { output, msg } = await stage.answer('wait');
    assert.deepEqual([output, msg['payload']], [1, 'next']);
  });

  it('shows the result of a message immediately, without an empty status in between', async () => {
    await load();
    const texts = (from: number): string[] =>
      stage
        .statuses('wait')
        .slice(from)
        .map(({ text }) => text ?? '');
    for (const [msg, end, expected] of [
      [{ timeout: 1.5 }, () => undefined, 'timed out'],
      [{}, () => stage.node('wait').receive({ reset: true }), 'cancelled'],
      [{}, () => stage.home.change(door.id, { open: false }), 'closed'],
    ] as const) {
      await sleep(1_100);
      const before = stage.statuses('wait').length;
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

  it('logs one line with the number of messages that a Deploy drops, and none without such messages', async () => {
    await load();
    stage.give('wait', { payload: 'first' });
    stage.node('wait').receive({ payload: 'second' });
    await untilWaiting();
    const lines: unknown[] = [];
    const readLog = (): void => {
      const node = stage.node('wait') as unknown as { log: (line: unknown) => void };
      node.log = (line) => void lines.push(line);
    };
    readLog();
    await stage.deploy(flowOf());
    readLog();
    await stage.deploy(flowOf());
    stage.home.change(door.id, { open: false });
    await sleep(POLLS_MS);
    assert.deepEqual(lines, ['Cancelled 2 waiting messages: the node was closed.']);
    assert.deepEqual(stage.doneCalls, []);
  });

  const refused: [title: string, properties: Record<string, unknown>, msg?: Message][] = [
    ['no target', { targets: [] }],
    ['a number as target', { targets: [] }, { target: 7 }],
    ['a room', { targets: [] }, { target: 'Sauna' }],
    ['no condition', { condition: null }],
    ['a condition without an op', { condition: { field: 'open' } }],
    ['an unknown match', { match: 'most' }],
    ['a timeout above a day', {}, { timeout: 86_401 }],
    ['a string as timeout', {}, { timeout: '5' }],
  ];
  for (const [input, properties, msg] of refused) {
    it(`refuses ${input}`, async () => {
      assertFailure(await ask(properties, msg), 'COZIFY_BAD_INPUT');
    });
  }

  it('sends a message immediately for an empty list of targets', async () => {
    const { output, msg } = await ask({ targets: [] }, { target: [], payload: 'before' });
    assert.deepEqual([output, msg['payload'], msg['device']], [1, 'before', undefined]);
  });
});

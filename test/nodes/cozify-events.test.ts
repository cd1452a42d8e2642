import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { ACCOUNT, accountNode, EMAIL, inSubflow, placed, testFlow, type FlowNode } from './support/flow';
import { Stage } from './support/stage';
import { assertNothingUnhandled } from './support/unhandled';
import { sleep, until } from '../support/wait';
import type { Snapshot } from '../../src/index.js';
import { each } from '../support/each';

interface EventMessage {
  topic: string;
  payload: Snapshot;
}

const eventsNode = (id: string, properties: Record<string, unknown> = {}): FlowNode =>
  placed({ id, type: 'cozify-events', account: ACCOUNT, name: '', events: [], wires: [[`${id}-out`]], ...properties });
const outOf = (id: string): FlowNode => placed({ id: `${id}-out`, type: 'helper', wires: [] });

describe('Events node', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let seen: Record<string, EventMessage[]>;

  /** Starts a flow with these events nodes, and records their messages. */
  async function load(
    events: Record<string, Record<string, unknown>>,
    options: Parameters<Stage['load']>[1] & { account?: FlowNode[] } = {},
  ): Promise<void> {
    const { account = [accountNode()], ...more } = options;
    const nodes = Object.entries(events).flatMap(([id, properties]) => [eventsNode(id, properties), outOf(id)]);
    await stage.load(testFlow(...account, ...nodes), more);
    seen = {};
    for (const id of Object.keys(events)) {
      seen[id] = [];
      stage.node(`${id}-out`).on('input', (msg) => seen[id]?.push(msg as unknown as EventMessage));
    }
  }

  const topics = (id = 'events'): string[] => (seen[id] ?? []).map(({ topic }) => topic);
  const untilSeen = (count: number, id = 'events'): Promise<boolean> =>
    until(`${count} events`, () => topics(id).length >= count);

  it('sends one message when it starts, with the state as topic and the snapshot', async () => {
    await load({ events: {}, other: { events: undefined } });
    await untilSeen(1);
    await untilSeen(1, 'other');
    await sleep(50);
    assert.deepEqual([topics(), topics('other')], [['otp-required'], ['otp-required']]);
    const [first] = seen['events'] ?? [];
    assert.deepEqual(first?.payload, stage.account().snapshot());
    assert.deepEqual([first?.payload.id, first?.payload.email], [ACCOUNT, EMAIL]);
  });

  it('sends events in order, without secrets', async () => {
    await load({ events: {} });
    await untilSeen(1);
    const account = await stage.logIn();
    await account.refresh({ force: true });
    stage.simulator.fault('refreshsession', { status: 500 });
    await account.refresh({ force: true }).catch(() => undefined);
    await account.refresh({ force: true }).catch(() => undefined);
    stage.simulator.clearFaults();
    await account.refresh({ force: true });
    const { value: token } = await account.token();
    await account.reset();
    await untilSeen(10);
    await sleep(20);
    assert.deepEqual(topics(), [
      ...['otp-required', 'otp-sent', 'authenticated', 'hubs', 'refreshed'],
      ...['refresh-failed', 'recovered', 'refreshed', 'reset', 'otp-required'],
    ]);
    assert.ok(!JSON.stringify(seen['events']).includes(token));
    assert.ok(!JSON.stringify(seen['events']).includes(stage.simulator.latestCode(EMAIL)));
  });

  it('filters events by topic, including the first message', async () => {
    await load({
      some: { events: ['authenticated', 'refreshed'] },
      state: { events: ['otp-required'] },
      none: { events: ['no-such-topic'] },
    });
    await untilSeen(1, 'state');
    const account = await stage.logIn();
    await account.refresh({ force: true });
    await untilSeen(2, 'some');
    await sleep(20);
    assert.deepEqual(
      [topics('some'), topics('state'), topics('none')],
      [['authenticated', 'refreshed'], ['otp-required'], []],
    );
  });

  it('starts with authenticated after a restart', async () => {
    await load({ events: {} });
    await stage.logIn();
    await load({ events: {} }, { isKept: true });
    await untilSeen(1);
    assert.equal(topics()[0], 'authenticated');
  });

  it('sends nothing after it was closed', async () => {
    await load({ events: {} });
    const account = stage.account();
    const { received } = spyOnSend('events');
    await stage.deploy(testFlow(accountNode()));
    // Reads the count now, because the first message may have been sent already if the Deploy was slow.
    const before = received();
    await sleep(150);
    assert.equal(received(), before);
    await load({ events: {} });
    await untilSeen(1);
    const again = spyOnSend('events');
    await stage.deploy(testFlow(accountNode()), 'nodes');
    assert.notEqual(stage.account(), account);
    await stage.logIn();
    await sleep(20);
    assert.equal(again.received(), 0);
  });

  it('sends nothing without an account, or with an invalid or unreadable one', async () => {
    await load({ events: { account: 'gone' }, none: { account: undefined }, other: { account: 'output-1' } });
    await sleep(150);
    assert.deepEqual([topics(), topics('none'), topics('other')], [[], [], []]);
    await load({ events: {} }, { account: [accountNode({ cloudUrl: 'http://cloud.example' })] });
    await sleep(150);
    assert.deepEqual(topics(), []);
    await load({ events: {} }, { account: [accountNode({ store: 'no-such-store' })] });
    await sleep(150);
    assert.deepEqual(topics(), []);
  });

  describe('with an account that comes later or is replaced', () => {
    it('sends the events of an account on a later tab, starting with its state once', async () => {
      const later = [{ id: 'later', type: 'tab', label: 'Later' }, accountNode({ z: 'later' })];
      await load({ events: {} }, { account: later });
      await untilSeen(1);
      await stage.logIn();
      await untilSeen(4);
      assert.deepEqual(topics(), ['otp-required', 'otp-sent', 'authenticated', 'hubs']);
    });

    it('sends the events of an account that a later Deploy adds, starting with its state once', async () => {
      await load({ events: {} }, { account: [] });
      await sleep(150);
      assert.deepEqual(topics(), []);
      const flows = (name: string): FlowNode[] =>
        testFlow(accountNode({ name }), eventsNode('events'), outOf('events'));
      await stage.deploy(flows(''), 'nodes');
      await stage.logIn();
      await untilSeen(4);
      assert.deepEqual(topics(), ['otp-required', 'otp-sent', 'authenticated', 'hubs']);
    });

    it('sends the events of the account in a subflow property, even after Deploys have renamed or replaced it', async () => {
      const received: EventMessage[] = [];
      const inside = placed({ id: 'inside', type: 'cozify-events', account: '${ACCOUNT}', wires: [['inside-out']] });
      const out = placed({ id: 'inside-out', type: 'helper', wires: [] });
      const flows = (rest: Record<string, unknown>): FlowNode[] =>
        testFlow(accountNode(rest), ...inSubflow(inside, out));
      await stage.load(flows({}));
      stage.node('instance-inside-out').on('input', (msg) => received.push(msg as unknown as EventMessage));
      await until('its first message', () => received.length > 0);
      await stage.deploy(flows({ name: 'Renamed' }), 'nodes');
      assert.equal(stage.account().snapshot().account, 'Renamed');
      await stage.logIn();
      await until('the login', () => received.some(({ topic }) => topic === 'hubs'));
      assert.deepEqual(each(received, 'topic'), ['otp-required', 'otp-sent', 'authenticated', 'hubs']);
      await stage.deploy(flows({ cloudUrl: 'https://127.0.0.1:1/ui/0.2' }), 'nodes');
      await until('that a login is needed', () => received.at(-1)?.topic === 'otp-required');
      await stage.deploy(flows({}), 'nodes');
      await until('that it is there again', () => received.at(-1)?.topic === 'authenticated');
      assert.deepEqual(
        each(received, 'topic').filter((topic) => topic !== 'hubs'),
        ['otp-required', 'otp-sent', 'authenticated', 'otp-required', 'authenticated'],
      );
    });

    it('sends the state of a running account to a node that the same Deploy adds', async () => {
      await load({});
      await stage.account().readSnapshot();
      await stage.deploy(testFlow(accountNode(), eventsNode('events'), outOf('events')), 'nodes');
      const received: unknown[] = [];
      stage.node('events-out').on('input', ({ topic }) => received.push(topic));
      await until('its first message', () => received.length > 0);
      assert.deepEqual(received, ['otp-required']);
    });

    it('adds one listener to Node-RED for any number of nodes and Deploys', async () => {
      const listeners = (): number => helper._events.listenerCount('flows:started');
      await load({ events: {} });
      const withOne = listeners();
      await load(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`events${index}`, {}])));
      assert.equal(listeners(), withOne);
    });
  });

  it('logs an error if a message cannot be sent', async () => {
    await load({ events: {} });
    await untilSeen(1);
    stage.node('events').send = () => {
      throw new TypeError('secret');
    };
    await assertNothingUnhandled(async () => {
      await stage.account().requestOtp();
    });
    const lines = helper.log().args.flatMap(([{ level, id, msg }]) => (level === 20 && id === 'events' ? [msg] : []));
    assert.deepEqual(lines, ['An unexpected error occurred (TypeError).']);
  });

  /** Counts the messages of a node, even after its removal from the flows. */
  function spyOnSend(id: string): { received: () => number } {
    const node = helper.getNode(id);
    assert.ok(node);
    let count = 0;
    node.send = () => void (count += 1);
    return { received: () => count };
  }
});

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import sinon from 'sinon';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import { followAccount } from '../../../nodes/runtime/status';
import { dayText } from '../../../nodes/runtime/status-words';
import { CozifyError, type Snapshot } from '../../../src/index.js';
import { accountNode, actionNode, type FlowNode, inSubflow, OPERATIONS, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';
import { until } from '../../support/wait';

/** The parts of an account that a status uses. */
class FakeAccount {
  isReady = true;
  loadError: CozifyError | undefined;
  readonly subscribers = new Set<() => void>();
  known: Partial<Snapshot> = { state: 'otp-required', reachable: true, expiresAt: null };

  snapshot = (): Partial<Snapshot> => this.known;
  onChange = (subscriber: () => void): (() => void) => {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  };

  become(change: Partial<Snapshot>): void {
    this.known = { ...this.known, ...change };
    for (const subscriber of this.subscribers) subscriber();
  }
}

describe('followAccount', () => {
  let account: FakeAccount;
  let found: AccountNode | undefined;
  const status = sinon.spy();
  const node = { status } as unknown as Node;
  const RED = { events: new EventEmitter(), settings: { lang: 'en-US' } } as unknown as NodeAPI;
  const last = (): unknown => status.lastCall.args[0];
  const accountNodeOf = (fake: FakeAccount): AccountNode => ({ account: fake }) as unknown as AccountNode;

  beforeEach(() => {
    status.resetHistory();
    account = new FakeAccount();
    found = accountNodeOf(account);
  });

  const STATES: [Partial<Snapshot>, object][] = [
    [{ state: 'otp-required' }, { fill: 'red', shape: 'dot', text: 'login needed' }],
    [{ state: 'otp-sent' }, { fill: 'yellow', shape: 'dot', text: 'code e-mailed' }],
    [{ state: 'authenticated' }, { fill: 'green', shape: 'dot', text: 'logged in' }],
    [
      { state: 'authenticated', expiresAt: '2026-12-23T01:02:03.000Z' },
      { fill: 'green', shape: 'dot', text: `valid until ${dayText('2026-12-23T01:02:03.000Z', 'en', Date.now())}` },
    ],
    [
      { state: 'authenticated', reachable: false },
      { fill: 'grey', shape: 'ring', text: 'cloud unreachable' },
    ],
  ];
  for (const [snapshot, shown] of STATES) {
    it(`shows ${JSON.stringify(shown)} for ${JSON.stringify(snapshot)}`, () => {
      followAccount(RED, node, () => found);
      account.become(snapshot);
      assert.deepEqual(last(), shown);
    });
  }

  it('shows nothing after its node has closed, even for a new account', () => {
    const follower = followAccount(RED, node, () => found);
    const before = status.callCount;
    follower.stop();
    const [first, next] = [account, new FakeAccount()];
    found = accountNodeOf(next);
    follower.follow();
    next.become({ state: 'authenticated' });
    assert.deepEqual([first.subscribers.size, next.subscribers.size, status.callCount], [0, 0, before]);
  });

  it('shows red without an account', () => {
    followAccount(RED, node, () => undefined);
    assert.deepEqual(last(), { fill: 'red', shape: 'ring', text: 'no account' });
  });

  it('shows red if the account is misconfigured or its state cannot be read', () => {
    const problem = new CozifyError('COZIFY_BAD_INPUT', 'bad');
    const shown = { fill: 'red', shape: 'ring', text: 'check account' };
    followAccount(RED, node, () => ({ problem }) as AccountNode);
    assert.deepEqual(last(), shown);
    account.isReady = false;
    account.loadError = new CozifyError('COZIFY_STORE', 'bad');
    followAccount(RED, node, () => found);
    assert.deepEqual(last(), shown);
  });

  it('shows an empty status until the state was read', () => {
    account.isReady = false;
    followAccount(RED, node, () => found);
    assert.deepEqual(last(), {});
    account.isReady = true;
    account.become({});
    assert.deepEqual(last(), { fill: 'red', shape: 'dot', text: 'login needed' });
  });

  it('sets the status only when it changes', () => {
    const follower = followAccount(RED, node, () => found);
    for (let change = 0; change < 5; change += 1) {
      account.become({ email: `${change}@b.fi` });
      follower.follow();
    }
    sinon.assert.calledOnce(status);
    assert.equal(account.subscribers.size, 1);
  });

  it('follows an account that is added, replaced and removed', () => {
    found = undefined;
    const follower = followAccount(RED, node, () => found);
    found = accountNodeOf(account);
    follower.follow();
    assert.equal((last() as { text: string }).text, 'login needed');
    const other = new FakeAccount();
    other.known = { state: 'otp-sent', reachable: true };
    found = accountNodeOf(other);
    follower.follow();
    assert.equal((last() as { text: string }).text, 'code e-mailed');
    assert.deepEqual([account.subscribers.size, other.subscribers.size], [0, 1]);
    found = undefined;
    follower.follow();
    assert.equal((last() as { text: string }).text, 'no account');
    assert.equal(other.subscribers.size, 0);
  });

  it('sets no status after its node has closed', () => {
    const follower = followAccount(RED, node, () => found);
    follower.stop();
    account.become({ state: 'authenticated' });
    sinon.assert.calledOnce(status);
  });
});

describe('Statuses in a flow', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  /** The last status of a node. */
  function shown(id: string): { fill?: string; text?: string } {
    const { status } = stage.node(id) as unknown as { status: sinon.SinonSpy };
    const calls = status.getCalls().filter(({ thisValue }) => thisValue === stage.node(id));
    return (calls.at(-1)?.args[0] ?? {}) as { fill?: string; text?: string };
  }

  it('show each state on every node with an account', async () => {
    const actions = OPERATIONS.map((operation) => actionNode(operation));
    await stage.load(testFlow(accountNode(), ...actions, actionNode('events', { events: [] })));
    const all = [...OPERATIONS, 'events'];
    const untilShown = (text: string | RegExp): Promise<boolean> =>
      until(`all to show ${text}`, () => all.every((id) => new RegExp(text).test(shown(id).text ?? '')));
    await untilShown('^login needed$');
    await stage.account().requestOtp();
    await untilShown('^code e-mailed$');
    const account = await stage.logIn();
    await untilShown(/^valid until \d{1,2} [A-Z][a-z]{2,3}$/);
    const expiresAt = String(account.snapshot().expiresAt);
    assert.equal(shown('ping').text, `valid until ${dayText(expiresAt, 'en', Date.now())}`);
    stage.simulator.fault('hubkeys', { reset: true });
    await account.ping().catch(() => undefined);
    await untilShown('^cloud unreachable$');
    stage.simulator.clearFaults();
    await account.ping();
    await untilShown(/^valid until \d{1,2} [A-Z][a-z]{2,3}$/);
    stage.simulator.revokeAll();
    await account.ping();
    await untilShown('^login needed$');
  });

  it('show an account on a later tab without a message', async () => {
    const later = [{ id: 'later', type: 'tab', label: 'Later' }, accountNode({ z: 'later' })];
    await stage.load(testFlow(...later, actionNode('ping'), actionNode('events', { events: [] })));
    for (const id of ['ping', 'events']) await until(`${id} to show it`, () => shown(id).text === 'login needed');
  });

  it('show an account that a Deploy adds, replaces or removes', async () => {
    await stage.load(testFlow(actionNode('ping')));
    const untilShown = (id: string, text: string): Promise<boolean> =>
      until(`${id} to show ${text}`, () => shown(id).text === text);
    await untilShown('ping', 'no account');
    await stage.deploy(testFlow(accountNode(), actionNode('ping')), 'nodes');
    await untilShown('ping', 'login needed');
    const inside = placed({ id: 'inside', type: 'cozify-ping', account: '${ACCOUNT}', wires: [[], []] });
    const flows = (...account: FlowNode[]): FlowNode[] => testFlow(...account, ...inSubflow(inside));
    await stage.load(flows(accountNode()));
    await untilShown('instance-inside', 'login needed');
    await stage.deploy(flows(accountNode({ cloudUrl: 'ftp://x' })), 'nodes');
    await untilShown('instance-inside', 'check account');
    await stage.deploy(flows(accountNode()), 'nodes');
    await untilShown('instance-inside', 'login needed');
    await stage.account().requestOtp();
    await untilShown('instance-inside', 'code e-mailed');
    await stage.deploy(flows(), 'nodes');
    await untilShown('instance-inside', 'no account');
  });

  it('are red without an account, or with a misconfigured one', async () => {
    const events = placed({ id: 'events', type: 'cozify-events', account: 'gone', wires: [] });
    await stage.load(testFlow(actionNode('ping', { account: 'gone' }), events));
    for (const id of ['ping', 'events']) assert.deepEqual([shown(id).fill, shown(id).text], ['red', 'no account']);
    await stage.load(testFlow(accountNode({ cloudUrl: 'ftp://x' }), actionNode('ping')));
    assert.deepEqual([shown('ping').fill, shown('ping').text], ['red', 'check account']);
  });
});

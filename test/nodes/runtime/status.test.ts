import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import { followAccount } from '../../../nodes/runtime/status';
import { dayText } from '../../../nodes/runtime/status-words';
import { accountNode, actionNode, type FlowNode, inSubflow, OPERATIONS, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';
import { until } from '../../support/wait';

describe('followAccount', () => {
  const RED = { events: new EventEmitter(), settings: { lang: 'en-US' } } as unknown as NodeAPI;
  let shown: unknown[];
  const node = { status: (status: unknown) => shown.push(status) } as unknown as Node;

  beforeEach(() => (shown = []));

  function fakeAccount(isReady = true) {
    const subscribers = new Set<() => void>();
    const onChange = (subscriber: () => void) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    };
    return { isReady, subscribers, onChange, snapshot: () => ({ state: 'otp-required', reachable: true }) };
  }
  const nodeOf = (account: object): AccountNode => ({ account }) as unknown as AccountNode;

  it('shows nothing after its node has closed, even for a new account', () => {
    const [first, next] = [fakeAccount(), fakeAccount()];
    let found = first;
    const follower = followAccount(RED, node, () => nodeOf(found));
    follower.stop();
    found = next;
    follower.follow();
    assert.deepEqual([first.subscribers.size, next.subscribers.size, shown.length], [0, 0, 1]);
  });

  it('shows an empty status until the state was read', () => {
    const account = fakeAccount(false);
    const accountNode = nodeOf(account);
    followAccount(RED, node, () => accountNode);
    account.isReady = true;
    for (const subscriber of account.subscribers) subscriber();
    assert.deepEqual(shown, [{}, { fill: 'red', shape: 'dot', text: 'login needed' }]);
  });
});

describe('Statuses in a flow', () => {
  const stage = Stage.forSuite();

  const shown = (id: string) => stage.statuses(id).at(-1) ?? {};
  const textsOf = (id: string): unknown[] => stage.statuses(id).map(({ text }) => text);

  it('show each state on every node with an account', async () => {
    const actions = OPERATIONS.map((operation) => actionNode(operation));
    await stage.load(testFlow(accountNode(), ...actions, actionNode('events', { events: [] })));
    const all = [...OPERATIONS, 'events'];
    const untilShown = (look: string, text: string): Promise<boolean> =>
      until(`all to show ${text}`, () => {
        const status = (id: string): string => `${shown(id).fill} ${shown(id).shape}: ${shown(id).text}`;
        return all.every((id) => new RegExp(`^${look}: ${text}$`).test(status(id)));
      });
    const day = '\\d{1,2} [A-Z][a-z]{2,3}';
    await untilShown('red dot', 'login needed');
    const before = textsOf('ping').length;
    await stage.account().email('other@example.fi');
    await stage.account().requestOtp();
    await untilShown('yellow dot', 'code e-mailed');
    const account = await stage.logIn();
    await untilShown('green dot', `valid until ${day}`);
    const expiresAt = String(account.snapshot().expiresAt);
    assert.equal(shown('ping').text, `valid until ${dayText(expiresAt, 'en', Date.now())}`);
    stage.simulator.fault('hubkeys', { reset: true });
    await account.ping().catch(() => undefined);
    await untilShown('grey ring', 'cloud unreachable');
    stage.simulator.clearFaults();
    await account.ping();
    await untilShown('green dot', `valid until ${day}`);
    await account.token('a-token-without-an-expiry');
    await untilShown('green dot', 'logged in');
    stage.simulator.revokeAll();
    await account.ping();
    await untilShown('red dot', 'login needed');
    const texts = textsOf('ping').slice(before);
    assert.deepEqual(
      texts.filter((text, index) => text === texts[index - 1]),
      [],
      'no status is sent twice',
    );
    await stage.deploy(testFlow(accountNode({ language: 'fi' }), ...actions, actionNode('events', { events: [] })));
    await untilShown('red dot', 'kirjaudu uudelleen');
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

  it('are red without an account, or with one that is misconfigured or cannot be read', async () => {
    const events = placed({ id: 'events', type: 'cozify-events', account: 'gone', wires: [] });
    await stage.load(testFlow(actionNode('ping', { account: 'gone' }), events));
    const noAccount = { fill: 'red', shape: 'ring', text: 'no account' };
    for (const id of ['ping', 'events']) assert.deepEqual(shown(id), noAccount);
    for (const wrong of [{ cloudUrl: 'ftp://x' }, { store: 'no-such-store' }]) {
      await stage.load(testFlow(accountNode(wrong), actionNode('ping')));
      await until('the status', () => shown('ping').text === 'check account');
      assert.deepEqual([shown('ping').fill, shown('ping').shape], ['red', 'ring']);
    }
  });
});

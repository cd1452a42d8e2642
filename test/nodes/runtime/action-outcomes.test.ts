import assert from 'node:assert/strict';
import sinon from 'sinon';
import { CozifyError } from '../../../src/index.js';
import { ACCOUNT, accountNode, actionNode, EMAIL, OPERATIONS, testFlow, type FlowNode } from '../support/flow';
import { assertFailure, Stage } from '../support/stage';

/** Keys of the snapshot in msg.cozify. */
const SNAPSHOT = [
  ...['id', 'account', 'state', 'email', 'loginEmail', 'otpSentAt', 'lastRefresh'],
  ...['expiresAt', 'nextRefresh', 'reachable', 'saved'],
  'hubs',
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const actions = (): FlowNode[] => OPERATIONS.map((operation) => actionNode(operation));

describe('Results of action nodes', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  afterEach(() => {
    sinon.restore();
    stage.simulator.clearFaults();
  });

  describe('with an account', () => {
    beforeEach(() => stage.load(testFlow(accountNode({ name: 'Koti' }), ...actions())));

    it('have the payload and output of each operation', async () => {
      const results: [string, object, 1 | 2, unknown][] = [
        ['ping', {}, 2, false],
        ['refresh', {}, 2, false],
        ['email', {}, 1, EMAIL],
        ['authenticate', {}, 2, false],
      ];
      for (const [id, msg, output, payload] of results) {
        const outcome = await stage.ask(id, msg);
        assert.deepEqual([outcome.output, outcome.msg['payload']], [output, payload], id);
      }
      const otp = ` ${stage.simulator.latestCode(EMAIL)} `;
      const after: [string, object, unknown][] = [
        ['authenticate', { otp }, true],
        ['authenticate', {}, true],
        ['ping', {}, true],
        ['refresh', {}, true],
        ['refresh', { force: true }, true],
        ['token', {}, undefined],
        ['reset', { logout: true }, true],
      ];
      for (const [id, msg, payload] of after) {
        const outcome = await stage.ask(id, msg);
        assert.equal(outcome.output, 1, id);
        if (id !== 'token') assert.equal(outcome.msg['payload'], payload, id);
        else assert.ok(String(outcome.msg['payload']).startsWith('ey'));
      }
    });

    it('have the snapshot, the operation and whether a token was renewed', async () => {
      await stage.logIn();
      for (const id of OPERATIONS) {
        const { msg } = await stage.ask(id, { force: true });
        const { operation, refreshed, error, ...snapshot } = msg.cozify;
        assert.deepEqual(Object.keys(snapshot), SNAPSHOT, id);
        assert.deepEqual([operation, refreshed, error], [id, id === 'refresh', undefined]);
        assert.deepEqual([snapshot.id, snapshot.account, snapshot.email], [ACCOUNT, 'Koti', EMAIL]);
      }
    });

    it("have a snapshot of the account's current state", async () => {
      await stage.logIn();
      const { cozify } = (await stage.ask('ping')).msg;
      assert.equal(cozify.state, 'authenticated');
      assert.match(cozify.lastRefresh ?? '', ISO);
      assert.match(cozify.expiresAt ?? '', ISO);
      assert.deepEqual([cozify.nextRefresh, cozify.reachable, cozify.saved], [null, true, true]);
      const [hub] = stage.simulator.hubs;
      assert.deepEqual(cozify.hubs, [
        {
          ...{ id: hub?.id, name: 'Koti', host: hub?.host, remote: false, autoremote: true },
          ...{ version: hub?.version, default: true, reachable: null, role: 'admin' },
        },
      ]);
    });

    it('have refreshed: true for a ping with a renewal', async () => {
      const account = await stage.logIn();
      sinon.stub(account, 'ping').resolves({ value: true, isRefreshed: true });
      assert.equal((await stage.ask('ping')).msg.cozify.refreshed, true);
    });

    it('have the snapshot, the code and the old payload on failure', async () => {
      const outcome = await stage.ask('token', { payload: 'left alone' });
      assertFailure(outcome, 'COZIFY_OTP_REQUIRED');
      const { operation, refreshed, error, ...snapshot } = outcome.msg.cozify;
      assert.deepEqual(Object.keys(snapshot), SNAPSHOT);
      assert.deepEqual([operation, refreshed], ['token', false]);
      assert.deepEqual(Object.keys(error ?? {}), ['code', 'message']);
      assert.equal(outcome.msg['payload'], 'left alone');
    });

    it('have the status and Retry-After of a failed call', async () => {
      await stage.logIn();
      stage.simulator.fault('hubkeys', { status: 503, headers: { 'Retry-After': '7' } });
      const outcome = await stage.ask('ping');
      assertFailure(outcome, 'COZIFY_API');
      const { statusCode, retryAfter } = outcome.msg.cozify.error ?? {};
      assert.deepEqual([statusCode, retryAfter], [503, 7]);
    });

    it('replace an earlier msg.cozify', async () => {
      const { msg } = await stage.ask('ping', { cozify: { error: { code: 'OLD' }, mine: true } });
      assert.deepEqual([msg.cozify.error, 'mine' in msg.cozify], [undefined, false]);
    });

    it('hide the text of an unforeseen error', async () => {
      sinon.stub(stage.account(), 'ping').rejects(new TypeError('a secret'));
      const outcome = await stage.ask('ping');
      assertFailure(outcome, 'COZIFY_API');
      assert.ok(!JSON.stringify(outcome.msg).includes('a secret'));
      sinon.restore();
      sinon.stub(stage.account(), 'ping').throws(new CozifyError('COZIFY_CLOSED', 'closed'));
      assertFailure(await stage.ask('ping'), 'COZIFY_CLOSED');
    });

    it('fail with COZIFY_BAD_INPUT on an invalid code in "authenticate"', async () => {
      const requests = stage.simulator.count('*');
      for (const otp of [123456, '', '  ', null, true, {}, ['P7BQ8E'], 'x'.repeat(1000), NaN]) {
        const outcome = await stage.ask('authenticate', { otp, payload: 'left alone' });
        assertFailure(outcome, 'COZIFY_BAD_INPUT');
      }
      assert.equal(stage.simulator.count('*'), requests);
      assertFailure(await stage.ask('authenticate', { otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
    });
  });

  it('have the snapshot beside COZIFY_BAD_INPUT, even right after the start', async () => {
    await stage.load(testFlow(accountNode(), actionNode('ping')));
    const outcome = await stage.ask('ping', { expiry: null });
    assertFailure(outcome, 'COZIFY_BAD_INPUT');
    assert.equal(outcome.msg.cozify.id, ACCOUNT);
  });

  it('fail with COZIFY_NO_EMAIL without an e-mail address', async () => {
    await stage.load(testFlow(accountNode(), ...actions()), { credentials: {} });
    const requests = stage.simulator.count('*');
    assertFailure(await stage.ask('authenticate'), 'COZIFY_NO_EMAIL');
    assertFailure(await stage.ask('authenticate', { otp: 'P7BQ8E' }), 'COZIFY_NO_EMAIL');
    assertFailure(await stage.ask('email'), 'COZIFY_NO_EMAIL');
    assert.equal(stage.simulator.count('*'), requests);
  });

  it("fail with COZIFY_STORE and have only the account's id while the state cannot be read", async () => {
    await stage.load(testFlow(accountNode({ store: 'no-such-store' }), ...actions()));
    for (const id of OPERATIONS) {
      const outcome = await stage.ask(id);
      assertFailure(outcome, 'COZIFY_STORE');
      const { id: account, state, hubs } = outcome.msg.cozify;
      assert.deepEqual([account, state, hubs], [ACCOUNT, undefined, undefined]);
    }
  });

  describe('without an account', () => {
    const CASES: [string, FlowNode[], Record<string, unknown>][] = [
      ['none is chosen', [], { account: '' }],
      ['the property is missing', [], { account: undefined }],
      ['it is deleted', [], { account: 'gone' }],
      ['it is disabled', [accountNode({ d: true })], {}],
      ['the node is of another type', [{ id: 'other', type: 'helper' }], { account: 'other' }],
    ];
    for (const [name, others, properties] of CASES) {
      it(`fail with COZIFY_NO_ACCOUNT when ${name}`, async () => {
        await stage.load(testFlow(...others, ...OPERATIONS.map((operation) => actionNode(operation, properties))));
        for (const id of OPERATIONS) {
          const outcome = await stage.ask(id, { payload: 'left alone', otp: 'P7BQ8E' });
          assertFailure(outcome, 'COZIFY_NO_ACCOUNT');
          assert.deepEqual(Object.keys(outcome.msg.cozify).sort(), ['error', 'operation', 'refreshed'], id);
          assert.deepEqual([outcome.msg.cozify.operation, outcome.msg.cozify.refreshed], [id, false]);
          assert.equal(outcome.msg['payload'], 'left alone');
        }
      });
    }
  });

  it('fail with COZIFY_BAD_INPUT in every step if the account is misconfigured', async () => {
    await stage.load(testFlow(accountNode({ cloudUrl: 'http://cloud.example/ui/0.2' }), ...actions()));
    for (const id of OPERATIONS) assertFailure(await stage.ask(id), 'COZIFY_BAD_INPUT');
  });
});

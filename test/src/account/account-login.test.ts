import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { HOUR, MINUTE } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';

describe('account: logging in', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let player: Player;

  beforeEach(async () => ({ stage, simulator, player } = await Stage.withAccount()));

  afterEach(() => stage.end());

  const logIn = async (on = player) => {
    await on.account.authenticate();
    return on.account.authenticate({ otp: simulator.latestCode(EMAIL) });
  };

  it('asks for a code, takes it, and is logged in with its hubs', async () => {
    assert.deepEqual(await player.account.authenticate(), { value: false, isRefreshed: false });
    const waiting = player.account.snapshot();
    assert.deepEqual(
      [waiting.state, waiting.otpSentAt, waiting.lastRefresh, waiting.expiresAt, waiting.nextRefresh],
      ['otp-sent', '2026-03-02T06:00:00.000Z', null, null, null],
    );
    await stage.clock.advance(MINUTE);

    const result = await player.account.authenticate({ otp: ` ${simulator.latestCode(EMAIL)}\r\n` });
    assert.deepEqual(result, { value: true, isRefreshed: false });
    const defaultHub = simulator.hubs.map(({ id }) => id).sort()[0];
    assert.deepEqual(player.account.snapshot(), {
      id: 'a1',
      account: EMAIL,
      state: 'authenticated',
      email: EMAIL,
      otpSentAt: null,
      loginEmail: EMAIL,
      lastRefresh: '2026-03-02T06:01:00.000Z',
      expiresAt: '2026-03-30T06:11:00.000Z',
      nextRefresh: '2026-03-03T06:01:00.000Z',
      reachable: true,
      saved: true,
      hubs: simulator.hubs.map(({ id, name, host, version }) => {
        const known = { reachable: null, role: 'admin' };
        return { id, name, host, remote: false, autoremote: true, version, default: id === defaultHub, ...known };
      }),
    });
    assert.deepEqual(player.topics, ['otp-sent', 'authenticated', 'hubs']);
  });

  it('needs no new code after a restart, nor the network', async () => {
    await logIn();
    const before = player.account.snapshot();
    await simulator.goOffline();
    player = await stage.restart(player);
    assert.deepEqual({ ...player.account.snapshot(), nextRefresh: before.nextRefresh }, before);
    await simulator.goOnline();
    assert.equal((await player.account.authenticate()).value, true);
    assert.equal(simulator.count('requestlogin'), 1);
  });

  it('keeps a code on its way across a restart', async () => {
    await player.account.authenticate();
    player = await stage.restart(player);
    assert.equal(player.account.snapshot().state, 'otp-sent');
    assert.equal((await player.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
  });

  it('keeps leading zeros and takes any text for a code', async () => {
    simulator.nextCode('012345');
    await player.account.authenticate();
    assert.equal((await player.account.authenticate({ otp: '012345' })).value, true);
  });

  for (const otp of ['', '  ', '\n']) {
    it(`takes ${JSON.stringify(otp)} for a mistake, and sends neither it nor an e-mail`, async () => {
      await failure(player.account.authenticate({ otp }), 'COZIFY_BAD_INPUT');
      assert.equal(simulator.count('*'), 0);
    });
  }

  it('needs an address, but not for a token that the cloud takes', async () => {
    const other = await stage.open({ id: 'a2', email: undefined, store: new MemoryStore() });
    await failure(other.account.authenticate(), 'COZIFY_NO_EMAIL');
    await failure(other.account.authenticate({ otp: 'P7BQ8E' }), 'COZIFY_NO_EMAIL');
    assert.equal(simulator.count('*'), 0);
    await other.account.token(simulator.issueToken('other@example.fi'));
    assert.equal((await other.account.authenticate()).value, true);
    assert.equal(other.account.snapshot().account, 'a2');
  });

  for (const status of [400, 401, 403, 404]) {
    it(`calls a wrong code wrong (${status}), and leaves login, address and hubs alone`, async () => {
      await logIn();
      simulator.rejectedCodeStatus = status;
      const before = { ...player.account.snapshot() };
      const { saves } = stage.store;
      const error = await failure(player.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
      assert.ok(!error.message.includes('WRONG1'));
      assert.deepEqual(player.account.snapshot(), before);
      assert.equal(stage.store.saves, saves);
      assert.equal((await player.account.ping()).value, true);
    });
  }

  for (const [what, fault] of [
    ['an outage', { status: 503 }],
    ['a reset connection', { reset: true }],
    ['a web page', { body: '<html>' }],
    ['a web page with 403', { status: 403, body: '<html>' }],
    ['something that is no token', { body: 'ok' }],
  ] as const) {
    it(`does not take ${what} for a verdict on the code`, async () => {
      await player.account.authenticate();
      simulator.fault('emaillogin', { ...fault, times: 1 });
      await assert.rejects(
        player.account.authenticate({ otp: simulator.latestCode(EMAIL) }),
        (error: { code: string }) =>
          ['COZIFY_API', 'COZIFY_FORBIDDEN', 'COZIFY_UNREACHABLE', 'COZIFY_BAD_ANSWER'].includes(error.code),
      );
      assert.equal(player.account.snapshot().state, 'otp-sent');
      assert.equal((await player.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
    });
  }

  it('with a good token asks the cloud and nobody else', async () => {
    await logIn();
    simulator.clearRequests();
    assert.deepEqual(await player.account.authenticate(), { value: true, isRefreshed: false });
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
  });

  it('renews a token that is due on the way, unless told not to', async () => {
    await logIn();
    await stage.later(25 * HOUR);
    assert.deepEqual(await player.account.authenticate({ autorefresh: false }), { value: true, isRefreshed: false });
    assert.deepEqual(await player.account.authenticate({ expiryMs: 48 * HOUR }), { value: true, isRefreshed: false });
    assert.deepEqual(await player.account.authenticate(), { value: true, isRefreshed: true });
  });

  it('with a rejected token asks for a code, and keeps the token until the new login', async () => {
    await logIn();
    const { value: token } = await player.account.token();
    simulator.revoke(token);
    assert.equal((await player.account.authenticate()).value, false);
    assert.equal(player.account.snapshot().state, 'otp-sent');
    assert.equal((await player.account.token()).value, token);
    assert.equal((await player.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
    assert.notEqual((await player.account.token()).value, token);
    const events = ['otp-sent', 'authenticated', 'hubs', 'otp-required', 'otp-sent', 'authenticated'];
    assert.deepEqual(player.topics, events);
  });

  it('with trustCloud off asks for a code without asking about the token, which stays in force', async () => {
    await logIn();
    simulator.clearRequests();
    assert.equal((await player.account.authenticate({ trustCloud: false })).value, false);
    assert.deepEqual(simulator.counts(), { requestlogin: 1 });
    const { state, otpSentAt } = player.account.snapshot();
    assert.deepEqual([state, otpSentAt !== null], ['authenticated', true]);
    assert.equal((await player.account.ping()).value, true);
  });

  it('sends no code when the cloud says nothing about the token', async () => {
    await logIn();
    simulator.clearRequests();
    for (const fault of [
      { status: 500 },
      { status: 403 },
      { body: '<html>' },
      { reset: true },
      { status: 401, body: '<html>' },
    ]) {
      simulator.fault('hubkeys', fault);
      await assert.rejects(player.account.authenticate());
    }
    assert.equal(simulator.count('requestlogin'), 0);
    assert.equal(player.account.snapshot().state, 'authenticated');
  });

  it('leaves login, address and hubs alone when no code can be sent', async () => {
    await logIn();
    const before = player.account.snapshot();
    for (const fault of [{ reset: true }, { status: 500 }, { status: 403 }, { body: '<html>' }]) {
      simulator.fault('requestlogin', { ...fault, times: 1 });
      await assert.rejects(player.account.authenticate({ trustCloud: false }));
    }
    assert.deepEqual(player.account.snapshot(), before);
  });

  it('tries one code once, however many steps bring it at the same time', async () => {
    await player.account.authenticate();
    const otp = simulator.latestCode(EMAIL);
    const results = await Promise.all(Array.from({ length: 20 }, () => player.account.authenticate({ otp })));
    assert.ok(results.every(({ value }) => value));
    assert.equal(simulator.count('emaillogin'), 1);
    assert.equal(player.topics.filter((topic) => topic === 'authenticated').length, 1);
  });

  it('takes a code for the address it was sent to, which is then the one in force', async () => {
    await player.account.email('first@example.fi');
    await player.account.authenticate();
    await player.account.email('second@example.fi');
    await player.account.authenticate({ otp: simulator.latestCode('first@example.fi') });
    assert.equal(player.account.snapshot().email, 'first@example.fi');
  });
});

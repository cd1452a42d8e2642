import assert from 'node:assert/strict';
import type { Account } from '../../src/account/account.js';
import type { StepResult } from '../../src/account/account-operations.js';
import { DAY, SECOND, settle } from '../src/support/fake-clock.js';
import { EMAIL, failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { makeToken } from '../src/support/tokens.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const times = <T>(count: number, work: () => T): T[] => Array.from({ length: count }, work);
const refresh = (account: Account) => account.refresh({ force: true });

/** Many steps at once, and how many requests they are. */
const CROWDS: [string, (account: Account) => Promise<StepResult<unknown>>, Record<string, number>, boolean][] = [
  ['1000 forced refreshes at once', refresh, { refreshsession: 1 }, true],
  ['1000 pings at once', (account) => account.ping(), { hubkeys: 1, refreshsession: 0 }, false],
  ['1000 authentications at once', (account) => account.authenticate(), { hubkeys: 1, requestlogin: 0 }, false],
  ['1000 refreshes that are not due at once', (account) => account.refresh(), { refreshsession: 0 }, false],
];
const crowds = CROWDS.map(([what, work, requests, isRefreshed]): Row<Home> => ({
  fault: what,
  expected: `keep: ${JSON.stringify(requests)} requests, and 1000 answers`,
  run: async (home) => {
    const results = await Promise.all(times(1000, () => work(home.account)));
    assert.ok(results.every((result) => result.value === true && result.isRefreshed === isRefreshed));
    for (const [call, count] of Object.entries(requests)) assert.equal(home.simulator.count(call), count, call);
    if (isRefreshed) home.token = (await home.account.token()).value;
  },
}));

/** What comes while a refresh is under way, and the token that must then be in force. */
type Meanwhile = (home: Home) => Promise<unknown>;
const logIn: Meanwhile = async (home) => {
  await home.account.requestOtp();
  await home.account.authenticate({ otp: home.simulator.latestCode(EMAIL) });
};
const MEANWHILE: [string, Meanwhile][] = [
  ['a new login', logIn],
  ['a token set by hand', (home) => home.account.token(home.simulator.issueToken(EMAIL))],
];
const overtaken = MEANWHILE.map(([what, work]): Row<Home> => ({
  fault: `${what} during a refresh`,
  expected: 'keep: it wins, the late answer is dropped, the step answers by the state in force',
  run: async (home) => {
    const held = home.simulator.hold('refreshsession', { after: true });
    const late = refresh(home.account);
    await until('the request', () => held.isAsked);
    await work(home);
    held.release();
    home.token = (await home.account.token()).value;
    assert.deepEqual(await late, { value: true, isRefreshed: false });
  },
}));

const resets = [false, true].map((logout): Row<Home> => ({
  fault: `a reset ${logout ? 'with logout ' : ''}during a refresh`,
  expected: 'the reset wins: no token, no late answer, after a restart neither',
  run: async (home) => {
    const held = home.simulator.hold('refreshsession', { after: true });
    const late = refresh(home.account);
    await until('the request', () => held.isAsked);
    const resetting = home.account.reset({ logout });
    // It waits for the answer then, to end what the cloud gives.
    if (logout) held.release();
    assert.equal((await resetting).value, true);
    held.release();
    await late;
    for (const reopen of [() => home.account, () => home.reopen()]) {
      const account = await reopen();
      await failure(account.token(), 'COZIFY_OTP_REQUIRED');
      assert.equal(account.snapshot().state, 'otp-required');
    }
    assert.equal(await home.stored(), undefined);
  },
}));

/** A restart closes the account and opens its successor, whatever is under way. */
const RESTARTS: [string, (home: Home) => Promise<unknown>][] = [
  ['a refresh that is answered in time', (home) => refresh(home.account)],
  ['a ping', (home) => home.account.ping()],
  ['an authentication', (home) => home.account.authenticate()],
];
const restarts = RESTARTS.map(([what, work]): Row<Home> => ({
  fault: `a restart during ${what}`,
  expected: 'keep: what the cloud gave is there; a step that waits for no token ends with COZIFY_CLOSED',
  run: async (home) => {
    const held = home.simulator.hold('cloud', { after: true });
    const ended = what.includes('refresh') ? work(home) : failure(work(home), 'COZIFY_CLOSED');
    await until('the request', () => held.isAsked);
    const reopening = home.reopen();
    held.release();
    await reopening;
    await ended;
    if (what.includes('refresh')) {
      assert.notEqual((await home.account.token()).value, home.token);
      home.token = (await home.account.token()).value;
    }
  },
}));

const pendingCode: Row<Home> = {
  fault: 'a deploy while a code is on its way',
  expected: 'keep: the code still logs in',
  run: async (home) => {
    await home.account.requestOtp();
    await home.reopen();
    assert.notEqual(home.account.snapshot().otpSentAt, null);
    await home.account.authenticate({ otp: home.simulator.latestCode(EMAIL) });
    home.token = (await home.account.token()).value;
  },
};

/** Closing while the cloud hangs, in the account's own time. */
const HANGING: [string, 'hubkeys' | 'refreshsession', (account: Account) => Promise<unknown>, number][] = [
  ['a refresh', 'refreshsession', refresh, 2 * SECOND],
  ['a ping', 'hubkeys', (account) => account.ping(), 0],
  ['an authentication', 'hubkeys', (account) => account.authenticate(), 0],
];
const hanging = HANGING.map(([what, call, work, waitMs]): Row<FakeHome> => ({
  fault: `close while the cloud hangs on ${what}`,
  expected: `keep: closed after ${waitMs / SECOND} s`,
  run: async (home) => {
    home.cloud.reply(call, 'hang');
    const ended = failure(work(home.account), 'COZIFY_CLOSED');
    await settle();
    let isClosed = false;
    const closing = home.account.close().then(() => (isClosed = true));
    if (waitMs > 0) {
      await home.clock.advance(waitMs - 1);
      assert.equal(isClosed, false);
    }
    await home.clock.advance(1);
    await ended;
    assert.equal(isClosed, true);
    await closing;
    await home.heal();
    home.player = await home.stage.open();
    // Its successor does not wait longer for the answer than the deadline.
    await home.clock.advance(15 * SECOND);
  },
}));

const late: Row<FakeHome> = {
  fault: 'a refresh that is answered long after the account was switched off, and on again',
  expected: 'keep: the answer is saved, and in force',
  run: async (home) => {
    const late = makeToken(home.clock.outside());
    home.cloud.reply('refreshsession', () => ({ body: late, delayMs: 10 * SECOND }));
    void refresh(home.account).catch(() => undefined);
    await settle();
    await home.stage.switchOffAndOn(home.player);
    await home.clock.advance(10 * SECOND);
    home.token = late;
  },
};

const waiting: Row<FakeHome> = {
  fault: 'close while a refresh waits for that of another token, which hangs',
  expected: 'keep: the one that waits is never sent',
  run: async (home) => {
    home.cloud.reply('refreshsession', 'hang');
    const ended = [failure(refresh(home.account), 'COZIFY_CLOSED')];
    await settle();
    home.token = makeToken(home.clock.outside());
    await home.account.token(home.token);
    ended.push(failure(refresh(home.account), 'COZIFY_CLOSED'));
    await settle();
    // The successor has no wish of its own to renew.
    home.player = await home.stage.restart(home.player, { isAutorefresh: false });
    await Promise.all(ended);
    await home.clock.advance(20 * SECOND);
    assert.equal(home.renewals, 1, 'a closed account asks for nothing more');
  },
};

const endless: Row<FakeHome> = {
  fault: '1000 deploys',
  expected: 'keep: no timer or listener more than before',
  run: async (home) => {
    const { timers } = home.clock;
    const listeners = process.eventNames().map((name) => process.listenerCount(name));
    for (let deploy = 0; deploy < 1000; deploy++) await home.reopen();
    assert.equal(home.clock.timers, timers);
    assert.deepEqual(
      process.eventNames().map((name) => process.listenerCount(name)),
      listeners,
    );
    await home.clock.advance(DAY);
    home.noteRenewed();
  },
};

const sockets: Row<Home> = {
  fault: '50 deploys, with a ping and a refresh between each',
  expected: 'keep: no socket is left',
  run: async (home) => {
    const open = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = open();
    for (let deploy = 0; deploy < 50; deploy++) {
      await home.account.ping();
      await refresh(home.account);
      await home.reopen();
    }
    home.token = (await home.account.token()).value;
    // The account at hand keeps a few for its next call.
    await until('the sockets to close', () => open() <= before + 4);
  },
};

faultTable('Concurrency and lifecycle', () => Home.open(), [
  ...crowds,
  ...overtaken,
  ...resets,
  ...restarts,
  pendingCode,
  sockets,
]);
faultTable('Concurrency and lifecycle', () => FakeHome.open(), [...hanging, late, waiting, endless]);

import assert from 'node:assert/strict';
import { EMAIL, failure } from '../src/support/stage.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const guessing: Row<Home>[] = [400, 401, 403, 404].map((status) => ({
  fault: `guessing a code, where a wrong one is ${status}`,
  expected: 'keep: dead after 5 tries, the right one too, after a restart and a reset too',
  run: async (home) => {
    home.simulator.rejectedCodeStatus = status;
    await home.account.requestOtp();
    for (let guess = 0; guess < 20; guess++) {
      await failure(home.account.authenticate({ otp: `GUESS${guess}` }), 'COZIFY_OTP_REJECTED');
    }
    assert.equal(home.simulator.count('emaillogin'), 5);
    await home.reopen();
    await failure(home.account.authenticate({ otp: home.simulator.latestCode(EMAIL) }), 'COZIFY_OTP_REJECTED');
    assert.equal(home.simulator.count('emaillogin'), 5, 'the cloud is not asked again');
  },
}));

/** Ways around the ration, each tried ten times within a quarter of an hour. */
const FLOODS: [string, (home: FakeHome, time: number) => Promise<unknown>][] = [
  ['by the same account', (home) => home.account.requestOtp()],
  ['by authenticate steps', (home) => home.account.authenticate({ trustCloud: false })],
  ['in upper and lower case', (home, time) => home.account.requestOtp(time % 2 === 0 ? EMAIL : EMAIL.toUpperCase())],
  ['with a reset between', (home) => home.account.reset().then(() => home.account.requestOtp())],
  ['with a restart between', (home) => home.reopen().then((account) => account.requestOtp())],
  ['by one account after another', (home, time) => byAnother(home, time)],
  ['to one address after another', (home, time) => home.account.requestOtp(`victim${time}@example.fi`)],
  ['by many at once', (home) => Promise.all([1, 2, 3, 4, 5].map(() => home.account.requestOtp()))],
];
async function byAnother(home: FakeHome, time: number): Promise<void> {
  const player = await home.stage.open({ id: `other-${time}` });
  try {
    await player.account.requestOtp();
  } finally {
    await home.stage.close(player);
  }
}
const floods = FLOODS.map(([how, work]): Row<FakeHome> => ({
  fault: `flooding a mailbox with codes ${how}`,
  expected: 'at most 3 in 15 minutes, then COZIFY_RATE_LIMITED',
  run: async (home) => {
    let limited = 0;
    for (let time = 0; time < 10; time++) {
      await work(home, time).catch((error: { code?: string }) => {
        assert.equal(error.code, 'COZIFY_RATE_LIMITED');
        limited += 1;
      });
      await home.clock.skip(61_000);
    }
    assert.equal(home.cloud.of('requestlogin').length, 3);
    assert.equal(limited, 7);
  },
}));

faultTable('Attackers', () => Home.open(), guessing);
faultTable('Attackers', () => FakeHome.open(), floods);

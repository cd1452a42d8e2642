import assert from 'node:assert/strict';
import { countOf } from './support/calls.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, nothing, type Row, type World } from './support/table.js';

const refresh = (account: Home['account']) => account.refresh({ force: true });

const two: Row<World>[] = [
  {
    fault: 'two account nodes with one e-mail that ask for a code together',
    expected: 'one mail, and both know of it',
    run: async () => {
      const home = await FakeHome.open();
      const other = await home.stage.open({ id: 'a2' });
      await Promise.all([home.account.requestOtp(), other.account.requestOtp()]);
      assert.equal(home.cloud.of('requestlogin').length, 1);
      for (const { account } of [home.player, other]) assert.notEqual(account.snapshot().otpSentAt, null);
      await home.end();
    },
  },
];

/** Two processes on one directory: each has its own memory, store and http client. */
const processes: Row<Home>[] = [
  {
    fault: 'two processes that share one state, and refresh in turn',
    expected: 'keep: each reads before it refreshes and adopts the newer token',
    run: async (home) => {
      const first = home.account;
      const second = await home.start();
      for (const [one, other] of [
        [first, second],
        [second, first],
      ] as const) {
        const before = countOf(home, 'refreshsession');
        assert.equal((await refresh(one)).isRefreshed, true);
        assert.equal((await refresh(other)).value, true);
        assert.equal(countOf(home, 'refreshsession'), before + 1, 'one request for both');
        assert.equal((await one.token()).value, (await other.token()).value);
      }
      home.token = (await second.token()).value;
      await home.close(first);
    },
  },
  {
    fault: 'two processes that share one state, one with a token that the cloud has revoked',
    expected: 'keep: the store is read on a 401, and the newer token adopted',
    run: async (home) => {
      home.simulator.graceRequests = 0;
      const first = home.account;
      const second = await home.start();
      await refresh(first);
      assert.equal((await second.ping()).value, true);
      home.token = (await first.token()).value;
      assert.ok(!home.topics.includes('otp-required'));
      await home.close(first);
    },
  },
];

faultTable('Concurrency and lifecycle', () => Home.open(), processes);
faultTable('Concurrency and lifecycle', nothing, two);

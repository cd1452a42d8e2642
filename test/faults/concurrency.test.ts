import assert from 'node:assert/strict';
import type { Account } from '../../src/account/account.js';
import { DAY, SECOND, settle } from '../src/support/fake-clock.js';
import { failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { makeToken } from '../src/support/tokens.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const refresh = (account: Account) => account.refresh({ force: true });

const late: Row<FakeHome> = {
  fault: 'a refresh that is answered long after the account was switched off, and on again',
  expected: 'keep: the answer is saved, and its token is the current one',
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
  fault: 'close while a refresh waits for a hanging refresh of another token',
  expected: 'keep: the waiting refresh is never sent',
  run: async (home) => {
    home.cloud.reply('refreshsession', 'hang');
    const ended = [failure(refresh(home.account), 'COZIFY_CLOSED')];
    await settle();
    home.token = makeToken(home.clock.outside());
    await home.account.token(home.token);
    ended.push(failure(refresh(home.account), 'COZIFY_CLOSED'));
    await settle();
    // Without autorefresh, the next account does not renew on its own.
    home.player = await home.stage.restart(home.player, { isAutorefresh: false });
    await Promise.all(ended);
    await home.clock.advance(20 * SECOND);
    assert.equal(home.renewals, 1, 'a closed account asks for nothing more');
  },
};

const endless: Row<FakeHome> = {
  fault: '1000 deploys',
  expected: 'keep: as many timers and listeners as before',
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
    // The current account keeps a few connections for its next calls.
    await until('the sockets to close', () => open() <= before + 4);
  },
};

faultTable('Concurrency and lifecycle', () => Home.open(), [sockets]);
faultTable('Concurrency and lifecycle', () => FakeHome.open(), [late, waiting, endless]);

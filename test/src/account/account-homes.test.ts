import assert from 'node:assert/strict';
import { HomeHandover } from '../../../src/devices/home/home-handover.js';
import type { Home } from '../../../src/devices/home/home.js';
import { MINUTE } from '../support/fake-clock.js';
import { Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('the homes of an account', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
    stage.saveLogin(makeToken(stage.clock.now()));
  });
  afterEach(() => stage.end());

  it('are the same whenever they are asked for', async () => {
    const { account } = await stage.open();
    assert.equal(account.homes, account.homes);
  });

  it('are closed when they are asked for after the account is', async () => {
    const player = await stage.open();
    await stage.close(player);
    assert.deepEqual(player.account.homes.open, []);
  });

  it('that a predecessor left wait for whoever asks for them first, and no longer than a minute', async () => {
    const homeHandover = new HomeHandover(stage.clock);
    const left = new Map([['hub-1', { home: {} as Home, since: stage.clock.monotonic() }]]);
    homeHandover.leave('a1', left);
    const first = await stage.open({ homeHandover });
    await stage.close(first);
    assert.equal(homeHandover.take('a1'), left, 'nobody had asked');
    homeHandover.leave('a1', left);
    const second = await stage.open({ homeHandover });
    await stage.clock.advance(2 * MINUTE);
    await stage.close(second);
    assert.equal(homeHandover.take('a1').size, 0);
  });
});

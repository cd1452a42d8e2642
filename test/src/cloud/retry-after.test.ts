import assert from 'node:assert/strict';
import { DAY, HOUR } from '../support/fake-clock.js';
import { failure, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: a saved Retry-After', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.end());

  it('does not apply again a year later when it was saved with a clock a year ahead', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    const { account } = await stage.open();
    stage.clock.jump(365 * DAY);
    stage.cloud.reply('refreshsession', { status: 429, headers: { 'retry-after': '18000' } });
    await failure(account.refresh({ force: true }), 'COZIFY_RATE_LIMITED');
    stage.clock.jump(-365 * DAY);
    await stage.clock.advance(6 * HOUR);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
    assert.equal((await account.refresh({ force: true })).value, true);
    stage.clock.jump(365 * DAY - 4 * HOUR);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.outside()) });
    assert.equal((await account.refresh({ force: true })).value, true);
  });
});

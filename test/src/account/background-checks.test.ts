import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Background: hub discovery', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(() => {
    stage = new Stage();
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    stage.cloud.reply('remote', ({ headers }) => {
      const hubId = headers?.['X-Hub-Key'] === 'key-1' ? 'h1' : 'h2';
      return { body: JSON.stringify({ hubId, name: 'Koti', version: '1.14.9.1' }) };
    });
  });

  afterEach(() => stage.end());

  const hubs = (): string[] => fixture.account.snapshot().hubs.map(({ id }) => id);

  it('discovers a new hub within a minute, even while pings keep listing it', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    fixture = await stage.open();
    await stage.clock.advance(MINUTE);
    assert.deepEqual(hubs(), ['h1']);
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1","h2":"key-2"}' });
    for (let round = 0; round < 4; round++) {
      await fixture.account.ping({ autorefresh: false });
      await stage.clock.advance(15 * SECOND);
    }
    assert.deepEqual(hubs(), ['h1', 'h2']);
  });

  it('discovers the first hub within 3 s after a token was set', async () => {
    fixture = await stage.open();
    await stage.clock.advance(MINUTE);
    await fixture.account.token(makeToken(stage.clock.now()));
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual(hubs(), ['h1']);
    assert.equal((await fixture.account.hub()).id, 'h1');
  });

  it('discovers the hubs of another person within 3 s after their token was set, and drops the previous hubs', async () => {
    const theirs = makeToken(stage.clock.now(), { userId: 'user-2' });
    stage.saveLogin(makeToken(stage.clock.now()));
    fixture = await stage.open();
    await stage.clock.advance(MINUTE);
    stage.cloud.reply('hubkeys', ({ headers }) => ({
      body: headers?.['Authorization'] === theirs ? '{"h2":"key-2"}' : '{"h1":"key-1"}',
    }));
    await fixture.account.token(theirs);
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual(hubs(), ['h2']);
  });

  it('discovers the first hub within 3 s after a ping has listed it', async () => {
    stage.cloud.reply('hubkeys', { body: '{}' });
    stage.saveLogin(makeToken(stage.clock.now()));
    fixture = await stage.open();
    await stage.clock.advance(MINUTE);
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    await fixture.account.ping({ autorefresh: false });
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual(hubs(), ['h1']);
  });

  it('retries after the expiry if that is shorter than the usual delay', async () => {
    stage.saveLogin(makeToken(stage.clock.now()));
    stage.cloud.reply('hubkeys', { status: 500 });
    fixture = await stage.open({ expiryMs: MINUTE });
    await stage.clock.advance(2 * MINUTE);
    assert.ok(stage.cloud.of('hubkeys').length >= 2, `${stage.cloud.of('hubkeys').length} calls`);
  });
});

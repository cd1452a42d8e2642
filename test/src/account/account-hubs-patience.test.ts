import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { type AccountFixture, Stage } from '../support/stage.js';

describe('Account: hubs that do not answer', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => {
    stage = new Stage();
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5","192.168.1.6"]' });
    stage.cloud.reply('lan', 'hang');
    stage.cloud.reply('remote', 'hang');
    fixture = await stage.open();
  });

  afterEach(() => stage.end());

  /** Logs in, and returns the milliseconds that the login took, including the hub discovery. */
  async function loginTakes(): Promise<number> {
    const started = stage.clock.monotonic();
    let ended: number | undefined;
    const step = fixture.account.authenticate({ otp: 'P7BQ8E' }).then(({ value }) => {
      ended = stage.clock.monotonic();
      assert.equal(value, true);
    });
    for (let second = 0; second < 60 && ended === undefined; second++) await stage.clock.advance(SECOND);
    await step;
    return (ended ?? Infinity) - started;
  }

  it('delay a login by at most 15 s in all when the cloud is slow to list the hubs', async () => {
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}', delayMs: 12 * SECOND });
    const took = await loginTakes();
    assert.ok(took <= 15 * SECOND, `${took / SECOND} s`);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('are added to the snapshot when they are found later', async () => {
    await loginTakes();
    await stage.clock.advance(MINUTE);
    assert.deepEqual(
      fixture.account.snapshot().hubs.map(({ id, remote }) => [id, remote]),
      [['h1', true]],
    );
  });
});

import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { IdleHome } from '../support/idle-home.js';

describe('Idle account', () => {
  let home: IdleHome;
  afterEach(() => home.end());

  for (const [hubs, isOnLan, most] of [
    [1, true, 60],
    [1, false, 60],
    [20, true, 100],
    [20, false, 100],
  ] as const) {
    const size = `${hubs} ${isOnLan ? 'on the LAN' : 'reached through the cloud'}`;

    it(`makes few calls a day and saves only renewals, with hubs: ${size}`, async () => {
      home = new IdleHome(hubs, isOnLan);
      await home.start();
      await home.clock.advance(HOUR);
      const [calls, saves] = [home.calls.length, home.store.saves];
      await home.clock.advance(10 * DAY);
      assert.ok(home.calls.length - calls <= 10 * most, `${home.calls.length - calls} calls in ten days`);
      assert.ok(home.store.saves - saves <= 11, `${home.store.saves - saves} saves`);
    });

    it(`checks all hubs within 10 s after a start, at most 10 calls a second, with hubs: ${size}`, async () => {
      home = new IdleHome(hubs, isOnLan);
      await home.start();
      await home.clock.advance(10 * SECOND);
      assert.ok(home.mostWithin(SECOND) <= 10, `${home.mostWithin(SECOND)} calls in a second`);
      assert.equal(home.calls.filter(({ call }) => call === (isOnLan ? 'lan' : 'remote')).length, hubs);
    });
  }

  it('checks each of 5 hubs in 5 hours', async () => {
    home = new IdleHome(5, true);
    await home.start();
    await home.clock.advance(MINUTE);
    const before = home.cloud.of('lan').length;
    await home.clock.advance(5 * HOUR + 5 * MINUTE);
    const asked = home.cloud.of('lan').slice(before);
    assert.equal(new Set(asked.map(({ request }) => request.url)).size, 5);
  });

  it('leaves no timer when it is closed during the first checks', async () => {
    home = new IdleHome(20, true);
    await home.start();
    await home.clock.advance(1_500);
    await home.end();
    assert.equal(home.clock.timers, 0);
  });
});

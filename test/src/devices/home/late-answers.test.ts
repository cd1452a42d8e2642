import assert from 'node:assert/strict';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { HOUR, SECOND } from '../../support/fake-clock.js';

describe('A slow poll', () => {
  it('does not revert a lamp that was switched and read during the poll', async () => {
    const home = new SubscribedHome();
    const { stage } = home;
    await home.start();
    await stage.clock.advance(5 * SECOND);
    let isSlow = true;
    stage.hub.intercept = async ({ path, answer }) => {
      const reply = await answer();
      const isPoll = path.includes('/hub/poll') && typeof reply === 'object';
      return isPoll && isSlow ? { ...reply, delayMs: 1500 } : reply;
    };
    home.house.change(home.lamp, { brightness: 0.33 });
    stage.take();
    await home.advanceUntil(() => stage.asked.length > 0, 2 * SECOND);
    isSlow = false;
    await stage.clock.advance(200);
    home.changes.splice(0);
    home.switch();
    await stage.clock.advance(100);
    const read = home.account.read({ kinds: ['device'], fresh: true });
    await stage.clock.advance(2 * SECOND);
    await read;
    await stage.clock.advance(6 * SECOND);
    assert.equal(home.changes.length, 1);
    await home.end();
  });

  for (const byMs of [30 * SECOND, HOUR]) {
    it(`emits a change after a read, with the clock of the hub set back by ${byMs / SECOND} s`, async () => {
      const home = new SubscribedHome();
      const { clock, hub } = home.stage;
      await home.start();
      home.switch();
      await clock.advance(SECOND);
      home.house.shiftClock(-byMs);
      await clock.advance(2 * SECOND);
      // The hub collects its changes only after the delay.
      hub.intercept = async ({ path, answer }) => {
        if (path.includes('/hub/poll')) await new Promise<void>((resolve) => clock.setTimeout(resolve, 900));
        return answer();
      };
      await clock.advance(5 * SECOND);
      home.stage.take();
      await home.advanceUntil(() => home.stage.asked.length > 0, 2 * SECOND);
      await clock.advance(100);
      void home.account.read({ kinds: ['device'], fresh: true });
      await clock.advance(300);
      home.changes.splice(0);
      home.switch();
      await home.advanceUntil(() => home.changes.length > 0, 5 * SECOND);
      await home.end();
    });
  }
});

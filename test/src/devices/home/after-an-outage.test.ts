import assert from 'node:assert/strict';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

describe('A hub after an outage', () => {
  let home: SubscribedHome;
  afterEach(() => home.end());

  /**
   * Refuses all connections on both transports for `ms` milliseconds, and runs `act` at the start of this time. Then
   * waits until polls succeed.
   */
  async function isSilentFor(ms: number, act: () => void | Promise<void>): Promise<void> {
    const { hub, clock } = home.stage;
    const { intercept } = hub;
    hub.intercept = () => 'refused';
    const until = clock.monotonic() + ms;
    await act();
    await clock.advance(until - clock.monotonic());
    hub.intercept = intercept;
    await home.advanceUntil(() => home.poller.error === undefined, 2 * MINUTE);
  }

  it('emits presses and confirms commands, although all alarms were removed during the outage', async () => {
    home = new SubscribedHome({ quietPoll: '304' });
    await home.start();
    const { clock } = home.stage;
    await clock.advance(10 * SECOND);
    await isSilentFor(20 * SECOND, () => {
      for (const { id } of home.house.all('alarms')) home.house.remove('alarms', id);
    });
    // Waits for another response without alarms.
    await clock.advance(12 * SECOND);
    home.polls();
    home.presses = 0;
    for (let time = 1; time <= 4; time++) {
      home.house.press(home.remote, 1 + (time % 2));
      const command = home.account.command(home.lamp, { brightness: 20 + time }, { confirmMs: 4 * SECOND });
      await clock.advance(5 * SECOND);
      const [result] = (await command).results;
      assert.deepEqual([home.presses, result?.confirmed], [time, true]);
    }
    assert.ok(home.polls().filter((line) => line.includes('ts=0 ')).length <= 1, 'the empty list, every 30 s');
    await clock.advance(2 * MINUTE);
    const alarms = home.account.read({ kinds: ['alarm'], fresh: true });
    await clock.advance(SECOND);
    assert.deepEqual((await alarms).things, []);
  });

  it('keeps its devices if it lists none shortly before and after it', async () => {
    home = new SubscribedHome();
    await home.start();
    const { clock } = home.stage;
    const count = (): number | undefined => home.live?.cache.things.count('device');
    const before = count();
    const polls = [{ type: 'DEVICE_DELTA', devices: {} }];
    home.pollReply = { body: JSON.stringify({ type: 'POLL_DELTA', full: true, timestamp: clock.now(), polls }) };
    await clock.advance(2 * SECOND);
    await isSilentFor(150 * SECOND, () => undefined);
    await clock.advance(MINUTE);
    assert.equal(count(), before);
    await clock.advance(90 * SECOND);
    assert.equal(count(), 0, 'after 2 minutes the list is believed');
  });

  describe('with a Deploy during the outage', () => {
    /** Ends the subscriptions and subscribes again, as a Deploy does. */
    async function deploy(): Promise<void> {
      home.leave();
      await home.stage.clock.advance(300);
      home.subscribe();
    }

    beforeEach(async () => {
      home = new SubscribedHome();
      await home.start();
      await home.stage.clock.advance(MINUTE);
      home.switch();
      await home.stage.clock.advance(5 * SECOND);
      home.changes.splice(0);
    });

    it('gets a full poll', async () => {
      const { clock } = home.stage;
      await isSilentFor(45 * SECOND, async () => {
        // The hub starts without network time, and the lamp is switched before the clock is set.
        home.house.shiftClock(-HOUR);
        await clock.advance(10 * SECOND);
        await deploy();
        await clock.advance(10 * SECOND);
        home.switch();
        home.house.shiftClock(HOUR);
        await clock.advance(20 * SECOND);
        await deploy();
      });
      await home.advanceUntil(() => home.changes.length > 0, 10 * SECOND);
    });
  });
});

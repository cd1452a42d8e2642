import assert from 'node:assert/strict';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

describe('The clock of a hub', () => {
  let home: SubscribedHome;
  afterEach(() => home.end());

  const isOn = (): boolean => home.house.device(home.lamp).state['isOn'] === true;

  for (const byMs of [1_500, HOUR, DAY]) {
    it(`hides no change if it is set back by ${byMs} ms between two polls`, async () => {
      home = new SubscribedHome();
      await home.start();
      for (let time = 0; time < 2; time++) {
        await home.stage.clock.advance(MINUTE + 10 * time);
        home.house.shiftClock(-byMs);
        home.changes.splice(0);
        home.switch();
        await home.advanceUntil(() => home.changes.length > 0, 3 * SECOND);
      }
    });
  }

  it('hides no change for longer than 10 minutes if it is set back by less than a poll interval', async () => {
    home = new SubscribedHome();
    await home.start();
    await home.stage.clock.advance(MINUTE + 50);
    home.house.shiftClock(-900);
    home.changes.splice(0);
    home.switch();
    await home.advanceUntil(() => home.changes.length > 0, 10 * MINUTE + SECOND);
  });

  for (const quietPoll of ['empty', '304'] as const) {
    describe(`set back by a day without polls (a poll without changes gets ${quietPoll})`, () => {
      beforeEach(async () => {
        home = new SubscribedHome({ quietPoll });
        await home.start();
        await done(home.account.command(home.lamp, 'on', { confirmMs: 3 * SECOND }));
        home.leave();
        await home.stage.clock.advance(MINUTE);
        home.house.shiftClock(-DAY);
      });

      /** Advances the clock until the work is done. */
      async function done<T>(work: Promise<T>): Promise<T> {
        let isOver = false;
        const finished = work.finally(() => (isOver = true));
        for (let tenth = 0; tenth < 200 && !isOver; tenth++) await home.stage.clock.advance(100);
        return finished;
      }

      const read = async (): Promise<unknown> => {
        const { things, stale } = await done(home.account.read({ targets: home.lamp }));
        assert.equal(stale, false);
        return things[0]?.['on'];
      };

      it('does not affect reads and toggles after manual changes', async () => {
        const { isDone } = await done(home.account.command(home.lamp, 'off', { confirmMs: 3 * SECOND }));
        assert.equal(isDone, true);
        for (let time = 0; time < 2; time++) {
          await home.stage.clock.advance(10 * SECOND);
          home.switch();
          await home.stage.clock.advance(4 * SECOND);
          assert.equal(await read(), isOn(), `time ${time}`);
          home.switch();
          await home.stage.clock.advance(4 * SECOND);
          const before = isOn();
          await done(home.account.command(home.lamp, 'toggle'));
          assert.equal(isOn(), !before);
        }
      });
    });
  }
});

describe('The clock of a hub that sends no time without changes', () => {
  let home: SubscribedHome;
  afterEach(() => home.end());

  /** Switches the lamp, and asserts that a single change comes within this time. */
  async function receivesChange(mostMs: number): Promise<void> {
    home.changes.splice(0);
    home.switch();
    await home.advanceUntil(() => home.changes.length > 0, mostMs);
    await home.stage.clock.advance(2 * SECOND);
    assert.equal(home.changes.length, 1, 'once');
  }

  for (const byMs of [3 * SECOND, HOUR, 365 * DAY, 50 * 365 * DAY]) {
    it(`delays changes by at most a minute if it is set back by ${byMs / SECOND} s`, async () => {
      home = new SubscribedHome({ quietPoll: '304' });
      await home.start();
      for (let time = 0; time < 2; time++) {
        await receivesChange(3 * SECOND);
        await home.stage.clock.advance(time * 7 * SECOND);
        home.house.shiftClock(-byMs);
        await receivesChange(62 * SECOND);
        await receivesChange(3 * SECOND);
        home.house.shiftClock(byMs);
      }
    });
  }

  for (const silentMs of [3 * SECOND, 8 * SECOND]) {
    it(`hides no change and no press if it is set back in an outage of ${silentMs / SECOND} s`, async () => {
      home = new SubscribedHome({ quietPoll: '304' });
      await home.start();
      await home.stage.clock.advance(5 * MINUTE);
      home.switch();
      // Waits for an answer with the change and the time of the hub.
      await home.advanceUntil(() => home.changes.length > 0, 2 * SECOND);
      home.pollReply = 'unreachable';
      await home.stage.clock.advance(silentMs);
      home.house.shiftClock(-DAY);
      home.pollReply = undefined;
      await home.advanceUntil(() => home.poller.error === undefined, 2 * MINUTE);
      // Waits until the LAN is polled again after two failures.
      await home.stage.clock.advance(20 * SECOND);
      home.presses = 0;
      home.house.press(home.remote, 2);
      await receivesChange(3 * SECOND);
      assert.equal(home.presses, 1);
    });
  }

  it('is requested with a full poll each minute, which repeats no press', async () => {
    home = new SubscribedHome({ quietPoll: '304' });
    await home.start();
    home.house.press(home.remote, 2);
    await home.advanceUntil(() => home.presses > 0, 3 * SECOND);
    home.stage.take();
    await home.stage.clock.advance(20 * MINUTE);
    const polls = home.polls();
    const full = polls.filter((line) => line.includes('ts=0 ')).length;
    assert.ok(full >= 18 && full <= 21, String(full));
    assert.equal(home.presses, 1);
    assert.ok(polls.length > 1_150);
  });
});

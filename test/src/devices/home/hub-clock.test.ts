import assert from 'node:assert/strict';
import { HubTime } from '../../../../src/devices/home/hub-time.js';
import { HeardHome } from '../../hub/support/heard-home.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

describe('The clock of a hub, set back', () => {
  let home: HeardHome;
  afterEach(() => home.end());

  const isOn = (): boolean => home.house.device(home.lamp).state['isOn'] === true;

  for (const byMs of [300, 500, 900, 1_500, HOUR, DAY]) {
    it(`by ${byMs} ms between two polls hides no change`, async () => {
      home = new HeardHome();
      await home.begin();
      for (let time = 0; time < 5; time++) {
        await home.stage.clock.advance(MINUTE + 10 * time);
        home.house.shiftClock(-byMs);
        home.changes.splice(0);
        home.switch();
        await home.untilSo(() => home.changes.length > 0, 3 * SECOND);
      }
    });
  }

  for (const gapMs of [2 * SECOND, 3 * SECOND]) {
    it(`by 900 ms twice, ${gapMs / SECOND} s apart, hides no change`, async () => {
      home = new HeardHome();
      await home.begin();
      await home.stage.clock.advance(MINUTE + 50);
      home.house.shiftClock(-900);
      await home.stage.clock.advance(gapMs);
      home.house.shiftClock(-900);
      home.changes.splice(0);
      home.switch();
      await home.untilSo(() => home.changes.length > 0, 3 * SECOND);
    });
  }

  it('causes no full poll if it was not set back', async () => {
    home = new HeardHome();
    await home.begin();
    for (let minute = 0; minute < 60; minute++) {
      home.switch();
      await home.stage.clock.advance(MINUTE);
    }
    assert.deepEqual(
      home.polls().filter((line) => line.includes('ts=0 ')),
      [],
    );
  });

  for (const quietPoll of ['empty', '304'] as const) {
    describe(`without polls (a poll without changes gets ${quietPoll})`, () => {
      beforeEach(async () => {
        home = new HeardHome({ quietPoll });
        await home.begin();
        await done(home.account.command(home.lamp, 'on', { confirmMs: 3 * SECOND }));
        home.leave();
        await home.stage.clock.advance(MINUTE);
        home.house.shiftClock(-DAY);
      });

      /** Advances the clock until the work is done. */
      async function done<T>(work: Promise<T>): Promise<T> {
        let isOver = false;
        const over = work.finally(() => (isOver = true));
        for (let tenth = 0; tenth < 200 && !isOver; tenth++) await home.stage.clock.advance(100);
        return over;
      }

      const read = async (): Promise<unknown> => {
        const { things, stale } = await done(home.account.read({ targets: home.lamp }));
        assert.equal(stale, false);
        return things[0]?.['on'];
      };

      it('does not affect reads and toggles after manual changes', async () => {
        const { isDone } = await done(home.account.command(home.lamp, 'off', { confirmMs: 3 * SECOND }));
        assert.equal(isDone, true);
        for (let time = 0; time < 6; time++) {
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

      it('causes a full poll after a read has detected the step', async () => {
        home.switch();
        assert.equal(await read(), isOn());
        home.stage.take();
        const release = home.poller.need();
        await home.stage.clock.advance(SECOND);
        release();
        assert.match(home.polls()[0] ?? '', /ts=0 /);
      });
    });
  }
});

describe('The clock of a hub that sends no time without changes', () => {
  let home: HeardHome;
  afterEach(() => home.end());

  /** Switches the lamp, and asserts a single change within this time. */
  async function tellsOfChange(mostMs: number): Promise<void> {
    home.changes.splice(0);
    home.switch();
    await home.untilSo(() => home.changes.length > 0, mostMs);
    await home.stage.clock.advance(2 * SECOND);
    assert.equal(home.changes.length, 1, 'once');
  }

  for (const byMs of [3 * SECOND, HOUR, 365 * DAY, 50 * 365 * DAY]) {
    it(`delays changes by at most a minute if it is set back by ${byMs / SECOND} s`, async () => {
      home = new HeardHome({ quietPoll: '304' });
      await home.begin();
      for (let time = 0; time < 5; time++) {
        await tellsOfChange(3 * SECOND);
        await home.stage.clock.advance(time * 7 * SECOND);
        home.house.shiftClock(-byMs);
        await tellsOfChange(62 * SECOND);
        await tellsOfChange(3 * SECOND);
        home.house.shiftClock(byMs);
      }
    });
  }

  it('delays changes by at most 10 minutes if it is set back after a long quiet time', async () => {
    home = new HeardHome({ quietPoll: '304' });
    await home.begin();
    await home.stage.clock.advance(25 * MINUTE);
    home.house.shiftClock(-DAY);
    await tellsOfChange(10 * MINUTE + 2 * SECOND);
    await tellsOfChange(3 * SECOND);
  });

  it('hides no change if it is set back during an outage', async () => {
    home = new HeardHome({ quietPoll: '304' });
    await home.begin();
    await home.stage.clock.advance(25 * MINUTE);
    home.instead = 'unreachable';
    await home.stage.clock.advance(5 * SECOND);
    home.house.shiftClock(-DAY);
    home.instead = undefined;
    await home.untilSo(() => home.poller.failingSince === undefined, 2 * MINUTE);
    await tellsOfChange(4 * SECOND);
  });

  for (const silentMs of [3 * SECOND, 8 * SECOND]) {
    it(`hides no change and no press if it is set back in an outage of ${silentMs / SECOND} s`, async () => {
      home = new HeardHome({ quietPoll: '304' });
      await home.begin();
      await home.stage.clock.advance(5 * MINUTE);
      home.switch();
      // Waits for an answer with the change and the time of the hub.
      await home.untilSo(() => home.changes.length > 0, 2 * SECOND);
      home.instead = 'unreachable';
      await home.stage.clock.advance(silentMs);
      home.house.shiftClock(-DAY);
      home.instead = undefined;
      await home.untilSo(() => home.poller.failingSince === undefined, 2 * MINUTE);
      // Waits until the LAN is polled again after two failures.
      await home.stage.clock.advance(20 * SECOND);
      home.presses = 0;
      home.house.press(home.remote, 2);
      await tellsOfChange(3 * SECOND);
      assert.equal(home.presses, 1);
    });
  }

  it('causes no full polls and no repeated presses', async () => {
    home = new HeardHome({ quietPoll: '304' });
    await home.begin();
    home.house.press(home.remote, 2);
    await home.untilSo(() => home.presses > 0, 3 * SECOND);
    home.stage.take();
    await home.stage.clock.advance(2 * HOUR);
    const polls = home.polls();
    assert.ok(polls.filter((line) => line.includes('ts=0 ')).length === 0);
    assert.equal(home.presses, 1);
    assert.ok(polls.length > 7_000);
  });

  it('causes at most 8 full polls in two hours if the hub does not repeat the last change', async () => {
    home = new HeardHome({ quietPoll: '304' });
    await home.begin();
    home.house.restart();
    home.stage.hub.serve = (_request, path) =>
      path.endsWith('ts=0') ? { body: JSON.stringify(everything()) } : { status: 304 };
    const everything = (): object => ({
      ...{ type: 'POLL_DELTA', full: true, timestamp: home.stage.clock.now() },
      polls: [{ type: 'DEVICE_DELTA', devices: home.house.list('devices') }],
    });
    home.stage.take();
    await home.stage.clock.advance(2 * HOUR);
    const loads = home.polls().filter((line) => line.includes('ts=0 ')).length;
    assert.ok(loads >= 3 && loads <= 8, `${loads} in two hours`);
  });
});

describe('HubTime', () => {
  const at = (stamp: number, askedAt: number, tookMs = 20) => ({ stamp, askedAt, answeredAt: askedAt + tookMs });

  it('detects a step back once', () => {
    const time = new HubTime();
    const stamps = [9_000, 10_000, 11_000, 12_000, 12_600, 13_600];
    assert.deepEqual(
      stamps.map((stamp, second) => time.note(at(stamp, second * 1_000))),
      [false, false, false, false, true, false],
    );
  });

  it('detects a second step back two seconds later', () => {
    const time = new HubTime();
    const stepsAt = [40, 42];
    const noticed = Array.from({ length: 50 }, (_, second) => {
      const stamp = second * 1_000 - 900 * stepsAt.filter((at) => second >= at).length;
      return time.note(at(stamp, second * 1_000)) ? second : undefined;
    });
    assert.deepEqual(
      noticed.filter((second) => second !== undefined),
      stepsAt,
    );
  });

  it('ignores slow answers and clock drift', () => {
    const time = new HubTime();
    const slow = [at(9_000, 0), at(10_900, 1_000, 2_000), at(14_000, 5_000, 4_000), at(19_000, 10_000)];
    const drifting = Array.from({ length: 50 }, (_, hour) => at(DAY + hour * HOUR * 0.9995, DAY + hour * HOUR));
    assert.ok([...slow, ...drifting].every((answer) => !time.note(answer)));
  });

  it('ignores timestamps of the last change', () => {
    const time = new HubTime();
    const stamps = [100, 100, 100, 3_200, 3_200, 5_050, 5_050, 9_900, 9_900];
    const doubts = stamps.filter((stamp, second) => time.note(at(stamp, second * 1_000)));
    assert.deepEqual(doubts, []);
  });
});

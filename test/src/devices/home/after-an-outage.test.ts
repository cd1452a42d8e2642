import assert from 'node:assert/strict';
import { HeardHome } from '../../hub/support/heard-home.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';

describe('a hub that is back after an outage', () => {
  let home: HeardHome;
  afterEach(() => home.end());

  /** The hub is silent by both ways. */
  async function isSilentFor(ms: number, meanwhile: () => void): Promise<void> {
    const { hub, clock } = home.stage;
    const { between } = hub;
    hub.between = () => 'unreachable';
    meanwhile();
    await clock.advance(ms);
    hub.between = between;
    await home.untilSo(() => home.poller.failingSince === undefined, 2 * MINUTE);
  }

  it('and has no alarms any more is heard again: each press, and each command that is confirmed', async () => {
    home = new HeardHome({ quietPoll: '304' });
    await home.begin();
    const { clock } = home.stage;
    await clock.advance(10 * SECOND);
    await isSilentFor(20 * SECOND, () => {
      for (const { id } of home.house.all('alarms')) home.house.remove('alarms', id);
    });
    // The next answer says so, too.
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
    assert.deepEqual(
      home.polls().filter((line) => line.includes('ts=0 ')),
      [],
    );
    const alarms = home.account.read({ kinds: ['alarm'], fresh: true });
    await clock.advance(SECOND);
    assert.deepEqual((await alarms).things, []);
  });
});

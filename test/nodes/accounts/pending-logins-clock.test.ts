import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import { DAY, HOUR, PendingLoginsStage } from '../support/pending-logins-stage';

const MINUTE = 60_000;

describe('Pending logins with a wrong clock', () => {
  const stage = PendingLoginsStage.forSuite();

  /** Waits until the file of pending logins is rewritten, which happens at a fixed interval. */
  async function untilWritten(): Promise<void> {
    const read = (): string => readFileSync(join(stage.folder, '+pending.json'), 'utf8');
    const before = read();
    await stage.clock.advance(11 * MINUTE);
    await until('the file to be written', () => read() !== before);
  }

  for (const [offset, behindMs] of [
    ['two days behind', 2 * DAY],
    ['a year ahead', -365 * DAY],
  ] as const) {
    it(`expire after 24 hours if the clock was ${offset} and is corrected`, async () => {
      stage.clock.jump(-behindMs);
      const email = await stage.logIn('one');
      stage.clock.jump(behindMs);
      assert.ok(await stage.found('one', email));
      await stage.passed(DAY - HOUR);
      assert.ok(await stage.found('one', email));
      await stage.passed(2 * HOUR);
      assert.equal(await stage.found('one', email), null);
    });

    it(`stay over a restart if the clock was ${offset} and is corrected`, async () => {
      stage.clock.jump(-behindMs);
      const email = await stage.logIn('one');
      stage.clock.jump(behindMs);
      await untilWritten();
      for (const passedMs of [0, DAY - HOUR]) {
        await stage.passed(passedMs);
        stage.restart();
        assert.ok(await stage.found('one', email));
      }
      await stage.passed(2 * HOUR);
      assert.equal(await stage.found('one', email), null);
    });
  }

  it('stay if a process starts with a clock days behind that is then corrected', async () => {
    const email = await stage.logIn('one');
    stage.clock.jump(-3 * DAY);
    stage.restart();
    assert.ok(await stage.found('one', email));
    stage.clock.jump(3 * DAY);
    assert.ok(await stage.found('one', email));
    stage.restart();
    assert.ok(await stage.found('one', email));
  });

  it('expire after 24 hours if the clock was a year ahead in an earlier process', async () => {
    stage.clock.jump(365 * DAY);
    const email = await stage.logIn('one');
    stage.clock.jump(-365 * DAY);
    stage.restart();
    assert.ok(await stage.found('one', email));
    await untilWritten();
    stage.restart();
    await stage.passed(DAY + HOUR);
    assert.equal(await stage.found('one', email), null);
  });

  it('do not age while the machine sleeps', async () => {
    const email = await stage.logIn('one');
    stage.clock.sleep(3 * DAY);
    assert.ok(await stage.found('one', email));
  });

  it('are dropped in the order of their start', async () => {
    await stage.logIn('first');
    stage.clock.jump(-DAY);
    for (let number = 0; number < 20; number += 1) {
      await stage.passed(1_000);
      await stage.logIn(`login-${number}`);
    }
    assert.deepEqual([await stage.isThere('first'), await stage.isThere('login-0')], [false, true]);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import { DAY, HOUR, WaitingRoom } from '../support/waiting-room';

const MINUTE = 60_000;

describe('Pending logins with a wrong clock', () => {
  const room = WaitingRoom.forSuite();

  /** Waits until the file is written after its usual interval. */
  async function untilWritten(): Promise<void> {
    const read = (): string => readFileSync(join(room.folder, '+waiting.json'), 'utf8');
    const before = read();
    await room.clock.advance(11 * MINUTE);
    await until('the file to be written', () => read() !== before);
  }

  for (const [offset, behindMs] of [
    ['two days behind', 2 * DAY],
    ['a year ahead', -365 * DAY],
  ] as const) {
    it(`expire after 24 hours if the clock was ${offset} and is corrected`, async () => {
      room.clock.jump(-behindMs);
      const email = await room.logIn('one');
      room.clock.jump(behindMs);
      assert.ok(await room.found('one', email));
      await room.passed(DAY - HOUR);
      assert.ok(await room.found('one', email));
      await room.passed(2 * HOUR);
      assert.equal(await room.found('one', email), null);
    });

    it(`stay over a restart if the clock was ${offset} and is corrected`, async () => {
      room.clock.jump(-behindMs);
      const email = await room.logIn('one');
      room.clock.jump(behindMs);
      await untilWritten();
      for (const passedMs of [0, DAY - HOUR]) {
        await room.passed(passedMs);
        room.restart();
        assert.ok(await room.found('one', email));
      }
      await room.passed(2 * HOUR);
      assert.equal(await room.found('one', email), null);
    });
  }

  it('stay if a process starts with a clock days behind that is then corrected', async () => {
    const email = await room.logIn('one');
    room.clock.jump(-3 * DAY);
    room.restart();
    assert.ok(await room.found('one', email));
    room.clock.jump(3 * DAY);
    assert.ok(await room.found('one', email));
    room.restart();
    assert.ok(await room.found('one', email));
  });

  it('expire after 24 hours if the clock was a year ahead in an earlier process', async () => {
    room.clock.jump(365 * DAY);
    const email = await room.logIn('one');
    room.clock.jump(-365 * DAY);
    room.restart();
    assert.ok(await room.found('one', email));
    await untilWritten();
    room.restart();
    await room.passed(DAY + HOUR);
    assert.equal(await room.found('one', email), null);
  });

  it('do not age while the machine sleeps', async () => {
    const email = await room.logIn('one');
    room.clock.sleep(3 * DAY);
    assert.ok(await room.found('one', email));
  });

  it('are dropped in the order of their start', async () => {
    await room.logIn('first');
    room.clock.jump(-DAY);
    for (let number = 0; number < 20; number += 1) {
      await room.passed(1_000);
      await room.logIn(`login-${number}`);
    }
    assert.deepEqual([await room.isThere('first'), await room.isThere('login-0')], [false, true]);
  });
});

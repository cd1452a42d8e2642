import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import { DAY, HOUR, WaitingRoom } from '../support/waiting-room';

const MINUTE = 60_000;

describe('logins in waiting, when the clock is wrong', () => {
  const room = WaitingRoom.forSuite();

  /** Lets the time pass after which what lies there is written anew, and waits until that is done. */
  async function untilWritten(): Promise<void> {
    const read = (): string => readFileSync(join(room.folder, '+waiting.json'), 'utf8');
    const before = read();
    await room.clock.advance(11 * MINUTE);
    await until('the file to be written', () => read() !== before);
  }

  for (const [what, behindMs] of [
    ['two days behind', 2 * DAY],
    ['a year ahead', -365 * DAY],
  ] as const) {
    it(`and is set while they wait, are kept for 24 hours all the same: it was ${what}`, async () => {
      room.clock.jump(-behindMs);
      const email = await room.logIn('one');
      room.clock.jump(behindMs);
      assert.ok(await room.found('one', email));
      await room.passed(DAY - HOUR);
      assert.ok(await room.found('one', email));
      await room.passed(2 * HOUR);
      assert.equal(await room.found('one', email), null);
    });

    it(`and is set while they wait, are kept over a restart too: it was ${what}`, async () => {
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

  it('are kept when a process begins with a clock that is days behind, which is set soon after', async () => {
    const email = await room.logIn('one');
    room.clock.jump(-3 * DAY);
    room.restart();
    assert.ok(await room.found('one', email));
    room.clock.jump(3 * DAY);
    assert.ok(await room.found('one', email));
    room.restart();
    assert.ok(await room.found('one', email));
  });

  it('are kept for 24 hours from now on when it was a year ahead in a process of before', async () => {
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

  it('do not grow old while the machine sleeps', async () => {
    const email = await room.logIn('one');
    room.clock.sleep(3 * DAY);
    assert.ok(await room.found('one', email));
  });

  it('go in the order in which they were begun', async () => {
    await room.logIn('first');
    room.clock.jump(-DAY);
    for (let number = 0; number < 20; number += 1) {
      await room.passed(1_000);
      await room.logIn(`login-${number}`);
    }
    assert.deepEqual([await room.isThere('first'), await room.isThere('login-0')], [false, true]);
  });
});

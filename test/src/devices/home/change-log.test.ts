import assert from 'node:assert/strict';
import { ChangeLog, type ChangeRecord } from '../../../../src/devices/home/change-log.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { recordOf } from '../support.js';

describe('ChangeLog', () => {
  let clock: FakeClock;
  let log: ChangeLog;

  beforeEach(() => {
    clock = new FakeClock();
    log = new ChangeLog(clock);
  });

  const append = (): void => log.append(recordOf({ changes: [], presses: [], isFirst: false }));
  const positions = (records: readonly ChangeRecord[]): number[] => records.map(({ position }) => position);

  it('gives each subscriber the records that come after it subscribed, until it stops', () => {
    const received: number[] = [];
    append();
    const stop = log.subscribe(({ position }) => received.push(position));
    append();
    append();
    stop();
    append();
    assert.deepEqual(received, [1, 2]);
  });

  it('keeps the records of the last 60 s', async () => {
    append();
    await clock.advance(60 * SECOND);
    append();
    assert.deepEqual(positions(log.since(0)), [0, 1]);
    await clock.advance(1);
    append();
    assert.deepEqual(positions(log.since(0)), [1, 2]);
    assert.deepEqual(positions(log.since(2)), [2]);
    assert.deepEqual(positions(log.since(3)), []);
  });

  it('keeps the position of a stopped node for 60 s, for one node with the same settings', async () => {
    for (const [ms, settings, position] of [
      [60 * SECOND, 'same', 7],
      [60 * SECOND + 1, 'same', undefined],
      [0, 'other', undefined],
    ] as const) {
      log.leave('n1', 'same', { position: 7, kinds: new Set(), holds: new Map() });
      await clock.advance(ms);
      assert.deepEqual(
        [log.resume('n1', settings)?.position, log.resume('n1', 'same')?.position],
        [position, undefined],
      );
    }
  });
});

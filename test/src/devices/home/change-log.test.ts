import assert from 'node:assert/strict';
import { ChangeLog, type ChangeRecord, type NodePosition } from '../../../../src/devices/home/change-log.js';
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
  const state = (): NodePosition => ({ position: log.end, kinds: new Set(['device']), holds: new Map() });
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

  it('returns a saved position only once, and only to a node with the same id and settings', () => {
    log.leave('n1', '{}', state());
    append();
    assert.equal(log.resume('n2', '{}'), undefined);
    assert.equal(log.resume('n1', '{}')?.position, 0);
    assert.equal(log.resume('n1', '{}'), undefined);
    log.leave('n1', '{}', state());
    assert.equal(log.resume('n1', '{"own":false}'), undefined);
    assert.equal(log.resume('n1', '{}'), undefined, 'the settings have changed in between');
  });

  it('keeps a position for 60 s', async () => {
    log.leave('n1', '{}', state());
    await clock.advance(60 * SECOND);
    assert.ok(log.resume('n1', '{}'));
    log.leave('n1', '{}', state());
    await clock.advance(60 * SECOND + 1);
    assert.equal(log.resume('n1', '{}'), undefined);
  });
});

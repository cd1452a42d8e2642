import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import sinon from 'sinon';
import { DeployWatcher } from '../../../nodes/accounts/deploy-watcher';

/** Maximum lateness of a timer of the system clock, in milliseconds. */
const LATE_MS = 2;

describe('DeployWatcher', () => {
  let time: sinon.SinonFakeTimers;
  let events: EventEmitter;
  let changes: DeployWatcher;
  let settled: number;

  beforeEach(() => {
    time = sinon.useFakeTimers();
    events = new EventEmitter();
    settled = 0;
    changes = new DeployWatcher(events, { isLoaded: false, onSettled: () => (settled += 1) });
  });
  afterEach(() => {
    changes.close();
    time.restore();
  });

  /** Whether `settled()` resolves at once. */
  async function isSettled(): Promise<boolean> {
    let isOver = false;
    void changes.settled().then(() => (isOver = true));
    await time.tickAsync(0);
    return isOver;
  }

  it('settles when the first flows have started', async () => {
    assert.equal(await isSettled(), false);
    events.emit('flows:starting');
    assert.equal(await isSettled(), false);
    events.emit('flows:started');
    assert.equal(await isSettled(), true);
  });

  it('settles immediately if flows are already loaded', async () => {
    changes.close();
    changes = new DeployWatcher(events, { isLoaded: true, onSettled: () => (settled += 1) });
    assert.equal(await isSettled(), true);
    events.emit('flows:stopping');
    assert.equal(await isSettled(), false);
  });

  it('settles at the end of a Deploy', async () => {
    events.emit('flows:started');
    const seen: string[] = [];
    for (const step of ['flows:stopping', 'flows:stopped', 'flows:starting']) {
      events.emit(step);
      void changes.settled().then(() => seen.push(step));
      await time.tickAsync(2_000);
      assert.deepEqual(seen, []);
    }
    events.emit('flows:started');
    await time.tickAsync(0);
    assert.deepEqual(seen, ['flows:stopping', 'flows:stopped', 'flows:starting']);
  });

  for (const [situation, steps, limitMs] of [
    ['flows that stay stopped', ['flows:started', 'flows:stopping', 'flows:stopped'], 3_000],
    ['flows that never start', [], 5_000],
    ['a node that is slow to stop', ['flows:started', 'flows:stopping'], 20_000],
  ] as [string, string[], number][]) {
    it(`waits at most ${limitMs / 1000} s for ${situation}`, async () => {
      for (const step of steps) events.emit(step);
      await time.tickAsync(limitMs - 1);
      assert.equal(await isSettled(), false);
      const before = settled;
      await time.tickAsync(1 + LATE_MS);
      assert.equal(await isSettled(), true);
      assert.equal(settled, before + 1, 'one call of onSettled');
    });
  }

  it('removes its listeners and timers on close, and settles', async () => {
    const waiting = changes.settled();
    changes.close();
    await waiting;
    assert.deepEqual(events.eventNames(), []);
    assert.deepEqual([time.countTimers(), settled], [0, 0]);
  });
});

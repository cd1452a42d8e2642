import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import sinon from 'sinon';
import { DeployWatcher } from '../../../nodes/accounts/deploy-watcher';

/** The system's clock rings so much later at most, so that it never rings before its time. */
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

  /** Whether someone who asks now is let go on at once. */
  async function isSettled(): Promise<boolean> {
    let isOver = false;
    void changes.settled().then(() => (isOver = true));
    await time.tickAsync(0);
    return isOver;
  }

  it('is settled only once the flows that Node-RED loads first have started', async () => {
    assert.equal(await isSettled(), false);
    events.emit('flows:starting');
    assert.equal(await isSettled(), false);
    events.emit('flows:started');
    assert.equal(await isSettled(), true);
  });

  it('is settled when the package comes to flows that are loaded already', async () => {
    changes.close();
    changes = new DeployWatcher(events, { isLoaded: true, onSettled: () => (settled += 1) });
    assert.equal(await isSettled(), true);
    events.emit('flows:stopping');
    assert.equal(await isSettled(), false);
  });

  it('lets those who wait through a deploy go on at its end', async () => {
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

  for (const [what, steps, limitMs] of [
    ['flows that were stopped to stay so', ['flows:started', 'flows:stopping', 'flows:stopped'], 3_000],
    ['flows that never start', [], 5_000],
    ['a node that is slow to stop', ['flows:started', 'flows:stopping'], 20_000],
  ] as [string, string[], number][]) {
    it(`waits no longer than ${limitMs / 1000} s for ${what}`, async () => {
      for (const step of steps) events.emit(step);
      await time.tickAsync(limitMs - 1);
      assert.equal(await isSettled(), false);
      const before = settled;
      await time.tickAsync(1 + LATE_MS);
      assert.equal(await isSettled(), true);
      assert.equal(settled, before + 1, 'and says so once');
    });
  }

  it('leaves no listener and no timer behind, and nobody waiting', async () => {
    const waiting = changes.settled();
    changes.close();
    await waiting;
    assert.deepEqual(events.eventNames(), []);
    assert.deepEqual([time.countTimers(), settled], [0, 0]);
  });
});

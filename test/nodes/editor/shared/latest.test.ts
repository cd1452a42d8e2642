import assert from 'node:assert/strict';
import { Latest } from '../../../../nodes/editor/shared/latest.js';

describe('the latest request', () => {
  it('replaces the earlier ones, unless it joins them', () => {
    const latest = new Latest();
    const first = latest.ask();
    const beside = latest.join();
    assert.deepEqual([first(), beside()], [true, true]);
    const second = latest.ask();
    assert.deepEqual([first(), beside(), second()], [false, false, true]);
  });

  it('is out of date after a drop', () => {
    const latest = new Latest();
    const isCurrent = latest.ask();
    latest.drop();
    assert.equal(isCurrent(), false);
    assert.equal(latest.join()(), true, 'a later request');
  });

  it('is out of date after the dialog has closed', () => {
    let isClosed = false;
    const isCurrent = new Latest(() => isClosed).ask();
    assert.equal(isCurrent(), true);
    isClosed = true;
    assert.equal(isCurrent(), false);
  });
});

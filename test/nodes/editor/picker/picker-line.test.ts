import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { PickerLine } from '../../../../nodes/editor/picker/picker-line.js';

describe('the line under a picker', () => {
  let clock: SinonFakeTimers;
  let shown: string;
  let summary: string;
  let isFree: boolean;
  let line: PickerLine;

  beforeEach(() => {
    clock = useFakeTimers();
    [shown, summary, isFree] = ['', '1 chosen', true];
    line = new PickerLine(
      ({ text }) => (shown = text),
      () => ({ text: summary }),
      () => isFree,
    );
    line.showState();
  });
  afterEach(() => clock.restore());

  /** Returns the text of the line after `ms` milliseconds in which the state is shown ten times per second. */
  function afterMs(ms: number): string {
    for (let passed = 0; passed < ms; passed += 100) {
      line.showState('background');
      clock.tick(100);
    }
    return shown;
  }

  it('shows a result long enough to be read, then the current state', () => {
    line.done('Kattovalo removed');
    summary = 'Nothing chosen: everything at home, 40 devices';
    assert.equal(afterMs(2_900), 'Kattovalo removed');
    assert.equal(afterMs(200), summary);
  });

  it('keeps the result if there is no state to show', () => {
    line.done('Kattovalo blinks');
    assert.equal(afterMs(10_000), 'Kattovalo blinks');
  });

  it('shows a change of the state immediately after the user has asked for the state', () => {
    line.done('Kattovalo removed');
    line.showState();
    summary = '3 chosen';
    line.showState('background');
    assert.equal(shown, summary);
  });

  it('shows each of two results long enough', () => {
    line.done('Kattovalo removed');
    clock.tick(2_000);
    line.done('Lukuvalo removed');
    summary = 'Nothing chosen';
    clock.tick(2_900);
    assert.equal(shown, 'Lukuvalo removed');
    clock.tick(100);
    assert.equal(shown, summary);
  });

  it('shows the same state again after another account was chosen', () => {
    line.clear();
    assert.equal(shown, '');
    line.showState('background');
    assert.equal(shown, summary);
  });

  it('shows no new state during a search, or after another account was chosen', () => {
    line.done('Kattovalo removed');
    summary = 'Nothing chosen';
    isFree = false;
    clock.tick(3_000);
    assert.equal(shown, 'Kattovalo removed');
    line.done('Lukuvalo removed');
    line.clear();
    isFree = true;
    clock.tick(5_000);
    assert.equal(shown, '');
  });
});

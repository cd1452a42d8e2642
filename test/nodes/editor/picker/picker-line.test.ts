import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { PickerLine } from '../../../../nodes/editor/picker/picker-line.js';

describe('the line under a picker', () => {
  let clock: SinonFakeTimers;
  let said: string;
  let standing: string;
  let isFree: boolean;
  let line: PickerLine;

  beforeEach(() => {
    clock = useFakeTimers();
    [said, standing, isFree] = ['', '1 chosen', true];
    line = new PickerLine(
      ({ sentence }) => (said = sentence),
      () => ({ sentence: standing }),
      () => isFree,
    );
    line.stand();
  });
  afterEach(() => clock.restore());

  /** What it says after so many milliseconds in which answers go on coming. */
  function afterMs(ms: number): string {
    for (let passed = 0; passed < ms; passed += 100) {
      line.stand('background');
      clock.tick(100);
    }
    return said;
  }

  it('says what was done for as long as it takes to read that, then how it stands', () => {
    line.done('Kattovalo removed');
    standing = 'Nothing chosen: everything at home, 40 devices';
    assert.equal(afterMs(2_900), 'Kattovalo removed');
    assert.equal(afterMs(200), standing);
  });

  it('leaves what was done where nothing stands otherwise', () => {
    line.done('Kattovalo blinks');
    assert.equal(afterMs(10_000), 'Kattovalo blinks');
  });

  it('says at once how it stands when a person does the next thing', () => {
    line.done('Kattovalo removed');
    standing = '2 chosen';
    line.stand();
    assert.equal(said, standing);
    assert.equal(afterMs(5_000), standing);
  });

  it('does not talk into a search, nor once another account was chosen', () => {
    line.done('Kattovalo removed');
    standing = 'Nothing chosen';
    isFree = false;
    clock.tick(3_000);
    assert.equal(said, 'Kattovalo removed');
    line.done('Lukuvalo removed');
    line.clear();
    isFree = true;
    clock.tick(5_000);
    assert.equal(said, '');
  });
});

import assert from 'node:assert/strict';
import { outputsOf } from '../../../nodes/editor/press-rows';

describe('the rows of presses', () => {
  const map = (rows: (number | undefined)[], before: number): object => JSON.parse(outputsOf(rows, before)) as object;

  it('keep their wires when they are sorted', () => {
    assert.deepEqual(map([1, 0], 2), { 0: 1, 1: 0 });
  });

  it('take their wires with them when they are removed; the others move up', () => {
    assert.deepEqual(map([1], 2), { 0: -1, 1: 0 });
  });

  it('that are new have an output without wires', () => {
    assert.deepEqual(map([0, undefined, 1], 2), { 0: 0, 1: 2, new1: 1 });
  });

  it('that are all gone leave one output, without the wires of any', () => {
    assert.deepEqual(map([], 2), { 0: -1, 1: -1, new0: 0 });
  });
});

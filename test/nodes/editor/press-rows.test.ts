import assert from 'node:assert/strict';
import { outputsOf } from '../../../nodes/editor/press-rows';

describe('the press rows of a button node', () => {
  const map = (rows: (number | undefined)[], before: number): object => JSON.parse(outputsOf(rows, before)) as object;

  it('keeps the wires of each row when the rows are sorted', () => {
    assert.deepEqual(map([1, 0], 2), { 0: 1, 1: 0 });
  });

  it('removes the wires of a removed row and moves the later rows up', () => {
    assert.deepEqual(map([1], 2), { 0: -1, 1: 0 });
  });

  it('gives a new row an output without wires', () => {
    assert.deepEqual(map([0, undefined, 1], 2), { 0: 0, 1: 2, new1: 1 });
  });

  it('leaves one output without wires when all rows are removed', () => {
    assert.deepEqual(map([], 2), { 0: -1, 1: -1, new0: 0 });
  });
});

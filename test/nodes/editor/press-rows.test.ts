import assert from 'node:assert/strict';
import { isOfRow, outputsOf } from '../../../nodes/editor/press-rows';

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

describe('a row of a button node', () => {
  const heard = { button: 2, label: 'Vasen ylös', press: 'long' } as const;
  const is = (button: string | number, press = '', label: string | null = heard.label): boolean =>
    isOfRow({ button, press }, { ...heard, label });

  it('has the presses of its button, by number or by label in any case', () => {
    assert.deepEqual([is(2), is('2'), is('VASEN ylös'), is('')], [true, true, true, true]);
    assert.deepEqual([is(1), is('Oikea ylös'), is('null', '', null)], [false, false, false]);
  });

  it('has only its kind of press, or any kind', () => {
    assert.deepEqual([is(2, 'long'), is('', 'long'), is(2, 'short'), is('', 'short')], [true, true, false, false]);
    assert.equal(is(1, 'long'), false);
  });
});

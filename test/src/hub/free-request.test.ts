import assert from 'node:assert/strict';
import { parseRequestBody } from '../../../src/hub/free-request.js';

describe('parseRequestBody', () => {
  const sent: [title: string, value: unknown, body: string | undefined][] = [
    ['returns nothing for undefined', undefined, undefined],
    ['returns nothing for an empty string', '', undefined],
    ['returns an array as JSON', [{ id: 'a' }], '[{"id":"a"}]'],
    ['returns null as JSON', null, 'null'],
    ['returns false as JSON', false, 'false'],
    ['returns a number as JSON', 0, '0'],
    ['returns a JSON text unchanged', ' [1, 2] ', ' [1, 2] '],
    ['returns any other text as a JSON string', 'Europe/Helsinki', '"Europe/Helsinki"'],
  ];
  for (const [title, value, body] of sent) it(title, () => assert.equal(parseRequestBody(value), body));

  const circular: unknown[] = [];
  circular.push(circular);
  const throwing = {
    toJSON: () => {
      throw new Error('a secret');
    },
  };
  const refused: [kind: string, value: unknown][] = [
    ['a circular array', circular],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a big integer', 1n],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['bytes', Buffer.from('x')],
    ['an object with a toJSON that throws', throwing],
  ];
  for (const [kind, value] of refused) {
    it(`refuses ${kind}`, () => {
      assert.throws(() => parseRequestBody(value), {
        code: 'COZIFY_BAD_INPUT',
        message: /^(?!.*secret)body should be/,
      });
    });
  }
});

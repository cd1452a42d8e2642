import assert from 'node:assert/strict';
import { parseRequestBody } from '../../../src/hub/free-request.js';

describe('the body of a request', () => {
  const sent: [what: string, value: unknown, body: string | undefined][] = [
    ['nothing is nothing', undefined, undefined],
    ['an empty text is nothing', '', undefined],
    ['an array is JSON', [{ id: 'a' }], '[{"id":"a"}]'],
    ['null is JSON', null, 'null'],
    ['false is JSON', false, 'false'],
    ['a number is JSON', 0, '0'],
    ['a text that is JSON goes as it is', ' [1, 2] ', ' [1, 2] '],
    ['any other text is a JSON text', 'Europe/Helsinki', '"Europe/Helsinki"'],
  ];
  for (const [what, value, body] of sent) it(what, () => assert.equal(parseRequestBody(value), body));

  const circular: unknown[] = [];
  circular.push(circular);
  const throwing = {
    toJSON: () => {
      throw new Error('a secret');
    },
  };
  const refused: [what: string, value: unknown][] = [
    ['what is circular', circular],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a big integer', 1n],
    ['no number', NaN],
    ['more than any number', Infinity],
    ['bytes', Buffer.from('x')],
    ['what throws when it is looked at', throwing],
  ];
  for (const [what, value] of refused) {
    it(`is never ${what}`, () => {
      assert.throws(() => parseRequestBody(value), {
        code: 'COZIFY_BAD_INPUT',
        message: /^(?!.*secret)body should be/,
      });
    });
  }
});

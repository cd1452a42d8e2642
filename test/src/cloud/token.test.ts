import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CozifyError } from '../../../src/errors.js';
import { decodeToken, parseJwtForm, readTokenAnswer, startsAsJwt } from '../../../src/cloud/token.js';
import { signJwt } from '../../simulator/index.js';

const IAT = 1_772_000_000;
const EXP = IAT + 2_419_800;

describe('decodeToken', () => {
  const issuedAt = IAT * 1000;
  const expiresAt = EXP * 1000;
  const cases: [string, Record<string, unknown>, Record<string, unknown>, object][] = [
    ['times as seconds', { iat: IAT, exp: EXP }, {}, { issuedAt, expiresAt }],
    ['times as strings', { iat: String(IAT), exp: ` ${EXP} ` }, {}, { issuedAt, expiresAt }],
    ['times in milliseconds', { iat: issuedAt, exp: expiresAt }, {}, { issuedAt, expiresAt }],
    ['milliseconds as strings', { iat: String(issuedAt), exp: String(expiresAt) }, {}, { issuedAt, expiresAt }],
    ['exp in the header', { iat: IAT }, { exp: EXP }, { issuedAt, expiresAt }],
    ['exp in both, where the header wins', { iat: IAT, exp: 5 }, { exp: EXP }, { issuedAt, expiresAt }],
    ['no exp', { iat: IAT }, {}, { issuedAt }],
    ['no iat', { exp: EXP }, {}, { expiresAt }],
    ['no times', {}, {}, {}],
    ['invalid times', { iat: 'soon', exp: null }, {}, {}],
    ['times of the wrong kind', { iat: [IAT], exp: { at: EXP } }, {}, {}],
    ['times before 1970', { iat: -5, exp: 0 }, {}, {}],
    ['a time beyond the range of dates', { iat: 1e300 }, {}, {}],
    ['the largest number read as seconds', { exp: 1e11 }, {}, { expiresAt: 1e14 }],
    ['a user', { user_id: 'u1' }, {}, { userId: 'u1' }],
    ['a user by number', { user_id: 7 }, {}, { userId: '7' }],
    ['an empty user', { user_id: '' }, {}, {}],
    ['the name of a hub', { hub_name: 'Koti' }, {}, { hubName: 'Koti' }],
    ['the name of a hub in camel case', { hubName: 'Mökki' }, {}, { hubName: 'Mökki' }],
    ['a role', { role: 8 }, {}, { role: 8 }],
    ['a role as a string', { role: '8' }, {}, { role: 8 }],
    ['an unknown role', { role: 'owner' }, {}, {}],
  ];
  for (const [content, claims, header, expected] of cases) {
    it(`reads ${content}`, () => assert.deepEqual(decodeToken(signJwt(claims, 'secret', header)), expected));
  }

  it('returns nothing for a token that cannot be decoded', () => {
    for (const token of ['foobar', '', '.', 'a.b.c', `e30.${Buffer.from('null').toString('base64url')}.x`, '..']) {
      assert.deepEqual(decodeToken(token), {});
    }
    const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    for (const claims of ['[1]', '5', '"x"', '{"__proto__":{"exp":5},"constructor":5}', `{"exp":${nested}}`]) {
      const part = Buffer.from(claims).toString('base64url');
      assert.deepEqual(decodeToken(`${part}.${part}.x`), {}, claims.slice(0, 40));
    }
    fc.assert(fc.property(fc.string(), (token) => void decodeToken(token)));
  });
});

describe('parseJwtForm', () => {
  const part = Buffer.from('{"alg":"HS512"}').toString('base64url');

  it('returns the algorithm and the length of the signature', () => {
    assert.deepEqual(parseJwtForm(`${part}.${part}.abc`), { algorithm: 'HS512', signatureLength: 3 });
  });

  it('returns nothing for a token without all parts, which startsAsJwt recognizes by its header', () => {
    for (const token of [part, `${part}.`, `${part}.${part}`, `${part}.e30.abc`, `${part}.${part}.abc.d`]) {
      assert.deepEqual([parseJwtForm(token), startsAsJwt(token)], [undefined, true], token);
    }
    for (const token of ['opaque-token', `e30.${part}.abc`, `.${part}.abc`]) {
      assert.deepEqual([parseJwtForm(token), startsAsJwt(token)], [undefined, false], token);
    }
  });
});

describe('readTokenAnswer', () => {
  const token = signJwt({ iat: IAT, exp: EXP }, 'secret');
  const accepted: [string, string][] = [
    ['without decoration', token],
    ['with a newline behind it', `${token}\n`],
    ['with CRLF and spaces around it', `  ${token}\r\n`],
    ['in double quotes', `"${token}"`],
    ['in quotes, with a newline behind them', `"${token}"\n`],
    ['in quotes, with spaces inside them', `" ${token} "`],
    ['after a quote only', `"${token}`],
    ['in two pairs of quotes', `""${token}""`],
  ];
  for (const [form, body] of accepted) it(`accepts a token ${form}`, () => assert.equal(readTokenAnswer(body), token));

  it('accepts an opaque text that looks like a token', () => {
    for (const opaque of ['A'.repeat(16), 'z'.repeat(8192), 'abc._~+/=-0123456']) {
      assert.equal(readTokenAnswer(opaque), opaque);
    }
  });

  const refused: [string, string][] = [
    ['an empty response', ''],
    ['white space', ' \n '],
    ['null', 'null'],
    ['a web page', '<html><body>Welcome to the hotel</body></html>'],
    ['JSON', '{"token":"abcdefghijklmnopqrstuvwxyz"}'],
    ['a text that is too short', 'A'.repeat(15)],
    ['a text that is too long', 'A'.repeat(8193)],
    ['an inner newline', `${token.slice(0, 30)}\n${token.slice(30)}`],
    ['an inner space', `${token.slice(0, 30)} ${token.slice(30)}`],
    ['an inner quote', `${token.slice(0, 30)}"${token.slice(30)}`],
    ['a control character', `${token}\u0007x`],
    ['a NUL', `${token}\0`],
    ['a non-ASCII letter', `${token}ä`],
    ['several tokens', `${token},${token}`],
  ];
  for (const [content, body] of refused) {
    it(`refuses ${content}`, () => {
      assert.throws(
        () => readTokenAnswer(body),
        (error: CozifyError) => error.code === 'COZIFY_BAD_ANSWER' && !error.message.includes(token.slice(0, 20)),
      );
    });
  }

  it('returns only tokens that a header can carry, or fails with COZIFY_BAD_ANSWER', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^"?[\w.]{10,40}"?\s?$/)), (body) => {
        try {
          return /^[\w.~+/=-]{16,8192}$/.test(readTokenAnswer(body));
        } catch (error) {
          return error instanceof CozifyError && error.code === 'COZIFY_BAD_ANSWER';
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAccountExpiry, parseExpiry } from '../../src/input.js';
import { decodeToken, isHeaderSafe, readTokenAnswer } from '../../src/cloud/token.js';
import { signJwt } from '../simulator/index.js';
import { orRefused, text, textOf } from './support/or-refused.js';
import { runs } from './support/runs.js';

describe('properties of values', () => {
  describe('of tokens', () => {
    const names = ['iat', 'exp', 'user_id', 'hub_name', 'hubName', '__proto__', 'other'];
    const claims = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(fc.jsonValue(), fc.double(), fc.bigInt().map(String)),
    );

    function assertClaims(token: string): void {
      const { issuedAt, expiresAt, userId, hubName } = decodeToken(token);
      for (const time of [issuedAt, expiresAt]) {
        assert.ok(time === undefined || !Number.isNaN(new Date(time).getTime()), `${time} is no time`);
        assert.ok(time === undefined || time > 0);
      }
      for (const name of [userId, hubName]) assert.ok(name === undefined || typeof name === 'string');
    }

    it('decode any string without a throw or a NaN', () => {
      fc.assert(fc.property(fc.oneof(text, textOf('ey.JhbGciOiJIUzUxMiJ9_-{}"', 200)), assertClaims), runs(2_000));
    });

    it('decode any claims without a throw or a NaN', () => {
      fc.assert(
        fc.property(claims, claims, (payload, header) => assertClaims(signJwt(payload, 'secret', header))),
        runs(1_000),
      );
    });

    it('decode any JSON as header and payload', () => {
      const part = fc.json().map((json) => Buffer.from(json).toString('base64url'));
      fc.assert(
        fc.property(part, part, (header, payload) => assertClaims(`${header}.${payload}.x`)),
        runs(1_000),
      );
    });

    const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-';
    const around = fc.constantFrom('', ' ', '\n', '\r\n', '\t', '"');
    const near = fc.oneof(
      textOf(ALPHABET, 60),
      textOf(`${ALPHABET} "'\n\u0000ä,;:`, 60),
      fc.tuple(around, textOf(ALPHABET, 40), around).map((parts) => parts.join('')),
      fc.integer({ min: 8_185, max: 8_200 }).map((length) => 'a'.repeat(length)),
      text,
    );

    it('accept an answer exactly if it has 16 to 8192 characters of the alphabet', () => {
      fc.assert(
        fc.property(near, (body) => {
          let inner = body.trim();
          if (inner.length >= 2 && inner.startsWith('"') && inner.endsWith('"')) inner = inner.slice(1, -1).trim();
          const isOne =
            inner.length >= 16 &&
            inner.length <= 8_192 &&
            [...inner].every((character) => ALPHABET.includes(character));
          const token = orRefused('COZIFY_BAD_ANSWER', () => readTokenAnswer(body));
          assert.equal(token, isOne ? inner : undefined);
        }),
        runs(3_000),
      );
    });

    it('accept a token set by hand exactly if it is safe in a header', () => {
      fc.assert(
        fc.property(fc.oneof(near, text), (token) => {
          const codes = [...token].map((character) => character.codePointAt(0) ?? 0);
          const isSafe = codes.length >= 1 && codes.length <= 8_192 && codes.every((code) => code > 32 && code < 127);
          assert.equal(isHeaderSafe(token), isSafe);
        }),
        runs(1_000),
      );
    });
  });

  describe('of durations', () => {
    const written = fc.tuple(textOf('0123456789.-+eE ', 12), fc.constantFrom('s', 'm', 'h', 'd', 'w', 'y', '', 'ms'));
    const input = fc.oneof(
      fc.anything(),
      fc.double(),
      text,
      written.map((parts) => parts.join('')),
    );

    it('are parsed in a step as a positive finite time, the default of the account, or COZIFY_BAD_INPUT', () => {
      fc.assert(
        fc.property(input, (expiry) => {
          const ms = orRefused('COZIFY_BAD_INPUT', () => parseExpiry(expiry));
          assert.ok(ms === undefined || (Number.isFinite(ms) && ms > 0), String(ms));
        }),
        runs(2_000),
      );
    });

    it('are parsed in an account as a positive finite time or as invalid, and never throw', () => {
      const unit = fc.oneof(
        fc.constantFrom('seconds', 'minutes', 'hours', 'days', '__proto__', 'toString'),
        fc.string(),
      );
      fc.assert(
        fc.property(fc.oneof(fc.double(), text, textOf('0123456789.e-', 10), fc.jsonValue()), unit, (amount, name) => {
          const ms = parseAccountExpiry(amount, name);
          assert.ok(ms === undefined || (Number.isFinite(ms) && ms > 0), String(ms));
        }),
        runs(2_000),
      );
    });
  });
});

import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { readCloudUrl, readHubAddress } from '../../src/address.js';
import { readAccountExpiry, readExpiry } from '../../src/duration.js';
import { readEmail, readOtp } from '../../src/input.js';
import { decodeToken, isHeaderSafe, readTokenAnswer } from '../../src/token.js';
import { signJwt } from '../simulator/index.js';
import { PATIENCE_MS, runs } from './support/runs.js';

/** What `work` gives, or `undefined` where it throws that code and no other. */
function orRefused<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    assert.equal((error as { code?: string }).code, code, String(error));
    return undefined;
  }
}

const text = fc.string({ unit: 'binary', maxLength: 300 });
const pick = (characters: string) => fc.constantFrom(...characters);
const textOf = (characters: string, maxLength: number) => fc.string({ unit: pick(characters), maxLength });

describe('properties of values', function () {
  this.timeout(PATIENCE_MS);

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

    it('any string is decoded without a throw or a NaN', () => {
      fc.assert(fc.property(fc.oneof(text, textOf('ey.JhbGciOiJIUzUxMiJ9_-{}"', 200)), assertClaims), runs(2_000));
    });

    it('any claims are decoded without a throw or a NaN', () => {
      fc.assert(
        fc.property(claims, claims, (payload, header) => assertClaims(signJwt(payload, 'secret', header))),
        runs(1_000),
      );
    });

    it('any JSON at all for header and payload, too', () => {
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

    it('an answer is taken for one exactly when it is 16 to 8192 characters of the alphabet', () => {
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

    it('what may be set by hand can be a header, and nothing else can be set', () => {
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

    it('of a step: a positive finite time, the account’s, or COZIFY_BAD_INPUT', () => {
      fc.assert(
        fc.property(input, (expiry) => {
          const ms = orRefused('COZIFY_BAD_INPUT', () => readExpiry(expiry));
          assert.ok(ms === undefined || (Number.isFinite(ms) && ms > 0), String(ms));
        }),
        runs(2_000),
      );
    });

    it('of an account: a positive finite time, or no sense; never a throw', () => {
      const unit = fc.oneof(
        fc.constantFrom('seconds', 'minutes', 'hours', 'days', '__proto__', 'toString'),
        fc.string(),
      );
      fc.assert(
        fc.property(fc.oneof(fc.double(), text, textOf('0123456789.e-', 10), fc.jsonValue()), unit, (amount, name) => {
          const ms = readAccountExpiry(amount, name);
          assert.ok(ms === undefined || (Number.isFinite(ms) && ms > 0), String(ms));
        }),
        runs(2_000),
      );
    });
  });

  describe('of addresses', () => {
    const octet = fc.oneof(fc.constantFrom(0, 10, 127, 172, 192, 168, 169, 254, 16, 31, 32, 255), fc.nat(300));
    const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    const odd = fc.constantFrom(
      'localhost',
      '127.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '::ffff:8.8.8.8',
      'fe80::1%1',
    );
    const v6 = fc.oneof(
      fc.ipV6(),
      fc.constantFrom('fe80::1', 'fd00::5', 'fc00::', 'ff02::1', '::1', '::', '::ffff:10.0.0.1'),
    );
    const host = fc.oneof(
      v4,
      fc.ipV4(),
      v6,
      v6.map((address) => `[${address}]`),
      odd,
      fc.domain(),
    );
    const prefix = fc.constantFrom(
      '',
      '',
      'http://',
      'HTTP://',
      'https://',
      '//',
      'http://user:pw@',
      'http://a@',
      'http:\\\\',
    );
    const suffix = fc.constantFrom(
      '',
      '',
      ':8893',
      ':80',
      ':0',
      ':65536',
      '/',
      '/x',
      '/..',
      '?q',
      '#h',
      '@8.8.8.8',
      ' ',
      '\n',
    );
    const candidate = fc.tuple(prefix, host, suffix, suffix).map((parts) => parts.join(''));

    it('of hubs: what is taken is a literal address of this network', () => {
      fc.assert(
        fc.property(fc.oneof(candidate, candidate, text, fc.anything()), (entry) => {
          const address = readHubAddress(entry);
          if (address === undefined) return;
          const { hostname, origin, port, protocol } = new URL(address.origin);
          const bare = hostname.replace(/^\[|\]$/g, '');
          assert.ok(isLocal(bare), `${String(entry)} was taken for ${bare}`);
          assert.ok(String(entry).toLowerCase().includes(bare), 'literally that address');
          assert.equal(protocol, 'http:');
          assert.equal(origin, new URL(address.origin).origin);
          assert.notEqual(port, '0');
          assert.deepEqual(readHubAddress(address.host), address, 'what is shown leads there again');
        }),
        runs(5_000),
      );
    });

    it('of the cloud: what is taken is https or this machine, with nothing hidden in it', () => {
      const url = fc.oneof(
        candidate,
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        text,
        fc.anything(),
      );
      fc.assert(
        fc.property(url, (given) => {
          const taken = orRefused('COZIFY_BAD_INPUT', () => readCloudUrl(given));
          if (taken === undefined) return;
          const { protocol, username, password, search, hash, hostname } = new URL(taken);
          assert.deepEqual([username, password, search, hash], ['', '', '', '']);
          assert.ok(!/[?#@\s\\]/.test(new URL(taken).host) && !/[?#\s\\]|\/$/.test(taken), taken);
          const bare = hostname.replace(/^\[|\]$/g, '');
          const isHere = hostname === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
          assert.ok(protocol === 'https:' || (protocol === 'http:' && isHere), taken);
        }),
        runs(5_000),
      );
    });

    it('of people and codes: trimmed, of the right length, without line breaks', () => {
      const near = fc.tuple(textOf('aAö.+_- \n\t@', 12), fc.constantFrom('@', '', '@@'), textOf('aäb.-\r@', 12));
      fc.assert(
        fc.property(
          fc.oneof(
            near.map((parts) => parts.join('')),
            text,
            fc.anything(),
          ),
          (given) => {
            const email = orRefused('COZIFY_BAD_INPUT', () => readEmail(given));
            if (email !== undefined) {
              assert.ok(typeof given === 'string' && given.trim() === email && email.length <= 254);
              const [before, after, more] = email.split('@');
              assert.ok(before && after && more === undefined);
              // eslint-disable-next-line no-control-regex
              assert.doesNotMatch(email, /[\s\u0000-\u001f\u007f-\u009f]/);
            }
            const code = orRefused('COZIFY_BAD_INPUT', () => readOtp(given));
            assert.ok(code === undefined || (typeof given === 'string' && code === given.trim() && code !== ''));
          },
        ),
        runs(3_000),
      );
    });
  });
});

/** Private, link-local, unique-local and loopback addresses, told by hand. */
function isLocal(address: string): boolean {
  if (isIP(address) === 6) {
    const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address);
    if (mapped === null) return address === '::1' || /^(fe[89ab][\da-f]|f[cd][\da-f]{2}):/.test(address);
    const [high = 0, low = 0] = mapped.slice(1).map((part) => parseInt(part, 16));
    return isLocal([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  if (isIP(address) !== 4) return false;
  const [a = 0, b = 0] = address.split('.').map(Number);
  return (
    a === 10 || a === 127 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 169 && b === 254)
  );
}

import assert from 'node:assert/strict';
import { isIP, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { parseHubAddress } from '../../src/hub/hub-address.js';
import { parseCloudUrl, parseEmail, parseOtp } from '../../src/input.js';
import { orRefused, text, textOf } from './support/or-refused.js';
import { runs } from './support/runs.js';

describe('properties of addresses', () => {
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
  const edge = fc.constantFrom(
    ...[
      '172.15.255.255',
      '172.32.0.0',
      '11.0.0.0',
      '9.255.255.255',
      '169.253.255.255',
      '169.255.0.0',
      '192.167.255.255',
    ],
    ...['192.169.0.0', '126.255.255.255', '128.0.0.0', '[fe7f::1]', '[fec0::1]', '[fbff::1]', '[fe00::1]', '[::2]'],
  );
  const host = fc.oneof(
    edge,
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

  it('accept as a hub only a literal address of the local network', () => {
    fc.assert(
      fc.property(fc.oneof(candidate, candidate, text, fc.anything()), (entry) => {
        const address = parseHubAddress(entry);
        if (address === undefined) return;
        const { hostname, origin, port, protocol } = new URL(address.origin);
        const bare = hostname.replace(/^\[|\]$/g, '');
        assert.ok(isLocal(bare), `${String(entry)} was taken for ${bare}`);
        // An IPv6 address may be written in many ways, but an IPv4 address only as four decimal numbers.
        const isWritten = isIPv6(bare) || String(entry).toLowerCase().includes(bare);
        assert.ok(isWritten, 'literally that address');
        assert.equal(protocol, 'http:');
        assert.equal(origin, new URL(address.origin).origin);
        assert.notEqual(port, '0');
        assert.deepEqual(parseHubAddress(address.host), address, 'what is shown leads there again');
      }),
      runs(5_000),
    );
  });

  it('accept as a cloud only https or this machine, without a user, query or fragment', () => {
    const url = fc.oneof(candidate, fc.webUrl({ withQueryParameters: true, withFragments: true }), text, fc.anything());
    fc.assert(
      fc.property(url, (given) => {
        const taken = orRefused('COZIFY_BAD_INPUT', () => parseCloudUrl(given));
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

  it('accept e-mail addresses and codes only trimmed, with a valid length and no white space', () => {
    const near = fc.tuple(textOf('aAö.+_- \n\t@', 12), fc.constantFrom('@', '', '@@'), textOf('aäb.-\r@', 12));
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((parts) => parts.join('')),
          text,
          fc.anything(),
        ),
        (given) => {
          const email = orRefused('COZIFY_BAD_INPUT', () => parseEmail(given));
          if (email !== undefined) {
            assert.ok(typeof given === 'string' && given.trim() === email && email.length <= 254);
            const [before, after, more] = email.split('@');
            assert.ok(before && after && more === undefined);
            assert.doesNotMatch(email, /[\s\p{Cc}]/u);
          }
          const code = orRefused('COZIFY_BAD_INPUT', () => parseOtp(given));
          assert.ok(
            code === undefined || (typeof given === 'string' && code === given.replace(/[\s\p{Cc}\p{Cf}\p{DI}]/gu, '')),
          );
          assert.notEqual(code, '');
        },
      ),
      runs(3_000),
    );
  });
});

/**
 * Whether an address is private, link-local, unique-local or loopback. The ranges are written out here, independently
 * of the code under test.
 */
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

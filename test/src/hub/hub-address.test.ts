import assert from 'node:assert/strict';
import { DEFAULT_CLOUD_URL, isLoopbackHost, parseCloudUrl } from '../../../src/input.js';
import { parseHubAddress } from '../../../src/hub/hub-address.js';

describe('parseCloudUrl', () => {
  const good: [unknown, string][] = [
    ['', DEFAULT_CLOUD_URL],
    [undefined, DEFAULT_CLOUD_URL],
    ['  ', DEFAULT_CLOUD_URL],
    ['https://api.cozify.fi/ui/0.2/', 'https://api.cozify.fi/ui/0.2'],
    [' https://testapi.cozify.fi/ui/0.2 ', 'https://testapi.cozify.fi/ui/0.2'],
    ['HTTPS://API.Cozify.FI:443/ui/0.2', 'https://api.cozify.fi/ui/0.2'],
    ['https://example.com', 'https://example.com'],
    ['http://localhost:8080/ui/0.2', 'http://localhost:8080/ui/0.2'],
    ['http://127.3.4.5:1/x', 'http://127.3.4.5:1/x'],
    ['http://[::1]:8080/ui', 'http://[::1]:8080/ui'],
  ];
  for (const [given, expected] of good) {
    it(`accepts ${JSON.stringify(given)}`, () => assert.equal(parseCloudUrl(given), expected));
  }

  const bad = [
    'http://api.cozify.fi/ui/0.2',
    'http://192.168.1.5/ui',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://127.0.0.1@evil.example/',
    'http://[::2]/',
    'https://api.cozify.fi/\nHost: evil.example',
    '//evil.example/',
    'https://user@api.cozify.fi/',
    'https://@api.cozify.fi/',
    'https://:@api.cozify.fi/',
    'https://user:secret@api.cozify.fi/',
    'https:/user:secret@api.cozify.fi/',
    'https:user@api.cozify.fi/',
    'https:///user:secret@api.cozify.fi/',
    'https://api.cozify.fi/?a=1',
    'https://api.cozify.fi/?',
    'https://api.cozify.fi/#x',
    'https://api.cozify.fi\\@evil.example/',
    'ftp://api.cozify.fi/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'api.cozify.fi',
    ...['https://api.cozify.fi@evil.example/ui/0.2', 'https://:pass@api.cozify.fi/', '\\\\evil.example\\ui'],
    ...['https:\\\\evil.example\\ui', 'https://api.cozify.fi/ui 0.2', 'http://[::ffff:8.8.8.8]/'],
    ...['http://0.0.0.0/', 'http://169.254.169.254/latest/meta-data', 'data:text/plain,token'],
    ...['unix:/var/run/docker.sock', '/ui/0.2'],
    'https://',
    `https://example.com/${'a'.repeat(2048)}`,
    null,
    5,
    {},
  ];
  for (const given of bad) {
    it(`refuses ${JSON.stringify(given).slice(0, 60)}`, () => {
      assert.throws(
        () => parseCloudUrl(given),
        (error: Error & { code?: string }) => error.code === 'COZIFY_BAD_INPUT' && !error.message.includes('secret'),
      );
    });
  }

  it('removes a dot at the end of the host', () => {
    assert.equal(parseCloudUrl('https://api.cozify.fi./ui/0.2'), 'https://api.cozify.fi/ui/0.2');
    assert.equal(parseCloudUrl('http://localhost.:1880/'), 'http://localhost:1880');
  });

  it('recognizes loopback hosts', () => {
    for (const host of ['localhost', '127.0.0.1', '127.255.0.9', '[::1]']) assert.equal(isLoopbackHost(host), true);
    for (const host of ['128.0.0.1', '0.0.0.0', '192.168.1.1', 'example.com', '[::2]']) {
      assert.equal(isLoopbackHost(host), false);
    }
  });
});

describe('parseHubAddress', () => {
  const good: [string, string, string][] = [
    ['192.168.1.5', '192.168.1.5', 'http://192.168.1.5:8893'],
    [' 10.0.0.7\n', '10.0.0.7', 'http://10.0.0.7:8893'],
    ['172.16.0.1', '172.16.0.1', 'http://172.16.0.1:8893'],
    ['172.31.255.254', '172.31.255.254', 'http://172.31.255.254:8893'],
    ['169.254.10.10', '169.254.10.10', 'http://169.254.10.10:8893'],
    ['127.0.0.1', '127.0.0.1', 'http://127.0.0.1:8893'],
    ['http://192.168.70.160:8893', '192.168.70.160', 'http://192.168.70.160:8893'],
    ['http://192.168.1.5:8894', '192.168.1.5:8894', 'http://192.168.1.5:8894'],
    ['HTTP://192.168.1.5:8894/', '192.168.1.5:8894', 'http://192.168.1.5:8894'],
    ['192.168.1.5:8894', '192.168.1.5:8894', 'http://192.168.1.5:8894'],
    ['http://192.168.1.5:80', '192.168.1.5:80', 'http://192.168.1.5:80'],
    ['fe80::1', 'fe80::1', 'http://[fe80::1]:8893'],
    ['fd12:3456::1', 'fd12:3456::1', 'http://[fd12:3456::1]:8893'],
    ['::1', '::1', 'http://[::1]:8893'],
    ['fd00::1:80', 'fd00::1:80', 'http://[fd00::1:80]:8893'],
    ['http://[fd00::5]:8894', '[fd00::5]:8894', 'http://[fd00::5]:8894'],
    ['fd00:0:0:0:0:0:0:1', 'fd00::1', 'http://[fd00::1]:8893'],
    ['http://[FD00:0::0001]:8894', '[fd00::1]:8894', 'http://[fd00::1]:8894'],
  ];
  for (const [given, host, origin] of good) {
    it(`reads ${JSON.stringify(given)} as ${host}`, () => assert.deepEqual(parseHubAddress(given), { host, origin }));
  }

  it('reads the hosts that it returns', () => {
    for (const [, host] of good) assert.equal(parseHubAddress(host)?.host, host);
  });

  const bad: unknown[] = [
    ...['hub.local', 'http://hub.local:8893', 'localhost', '8.8.8.8', 'http://8.8.8.8:8893', '9.255.255.255'],
    ...['11.0.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
    ...['192.167.255.255', '192.169.0.0', '2001:db8::1', 'fbff::1', 'fe00::1', 'fe7f::1', 'fec0::1', '::', '::2'],
    ...['::ffff:8.8.8.8', '127.1', '2130706433', '0x7f000001', '0300.0250.1.5', 'https://192.168.1.5:8893'],
    ...['http://user@192.168.1.5:8893', 'http://192.168.1.5:8893/path', 'http://192.168.1.5:8893/?a=b'],
    ...['http://192.168.1.5:8893/#f', 'http://192.168.1.5@evil.example', '192.168.1.5:0', '192.168.1.5:99999'],
    ...['192.168.1.5\\@evil.example', '192.168.1.999'],
    ...['http://127.0.0.1.nip.io:8893', 'http://2130706433:8893', 'http://0x7f000001:8893'],
    ...['http://0x7f.0.0.1:8893', 'http://0177.0.0.1:8893', 'http://127.1:8893'],
    ...['http://0:8893', '0.0.0.0', 'http://①②⑦.⓪.⓪.①:8893'],
    ...['http://127。0。0。1:8893', 'http://[::]:8893', 'http://[::ffff:127.0.0.1]:8893'],
    ...['::ffff:127.0.0.1', 'http://[::127.0.0.1]:8893', 'http://[64:ff9b::7f00:1]:8893'],
    ...['http://[::1%25lo]:8893', 'fe80::1%lo', 'http://user:pass@127.0.0.1:8893'],
    ...['http://127.0.0.1:8893@evil.example', 'http://evil.example#@127.0.0.1:8893', 'http://127.0.0.1:8893/..//evil'],
    ...['ws://127.0.0.1:8893', 'file://127.0.0.1/etc/passwd', '//127.0.0.1:8893'],
    ...[
      'http:\\\\127.0.0.1:8893',
      'http://127.0.0.1\\@evil.example:8893',
      'http://127.0.0.1:8893\r\nHost: evil.example',
    ],
    ...['http://%31%32%37.0.0.1:8893', '127.0.0.1\0', '100.64.0.1'],
    ...['224.0.0.1', '255.255.255.255', 'http://[2001:4860:4860::8888]:8893'],
    ...['http://[::ffff:808:808]:8893'],
    ...['', ' '],
    'x'.repeat(200),
    null,
    undefined,
    5,
    ['192.168.1.5'],
    { host: '192.168.1.5' },
  ];
  for (const given of bad) {
    it(`refuses ${JSON.stringify(given)?.slice(0, 40)}`, () => assert.equal(parseHubAddress(given), undefined));
  }
});

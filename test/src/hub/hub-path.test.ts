import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CozifyError } from '../../../src/errors.js';
import { parseHubPath, pathAtHub } from '../../../src/hub/hub-path.js';

describe('parseHubPath', () => {
  const accepted: [unknown, string][] = [
    ['devices', '/devices'],
    ['/devices', '/devices'],
    [' /hub/tz ', '/hub/tz'],
    ['hub/poll?ts=0', '/hub/poll?ts=0'],
    ['/alarms/close?alarmId=a..b', '/alarms/close?alarmId=a..b'],
    ['/rooms/Mökki 1', '/rooms/M%C3%B6kki%201'],
    ['/devices/a%20b', '/devices/a%20b'],
    ['/devices//x', '/devices//x'],
    ['/devices/..x', '/devices/..x'],
    ['/ccc', '/ccc'],
    ['/devices/a;b%25%23', '/devices/a;b%25%23'],
    ['/search?url=http://example.com', '/search?url=http://example.com'],
  ];
  for (const [path, expected] of accepted) {
    it(`accepts ${JSON.stringify(path)}`, () => assert.equal(parseHubPath(path), expected));
  }

  it('puts all paths except /hub below the API version', () => {
    const whole = (path: string): string => pathAtHub(parseHubPath(path), '1.14');
    assert.deepEqual(['hub', '/hub', 'hub?a=1'].map(whole), ['/hub', '/hub', '/hub?a=1']);
    assert.deepEqual(['hub/tz', 'hubs', 'devices'].map(whole), [
      '/cc/1.14/hub/tz',
      '/cc/1.14/hubs',
      '/cc/1.14/devices',
    ]);
  });

  const refused: unknown[] = [
    ...[undefined, null, 5, true, ['/devices'], { path: '/devices' }],
    ...['', ' ', '/', '?ts=0', '/?ts=0'],
    ...['//evil.example', '//evil.example/cc/1.14/devices', ' //evil.example'],
    ...['http://evil.example/', 'HTTPS://evil.example', 'javascript:alert(1)', 'file:///etc/passwd'],
    ...['..', '../user', '/../user/hubkeys', '/devices/../..', './devices', '/devices/.', '/a/../b'],
    ...['%2e%2e/user', '/%2E%2e/user', '/.%2e/user', '/devices%2f..%2f..', '/devices%5C..%5C..'],
    ...[
      '/%252e%252e/user',
      '/%25252E./user',
      '/..;a=b/user',
      '/devices/%2e%2e%3bx/a',
      '/a/%%32e%%32e/b',
      '/devices/..;',
    ],
    ...['/devices%0d%0aX-Hub-Key:%20a', '/dev%00ices', '/dev%7Fices', '/dev%2500ices'],
    ...['\\\\evil.example', '/\\evil.example', '/devices\\..\\..'],
    ...['/dev\nices', '/devices\r\nX-Hub-Key: a', '/dev\u0000ices', '/devices\u007f', '/dev\tices'],
    ...['\tevil', 'devices\r\n', '\u0000devices', ' \t/devices', '/devices\u0085'],
    ...['/devices#fragment', '/devices/\ud800'],
    ...['/cc/1.14/devices', 'cc/1.14/devices', '/cc', '/cc/../user'],
  ];
  for (const path of refused) {
    it(`refuses ${JSON.stringify(path) ?? 'undefined'}`, () => {
      assert.throws(() => parseHubPath(path), { code: 'COZIFY_BAD_INPUT' });
    });
  }

  it('refuses a path of 9,000 characters', () => {
    assert.throws(() => parseHubPath('a'.repeat(9000)), { code: 'COZIFY_BAD_INPUT' });
  });

  it('never returns a path outside the API', () => {
    const odd = fc.constantFrom(
      '.',
      '..',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      ':',
      '@',
      '?',
      '#',
      '//',
      'http:',
      'a',
      '\t',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(odd).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (path) => {
        let parsed: string;
        try {
          parsed = parseHubPath(path);
        } catch (error) {
          assert.equal((error as CozifyError).code, 'COZIFY_BAD_INPUT');
          return;
        }
        const url = new URL(`http://hub/cc/1.14${parsed}`);
        assert.equal(url.host + url.pathname + url.search, `hub/cc/1.14${parsed}`);
      }),
      { numRuns: 400 },
    );
  });
});

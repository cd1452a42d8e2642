import assert from 'node:assert/strict';
import {
  CLOUD_DEADLINE_MS,
  CLOUD_MAX_BYTES,
  type Cloud,
  emailLogin,
  hubKeys,
  lanIp,
  logOut,
  refreshSession,
  remote,
  requestLogin,
} from '../../../src/cloud/cloud-api.js';
import type { ErrorCode } from '../../../src/errors.js';
import { createHttp, type HttpResponse, type HttpRequest } from '../../../src/http/http-client.js';
import { Simulator } from '../../simulator/index.js';
import { failure } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const EMAIL = 'matti+koti@example.fi';
const NOW = Date.parse('2026-03-02T06:00:00Z');
const TOKEN = makeToken(NOW);
const HTML = '<!DOCTYPE html><title>Hotel</title>';

/** Returns a cloud that gives the same response to every request, and the list of the requests to it. */
function cloudOf(answer: Partial<HttpResponse>): { cloud: Cloud; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    asked.push(request);
    return Promise.resolve({ status: 200, headers: {}, body: 'null', ...answer });
  };
  return { cloud: { baseUrl: 'https://cloud.example/ui/0.2', send, now: () => NOW }, asked };
}

const calls: Record<string, (cloud: Cloud) => Promise<unknown>> = {
  requestlogin: (cloud) => requestLogin(cloud, EMAIL),
  emaillogin: (cloud) => emailLogin(cloud, EMAIL, 'P7BQ8E'),
  hubkeys: (cloud) => hubKeys(cloud, TOKEN),
  refreshsession: (cloud) => refreshSession(cloud, TOKEN),
  logout: (cloud) => logOut(cloud, TOKEN),
  lan_ip: (cloud) => lanIp(cloud),
};

describe('cloud-api: requests', () => {
  const url = (path: string) => `https://cloud.example/ui/0.2/${path}`;
  const json = { 'Content-Type': 'application/json' };
  const auth = { Authorization: TOKEN };
  const forms: [string, Partial<HttpRequest>][] = [
    ['requestlogin', { method: 'POST', url: url(`user/requestlogin?email=${encodeURIComponent(EMAIL)}`) }],
    [
      'emaillogin',
      { method: 'POST', url: url('user/emaillogin'), headers: json, body: `{"email":"${EMAIL}","password":"P7BQ8E"}` },
    ],
    ['hubkeys', { method: 'GET', url: url('user/hubkeys'), headers: auth }],
    ['refreshsession', { method: 'GET', url: url('user/refreshsession'), headers: auth }],
    ['logout', { method: 'PUT', url: url('user/logout'), headers: auth }],
    ['lan_ip', { method: 'GET', url: url('hub/lan_ip') }],
  ];
  for (const [name, form] of forms) {
    it(`sends ${name} with its method, path, headers and body`, async () => {
      const { cloud, asked } = cloudOf({ body: name === 'hubkeys' ? '{}' : name === 'lan_ip' ? '[]' : TOKEN });
      await calls[name]?.(cloud);
      assert.equal(asked.length, 1);
      const { method, url: at, headers, body, isReplayable, deadlineMs, maxBytes } = asked[0] as HttpRequest;
      assert.deepEqual({ method, url: at, headers, body }, { headers: undefined, body: undefined, ...form });
      assert.equal(isReplayable, ['hubkeys', 'lan_ip'].includes(name), 'which calls may be sent twice');
      assert.deepEqual([deadlineMs, maxBytes < 1024 * 1024], [15_000, true]);
    });
  }

  it('encodes every character of an e-mail address', async () => {
    const { cloud, asked } = cloudOf({});
    await requestLogin(cloud, 'a+b&c=d#e%f@ä.fi');
    assert.equal(new URL(asked[0]?.url ?? '').searchParams.get('email'), 'a+b&c=d#e%f@ä.fi');
  });

  it('encodes quotes in a code', async () => {
    const { cloud, asked } = cloudOf({ body: TOKEN });
    const password = '","email":"evil@example.fi","x":"';
    await emailLogin(cloud, EMAIL, password);
    assert.deepEqual(JSON.parse(asked[0]?.body ?? ''), { email: EMAIL, password });
  });

  it('limits each call to 15 s and 512 KiB', () => {
    assert.equal(CLOUD_DEADLINE_MS, 15_000);
    assert.ok(CLOUD_MAX_BYTES <= 512 * 1024);
  });
});

describe('cloud-api: status codes', () => {
  const meanings: [number, string, ErrorCode][] = [
    [204, '', 'COZIFY_API'],
    [302, '', 'COZIFY_API'],
    [400, '{"code":1,"message":"x"}', 'COZIFY_API'],
    [403, '{"code":403}', 'COZIFY_FORBIDDEN'],
    [403, HTML, 'COZIFY_FORBIDDEN'],
    [404, 'Not found', 'COZIFY_API'],
    [408, '', 'COZIFY_API'],
    [410, '', 'COZIFY_OBSOLETE'],
    [429, '', 'COZIFY_RATE_LIMITED'],
    [500, '{"code":1,"message":"General error"}', 'COZIFY_API'],
    [502, HTML, 'COZIFY_API'],
    [503, '', 'COZIFY_API'],
    [401, HTML, 'COZIFY_API'],
    [401, `\n  ${HTML}`, 'COZIFY_API'],
  ];
  for (const [status, body, code] of meanings) {
    for (const name of ['hubkeys', 'refreshsession', 'logout', 'requestlogin']) {
      it(`fails ${name} with ${code} on ${status}${body.includes('<') ? ' with a web page' : ''}`, async () => {
        const error = await failure(calls[name]?.(cloudOf({ status, body }).cloud) as Promise<unknown>, code);
        assert.equal(error.statusCode, status);
      });
    }
  }

  it('fails a logout with COZIFY_BAD_ANSWER on a web page with 200', async () => {
    await failure(logOut(cloudOf({ body: HTML }).cloud, TOKEN), 'COZIFY_BAD_ANSWER');
  });

  it('treats 401 as a rejected token only in calls with a token', async () => {
    const { cloud } = cloudOf({ status: 401, body: '{"code":401}' });
    assert.equal(await hubKeys(cloud, TOKEN), undefined);
    assert.equal(await refreshSession(cloud, TOKEN), undefined);
    await logOut(cloud, TOKEN);
    await failure(requestLogin(cloud, EMAIL), 'COZIFY_API');
  });

  for (const status of [400, 401, 403, 404]) {
    it(`treats ${status} on emaillogin as a wrong code, unless it is a web page`, async () => {
      await failure(emailLogin(cloudOf({ status, body: '{}' }).cloud, EMAIL, 'X'), 'COZIFY_OTP_REJECTED');
      const isForbidden = status === 403;
      const code = isForbidden ? 'COZIFY_FORBIDDEN' : 'COZIFY_API';
      await failure(emailLogin(cloudOf({ status, body: HTML }).cloud, EMAIL, 'X'), code);
    });
  }
  for (const [status, code] of [
    [408, 'COZIFY_API'],
    [410, 'COZIFY_OBSOLETE'],
    [429, 'COZIFY_RATE_LIMITED'],
    [500, 'COZIFY_API'],
  ] as const) {
    it(`fails emaillogin with ${code} on ${status}`, () =>
      failure(emailLogin(cloudOf({ status }).cloud, EMAIL, 'X'), code));
  }
});

describe('cloud-api: Retry-After', () => {
  const cases: [string, string | undefined, number | undefined][] = [
    ['seconds', '120', 120],
    ['a date', new Date(NOW + 90_000).toUTCString(), 90],
    ['seconds with spaces around them', ' 5 ', 5],
    ['more than six hours', '99999', 21_600],
    ['an absurd number', '9'.repeat(400), 21_600],
    ['a date years away', 'Fri, 31 Dec 2099 23:59:59 GMT', 21_600],
    ['a negative number', '-5', undefined],
    ['zero', '0', undefined],
    ['a date gone by', 'Mon, 01 Jan 2024 00:00:00 GMT', undefined],
    ['a word', 'soon', undefined],
    ['an empty header', '', undefined],
    ['no header', undefined, undefined],
  ];
  for (const [form, header, expected] of cases) {
    it(`reads ${form}`, async () => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      for (const [status, code] of [
        [429, 'COZIFY_RATE_LIMITED'],
        [503, 'COZIFY_API'],
      ] as const) {
        const error = await failure(hubKeys(cloudOf({ status, headers }).cloud, TOKEN), code);
        assert.equal(error.retryAfter, expected);
      }
    });
  }

  it("counts a date from the response's own Date, because this machine's clock may be wrong", async () => {
    const dateAt = (seconds: number): string => new Date(NOW + 86_400_000 + seconds * 1000).toUTCString();
    const headers = { 'retry-after': dateAt(90), date: dateAt(0) };
    const error = await failure(hubKeys(cloudOf({ status: 429, headers }).cloud, TOKEN), 'COZIFY_RATE_LIMITED');
    assert.equal(error.retryAfter, 90);
  });

  it('ignores the header on statuses other than 429 and 503', async () => {
    const headers = { 'retry-after': '60' };
    const error = await failure(hubKeys(cloudOf({ status: 500, headers }).cloud, TOKEN), 'COZIFY_API');
    assert.equal(error.retryAfter, undefined);
  });
});

describe('cloud-api: hub keys', () => {
  const keysOf = async (body: string) => [...((await hubKeys(cloudOf({ body }).cloud, TOKEN)) ?? [])];

  it('are read by hub id, as null if missing', async () => {
    assert.deepEqual(await keysOf('{}'), []);
    assert.deepEqual(await keysOf('{"b":"key-b","a":null}'), [
      ['b', 'key-b'],
      ['a', null],
    ]);
  });

  it('may have hub ids that are names of Object properties', async () => {
    assert.deepEqual(await keysOf('{"__proto__":"k1","constructor":"k2"}'), [
      ['__proto__', 'k1'],
      ['constructor', 'k2'],
    ]);
  });

  it('are null if no header can carry them', async () => {
    assert.deepEqual(await keysOf('{"a":"k\\r\\nX-Evil: 1","b":""}'), [
      ['a', null],
      ['b', null],
    ]);
  });

  const bad: [string, string][] = [
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['a web page', HTML],
    ['truncated JSON', '{"a":"k'],
    ['an object with a number as a key', '{"a":5}'],
    ['an object with an object as a key', '{"a":{"token":"x"}}'],
    ['deep nesting', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['100 000 hubs', JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, id) => [id, 'k'])))],
  ];
  for (const [answer, body] of bad) {
    it(`are refused if the response is ${answer}`, () =>
      failure(hubKeys(cloudOf({ body }).cloud, TOKEN), 'COZIFY_BAD_ANSWER'));
  }
});

describe('cloud-api: lan_ip', () => {
  for (const body of ['[]', 'null', '', ' \n']) {
    it(`returns no addresses for the body ${JSON.stringify(body)}`, async () =>
      assert.deepEqual(await lanIp(cloudOf({ body }).cloud), []));
  }
  for (const status of [400, 401, 403, 404]) {
    it(`returns no addresses for a ${status}`, async () => {
      assert.deepEqual(await lanIp(cloudOf({ status, body: '{"code":1}' }).cloud), []);
    });
  }
  it('returns the listed addresses unchecked', async () => {
    const body = '["192.168.1.5","http://192.168.70.160:8893",null]';
    assert.deepEqual(await lanIp(cloudOf({ body }).cloud), ['192.168.1.5', 'http://192.168.70.160:8893', null]);
  });
  const bad: [Partial<HttpResponse>, ErrorCode][] = [
    [{ body: HTML }, 'COZIFY_BAD_ANSWER'],
    [{ body: '{"a":1}' }, 'COZIFY_BAD_ANSWER'],
    [{ status: 404, body: HTML }, 'COZIFY_API'],
    [{ status: 429 }, 'COZIFY_RATE_LIMITED'],
    [{ status: 500 }, 'COZIFY_API'],
  ];
  for (const [answer, code] of bad) {
    it(`fails with ${code} on ${JSON.stringify(answer).slice(0, 40)}`, () =>
      failure(lanIp(cloudOf(answer).cloud), code));
  }
});

describe('cloud-api: real sockets', () => {
  it('logs in, pings, renews, calls a hub and logs out', async () => {
    const simulator = await Simulator.start();
    const http = createHttp();
    const cloud: Cloud = { baseUrl: simulator.cloudUrl, send: http.send, now: Date.now };
    try {
      await requestLogin(cloud, EMAIL);
      await failure(emailLogin(cloud, EMAIL, 'WRONG1'), 'COZIFY_OTP_REJECTED');
      const first = await emailLogin(cloud, EMAIL, simulator.latestCode(EMAIL));
      const second = (await refreshSession(cloud, first)) ?? '';
      assert.ok(simulator.isValid(second));
      const [id, key] = [...((await hubKeys(cloud, second)) ?? [])][0] ?? [];
      const answer = await remote(cloud, second, key ?? '', { path: '/hub' });
      assert.equal((JSON.parse(answer.body) as { hubId: string }).hubId, id);
      assert.equal((await lanIp(cloud)).length, 2);
      await logOut(cloud, second);
      assert.equal(await hubKeys(cloud, second), undefined);
      await logOut(cloud, second);
    } finally {
      http.close();
      await simulator.stop();
    }
  });
});

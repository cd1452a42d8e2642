import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { CozifyError, ERROR_CODES, type ErrorCode } from '../../../src/index.js';
import { assertRefused, assertSnapshot, get, post, type AdminReply } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

const STATUS: Record<ErrorCode, number | undefined> = {
  COZIFY_NO_ACCOUNT: undefined,
  COZIFY_BAD_INPUT: 400,
  COZIFY_NO_EMAIL: 400,
  COZIFY_NOT_FOUND: 404,
  COZIFY_OTP_REQUIRED: 409,
  COZIFY_CLOSED: 409,
  COZIFY_OTP_REJECTED: 422,
  COZIFY_RATE_LIMITED: 429,
  COZIFY_API: 502,
  COZIFY_OBSOLETE: 502,
  COZIFY_BAD_ANSWER: 502,
  COZIFY_FORBIDDEN: 502,
  COZIFY_STORE: 503,
  COZIFY_HUB_OFFLINE: 503,
  COZIFY_BUSY: 503,
  COZIFY_UNREACHABLE: 504,
};
const ACTIONS = ['otp', 'authenticate', 'ping', 'reset'];

describe('Admin endpoints', () => {
  const stage = Stage.forSuite();
  beforeEach(() => stage.load(testFlow(accountNode({ name: 'Koti' }))));
  afterEach(() => {
    sinon.restore();
    stage.simulator.clearFaults();
  });

  describe('for a deployed account', () => {
    it('return the snapshot', async () => {
      const reply = await get();
      assertSnapshot(reply, 200, 'otp-required');
      assert.deepEqual(reply.body, await stage.account().readSnapshot());
    });

    it('log in with a code, and reset the login', async () => {
      const sent = await post('otp', {});
      assertSnapshot(sent, 202, 'otp-sent');
      assert.ok(sent.body.otpSentAt);
      const otp = ` ${stage.simulator.latestCode(EMAIL)}  `;
      const done = await post('authenticate', { otp });
      assertSnapshot(done, 200, 'authenticated');
      assert.equal(done.body.otpSentAt, null);
      assertSnapshot(await get(), 200, 'authenticated');
      const { value: token } = await stage.account().token();
      for (const { text } of [sent, done, await get()]) assert.ok(!text.includes(token) && !text.includes(otp.trim()));
      assertSnapshot(await post('reset', {}), 200, 'otp-required');
      assert.ok(stage.simulator.isValid(token), 'not revoked at the cloud');
    });

    it('revoke the token in a reset with logout: true', async () => {
      const { value: token } = await (await stage.logIn()).token();
      assertSnapshot(await post('reset', { logout: true }), 200, 'otp-required');
      assert.ok(!stage.simulator.isValid(token));
    });

    it('log in with an address from the body, which replaces the current one', async () => {
      const email = 'guest@example.fi';
      assertSnapshot(await post('otp', { email: ` ${email} ` }), 202, 'otp-sent');
      assert.equal((await get()).body.email, EMAIL, 'before the login');
      const reply = await post('authenticate', { email, otp: stage.simulator.latestCode(email) });
      assertSnapshot(reply, 200, 'authenticated');
      assert.equal(reply.body.email, email);
    });

    it('log in with the address of the code by default', async () => {
      await post('otp', { email: 'guest@example.fi' });
      const reply = await post('authenticate', { otp: stage.simulator.latestCode('guest@example.fi') });
      assert.equal(reply.body.email, 'guest@example.fi', reply.text);
    });

    it('use the deployed account for its own cloudUrl', async () => {
      const { cloudUrl } = stage.simulator;
      for (const same of [cloudUrl, `${cloudUrl}/`, ` ${cloudUrl} `]) {
        await post('otp', { cloudUrl: same });
        assert.equal((await stage.account().readSnapshot()).state, 'otp-sent');
      }
    });

    it('start a pending login at another cloudUrl, and leave the deployed one alone', async () => {
      const { value: token } = await (await stage.logIn()).token();
      const before = await stage.account().readSnapshot();
      stage.simulator.clearRequests();
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      const sent = await post('otp', { cloudUrl, email: 'guest@example.fi' });
      assertSnapshot(sent, 202, 'otp-sent');
      const otp = stage.simulator.latestCode('guest@example.fi');
      const done = await post('authenticate', { cloudUrl, email: 'guest@example.fi', otp });
      assertSnapshot(done, 200, 'authenticated');
      assert.deepEqual((await get()).body, before, 'GET shows the deployed login');
      for (const more of [{}, { logout: true }]) {
        assertSnapshot(await post('reset', { cloudUrl, ...more }), 200, 'authenticated');
      }
      assert.deepEqual(await stage.account().readSnapshot(), before);
      assert.ok(stage.simulator.requests.every((request) => request.token !== token));
    });

    it('use the deployed address at another cloudUrl, even right after the start', async () => {
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      const early = await post('otp', { cloudUrl });
      await stage.account().readSnapshot();
      const later = await post('otp', { cloudUrl });
      assert.deepEqual([later.status, stage.simulator.mails.at(-1)?.to], [202, EMAIL]);
      assert.equal(early.status, 202, early.text);
    });
  });

  describe('for an id without a running account', () => {
    it('return a snapshot without a login for any id', async () => {
      for (const id of ['never', '..', '../../x', 'a/b', 'ä ö', '__proto__', '%2e', 'x'.repeat(100)]) {
        const reply = await get(id);
        assertSnapshot(reply, 200, 'otp-required');
        assert.deepEqual(reply.body, {
          ...{ id, account: id, state: 'otp-required', email: null, loginEmail: null, otpSentAt: null },
          ...{ lastRefresh: null, expiresAt: null, nextRefresh: null, reachable: true, saved: true, hubs: [] },
        });
      }
    });

    it('log in, and drop that login in a reset', async () => {
      const target = { email: 'new@example.fi', cloudUrl: stage.simulator.cloudUrl };
      assertSnapshot(await post('otp', target, 'new'), 202, 'otp-sent');
      const otp = stage.simulator.latestCode(target.email);
      assertSnapshot(await post('authenticate', { ...target, otp }, 'new'), 200, 'authenticated');
      assertSnapshot(await get('new'), 200, 'authenticated');
      assertSnapshot(await get(), 200, 'otp-required');
      assertSnapshot(await post('reset', {}, 'new'), 200, 'otp-required');
      assertSnapshot(await get('new'), 200, 'otp-required');
      assertSnapshot(await post('reset', {}, 'new'), 200, 'otp-required');
    });

    it('revoke a dropped login with logout: true', async () => {
      const target = { email: 'new2@example.fi', cloudUrl: stage.simulator.cloudUrl };
      await post('otp', target, 'new');
      await post('authenticate', { ...target, otp: stage.simulator.latestCode(target.email) }, 'new');
      stage.simulator.fault('logout', { status: 500, times: 1 });
      assertRefused(await post('reset', { logout: true }, 'new'), 502, 'COZIFY_API');
      assertSnapshot(await get('new'), 200, 'authenticated');
      assertSnapshot(await post('reset', { logout: true }, 'new'), 200, 'otp-required');
      assert.equal(stage.simulator.count('logout'), 2 + logouts);
    });
    let logouts = 0;
    beforeEach(() => {
      logouts = stage.simulator.count('logout');
    });

    it('require an e-mail address', async () => {
      const { cloudUrl } = stage.simulator;
      assertRefused(await post('otp', { cloudUrl }, 'new'), 400, 'COZIFY_NO_EMAIL');
      assertRefused(await post('authenticate', { cloudUrl, otp: 'P7BQ8E' }, 'new'), 400, 'COZIFY_NO_EMAIL');
    });
  });

  describe('with invalid input', () => {
    const INVALID: [string, unknown][] = [
      ...ACTIONS.map((action): [string, unknown] => [action, []]),
      ...[5, null, true, '', 'nobody', 'a b@c.fi', ['a@b.fi'], {}].map((email): [string, unknown] => [
        'otp',
        { email },
      ]),
      ...[5, null, 'nowhere', 'http://cloud.example', 'https://u:p@x.fi', 'https://x.fi/?a'].map(
        (cloudUrl): [string, unknown] => ['otp', { cloudUrl }],
      ),
      ['authenticate', {}],
      ...[123456, null, '', '  ', true, [], {}].map((otp): [string, unknown] => ['authenticate', { otp }]),
      ['authenticate', { otp: 'P7BQ8E', email: 'nobody' }],
      ['authenticate', JSON.parse('{"__proto__":{"otp":"P7BQ8E"},"constructor":{"prototype":{"otp":"P7BQ8E"}}}')],
      ...['yes', 1, null, 'true', {}].map((logout): [string, unknown] => ['reset', { logout }]),
      ['reset', { cloudUrl: 'nowhere' }],
    ];
    for (const [action, body] of INVALID) {
      it(`answer 400 and change nothing: ${action} ${JSON.stringify(body)}`, async () => {
        const before = await stage.account().readSnapshot();
        const requests = stage.simulator.count('*');
        const reply = await post(action, body);
        assertRefused(reply, 400, 'COZIFY_BAD_INPUT');
        assert.equal(stage.simulator.count('*'), requests);
        assert.deepEqual(await stage.account().readSnapshot(), before);
      });
    }
  });

  describe('with a POST that is not JSON', () => {
    for (const type of [
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json'],
      ...['application/jsonx', 'application/json-patch+json', ''],
    ]) {
      it(`answer 415 and do nothing: ${type === '' ? 'no type' : type}`, async () => {
        await stage.logIn();
        for (const action of [...ACTIONS, 'resolve', 'identify', 'command']) {
          const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
          const reply = await post(action, type === '' ? undefined : 'otp=P7BQ8E', ACCOUNT, headers);
          assertRefused(reply, 415, 'COZIFY_BAD_INPUT');
        }
        assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
      });
    }

    it('accept a charset in the content type', async () => {
      const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
      assert.equal((await post('reset', {}, ACCOUNT, headers)).status, 200);
    });
  });

  describe('with an error', () => {
    for (const code of ERROR_CODES) {
      const status = STATUS[code];
      if (status === undefined) continue;
      it(`answer ${status} to ${code}`, async () => {
        sinon.stub(stage.account(), 'requestOtp').rejects(new CozifyError(code, 'Something failed.'));
        assertRefused(await post('otp', {}), status, code);
      });
    }

    it('answer 429 with Retry-After, and 502 to a 503 from the cloud', async () => {
      const retryAfter = 17;
      const limited = new CozifyError('COZIFY_RATE_LIMITED', 'Too many codes.', { retryAfter });
      sinon.stub(stage.account(), 'requestOtp').rejects(limited);
      const reply = await post('otp', {});
      assertRefused(reply, 429, 'COZIFY_RATE_LIMITED');
      assert.deepEqual([reply.body.retryAfter, reply.headers['retry-after']], [17, '17']);
      sinon.restore();
      stage.simulator.fault('requestlogin', { status: 503, headers: { 'Retry-After': '9' } });
      const away = await post('otp', {});
      assertRefused(away, 502, 'COZIFY_API');
      assert.equal(away.body.retryAfter, 9);
    });

    it('hide the text of an unforeseen error', async () => {
      sinon.stub(stage.account(), 'requestOtp').rejects(new TypeError('a secret'));
      const reply = await post('otp', {});
      assertRefused(reply, 502, 'COZIFY_API');
      assert.ok(!reply.text.includes('a secret'));
    });

    it('answer 422 to a wrong code, and keep the login', async () => {
      await stage.logIn();
      assertRefused(await post('authenticate', { otp: 'WRONG1' }), 422, 'COZIFY_OTP_REJECTED');
      assertSnapshot(await get(), 200, 'authenticated');
    });

    it('answer 503 while the state cannot be read', async () => {
      await stage.load(testFlow(accountNode({ store: 'no-such-store' })));
      assertRefused(await get(), 503, 'COZIFY_STORE');
      for (const action of ACTIONS) assertRefused(await post(action, { otp: 'P7BQ8E' }), 503, 'COZIFY_STORE');
    });

    it('answer 409 if the account closes during the request', async () => {
      await post('otp', {});
      stage.simulator.fault('emaillogin', { hang: true });
      const asked = post('authenticate', { otp: 'P7BQ8E' });
      while (stage.simulator.requests.at(-1)?.call !== 'emaillogin') await new Promise(setImmediate);
      await stage.account().close();
      assertRefused(await asked, 409, 'COZIFY_CLOSED');
    });
  });

  describe('diagnostics', () => {
    interface Diagnostics {
      isRunning: boolean;
      versions: { package: string; node: string };
      problem?: { code: string } | null;
      errors?: { during: string; code: string }[];
    }
    const diagnostics = async (id = ACCOUNT): Promise<AdminReply & { body: Diagnostics }> =>
      (await get(`${id}/diagnostics`)) as Awaited<ReturnType<typeof diagnostics>>;

    it('report versions and errors without secrets', async () => {
      const account = await stage.logIn();
      const otp = stage.simulator.latestCode(EMAIL);
      stage.simulator.fault('hubkeys', { status: 500 });
      await account.ping().catch(() => undefined);
      const { status, headers, text, body } = await diagnostics();
      assert.deepEqual([status, headers['cache-control'], body.isRunning], [200, 'no-store', true]);
      assert.match(body.versions.package, /^\d+\.\d+\.\d+/);
      assert.equal(body.versions.node, process.version);
      assert.ok(body.errors?.some(({ code }) => code === 'COZIFY_API'));
      for (const secret of [(await account.token()).value, otp, EMAIL]) assert.ok(!text.includes(secret), text);
    });

    it('report an account that does not run', async () => {
      const { status, body } = await diagnostics('nobody');
      assert.deepEqual([status, body.isRunning], [200, false]);
    });

    it('report the problem of a misconfigured account, otherwise null', async () => {
      assert.equal((await diagnostics()).body.problem, null);
      await stage.load(testFlow(accountNode({ cloudUrl: 'http://user:secret@cloud.example' })));
      const { body, text } = await diagnostics();
      assert.equal(body.problem?.code, 'COZIFY_BAD_INPUT');
      assert.ok(!text.includes('secret'));
    });

    it('work while the state cannot be read', async () => {
      await stage.load(testFlow(accountNode({ store: 'no-such-store' })));
      const { status, body } = await diagnostics();
      assert.deepEqual([status, body.isRunning], [200, true]);
    });
  });

  describe('ping', () => {
    const asked = (): number => stage.simulator.count('hubkeys');
    const ping = async (body: unknown = {}): Promise<[status: number, state: unknown, verdict: unknown]> => {
      const reply = await post('ping', body);
      return [reply.status, reply.body.state, (reply.body as { verdict?: unknown }).verdict];
    };

    it('asks the cloud each time, and renews nothing', async () => {
      await stage.logIn();
      const [before, renewed] = [asked(), stage.simulator.count('refreshsession')];
      assert.deepEqual(await ping(), [200, 'authenticated', 'accepted']);
      stage.simulator.revokeAll();
      assert.deepEqual(await ping(), [200, 'otp-required', 'rejected']);
      assert.equal(asked(), before + 2);
      assert.equal(stage.simulator.count('refreshsession'), renewed);
    });

    it('makes no call without a login', async () => {
      const before = asked();
      assert.deepEqual(await ping(), [200, 'otp-required', null]);
      assert.equal((await post('ping', {}, 'nobody')).status, 200);
      assert.equal(asked(), before);
    });

    it('passes on the error if the cloud gives no verdict', async () => {
      await stage.logIn();
      stage.simulator.fault('hubkeys', { status: 500 });
      assertRefused(await post('ping', {}), 502, 'COZIFY_API');
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });

    it('asks about a pending login at another cloud, and leaves the deployed one alone', async () => {
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      await post('otp', { cloudUrl });
      await post('authenticate', { cloudUrl, otp: stage.simulator.latestCode(EMAIL) });
      assert.deepEqual(await ping({ cloudUrl }), [200, 'authenticated', 'accepted']);
      assert.deepEqual(await ping(), [200, 'otp-required', null]);
    });

    it('refuses a misconfigured account', async () => {
      await stage.load(testFlow(accountNode({ cloudUrl: 'http://cloud.example' })));
      assertRefused(await post('ping', {}), 400, 'COZIFY_BAD_INPUT');
    });
  });

  it('share the code limits with flow steps', async () => {
    const email = 'limited@example.fi';
    await stage.account().requestOtp(email);
    const mails = stage.simulator.mails.length;
    assert.equal((await post('otp', { email })).status, 202);
    assert.equal(stage.simulator.mails.length, mails, 'a code was sent less than a minute ago');
    for (const otp of ['A1', 'A2', 'A3', 'A4', 'A5']) await post('authenticate', { email, otp });
    const logins = stage.simulator.count('emaillogin');
    assertRefused(await post('authenticate', { email, otp: 'A6' }), 422, 'COZIFY_OTP_REJECTED');
    assert.equal(stage.simulator.count('emaillogin'), logins, 'a blocked code is not sent');
  });

  it('check a code five times at most, even for simultaneous requests under many ids', async () => {
    const [email, { cloudUrl }] = ['guessed@example.fi', stage.simulator];
    assert.equal((await post('otp', { cloudUrl, email }, 'attacker')).status, 202);
    const tried = stage.simulator.count('emaillogin');
    const guesses = Array.from({ length: 40 }, (_, number) => {
      const spelled = number % 2 === 0 ? email : email.toUpperCase();
      return post('authenticate', { cloudUrl, email: spelled, otp: `GUESS${number}` }, `attacker-${number}`);
    });
    for (const { status } of await Promise.all(guesses)) assert.equal(status, 422);
    assert.equal(stage.simulator.count('emaillogin') - tried, 5);
    const reply = await post('authenticate', { cloudUrl, email, otp: stage.simulator.latestCode(email) }, 'attacker');
    assert.equal(reply.status, 422, 'the code is dead, for its owner too');
  });

  it('leave no file and use up no limit if the cloud sends no code', async () => {
    const [email, { cloudUrl }] = ['unlucky@example.fi', stage.simulator];
    stage.simulator.fault('requestlogin', { status: 500 });
    for (let number = 0; number < 30; number += 1) {
      assert.equal((await post('otp', { cloudUrl, email }, `attacker-${number}`)).status, 502);
    }
    const files = readdirSync(join(stage.userDir, 'cozify'));
    assert.ok(!files.some((name) => name.includes('+pending')), files.join());
    stage.simulator.clearFaults();
    assert.equal((await post('otp', { cloudUrl, email }, 'attacker')).status, 202);
  });
});

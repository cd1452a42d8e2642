import assert from 'node:assert/strict';
import type { HubClient } from '../../../src/hub/hub-client.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { failure, settle } from '../support/stage.js';
import { CHANGE, HOST, HubStage, READ } from './support/hub-stage.js';

describe('HubClient: a hub key that the hub refuses', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const keysAsked = () => stage.cloud.of('hubkeys').length;

  /** Revokes the known key, and makes the cloud list a new one. */
  function rotate(): void {
    stage.hub.killKeys();
    stage.hub.newKey('key 2');
  }

  for (const [transport, known] of [
    ['on the LAN', {}],
    ['through the cloud', { isLanExcluded: true }],
  ] as const) {
    it(`is renewed within the request (${transport})`, async () => {
      hub = await stage.client(known);
      rotate();
      assert.equal((await hub.request(CHANGE)).status, 200);
      assert.match(stage.take().at(-1) ?? '', /devices\/command key 2$/);
      assert.equal(keysAsked(), 1);
      assert.equal((await hub.request(READ)).status, 200);
      assert.equal(keysAsked(), 1, 'the new key is kept');
    });

    it(`is renewed after a 403 (${transport})`, async () => {
      hub = await stage.client(known);
      let refusals = 1;
      stage.hub.replies.set('/devices', () => (refusals-- > 0 ? { status: 403 } : { body: '{}' }));
      stage.hub.newKey('key 2');
      assert.equal((await hub.request(READ)).status, 200);
      assert.equal(keysAsked(), 1);
    });

    it(`does not end the login (${transport})`, async () => {
      hub = await stage.client(known);
      stage.hub.killKeys();
      await failure(hub.request(READ), 'COZIFY_FORBIDDEN');
      assert.equal(stage.fixture?.account.snapshot().state, 'authenticated');
    });
  }

  it('is renewed once for 4 concurrent requests', async () => {
    hub = await stage.client();
    rotate();
    stage.cloud.reply('hubkeys', () => ({ body: JSON.stringify({ [hub.id]: stage.hub.listed }), delayMs: SECOND }));
    const all = Promise.all([1, 2, 3, 4].map(() => hub.request(READ)));
    await stage.clock.advance(SECOND);
    assert.deepEqual(
      (await all).map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal(keysAsked(), 1);
  });

  it('is not renewed again if a ping got the new key during the request', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', { status: 401, delayMs: SECOND });
    const work = hub.request(READ);
    await settle();
    stage.hub.newKey('key 2');
    await stage.fixture?.account.ping();
    stage.hub.replies.clear();
    await stage.clock.advance(SECOND);
    assert.equal((await work).status, 200);
    assert.equal(keysAsked(), 1, 'by the ping');
  });

  it('is renewed at most once a minute', async () => {
    hub = await stage.client();
    stage.hub.killKeys();
    for (let second = 0; second < 120; second++) {
      await failure(hub.request(READ), 'COZIFY_FORBIDDEN');
      await stage.clock.advance(SECOND);
    }
    assert.deepEqual(stage.cloud.gaps('hubkeys'), [MINUTE]);
  });

  for (const [role, text] of [
    [32, 'has the role "admin"'],
    [8, 'has the role "user"'],
    [2, 'has the role "guest"'],
    [1, 'has the role "anonymous"'],
    [16, 'has the role 16'],
    [undefined, 'has no role'],
  ] as const) {
    it(`fails with COZIFY_FORBIDDEN if the cloud lists the same key, which ${text}`, async () => {
      stage.hub.role = role;
      stage.hub.newKey('key 1');
      hub = await stage.client();
      stage.hub.replies.set('/devices/command', { status: 403 });
      const { message, statusCode } = await failure(hub.request(CHANGE), 'COZIFY_FORBIDDEN');
      assert.ok(message.includes(text), message);
      assert.equal(statusCode, 403);
      assert.equal(keysAsked(), 1);
    });
  }

  it('fails with COZIFY_FORBIDDEN if the new key is refused too', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', { status: 401 });
    stage.hub.newKey('key 2');
    await failure(hub.request(READ), 'COZIFY_FORBIDDEN');
    assert.equal(stage.take().filter((line) => line.includes('/devices')).length, 2);
  });

  it('is not renewed after a 403 with a web page', async () => {
    hub = await stage.client({ isLanExcluded: true });
    stage.gateway = { status: 403, body: '<html>Forbidden</html>' };
    assert.equal((await hub.request(READ)).status, 403);
    assert.equal(keysAsked(), 0);
  });

  describe('without a login', () => {
    for (const login of ['logged out', 'rejected'] as const) {
      it(`uses the LAN (${login})`, async () => {
        hub = await stage.client({}, login);
        stage.cloud.reply('hubkeys', { status: 401 });
        stage.gateway = 'refused';
        assert.equal((await hub.request(CHANGE)).status, 200);
        assert.deepEqual(stage.take(), ['lan GET /hub', 'lan PUT /cc/1.14/devices/command key 1']);
      });

      it(`fails with COZIFY_OTP_REQUIRED if the hub refuses the key (${login})`, async () => {
        hub = await stage.client({}, login);
        stage.cloud.reply('hubkeys', { status: 401 });
        stage.hub.killKeys();
        await failure(hub.request(READ), 'COZIFY_OTP_REQUIRED');
        assert.equal(keysAsked(), login === 'rejected' ? 1 : 0);
      });

      it(`makes no request through the cloud (${login})`, async () => {
        hub = await stage.client({}, login);
        stage.lan.set(HOST, 'refused');
        const { message } = await failure(hub.request(READ), 'COZIFY_HUB_OFFLINE');
        assert.match(message, /login/);
        assert.deepEqual(stage.take(), ['lan GET /hub']);
      });

      it(`fails with COZIFY_OTP_REQUIRED for a hub reached through the cloud only (${login})`, async () => {
        hub = await stage.client({ isLanExcluded: true, isRemote: true }, login);
        await failure(hub.request(READ), 'COZIFY_OTP_REQUIRED');
        assert.deepEqual(stage.take(), []);
      });
    }

    it('renews a revoked key after a token was set', async () => {
      hub = await stage.client({}, 'logged out');
      rotate();
      await failure(hub.request(READ), 'COZIFY_OTP_REQUIRED');
      await stage.fixture?.account.token('a-token-set-by-hand');
      assert.equal((await hub.request(READ)).status, 200);
    });

    it('fails with COZIFY_OTP_REQUIRED for a hub without a key', async () => {
      hub = await stage.client({ key: null }, 'logged out');
      await failure(hub.request(READ), 'COZIFY_OTP_REQUIRED');
      assert.deepEqual(stage.take(), []);
    });
  });

  it('fails with COZIFY_UNREACHABLE without internet, where a valid key still works on the LAN', async () => {
    for (const call of ['hubkeys', 'lan_ip', 'refreshsession', 'remote'] as const) stage.cloud.reply(call, 'refused');
    hub = await stage.client();
    assert.equal((await hub.request(READ)).status, 200);
    stage.hub.killKeys();
    await failure(hub.request(READ), 'COZIFY_UNREACHABLE');
  });

  it('is fetched at the first request if none is known', async () => {
    hub = await stage.client({ key: null });
    assert.equal((await hub.request(READ)).status, 200);
  });

  it('fails with COZIFY_FORBIDDEN if the cloud lists no key', async () => {
    hub = await stage.client({ key: null });
    stage.cloud.reply('hubkeys', { body: JSON.stringify({ [hub.id]: null }) });
    const { message } = await failure(hub.request(READ), 'COZIFY_FORBIDDEN');
    assert.match(message, /gives no key/);
  });
});

describe('HubClient: key renewal by polls', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(async () => {
    stage = new HubStage();
    stage.addOther();
    hub = await stage.client();
  });
  afterEach(() => stage.end());

  const ignore = (): void => undefined;
  const poll = (client: HubClient): Promise<unknown> =>
    client.request({ method: 'GET', path: '/hub/poll?ts=0', poll: 'lan' }).catch(ignore);

  /** Polls both hubs every 10 s until a poll of `client` succeeds, and returns the milliseconds that passed. */
  async function answeredAfter(client: HubClient, other: HubClient): Promise<number> {
    for (let seconds = 0; seconds < 7200; seconds += 10) {
      await poll(other);
      if ((await poll(client)) !== undefined) return seconds * SECOND;
      await stage.clock.advance(10 * SECOND);
    }
    return Infinity;
  }

  it('succeeds in the first poll, although the key of another hub was refused seconds before', async () => {
    const other = (await stage.fixture?.account.hub('hub-2')) ?? assert.fail('no hub');
    stage.hub.killKeys();
    await poll(hub);
    await stage.clock.advance(20 * SECOND);
    stage.other?.killKeys();
    stage.other?.newKey('key 2');
    assert.equal(await answeredAfter(other, hub), 0);
  });

  it('takes at most 2 minutes though the key of another hub has been refused for 6 hours', async () => {
    const other = (await stage.fixture?.account.hub('hub-2')) ?? assert.fail('no hub');
    stage.hub.killKeys();
    for (let minute = 0; minute < 6 * 60; minute++) {
      await poll(hub);
      await stage.clock.advance(MINUTE);
    }
    const asked = stage.cloud.of('hubkeys').length;
    assert.ok(asked <= 20, `the cloud is asked ever more rarely, but was asked ${asked} times`);
    stage.other?.killKeys();
    stage.other?.newKey('key 2');
    assert.ok((await answeredAfter(other, hub)) <= 2 * MINUTE);
  });

  it('takes at most 2 minutes after failed requests of flows for 2 hours', async () => {
    const other = (await stage.fixture?.account.hub('hub-2')) ?? assert.fail('no hub');
    stage.hub.killKeys();
    for (let passed = 0; passed < 2 * 60 * MINUTE; passed += 10 * SECOND) {
      await hub.request({ method: 'GET', path: '/devices' }).catch(ignore);
      await poll(hub);
      await stage.clock.advance(10 * SECOND);
    }
    stage.hub.newKey('key 2');
    assert.ok((await answeredAfter(hub, other)) <= 2 * MINUTE);
  });

  it('takes at most 2 minutes after an earlier key was refused for hours and then replaced', async () => {
    const other = (await stage.fixture?.account.hub('hub-2')) ?? assert.fail('no hub');
    stage.hub.killKeys();
    for (let asked = 0; asked < 12; asked = stage.cloud.of('hubkeys').length) {
      await poll(hub);
      await stage.clock.advance(MINUTE);
    }
    stage.hub.newKey('key 2');
    await stage.fixture?.account.ping();
    assert.equal(await answeredAfter(hub, other), 0);
    await stage.clock.advance(2 * MINUTE);
    stage.hub.killKeys();
    stage.hub.newKey('key 3');
    assert.ok((await answeredAfter(hub, other)) <= 2 * MINUTE);
  });
});

describe("HubClient: the version of a hub's API", () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  for (const [transport, known, asked] of [
    ['on the LAN', {}, 'lan GET /hub'],
    ['through the cloud', { isLanExcluded: true }, 'cloud GET /hub key 1'],
  ] as const) {
    const name = asked.split(' ')[0];

    it(`is read if it is unknown (${transport})`, async () => {
      hub = await stage.client({ ...known, version: null });
      assert.equal((await hub.request(READ)).status, 200);
      assert.deepEqual(stage.take(), [asked, `${name} GET /cc/1.14/devices key 1`]);
      await settle();
      assert.equal(stage.known.version, '1.14.9.124');
    });

    it(`is read again after a 410, and the request is repeated once (${transport})`, async () => {
      hub = await stage.client(known);
      await hub.request(READ);
      stage.take();
      stage.hub.version = '1.15.0.1';
      assert.equal((await hub.request(CHANGE)).status, 200);
      assert.deepEqual(stage.take(), [
        `${name} PUT /cc/1.14/devices/command key 1`,
        asked,
        `${name} PUT /cc/1.15/devices/command key 1`,
      ]);
      await hub.request(READ);
      assert.deepEqual(stage.take(), [`${name} GET /cc/1.15/devices key 1`], 'the new version is kept');
      await settle();
      assert.equal(stage.known.version, '1.15.0.1');
    });

    it(`fails with COZIFY_OBSOLETE if the repeated request gets 410 too (${transport})`, async () => {
      hub = await stage.client(known);
      await hub.request(READ);
      stage.take();
      stage.hub.replies.set('/devices', { status: 410 });
      await failure(hub.request(READ), 'COZIFY_OBSOLETE');
      assert.deepEqual(stage.take(), [
        `${name} GET /cc/1.14/devices key 1`,
        asked,
        `${name} GET /cc/1.14/devices key 1`,
      ]);
      stage.hub.replies.clear();
      assert.equal((await hub.request(READ)).status, 200);
    });

    it(`is renewed together with a refused key in one request (${transport})`, async () => {
      hub = await stage.client(known);
      await hub.request(READ);
      stage.hub.version = '1.15.0.1';
      stage.hub.killKeys();
      stage.hub.newKey('key 2');
      assert.equal((await hub.request(CHANGE)).status, 200);
      assert.equal(stage.take().at(-1), `${name} PUT /cc/1.15/devices/command key 2`);
    });
  }

  it('is read again once for 3 concurrent requests', async () => {
    hub = await stage.client();
    await hub.request(READ);
    stage.take();
    stage.hub.version = '1.15.0.1';
    await Promise.all([1, 2, 3].map(() => hub.request(READ)));
    assert.equal(stage.take().filter((line) => line === 'lan GET /hub').length, 1);
  });

  it('is read through the cloud with a revoked key', async () => {
    hub = await stage.client({ isLanExcluded: true, version: null });
    stage.hub.killKeys();
    stage.hub.newKey('key 2');
    stage.gateway = undefined;
    assert.equal((await hub.request(READ)).status, 200);
  });

  it('fails with COZIFY_BAD_ANSWER if the hub reports no version', async () => {
    stage.hub.version = undefined;
    hub = await stage.client({ version: null });
    await failure(hub.request(READ), 'COZIFY_BAD_ANSWER');
  });

  it("is saved with the hub's name when the hub reports its id on the LAN", async () => {
    hub = await stage.client({ name: 'Old', version: '1.13.0.0' });
    stage.hub.name = 'Uusi';
    assert.equal((await hub.request(READ)).status, 200);
    await settle();
    assert.deepEqual([stage.known.name, stage.known.version], ['Uusi', '1.14.9.124']);
    assert.deepEqual(stage.fixture?.topics, ['hubs', 'hubs'], 'a changed hub, and a reachable hub');
  });
});

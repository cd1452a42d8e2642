import assert from 'node:assert/strict';
import type { HubClient, HubRequest } from '../../../src/hub/hub-client.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { failure } from '../support/stage.js';
import { CHANGE, FakeHub, HOST, HubStage, READ } from './support/hub-stage.js';

const LAN_READ = 'lan GET /cc/1.14/devices key 1';
const LAN_CHANGE = 'lan PUT /cc/1.14/devices/command key 1';
const CLOUD_READ = 'cloud GET /cc/1.14/devices key 1';
const CLOUD_CHANGE = 'cloud PUT /cc/1.14/devices/command key 1';

describe('HubClient: transports', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  /** Sends a request, advances the clock, and returns the status or the error code. */
  async function outcome(request: HubRequest, passesMs = 0): Promise<number | string> {
    const work = hub.request(request).then(
      ({ status }) => status,
      (error: { code: string }) => error.code,
    );
    await stage.clock.advance(passesMs);
    return work;
  }

  it("sends requests on the LAN first, after a check of the hub's id without a key", async () => {
    hub = await stage.client();
    assert.equal(await outcome(READ), 200);
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ, LAN_CHANGE]);
  });

  it('uses only the cloud with remote', async () => {
    hub = await stage.client({ isLanExcluded: true, isRemote: true, isAutoremote: false });
    stage.gateway = 'refused';
    assert.equal(await outcome(READ), 'COZIFY_HUB_OFFLINE');
    stage.gateway = undefined;
    assert.equal(await outcome(READ), 200);
    assert.deepEqual(stage.take(), [CLOUD_READ, CLOUD_READ]);
  });

  for (const request of [READ, CHANGE]) {
    const { method } = request;
    const [onLan, through] = method === 'GET' ? [LAN_READ, CLOUD_READ] : [LAN_CHANGE, CLOUD_CHANGE];

    it(`sends a ${method} through the cloud when the LAN refuses the connection`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 200);
      assert.deepEqual(stage.take(), ['lan GET /hub', through]);
    });

    it(`sends a ${method} through the cloud after 2 s without a connection`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'nobody');
      let status: number | undefined;
      const work = hub.request(request).then((answer) => (status = answer.status));
      await stage.clock.advance(1_999);
      assert.equal(status, undefined);
      await stage.clock.advance(1);
      await work;
      assert.equal(status, 200);
      assert.deepEqual(stage.take(), ['lan GET /hub', through]);
    });

    it(`sends a ${method} through the cloud when the LAN was lost since the last request`, async () => {
      hub = await stage.client();
      await outcome(request);
      stage.take();
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 200);
      assert.deepEqual(stage.take(), [onLan, through]);
    });

    it(`sends no ${method} through the cloud with autoremote off`, async () => {
      hub = await stage.client({ isAutoremote: false });
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 'COZIFY_HUB_OFFLINE');
      assert.deepEqual(stage.take(), ['lan GET /hub']);
    });
  }

  it('retries the LAN after 5, 15 and 60 s and then each minute, and asks lan_ip at the second retry, 5 minutes later and then hourly', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    const tries: number[] = [];
    const askedCloud: number[] = [];
    for (let second = 0; second <= 8000; second++) {
      assert.equal(await outcome(READ), 200);
      if (stage.take().includes('lan GET /hub')) tries.push(second);
      if (stage.cloud.of('lan_ip').length > askedCloud.length) askedCloud.push(second);
      await stage.clock.advance(SECOND);
    }
    assert.deepEqual(tries.slice(0, 6), [0, 5, 20, 80, 140, 200]);
    assert.equal(tries.length, 136);
    const [, ...again] = tries;
    const asked = askedCloud.map((at) => again.indexOf(at) + 1);
    assert.deepEqual(asked, [2, 7, 67, 127]);
  });

  it('returns to the LAN at the next retry', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    stage.lan.set(HOST, stage.hub);
    await stage.clock.advance(4 * SECOND);
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), [CLOUD_READ]);
    await stage.clock.advance(SECOND);
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ]);
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    await stage.clock.advance(5 * SECOND);
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_READ], 'the delays start again at 5 s');
  });

  it('finds the new address in lan_ip, and saves it after a minute', async () => {
    hub = await stage.client();
    stage.lan.delete(HOST);
    // Lists a public address first, because the first address at which the hub answers is used.
    stage.lan.set('8.8.8.8', stage.hub);
    stage.lan.set('192.168.1.77', stage.hub);
    await outcome(READ);
    await stage.clock.advance(5 * SECOND);
    await outcome(READ);
    await stage.clock.advance(15 * SECOND);
    stage.take();
    await outcome(READ);
    await stage.clock.advance(0);
    assert.ok(stage.take().includes(CLOUD_READ), 'the request does not wait for lan_ip');
    await outcome(READ);
    assert.deepEqual(stage.take(), [LAN_READ], 'its id was checked before');
    await stage.clock.advance(59 * SECOND);
    assert.equal(stage.known.host, HOST, 'not saved within a minute');
    stage.fixture?.topics.splice(0);
    await stage.clock.advance(SECOND);
    assert.equal(stage.known.host, '192.168.1.77');
    assert.deepEqual(stage.fixture?.topics, ['hubs']);
    await outcome(READ);
    assert.deepEqual(stage.take(), [LAN_READ]);
  });

  it('sends no key to an address with another hub', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, new FakeHub('hub-2'));
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_CHANGE]);
  });

  for (const version of ['1.14.9.124', '1.13.0.1']) {
    it(`uses the cloud if another hub, of version ${version}, has taken the address`, async () => {
      hub = await stage.client();
      assert.equal(await outcome(READ), 200);
      stage.take();
      const stranger = new FakeHub('hub-2');
      stranger.version = version;
      stage.lan.set(HOST, stranger);
      assert.equal(await outcome(CHANGE), 200);
      const isSame = stranger.version === stage.hub.version;
      const asksVersion = isSame ? [] : ['cloud GET /hub key 1'];
      assert.deepEqual(stage.take(), [LAN_CHANGE, 'lan GET /hub', ...asksVersion, CLOUD_CHANGE]);
      assert.equal(await outcome(CHANGE), 200);
      assert.deepEqual(stage.take(), [CLOUD_CHANGE], 'no key goes to the address');
      stage.lan.set('192.168.1.9', stage.hub);
      await stage.clock.advance(5 * SECOND);
      await outcome(READ);
      await stage.clock.advance(15 * SECOND);
      await outcome(READ);
      await stage.clock.advance(MINUTE);
      assert.equal(stage.known.host, '192.168.1.9');
    });
  }

  for (const [answer, stranger] of [
    ['a web page', { body: '<html>' }],
    ['an error', { status: 404 }],
    ['nothing', 'hang'],
  ] as const) {
    it(`sends no key to an address that answers with ${answer}`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, stranger);
      assert.equal(await outcome(CHANGE, 5 * SECOND), 200);
      assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_CHANGE]);
    });
  }

  it("checks the hub's id again after a failed connection", async () => {
    hub = await stage.client();
    await outcome(READ);
    stage.hub.replies.set('/devices', 'unreachable');
    await outcome(READ);
    stage.lan.set(HOST, new FakeHub('hub-2'));
    stage.hub.replies.clear();
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_READ]);
  });

  it("checks the hub's id once for 3 concurrent requests", async () => {
    hub = await stage.client();
    await Promise.all([1, 2, 3].map(() => hub.request(READ)));
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ, LAN_READ, LAN_READ]);
  });

  it('tries the LAN before its next retry when the cloud fails', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    stage.lan.set(HOST, stage.hub);
    stage.gateway = 'refused';
    stage.take();
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), [CLOUD_CHANGE, 'lan GET /hub', LAN_CHANGE]);
  });

  it("keeps the LAN's next retry on schedule after earlier tries due to a failing cloud", async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    stage.gateway = 'refused';
    for (let second = 0; second < 5; second++) {
      assert.equal(await outcome(READ), 'COZIFY_HUB_OFFLINE');
      await stage.clock.advance(SECOND);
    }
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_READ]);
  });

  it('sends no key to the old address after a discovery has found a new one', async () => {
    hub = await stage.client();
    await outcome(READ);
    stage.lan.set(HOST, new FakeHub('hub-2'));
    stage.lan.set('192.168.1.77', stage.hub);
    await stage.fixture?.account.authenticate({ trustHub: false });
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ]);
  });

  it('tries the LAN for each request with autoremote off', async () => {
    hub = await stage.client({ isAutoremote: false });
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    await outcome(READ);
    stage.lan.set(HOST, stage.hub);
    assert.equal(await outcome(READ), 200);
  });

  it('sets remote in the snapshot by the transport in use', async () => {
    hub = await stage.client();
    const isRemote = () => stage.fixture?.account.snapshot().hubs[0]?.remote;
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    await stage.clock.advance(MINUTE);
    assert.equal(isRemote(), true);
    stage.lan.set(HOST, stage.hub);
    await outcome(READ);
    await stage.clock.advance(MINUTE);
    assert.equal(isRemote(), false);
  });

  it('saves nothing and emits no event for a LAN that fails now and then', async () => {
    hub = await stage.client();
    await outcome(READ);
    const { saves } = stage.store;
    stage.fixture?.topics.splice(0);
    for (let second = 0; second < 3600; second++) {
      stage.lan.set(HOST, second % 50 === 0 ? 'refused' : stage.hub);
      assert.equal(await outcome(READ), 200);
      await stage.clock.advance(SECOND);
    }
    assert.ok(stage.take().filter((line) => line === CLOUD_READ).length >= 72, 'requests went through the cloud');
    assert.deepEqual([stage.store.saves - saves, stage.fixture?.topics], [0, []]);
  });

  for (const request of [READ, { ...READ, isFree: true }, CHANGE]) {
    const [asked] = [request.method === 'GET' ? CLOUD_READ : CLOUD_CHANGE];

    for (const status of [400, 408]) {
      it(`fails with COZIFY_HUB_OFFLINE on a ${status} from the cloud: ${JSON.stringify(request)}`, async () => {
        hub = await stage.client({ isLanExcluded: true });
        stage.gateway = { status };
        await outcome(READ);
        stage.take();
        assert.equal(await outcome(request), 'COZIFY_HUB_OFFLINE');
        assert.deepEqual(stage.take(), [asked], 'without a second call');
      });
    }
  }

  describe('that all fail', () => {
    for (const [problem, gateway] of [
      ['no internet', 'refused'],
      ['an unknown host name', 'nobody'],
    ] as const) {
      it(`fail with COZIFY_HUB_OFFLINE (${problem})`, async () => {
        hub = await stage.client();
        stage.lan.set(HOST, 'refused');
        stage.gateway = gateway;
        assert.equal(await outcome(READ, MINUTE), 'COZIFY_HUB_OFFLINE');
        assert.equal(await outcome(CHANGE, MINUTE), 'COZIFY_HUB_OFFLINE');
      });
    }

    it('are named in the message', async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      stage.gateway = { status: 408 };
      const { message } = await failure(hub.request(READ), 'COZIFY_HUB_OFFLINE');
      assert.match(message, /The hub Koti can't be reached\. .*LAN.*192\.168\.1\.5.*cloud/);
    });
  });

  it('returns a 400 that comes through the cloud from the hub itself', async () => {
    hub = await stage.client({ isLanExcluded: true });
    stage.hub.replies.set('/devices/command', {
      status: 400,
      body: '{"message":"Malformed command"}',
    });
    assert.deepEqual(await hub.request(CHANGE), {
      status: 400,
      body: '{"message":"Malformed command"}',
      transport: 'cloud',
    });
    assert.deepEqual(stage.take(), [CLOUD_CHANGE, 'cloud GET /hub key 1']);
  });
});

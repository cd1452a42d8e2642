import assert from 'node:assert/strict';
import type { HubClient, HubRequest } from '../../../src/hub/hub-client.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { failure } from '../support/stage.js';
import { FakeHub, HOST, HubStage } from './support/hub-stage.js';

const READ: HubRequest = { method: 'GET', path: '/devices' };
const CHANGE: HubRequest = { method: 'PUT', path: '/devices/command', body: '[]' };

const LAN_READ = 'lan GET /cc/1.14/devices key 1';
const LAN_CHANGE = 'lan PUT /cc/1.14/devices/command key 1';
const CLOUD_READ = 'cloud GET /cc/1.14/devices key 1';
const CLOUD_CHANGE = 'cloud PUT /cc/1.14/devices/command key 1';

describe('hub client: the ways to a hub', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  /** What a request gives, or the code of its error, once time has passed. */
  async function outcome(request: HubRequest, passesMs = 0): Promise<number | string> {
    const work = hub.request(request).then(
      ({ status }) => status,
      (error: { code: string }) => error.code,
    );
    await stage.clock.advance(passesMs);
    return work;
  }

  it('the LAN comes first, and no key goes there before the hub has said who it is', async () => {
    hub = await stage.client();
    assert.equal(await outcome(READ), 200);
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ, LAN_CHANGE]);
  });

  it('with remote the cloud alone is asked', async () => {
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

    it(`a ${method} goes through the cloud in the same step when the LAN refuses it`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 200);
      assert.deepEqual(stage.take(), ['lan GET /hub', through]);
    });

    it(`a ${method} goes through the cloud after 2 s without a connection`, async () => {
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

    it(`a ${method} goes through the cloud when the LAN was lost since the last call`, async () => {
      hub = await stage.client();
      await outcome(request);
      stage.take();
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 200);
      assert.deepEqual(stage.take(), [onLan, through]);
    });

    it(`a ${method} does not go through the cloud with autoremote off`, async () => {
      hub = await stage.client({ isAutoremote: false });
      stage.lan.set(HOST, 'refused');
      assert.equal(await outcome(request), 'COZIFY_HUB_OFFLINE');
      assert.deepEqual(stage.take(), ['lan GET /hub']);
    });
  }

  it('the LAN is tried again after 5, 15 and 60 s and then each minute, and lan_ip is asked with the second try, 5 minutes later and then hourly', async () => {
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

  it('a hub that came back is asked on the LAN again at its next turn', async () => {
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
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_READ], 'the pauses begin anew');
  });

  it('a hub whose address has changed is found where lan_ip says, and that is kept', async () => {
    hub = await stage.client();
    stage.lan.delete(HOST);
    stage.lan.set('192.168.1.77', stage.hub);
    await outcome(READ);
    await stage.clock.advance(5 * SECOND);
    await outcome(READ);
    await stage.clock.advance(15 * SECOND);
    stage.take();
    await outcome(READ);
    await stage.clock.advance(0);
    assert.ok(stage.take().includes(CLOUD_READ), 'the step does not wait for lan_ip');
    await outcome(READ);
    assert.deepEqual(stage.take(), [LAN_READ], 'it has said already who it is');
    await stage.clock.advance(59 * SECOND);
    assert.equal(stage.known.host, HOST, 'what lasts no minute is no news');
    stage.player?.topics.splice(0);
    await stage.clock.advance(SECOND);
    assert.equal(stage.known.host, '192.168.1.77');
    assert.deepEqual(stage.player?.topics, ['hubs']);
    await outcome(READ);
    assert.deepEqual(stage.take(), [LAN_READ]);
  });

  it('no key goes to an address where another hub is', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, new FakeHub('hub-2'));
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_CHANGE]);
  });

  for (const version of ['1.14.9.124', '1.13.0.1']) {
    it(`a hub of version ${version} that has taken the address says nothing of the key: the step goes another way`, async () => {
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
      assert.deepEqual(stage.take(), [CLOUD_CHANGE], 'and no key any more');
      stage.lan.set('192.168.1.9', stage.hub);
      await stage.clock.advance(5 * SECOND);
      await outcome(READ);
      await stage.clock.advance(15 * SECOND);
      await outcome(READ);
      await stage.clock.advance(MINUTE);
      assert.equal(stage.known.host, '192.168.1.9');
    });
  }

  for (const [what, stranger] of [
    ['a web page', { body: '<html>' }],
    ['an error', { status: 404 }],
    ['nothing', 'hang'],
  ] as const) {
    it(`no key goes to an address that answers with ${what}`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, stranger);
      assert.equal(await outcome(CHANGE, 5 * SECOND), 200);
      assert.deepEqual(stage.take(), ['lan GET /hub', CLOUD_CHANGE]);
    });
  }

  it('after a failed connection the hub has to say anew who it is', async () => {
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

  it('those who ask at the same time wait for one word of the hub', async () => {
    hub = await stage.client();
    await Promise.all([1, 2, 3].map(() => hub.request(READ)));
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ, LAN_READ, LAN_READ]);
  });

  it('the LAN is tried out of turn when the cloud does not lead there', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    stage.lan.set(HOST, stage.hub);
    stage.gateway = 'refused';
    stage.take();
    assert.equal(await outcome(CHANGE), 200);
    assert.deepEqual(stage.take(), [CLOUD_CHANGE, 'lan GET /hub', LAN_CHANGE]);
  });

  it('the LAN tried out of turn does not lose its turn', async () => {
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

  it('no key goes to the address where the hub was when a look-up has found it at another', async () => {
    hub = await stage.client();
    await outcome(READ);
    stage.lan.set(HOST, new FakeHub('hub-2'));
    stage.lan.set('192.168.1.77', stage.hub);
    await stage.player?.account.authenticate({ trustHub: false });
    stage.take();
    await outcome(READ);
    assert.deepEqual(stage.take(), ['lan GET /hub', LAN_READ]);
  });

  it('with the cloud away and autoremote off the LAN is asked each time', async () => {
    hub = await stage.client({ isAutoremote: false });
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    await outcome(READ);
    stage.lan.set(HOST, stage.hub);
    assert.equal(await outcome(READ), 200);
  });

  it('the snapshot tells by which way calls go', async () => {
    hub = await stage.client();
    const isRemote = () => stage.player?.account.snapshot().hubs[0]?.remote;
    stage.lan.set(HOST, 'refused');
    await outcome(READ);
    await stage.clock.advance(MINUTE);
    assert.equal(isRemote(), true);
    stage.lan.set(HOST, stage.hub);
    await outcome(READ);
    await stage.clock.advance(MINUTE);
    assert.equal(isRemote(), false);
  });

  it('a LAN that loses a connection now and then is no news, nor written down each time', async () => {
    hub = await stage.client();
    await outcome(READ);
    const { saves } = stage.store;
    stage.player?.topics.splice(0);
    for (let second = 0; second < 3600; second++) {
      stage.lan.set(HOST, second % 50 === 0 ? 'refused' : stage.hub);
      assert.equal(await outcome(READ), 200);
      await stage.clock.advance(SECOND);
    }
    assert.ok(
      stage.take().filter((line) => line === CLOUD_READ).length >= 72,
      'it does go through the cloud meanwhile',
    );
    assert.deepEqual([stage.store.saves - saves, stage.player?.topics], [0, []]);
  });

  for (const request of [READ, { ...READ, isFree: true }, CHANGE]) {
    const [asked] = [request.method === 'GET' ? CLOUD_READ : CLOUD_CHANGE];

    for (const status of [400, 408]) {
      it(`"not there" (${status}) is believed of the cloud: ${JSON.stringify(request)}`, async () => {
        hub = await stage.client({ isLanExcluded: true });
        stage.gateway = { status };
        await outcome(READ);
        stage.take();
        assert.equal(await outcome(request), 'COZIFY_HUB_OFFLINE');
        assert.deepEqual(stage.take(), [asked], 'without a second call');
      });
    }
  }

  it('"not there" is believed of the cloud at the first word, too, of what a hub never refuses', async () => {
    hub = await stage.client({ isLanExcluded: true });
    await outcome(READ);
    stage.gateway = { status: 400 };
    stage.take();
    assert.equal(await outcome(READ), 'COZIFY_HUB_OFFLINE');
    assert.deepEqual(stage.take(), [CLOUD_READ]);
  });

  describe('neither of which leads there', () => {
    for (const [what, gateway] of [
      ['a 400 of the gateway', { status: 400 }],
      ['a 408 of the gateway', { status: 408 }],
      ['no internet', 'refused'],
      ['a name that nobody resolves', 'nobody'],
    ] as const) {
      it(`mean COZIFY_HUB_OFFLINE (${what})`, async () => {
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

  it("a 400 through the cloud is the hub's own when the hub is there", async () => {
    hub = await stage.client({ isLanExcluded: true });
    stage.hub.replies.set('/devices/command', { status: 400, body: '{"message":"Malformed command"}' });
    assert.deepEqual(await hub.request(CHANGE), { status: 400, body: '{"message":"Malformed command"}' });
    assert.deepEqual(stage.take(), [CLOUD_CHANGE, 'cloud GET /hub key 1']);
  });
});

import assert from 'node:assert/strict';
import type { HubClient, HubRequest } from '../../../src/hub/hub-client.js';
import type { CozifyError } from '../../../src/errors.js';
import type { HttpRequest } from '../../../src/http/http-client.js';
import type { Reply } from '../support/fake-cloud.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { failure, settle } from '../support/stage.js';
import { CHANGE, HOST, HubStage, READ } from './support/hub-stage.js';

const CHANGES: HubRequest[] = [
  CHANGE,
  { method: 'POST', path: '/alarms', body: '{}' },
  { method: 'DELETE', path: '/alarms' },
];

describe('HubClient: a request without an answer', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  /** Sends a request, advances the clock, and returns the error. */
  async function problemOf(request: HubRequest, passesMs = MINUTE): Promise<CozifyError> {
    let thrown: unknown;
    const work = hub.request(request).catch((error: unknown) => (thrown = error));
    await stage.clock.advance(passesMs);
    await work;
    return thrown as CozifyError;
  }

  const sent = (method: string) => stage.take().filter((line) => line.includes(` ${method} /cc/`));

  for (const request of CHANGES) {
    const { method } = request;
    for (const [problem, reply] of [
      ['a connection that ends', 'unreachable'],
      ['silence', 'hang'],
    ] as const) {
      it(`is not sent again, and may have been carried out: ${method} on the LAN, ${problem}`, async () => {
        hub = await stage.client();
        stage.hub.replies.set(request.path, reply);
        const { code, message, isUnsent } = await problemOf(request);
        assert.equal(code, 'COZIFY_UNREACHABLE');
        assert.match(message, /may have carried it out/);
        assert.equal(isUnsent, undefined);
        assert.equal(sent(method).length, 1);
      });

      it(`is not sent again, and may have been carried out: ${method} through the cloud, ${problem}`, async () => {
        hub = await stage.client();
        stage.lan.set(HOST, 'refused');
        await hub.request(READ);
        stage.lan.set(HOST, stage.hub);
        stage.gateway = reply;
        const { code, message } = await problemOf(request, 40 * SECOND);
        assert.equal(code, 'COZIFY_UNREACHABLE');
        assert.match(message, /may have carried it out/);
        assert.equal(sent(method).length, 1);
      });
    }

    it(`fails with COZIFY_HUB_OFFLINE and may have been carried out after a 408 from the cloud: ${method}`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      await hub.request(READ);
      stage.lan.set(HOST, stage.hub);
      stage.gateway = { status: 408 };
      const { code, message } = await problemOf(request);
      assert.equal(code, 'COZIFY_HUB_OFFLINE');
      assert.match(message, /may have carried it out/);
      assert.equal(sent(method).length, 1);
    });

    it(`uses the LAN if the cloud answers 400: ${method}`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      await hub.request(READ);
      stage.lan.set(HOST, stage.hub);
      stage.gateway = { status: 400 };
      assert.equal((await hub.request(request)).status, 200);
    });
  }

  describe('that only reads', () => {
    const dying = (times: number): (() => Reply) => {
      let left = times;
      return () => (left-- > 0 ? 'unreachable' : { body: '{"a":1}' });
    };

    it('is repeated through the cloud', async () => {
      hub = await stage.client();
      stage.hub.replies.set('/devices', dying(1));
      assert.equal((await hub.request(READ)).body, '{"a":1}');
      assert.deepEqual(stage.take(), [
        'lan GET /hub',
        'lan GET /cc/1.14/devices key 1',
        'cloud GET /cc/1.14/devices key 1',
      ]);
    });

    it("is repeated on the LAN with autoremote off, after a check of the hub's id", async () => {
      hub = await stage.client({ isAutoremote: false });
      stage.hub.replies.set('/devices', dying(1));
      assert.equal((await hub.request(READ)).body, '{"a":1}');
      const [idCheck, read] = ['lan GET /hub', 'lan GET /cc/1.14/devices key 1'];
      assert.deepEqual(stage.take(), [idCheck, read, idCheck, read]);
    });

    for (const known of [{}, { isAutoremote: false }]) {
      it(`is repeated only once (${JSON.stringify(known)})`, async () => {
        hub = await stage.client(known);
        stage.hub.replies.set('/devices', dying(9));
        await failure(hub.request(READ), 'COZIFY_UNREACHABLE');
        assert.equal(sent('GET').length, 2);
      });
    }

    it('is not repeated through the cloud, because a restarting gateway would get twice the requests', async () => {
      hub = await stage.client({ isLanExcluded: true });
      stage.hub.replies.set('/devices', dying(9));
      await failure(hub.request(READ), 'COZIFY_UNREACHABLE');
      assert.equal(sent('GET').length, 1);
    });
  });

  it('fails with COZIFY_HUB_OFFLINE if the cloud answers 408', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', 'unreachable');
    stage.gateway = { status: 408 };
    await failure(hub.request(READ), 'COZIFY_HUB_OFFLINE');
  });

  describe('with a deadline', () => {
    it('ends at its deadline while it waits for the LAN, the hub or a new key', async () => {
      const waits: [string, () => void][] = [
        ['the LAN', () => stage.lan.set(HOST, 'hang')],
        ['the hub', () => stage.hub.replies.set('/devices', 'hang')],
        [
          'a new key',
          () => {
            stage.hub.killKeys();
            stage.cloud.reply('hubkeys', 'hang');
          },
        ],
      ];
      for (const [waitsFor, prepare] of waits) {
        stage = new HubStage();
        hub = await stage.client({ isAutoremote: false });
        prepare();
        let code: string | undefined;
        const work = hub.request({ ...READ, deadlineMs: 3_000 }).catch((error: CozifyError) => ({ code } = error));
        await stage.clock.advance(2_999);
        assert.equal(code, undefined, waitsFor);
        await stage.clock.advance(1);
        await work;
        assert.equal(code, 'COZIFY_UNREACHABLE', waitsFor);
        await stage.end();
      }
    });

    it('is not sent after its deadline', async () => {
      hub = await stage.client({ isAutoremote: false });
      stage.lan.set(HOST, {
        ...{ body: JSON.stringify({ hubId: hub.id, version: '1.14.9.124' }) },
        delayMs: 4 * SECOND,
      });
      const { code, message, isUnsent } = await problemOf({ ...CHANGE, deadlineMs: 3_000 });
      assert.deepEqual([code, isUnsent], ['COZIFY_UNREACHABLE', true]);
      assert.doesNotMatch(message, /may have carried it out/);
      assert.deepEqual(sent('PUT'), []);
    });

    for (const request of CHANGES) {
      it(`is aborted at its deadline, before the next change is sent: ${request.method}`, async () => {
        hub = await stage.client();
        stage.hub.killKeys();
        const listed = stage.hub.newKey('key 2');
        stage.cloud.reply('hubkeys', () => ({ body: JSON.stringify({ [hub.id]: listed }), delayMs: 14 * SECOND }));
        stage.hub.intercept = async ({ answer }) => {
          const reply = await answer();
          return typeof reply === 'object' && reply.status === 401 ? { ...reply, delayMs: 3 * SECOND } : reply;
        };
        let inFlight: HttpRequest | undefined;
        let isBeside: boolean | undefined;
        stage.hub.replies.set(request.path, (sent) => {
          if (inFlight !== undefined) isBeside = inFlight.signal?.aborted !== true;
          inFlight ??= sent;
          return isBeside === undefined ? 'hang' : { status: 200 };
        });
        const first = problemOf(request, 30 * SECOND);
        const next = hub.request(request);
        const { code, message } = await first;
        assert.equal(code, 'COZIFY_UNREACHABLE');
        assert.match(message, /within 20 s.*may have carried it out/);
        assert.deepEqual([(await next).status, isBeside], [200, false]);
      });
    }

    it('may be held by the hub for 12 s on the LAN', async () => {
      hub = await stage.client();
      stage.hub.replies.set('/hub/poll?ts=1', { status: 304, delayMs: 12 * SECOND });
      const work = hub.request({ method: 'GET', path: '/hub/poll?ts=1', deadlineMs: 20 * SECOND });
      await stage.clock.advance(12 * SECOND);
      assert.deepEqual(await work, { status: 304, body: '', transport: 'lan' });
    });

    it('has 5 s on the LAN and 15 s through the cloud by default', async () => {
      hub = await stage.client();
      stage.hub.replies.set('/devices', 'hang');
      await problemOf(READ);
      const limits = stage.cloud.requests.filter(({ request }) => request.url.endsWith('/devices'));
      assert.deepEqual(
        limits.map(({ call, request }) => [call, request.deadlineMs]),
        [
          ['lan', 5_000],
          ['remote', 15_000],
        ],
      );
    });
  });

  it('fails with COZIFY_CLOSED when the account closes', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices/command', 'hang');
    stage.hub.replies.set('/devices', 'hang');
    const all = [READ, ...CHANGES].map((request) => failure(hub.request(request), 'COZIFY_CLOSED'));
    await stage.clock.advance(SECOND);
    if (stage.fixture !== undefined) await stage.close(stage.fixture);
    await Promise.all(all);
    await failure(hub.request(READ), 'COZIFY_CLOSED');
    assert.deepEqual(sent('POST'), [], 'queued changes were not sent');
  });

  it('fails with COZIFY_CLOSED when its signal is aborted', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', 'hang');
    const controller = new AbortController();
    const held = failure(hub.request({ ...READ, signal: controller.signal }), 'COZIFY_CLOSED');
    await stage.clock.advance(SECOND);
    controller.abort();
    await held;
    stage.hub.replies.clear();
    assert.equal((await hub.request(READ)).status, 200);
  });
});

describe('HubClient: 200 concurrent requests', () => {
  it('cause no Node.js warning', async () => {
    const stage = new HubStage();
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    try {
      const hub = await stage.client();
      await Promise.all(Array.from({ length: 200 }, (_, index) => hub.request(index % 2 === 0 ? READ : CHANGE)));
      await settle();
      assert.deepEqual(warnings, []);
    } finally {
      process.off('warning', note);
      await stage.end();
    }
  });
});

describe('HubClient: Retry-After from a transport', () => {
  let stage: HubStage;
  let hub: HubClient;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const asksToWait = (seconds: number): Reply => ({ status: 429, headers: { 'retry-after': String(seconds) } });

  for (const request of [READ, ...CHANGES]) {
    it(`makes a ${request.method} go on the LAN if the cloud answers 429`, async () => {
      hub = await stage.client();
      stage.lan.set(HOST, 'refused');
      await hub.request(READ);
      stage.lan.set(HOST, stage.hub);
      stage.gateway = asksToWait(30);
      assert.equal((await hub.request(request)).status, 200);
      assert.match(stage.take().at(-1) ?? '', /^lan/);
    });
  }

  for (const status of [429, 503]) {
    for (const seconds of [2, 30]) {
      for (const request of [READ, ...CHANGES]) {
        it(`keeps requests off the LAN for the ${seconds} s that a ${status} to a ${request.method} asks for`, async () => {
          hub = await stage.client();
          const busy = { status, headers: { 'retry-after': String(seconds) } };
          stage.hub.replies.set(request.path, busy);
          stage.gateway = { body: '{}' };
          assert.equal((await hub.request(request)).status, 200);
          stage.hub.replies.clear();
          stage.take();
          await stage.clock.advance(seconds * SECOND - 100);
          await hub.request(request);
          assert.match(stage.take().join(), /^cloud [^,]*$/);
          await stage.clock.advance(100);
          await hub.request(request);
          assert.match(stage.take().join(), /^lan [^,]*$/);
        });
      }
    }
  }

  it('fails with COZIFY_RATE_LIMITED and the remaining seconds if there is no other transport', async () => {
    hub = await stage.client({ isAutoremote: false });
    stage.hub.replies.set('/devices', asksToWait(30));
    assert.equal((await failure(hub.request(READ), 'COZIFY_RATE_LIMITED')).retryAfter, 30);
    await stage.clock.advance(10 * SECOND);
    stage.take();
    assert.equal((await failure(hub.request(READ), 'COZIFY_RATE_LIMITED')).retryAfter, 20);
    assert.deepEqual(stage.take(), []);
  });

  it('fails with COZIFY_RATE_LIMITED if both transports ask to wait', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', asksToWait(30));
    stage.gateway = asksToWait(40);
    await failure(hub.request(READ), 'COZIFY_RATE_LIMITED');
  });

  it('takes precedence over a refused connection on the other transport', async () => {
    hub = await stage.client();
    stage.lan.set(HOST, 'refused');
    stage.gateway = asksToWait(40);
    assert.equal((await failure(hub.request(READ), 'COZIFY_RATE_LIMITED')).retryAfter, 40);
  });

  it('takes precedence over a missing answer on the other transport', async () => {
    hub = await stage.client();
    stage.hub.replies.set('/devices', asksToWait(30));
    stage.gateway = 'unreachable';
    await failure(hub.request(READ), 'COZIFY_RATE_LIMITED');
  });

  it('prevents a second attempt even if the 429 has no Retry-After', async () => {
    hub = await stage.client({ isAutoremote: false });
    stage.hub.replies.set('/devices', { status: 429 });
    await failure(hub.request(READ), 'COZIFY_RATE_LIMITED');
    assert.deepEqual(stage.take(), ['lan GET /hub', 'lan GET /cc/1.14/devices key 1']);
  });

  it('does not delay another hub on the LAN', async () => {
    const { id } = stage.addOther();
    hub = await stage.client({ isAutoremote: false });
    stage.hub.replies.set('/devices', asksToWait(30));
    await failure(hub.request(READ), 'COZIFY_RATE_LIMITED');
    const other = await stage.fixture?.account.hub(id);
    assert.equal((await other?.request(READ))?.status, 200);
  });
});

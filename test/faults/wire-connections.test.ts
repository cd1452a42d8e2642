import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudCall } from '../simulator/index.js';
import { GOOD_ANSWER, RawServer } from '../src/support/answers.js';
import { EMAIL, failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { countOf, refused } from './support/calls.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

/** Has a hub looked up, on the LAN or through the cloud. */
const lookUp = (home: Home): Promise<unknown> => home.account.authenticate({ trustHub: false });

const REPLAYED: [CloudCall | 'hub', boolean, (home: Home) => Promise<unknown>][] = [
  ['hubkeys', true, (home) => home.account.ping()],
  ['lan_ip', true, lookUp],
  ['hub', true, lookUp],
  ['remote', false, lookUp],
];

/** A kept connection that a reset has killed meanwhile. */
const replays = REPLAYED.map(([call, onLan, work]): Row<Home> => ({
  fault: `a reset of the reused connection on ${call}`,
  expected: 'keep: asked once more, and no more, without anybody noticing',
  run: async (home) => {
    const hub = await home.simulator.addHub({ onLan });
    await lookUp(home);
    const before = home.simulator.count(call);
    home.simulator.fault(call, { reset: true, times: 1 });
    await work(home);
    assert.equal(home.simulator.count(call), before + 2);
    const [found] = home.account.snapshot().hubs;
    assert.deepEqual([found?.id, found?.name, found?.remote], [hub.id, hub.name, !onLan]);
  },
}));

const once: Row<Home> = {
  fault: 'a reset of the reused connection and of the next one on hubkeys',
  expected: 'keep: asked once more, not twice (COZIFY_UNREACHABLE)',
  run: async (home) => {
    await home.account.ping();
    home.simulator.fault('hubkeys', { reset: true });
    await refused(home, home.account.ping(), 'COZIFY_UNREACHABLE');
    assert.equal(countOf(home, 'hubkeys'), 3);
  },
};

const NEVER: [CloudCall, (home: Home) => Promise<unknown>][] = [
  ['refreshsession', (home) => home.account.refresh({ force: true })],
  ['emaillogin', (home) => home.account.authenticate({ otp: 'P7BQ8E' })],
  ['requestlogin', (home) => home.account.requestOtp()],
  ['logout', (home) => home.account.reset({ logout: true })],
];

const neverReplayed = NEVER.map(([call, work]): Row<Home> => ({
  fault: `a reset on ${call}, after another call on the same connection`,
  expected: 'keep: never sent twice (COZIFY_UNREACHABLE)',
  run: async (home) => {
    await home.account.ping();
    home.simulator.fault(call, { reset: true });
    await refused(home, work(home), 'COZIFY_UNREACHABLE');
    assert.equal(countOf(home, call), 1);
  },
}));

/** Answers that come when nobody waits for them any more. */
const LATE: [string, CloudCall, (home: Home) => Promise<unknown>][] = [
  ['a ping', 'hubkeys', (home) => home.account.ping()],
  ['a request for a code', 'requestlogin', (home) => home.account.requestOtp()],
  ['a reset with logout', 'logout', (home) => home.account.reset({ logout: true })],
];
const lateAnswers = LATE.map(([what, call, work]): Row<Home> => ({
  fault: `the answer to ${what} after close`,
  expected: 'keep: ignored (COZIFY_CLOSED)',
  run: async (home) => {
    const held = home.simulator.hold(call, { after: call !== 'logout' });
    const late = failure(work(home), 'COZIFY_CLOSED');
    await until('the call', () => held.isAsked);
    await home.close();
    await late;
    held.release();
    await sleep(50);
    assert.deepEqual(home.topics, []);
    home.simulator.clearFaults();
    if (call === 'logout') await home.saveLogin(home.simulator.issueToken(EMAIL));
    await home.start();
  },
}));

const PROXIES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** Runs `work` with a proxy in the environment, and asserts that it is asked nothing. */
async function withProxy(name: string, work: () => Promise<unknown>): Promise<void> {
  const proxy = await RawServer.start((socket) => socket.end(GOOD_ANSWER));
  const names = [name, 'NO_PROXY', 'no_proxy'];
  const before = names.map((key) => process.env[key]);
  for (const key of names) delete process.env[key];
  process.env[name] = proxy.url;
  try {
    await work();
    assert.equal(proxy.connections, 0);
  } finally {
    for (const [place, key] of names.entries()) {
      const value = before[place];
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
    await proxy.stop();
  }
}

const proxies = PROXIES.flatMap((name): Row<Home>[] => [
  {
    fault: `${name} in the environment, and a loopback cloud`,
    expected: 'keep: no proxy is asked',
    run: (home) => withProxy(name, () => home.account.ping()),
  },
  {
    fault: `${name} in the environment, and a hub on the LAN`,
    expected: 'keep: no proxy is asked',
    run: async (home) => {
      await home.simulator.addHub({ onLan: false });
      home.simulator.fault('lan_ip', { body: '["http://169.254.255.254:1"]' });
      home.lanPatience = 0.02;
      await withProxy(name, () => lookUp(home).catch(() => undefined));
      assert.ok(home.sent.some(({ isLan, deadlineMs }) => isLan && deadlineMs === 5_000));
    },
  },
]);

/** Hubs on the LAN that make trouble: no login is lost for it, and no step fails. */
const HUB_TROUBLE: [string, (socket: Socket) => void][] = [
  ['refuses to speak HTTP', (socket) => socket.end('SSH-2.0\r\n')],
  ['never answers', () => undefined],
  ['resets', (socket) => socket.resetAndDestroy()],
  [
    'sends 100 MB',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => void (socket.destroyed || socket.write(Buffer.alloc(65_536, 'a'), more));
      more();
    },
  ],
];
const hubTrouble = HUB_TROUBLE.map(([what, answer]): Row<Home> => ({
  fault: `a hub on the LAN that ${what}`,
  expected: 'keep: the step succeeds, and the hub is reached through the cloud',
  run: async (home) => {
    await home.simulator.addHub({ onLan: false });
    const server = await RawServer.start(answer);
    home.onEnd(() => server.stop());
    home.simulator.fault('lan_ip', { body: JSON.stringify([server.url]) });
    home.lanPatience = 0.1;
    assert.equal(((await lookUp(home)) as { value: boolean }).value, true);
    assert.deepEqual(
      home.account.snapshot().hubs.map(({ remote }) => remote),
      [true],
    );
  },
}));

faultTable('The wire', () => Home.open(), [
  ...replays,
  once,
  ...neverReplayed,
  ...lateAnswers,
  ...proxies,
  ...hubTrouble,
]);

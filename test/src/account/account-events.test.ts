import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const HUB = { hubId: 'h1', name: 'Koti', version: '1.14.9.124' };

describe('account: events', () => {
  let stage: Stage;
  let player: Player;
  let snapshots: Snapshot[];

  beforeEach(async () => {
    ({ stage, player } = await Stage.withLogin());
    snapshots = [];
    player.account.onEvent((_topic, snapshot) => snapshots.push(snapshot));
  });

  afterEach(() => stage.end());

  const forced = () => player.account.refresh({ force: true });

  it('are none at a start, when the cloud counts as reachable, and none while nothing happens', async () => {
    assert.deepEqual([stage.cloud.requests.length, player.account.snapshot().reachable], [0, true]);
    await stage.clock.advance(HOUR);
    assert.deepEqual(player.topics, []);
  });

  it('refreshed: each renewal, with the snapshot after it', async () => {
    await stage.clock.advance(HOUR);
    await forced();
    await forced();
    assert.deepEqual(player.topics, ['refreshed', 'refreshed']);
    assert.equal(snapshots[0]?.lastRefresh, '2026-03-02T07:00:00.000Z');
  });

  it('refresh-failed once, recovered with the first good answer, before refreshed', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    for (let tries = 0; tries < 3; tries++) await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, ['refresh-failed']);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
    await forced();
    assert.deepEqual(player.topics, ['refresh-failed', 'recovered', 'refreshed']);
  });

  it('go on over a Deploy: no second refresh-failed, and recovered once the cloud is back', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    player.topics.length = 0;
    await stage.deploy(player);
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, []);
    await stage.deploy(player);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + SECOND) });
    await forced();
    assert.deepEqual(player.topics, ['recovered', 'refreshed']);
    stage.cloud.reply('refreshsession', { status: 503 });
    player.topics.length = 0;
    await stage.deploy(player);
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, ['refresh-failed'], 'that is another one');
  });

  it('a failure that comes after the Deploy is told once', async () => {
    stage.cloud.reply('refreshsession', { status: 503, delayMs: 10 * SECOND });
    void forced().catch(() => undefined);
    await stage.clock.advance(SECOND);
    await stage.deploy(player);
    await stage.clock.advance(10 * SECOND);
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, ['refresh-failed']);
  });

  it('recovered is told once after a Deploy, also by a renewal of before', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    stage.cloud.reply('hubkeys', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + SECOND), delayMs: 10 * SECOND });
    const renewal = forced();
    await stage.clock.advance(SECOND);
    await stage.deploy(player);
    await stage.clock.advance(10 * SECOND);
    await renewal;
    stage.cloud.reply('hubkeys', { body: '{}' });
    await player.account.ping();
    assert.deepEqual(player.topics, ['refresh-failed', 'recovered', 'refreshed']);
  });

  it('refresh-failed again after a renewal that gave the same token, but not after a mere ping', async () => {
    const token = (await player.account.token()).value;
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    stage.cloud.reply('refreshsession', { body: token });
    assert.equal((await forced()).isRefreshed, false);
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, ['refresh-failed', 'recovered', 'refresh-failed']);
  });

  it('give each listener a snapshot of its own', async () => {
    player.account.onEvent((_topic, snapshot) => (snapshot.hubs = []));
    const seen: Snapshot[] = [];
    player.account.onEvent((_topic, snapshot) => seen.push(snapshot));
    snapshots.length = 0;
    await forced();
    assert.notEqual(seen[0], snapshots[0]);
    assert.deepEqual(seen, snapshots);
  });

  it('recovered by a ping, and refresh-failed again only after a good renewal', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    await player.account.ping();
    await player.account.ping();
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(player.topics, ['refresh-failed', 'recovered']);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
    await forced();
    stage.cloud.reply('refreshsession', 'unreachable');
    await failure(forced(), 'COZIFY_UNREACHABLE');
    assert.deepEqual(player.topics, ['refresh-failed', 'recovered', 'refreshed', 'refresh-failed']);
  });

  it('otp-required once for a rejection, authenticated when the cloud takes the token again', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    for (let tries = 0; tries < 3; tries++) await player.account.ping();
    assert.deepEqual(player.topics, ['otp-required']);
    assert.equal(snapshots[0]?.state, 'otp-required');
    stage.cloud.reply('hubkeys', { body: '{}' });
    await player.account.ping();
    await player.account.ping();
    assert.deepEqual(player.topics, ['otp-required', 'authenticated']);
  });

  it('authenticated, then refreshed, when a refresh takes a rejected token back', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    await player.account.ping();
    await forced();
    assert.deepEqual(player.topics, ['otp-required', 'authenticated', 'refreshed']);
  });

  it('otp-sent for each code e-mailed, and authenticated for each login', async () => {
    await player.account.requestOtp();
    await player.account.requestOtp();
    assert.deepEqual(player.topics, ['otp-sent']);
    await player.account.authenticate({ otp: 'P7BQ8E' });
    await player.account.requestOtp();
    assert.deepEqual(player.topics, ['otp-sent', 'authenticated', 'otp-sent']);
    assert.deepEqual(
      snapshots.map(({ otpSentAt }) => otpSentAt !== null),
      [true, false, true],
    );
  });

  it('otp-required when a code is 15 minutes old', async () => {
    await player.account.reset();
    await player.account.requestOtp();
    await stage.clock.advance(15 * MINUTE - SECOND);
    assert.deepEqual(player.topics, ['reset', 'otp-required', 'otp-sent']);
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual(player.topics, ['reset', 'otp-required', 'otp-sent', 'otp-required']);
    assert.equal(player.account.snapshot().otpSentAt, null);
  });

  it('otp-required when a code was refused five times', async () => {
    await player.account.reset();
    await player.account.requestOtp();
    stage.cloud.reply('emaillogin', { status: 401 });
    for (let tries = 0; tries < 5; tries++) {
      assert.equal(player.account.snapshot().state, 'otp-sent');
      await failure(player.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
    }
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.deepEqual(player.topics, ['reset', 'otp-required', 'otp-sent', 'otp-required']);
  });

  it('hubs: one came, changed its name, host, remote or version, or went', async () => {
    const lan = (info: object) => stage.cloud.reply('lan', { body: JSON.stringify({ ...HUB, ...info }) });
    const addresses = (...list: string[]) => stage.cloud.reply('lan_ip', { body: JSON.stringify(list) });
    const lookUp = async (params = {}) => {
      player.topics.length = 0;
      await player.account.authenticate({ trustHub: false, ...params });
      return player.topics;
    };
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    addresses('192.168.1.5');
    lan({});
    assert.deepEqual(await lookUp(), ['hubs'], 'came');
    assert.deepEqual(await lookUp(), [], 'nothing changed');
    lan({ name: 'Mökki <b>100 %</b>' });
    assert.deepEqual(await lookUp(), ['hubs'], 'name');
    lan({ name: 'Mökki <b>100 %</b>', version: '1.15.0.1' });
    assert.deepEqual(await lookUp(), ['hubs'], 'version');
    addresses('http://192.168.1.6:8894');
    assert.deepEqual(await lookUp(), ['hubs'], 'host');
    assert.equal(player.account.snapshot().hubs[0]?.host, '192.168.1.6:8894');
    assert.deepEqual(await lookUp({ remote: true }), ['hubs'], 'remote');
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-2"}' });
    assert.deepEqual(await lookUp({ remote: true }), [], 'a key is nobody’s business');
    stage.cloud.reply('hubkeys', { body: '{}' });
    assert.deepEqual(await lookUp({ remote: true }), [], 'missing once');
    assert.deepEqual(await lookUp({ remote: true }), ['hubs'], 'went');
  });

  it('go to each listener until it is taken off', async () => {
    const heard: string[] = [];
    const stop = player.account.onEvent((topic) => heard.push(topic));
    await forced();
    stop();
    await forced();
    assert.deepEqual([heard.length, player.topics.length], [1, 2]);
  });

  it('a listener that fails, at once or later, fails no step and keeps no other from hearing; it is said once', async () => {
    const { proxy: unreadable, revoke } = Proxy.revocable({}, {});
    revoke();
    const failures: (() => unknown)[] = [
      () => assert.fail('secret-of-the-listener'),
      () => Promise.reject(new TypeError('secret-of-the-listener')),
      () => {
        throw unreadable as Error;
      },
    ];
    for (const fail of failures) {
      player.account.onEvent(fail);
      player.account.onChange(fail);
    }
    const heard: string[] = [];
    let told = 0;
    player.account.onEvent((topic) => heard.push(topic));
    player.account.onChange(() => told++);
    await player.account.reset();
    await player.account.requestOtp();
    assert.equal((await player.account.authenticate({ otp: 'P7BQ8E' })).value, true);
    assert.equal((await forced()).isRefreshed, true);
    assert.deepEqual(heard, ['reset', 'otp-required', 'otp-sent', 'authenticated', 'refreshed']);
    assert.ok(told > 0);
    const said = stage.log.all.filter((line) => line.includes('listener'));
    assert.equal(said.length, 2 * failures.length, said.join('\n'));
    assert.ok(!said.join().includes('secret'), 'nobody has checked the text of its error for secrets');
  });

  it('and changes of the snapshot are told to watchers, saving later included', async () => {
    let told = 0;
    const stop = player.account.onChange(() => told++);
    const isTold = async (change: () => Promise<unknown>) => {
      const before = told;
      await change();
      return told > before;
    };
    assert.equal(await isTold(forced), true);
    stage.store.isFull = true;
    assert.equal(await isTold(forced), true);
    assert.equal(player.account.snapshot().saved, false);
    stage.store.isFull = false;
    assert.equal(await isTold(() => stage.clock.advance(MINUTE)), true, 'saved again');
    assert.equal(player.account.snapshot().saved, true);
    stage.cloud.reply('hubkeys', 'unreachable');
    assert.equal(await isTold(() => failure(player.account.ping(), 'COZIFY_UNREACHABLE')), true);
    stop();
    assert.equal(await isTold(forced), false);
  });

  it('hold no secret, nor do the log and errors', async () => {
    const secrets = ['key-secret-1', 'P7BQ8E', (await player.account.token()).value];
    const seen: unknown[] = [snapshots, stage.log.all];
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-secret-1"}' });
    await player.account.authenticate();
    await player.account.requestOtp();
    await player.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    secrets.push((await player.account.token()).value);
    for (const reply of ['unreachable', { status: 500 }, { body: '<html>' }, { status: 401 }] as const) {
      for (const call of ['hubkeys', 'refreshsession', 'emaillogin', 'requestlogin'] as const)
        stage.cloud.reply(call, reply);
      const steps = [player.account.ping(), forced(), player.account.authenticate({ otp: 'P7BQ8E', email: EMAIL })];
      for (const result of await Promise.allSettled(steps)) {
        if (result.status === 'rejected')
          seen.push(String((result.reason as Error).stack), { ...(result.reason as object) });
      }
    }
    await stage.clock.advance(2 * DAY);
    const text = JSON.stringify(seen);
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
    assert.ok(seen.length > 4 && snapshots.length > 4);
  });
});

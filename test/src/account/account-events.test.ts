import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DAY, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const HUB = { hubId: 'h1', name: 'Koti', version: '1.14.9.124' };

describe('Account: events', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let snapshots: Snapshot[];

  beforeEach(async () => {
    ({ stage, fixture } = await Stage.withLogin());
    snapshots = [];
    fixture.account.onEvent((_topic, snapshot) => snapshots.push(snapshot));
  });

  afterEach(() => stage.end());

  const forced = () => fixture.account.refresh({ force: true });

  it('emits no second refresh-failed after a Deploy, and recovered when the cloud is back', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    fixture.topics.length = 0;
    await stage.deploy(fixture);
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(fixture.topics, []);
    await stage.deploy(fixture);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now() + SECOND) });
    await forced();
    assert.deepEqual(fixture.topics, ['recovered', 'refreshed']);
    stage.cloud.reply('refreshsession', { status: 503 });
    fixture.topics.length = 0;
    await stage.deploy(fixture);
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(fixture.topics, ['refresh-failed'], 'a new failure');
  });

  it('emits refresh-failed again after a renewal that returned the same token', async () => {
    const token = (await fixture.account.token()).value;
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    stage.cloud.reply('refreshsession', { body: token });
    assert.equal((await forced()).isRefreshed, false);
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(fixture.topics, ['refresh-failed', 'recovered', 'refresh-failed']);
  });

  it('gives each subscriber its own copy of the snapshot', async () => {
    fixture.account.onEvent((_topic, snapshot) => (snapshot.hubs = []));
    const seen: Snapshot[] = [];
    fixture.account.onEvent((_topic, snapshot) => seen.push(snapshot));
    snapshots.length = 0;
    await forced();
    assert.notEqual(seen[0], snapshots[0]);
    assert.deepEqual(seen, snapshots);
  });

  it('emits recovered after a ping, and refresh-failed again only after a successful renewal', async () => {
    stage.cloud.reply('refreshsession', { status: 503 });
    await failure(forced(), 'COZIFY_API');
    await fixture.account.ping();
    await fixture.account.ping();
    await failure(forced(), 'COZIFY_API');
    assert.deepEqual(fixture.topics, ['refresh-failed', 'recovered']);
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()) });
    await forced();
    stage.cloud.reply('refreshsession', 'unreachable');
    await failure(forced(), 'COZIFY_UNREACHABLE');
    assert.deepEqual(fixture.topics, ['refresh-failed', 'recovered', 'refreshed', 'refresh-failed']);
  });

  it('emits otp-required once for a rejected token, and authenticated when the cloud accepts it again', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    for (let tries = 0; tries < 3; tries++) await fixture.account.ping();
    assert.deepEqual(fixture.topics, ['otp-required']);
    assert.equal(snapshots[0]?.state, 'otp-required');
    stage.cloud.reply('hubkeys', { body: '{}' });
    await fixture.account.ping();
    await fixture.account.ping();
    assert.deepEqual(fixture.topics, ['otp-required', 'authenticated']);
  });

  it('emits authenticated and refreshed when a refresh succeeds with a rejected token', async () => {
    stage.cloud.reply('hubkeys', { status: 401 });
    await fixture.account.ping();
    await forced();
    assert.deepEqual(fixture.topics, ['otp-required', 'authenticated', 'refreshed']);
  });

  it('emits otp-sent for each e-mailed code, and authenticated for each login', async () => {
    await fixture.account.requestOtp();
    await fixture.account.requestOtp();
    assert.deepEqual(fixture.topics, ['otp-sent']);
    await fixture.account.authenticate({ otp: 'P7BQ8E' });
    await fixture.account.requestOtp();
    assert.deepEqual(fixture.topics, ['otp-sent', 'authenticated', 'otp-sent']);
    assert.deepEqual(
      snapshots.map(({ otpSentAt }) => otpSentAt !== null),
      [true, false, true],
    );
  });

  it('emits otp-required when a code is 15 minutes old', async () => {
    await fixture.account.reset();
    await fixture.account.requestOtp();
    await stage.clock.advance(15 * MINUTE - SECOND);
    assert.deepEqual(fixture.topics, ['reset', 'otp-required', 'otp-sent']);
    await stage.clock.advance(2 * SECOND);
    assert.deepEqual(fixture.topics, ['reset', 'otp-required', 'otp-sent', 'otp-required']);
    assert.equal(fixture.account.snapshot().otpSentAt, null);
  });

  it('emits hubs when a hub is added, removed or changes its name, host, remote or version', async () => {
    const lan = (info: object) => stage.cloud.reply('lan', { body: JSON.stringify({ ...HUB, ...info }) });
    const addresses = (...list: string[]) => stage.cloud.reply('lan_ip', { body: JSON.stringify(list) });
    const lookUp = async (params = {}) => {
      fixture.topics.length = 0;
      await fixture.account.authenticate({ trustHub: false, ...params });
      return fixture.topics;
    };
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    addresses('192.168.1.5');
    lan({});
    assert.deepEqual(await lookUp(), ['hubs'], 'added');
    assert.deepEqual(await lookUp(), [], 'nothing changed');
    lan({ name: 'Mökki <b>100 %</b>' });
    assert.deepEqual(await lookUp(), ['hubs'], 'name');
    lan({ name: 'Mökki <b>100 %</b>', version: '1.15.0.1' });
    assert.deepEqual(await lookUp(), ['hubs'], 'version');
    addresses('http://192.168.1.6:8894');
    assert.deepEqual(await lookUp(), ['hubs'], 'host');
    assert.equal(fixture.account.snapshot().hubs[0]?.host, '192.168.1.6:8894');
    assert.deepEqual(await lookUp({ remote: true }), ['hubs'], 'remote');
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-2"}' });
    assert.deepEqual(await lookUp({ remote: true }), [], 'keys are not in the snapshot');
    stage.cloud.reply('hubkeys', { body: '{}' });
    assert.deepEqual(await lookUp({ remote: true }), [], 'missing once');
    assert.deepEqual(await lookUp({ remote: true }), ['hubs'], 'removed');
  });

  it('calls a subscriber until it unsubscribes', async () => {
    const received: string[] = [];
    const stop = fixture.account.onEvent((topic) => received.push(topic));
    await forced();
    stop();
    await forced();
    assert.deepEqual([received.length, fixture.topics.length], [1, 2]);
  });

  it('logs a failing subscriber once, and still calls the other subscribers', async () => {
    const { proxy: unreadable, revoke } = Proxy.revocable({}, {});
    revoke();
    const failures: (() => unknown)[] = [
      () => assert.fail('secret-of-the-subscriber'),
      () => Promise.reject(new TypeError('secret-of-the-subscriber')),
      () => {
        throw unreadable as Error;
      },
    ];
    for (const fail of failures) {
      fixture.account.onEvent(fail);
      fixture.account.onChange(fail);
    }
    const received: string[] = [];
    let changes = 0;
    fixture.account.onEvent((topic) => received.push(topic));
    fixture.account.onChange(() => changes++);
    await fixture.account.reset();
    await fixture.account.requestOtp();
    assert.equal((await fixture.account.authenticate({ otp: 'P7BQ8E' })).value, true);
    assert.equal((await forced()).isRefreshed, true);
    assert.deepEqual(received, ['reset', 'otp-required', 'otp-sent', 'authenticated', 'refreshed']);
    assert.ok(changes > 0);
    const logged = stage.log.all.filter((line) => line.includes('subscriber'));
    assert.equal(logged.length, 2 * failures.length, logged.join('\n'));
    assert.ok(!logged.join().includes('secret'), 'the error of a subscriber may contain secrets');
  });

  it('notifies change subscribers of renewals, failures and a later save', async () => {
    let changes = 0;
    const stop = fixture.account.onChange(() => changes++);
    const isNotified = async (change: () => Promise<unknown>) => {
      const before = changes;
      await change();
      return changes > before;
    };
    assert.equal(await isNotified(forced), true);
    stage.store.isFull = true;
    assert.equal(await isNotified(forced), true);
    assert.equal(fixture.account.snapshot().saved, false);
    const savesLogged = () => stage.log.all.filter((line) => /be saved|saved again/.test(line)).length;
    assert.equal(savesLogged(), 1, 'the failed save');
    stage.store.isFull = false;
    assert.equal(await isNotified(() => stage.clock.advance(MINUTE)), true, 'saved again');
    assert.equal(fixture.account.snapshot().saved, true);
    assert.equal(savesLogged(), 2);
    stage.cloud.reply('hubkeys', 'unreachable');
    assert.equal(await isNotified(() => failure(fixture.account.ping(), 'COZIFY_UNREACHABLE')), true);
    stop();
    assert.equal(await isNotified(forced), false);
  });

  it('keeps tokens, codes and hub keys out of events, log and errors', async () => {
    const secrets = ['key-secret-1', 'P7BQ8E', (await fixture.account.token()).value];
    const seen: unknown[] = [snapshots, stage.log.all];
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-secret-1"}' });
    await fixture.account.authenticate();
    await fixture.account.requestOtp();
    await fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    secrets.push((await fixture.account.token()).value);
    for (const reply of ['unreachable', { status: 500 }, { body: '<html>' }, { status: 401 }] as const) {
      for (const call of ['hubkeys', 'refreshsession', 'emaillogin', 'requestlogin'] as const)
        stage.cloud.reply(call, reply);
      const steps = [fixture.account.ping(), forced(), fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL })];
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

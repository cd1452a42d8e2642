import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const OTHER = 'maija@example.fi';

/** A hub's response on the LAN to a request for its id. */
const HUB = JSON.stringify({ hubId: 'hub-1', name: 'Koti', version: '1.14.9.124' });

describe('Account: epochs', () => {
  let stage: Stage;
  let fixture: AccountFixture;

  beforeEach(async () => {
    ({ stage, fixture } = await Stage.withLogin());
    await stage.clock.advance(5 * SECOND);
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-first"}' });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5"]' });
    stage.cloud.reply('lan', { body: HUB, delayMs: 3 * SECOND });
  });

  afterEach(() => stage.end());

  const keys = (): (string | null)[] => stage.stored.hubs.map(({ key }) => key);
  /** Starts a hub discovery and runs `work` before the new hub has answered. */
  async function duringDiscovery(work: () => Promise<unknown>): Promise<void> {
    const step = fixture.account.authenticate({ trustHub: false }).catch(() => undefined);
    await stage.clock.advance(SECOND);
    await work();
    await stage.clock.advance(10 * SECOND);
    await step;
  }

  it('drops the result of a hub discovery when a logout comes first', async () => {
    await duringDiscovery(() => fixture.account.reset({ logout: true }));
    await stage.clock.advance(MINUTE);
    assert.deepEqual([fixture.account.snapshot().hubs, keys()], [[], []]);
    await failure(fixture.account.hub(), 'COZIFY_OTP_REQUIRED');
  });

  it('drops the discovered hub when another person logs in during the discovery', async () => {
    await duringDiscovery(async () => {
      stage.cloud.reply('hubkeys', { body: '{}' });
      stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now(), { userId: 'user-2' }) });
      await fixture.account.requestOtp(OTHER);
      void fixture.account.authenticate({ otp: 'P7BQ8E', email: OTHER });
    });
    assert.deepEqual([fixture.account.snapshot().loginEmail, fixture.account.snapshot().hubs], [OTHER, []]);
  });

  it("keeps the second person's hub key when the key list of the first person comes late", async () => {
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-first"}', delayMs: 5 * SECOND });
    const ping = fixture.account.ping();
    await stage.clock.advance(SECOND);
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-second"}' });
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now(), { userId: 'user-2' }) });
    await fixture.account.requestOtp(OTHER);
    const login = fixture.account.authenticate({ otp: 'P7BQ8E', email: OTHER });
    await stage.clock.advance(20 * SECOND);
    await Promise.all([login, ping]);
    assert.deepEqual(keys(), ['key-of-the-second']);
  });

  it('keeps the result of a hub discovery when the token is renewed during it', async () => {
    await duringDiscovery(() => fixture.account.refresh({ force: true }));
    assert.deepEqual(keys(), ['key-of-the-first']);
  });

  /** Starts a login, whose code the cloud accepts after 5 s, and runs `work` after 1 s. */
  async function duringLogin(work: () => Promise<unknown>): Promise<{ login: Promise<unknown> }> {
    stage.cloud.reply('hubkeys', { body: '{}' });
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now()), delayMs: 5 * SECOND });
    const login = fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    login.catch(() => undefined);
    await stage.clock.advance(SECOND);
    await work();
    await stage.clock.advance(10 * SECOND);
    return { login };
  }

  it('drops the token of a login when a reset comes first', async () => {
    const { login } = await duringLogin(() => fixture.account.reset());
    await failure(login, 'COZIFY_OTP_REQUIRED');
    assert.equal(stage.stored.login, null);
    assert.equal(fixture.account.snapshot().state, 'otp-required');
  });

  it('drops the token of a login when another token is set first', async () => {
    const set = makeToken(stage.clock.now() + SECOND);
    const { login } = await duringLogin(() => fixture.account.token(set));
    assert.deepEqual(await login, { value: true, isRefreshed: false });
    assert.equal(stage.stored.login?.token, set);
  });

  it('starts no renewal while a logout revokes the token', async () => {
    const { value: token } = await fixture.account.token();
    stage.cloud.reply('logout', { body: 'null', delayMs: 3 * SECOND });
    const reset = fixture.account.reset({ logout: true });
    await stage.clock.advance(SECOND);
    const refresh = fixture.account.refresh({ force: true });
    await stage.clock.advance(5 * SECOND);
    assert.deepEqual([(await reset).value, (await refresh).value], [true, false]);
    assert.equal(stage.cloud.of('refreshsession').length, 0);
    assert.deepEqual(
      stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']),
      [token],
    );
  });

  /** Logs out while a call is in flight. Returns the revoked tokens. */
  async function revokedDuring(call: Promise<unknown>): Promise<unknown[]> {
    await stage.clock.advance(SECOND);
    const reset = fixture.account.reset({ logout: true });
    await stage.clock.advance(10 * SECOND);
    await Promise.all([call, reset]);
    return stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']);
  }

  it('waits for a login in flight before a logout, and revokes its token', async () => {
    await fixture.account.reset();
    const received = makeToken(stage.clock.now());
    stage.cloud.reply('emaillogin', { body: received, delayMs: 5 * SECOND });
    const login = fixture.account.authenticate({ otp: 'P7BQ8E', email: EMAIL }).catch(() => undefined);
    assert.deepEqual(await revokedDuring(login), [received]);
    assert.equal(stage.stored.login, null);
  });

  it('waits for a renewal in flight before a logout, and revokes the renewed token', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 3 * SECOND });
    assert.deepEqual(await revokedDuring(fixture.account.refresh({ force: true })), [renewed]);
    assert.equal(stage.stored.login, null);
  });

  it('raises the epoch when a new temporary token is set after a reset', async () => {
    const guest = (name: string) => fixture.account.token(`${name}-${name}-${name}-${name}`, { commit: false });
    const { state } = fixture.managed.run.parts;
    await guest('first');
    await guest('second');
    const epoch = state.epoch;
    await fixture.account.reset();
    await guest('third');
    assert.notEqual(state.epoch, epoch);
  });
});

describe('Account: renewal after a Retry-After', () => {
  it('saves the renewed token before it removes the wait', async () => {
    const stage = new Stage();
    stage.saveLogin(makeToken(stage.clock.now()));
    const { account } = await stage.open();
    stage.cloud.reply('refreshsession', { status: 429, headers: { 'retry-after': '60' } });
    await failure(account.refresh({ force: true }), 'COZIFY_RATE_LIMITED');
    await stage.clock.advance(2 * MINUTE);
    const renewed = makeToken(stage.clock.now());
    stage.cloud.reply('refreshsession', { body: renewed });
    const saved: (string | undefined)[] = [];
    const save = stage.store.save.bind(stage.store);
    stage.store.save = async (content, options) => {
      await save(content, options);
      saved.push(stage.stored.login?.token);
    };
    await account.refresh({ force: true });
    assert.deepEqual([saved, stage.store.content?.holds], [[renewed], []]);
    await stage.end();
  });
});

describe('Accounts of two processes with one store', () => {
  let stage: Stage;
  let one: AccountFixture;
  let two: AccountFixture;

  beforeEach(async () => {
    stage = new Stage();
    stage.store.isShared = true;
    stage.saveLogin(makeToken(stage.clock.now()));
    one = await stage.open();
    two = await stage.open();
    await stage.clock.advance(MINUTE);
  });

  afterEach(() => stage.end());

  it('restore the renewed token within 3 s when the other process saves the old one over it', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    const before = stage.store.text;
    await one.account.refresh({ force: true });
    // Simulates another process that read the state before the renewal and saves it now.
    stage.store.text = before;
    await stage.clock.advance(3 * SECOND);
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('agree on one token when both renew in the same millisecond, in at most 3 saves', async () => {
    const tokens = [1, 2].map(() => makeToken(stage.clock.now() + SECOND));
    let given = 0;
    stage.cloud.reply('refreshsession', () => ({ body: tokens[given++] ?? '', delayMs: SECOND }));
    const both = [one, two].map(({ account }) => account.refresh({ force: true }));
    await stage.clock.advance(2 * SECOND);
    await Promise.all(both);
    const { saves } = stage.store;
    await stage.clock.advance(2 * MINUTE);
    const current = await Promise.all([one, two].map(async ({ account }) => (await account.token()).value));
    assert.deepEqual(current, [stage.stored.login?.token, stage.stored.login?.token]);
    await stage.clock.advance(HOUR - 3 * MINUTE);
    assert.ok(stage.store.saves - saves <= 3, `${stage.store.saves - saves} saves`);
  });

  it('keep the newer login of the second process when it learns of an older reset later', async () => {
    const near = stage.store.twin();
    await stage.close(two);
    two = await stage.open({ store: near });
    near.isAway = near.isFull = true;
    await one.account.reset();
    await stage.clock.advance(HOUR);
    const token = makeToken(stage.clock.now());
    stage.cloud.reply('emaillogin', { body: token });
    await two.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    near.isAway = near.isFull = false;
    await stage.clock.advance(2 * MINUTE);
    assert.deepEqual(
      [one, two].map(({ account }) => account.snapshot().state),
      ['authenticated', 'authenticated'],
    );
    assert.equal(stage.stored.login?.token, token);
  });

  it('keep separate transports to a hub: LAN at home, cloud elsewhere', async () => {
    const at = (fixture: AccountFixture): unknown =>
      fixture.account.snapshot().hubs.map(({ host, remote }) => [host, remote]);
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-1"}' });
    stage.cloud.reply('remote', { body: HUB });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5"]' });
    stage.cloud.reply('lan', { body: HUB });
    await one.account.authenticate({ trustHub: false });
    stage.cloud.reply('lan', 'unreachable');
    await two.account.authenticate({ trustHub: false });
    assert.deepEqual(at(two), [['192.168.1.5', true]]);
    [one.topics.length, two.topics.length] = [0, 0];
    const { saves } = stage.store;
    await stage.clock.advance(20 * MINUTE);
    assert.deepEqual([at(one), at(two)], [[['192.168.1.5', false]], [['192.168.1.5', true]]]);
    assert.deepEqual([one.topics, two.topics], [[], []]);
    assert.ok(stage.store.saves - saves <= 1, `${stage.store.saves - saves} saves`);
    assert.equal(stage.stored.hubs[0]?.host, '192.168.1.5');
  });
});

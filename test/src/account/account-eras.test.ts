import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const OTHER = 'maija@example.fi';

/** What a hub on the LAN says of itself. */
const HUB = JSON.stringify({ hubId: 'hub-1', name: 'Koti', version: '1.14.9.124' });

describe('account: what was asked under one login is nothing to another', () => {
  let stage: Stage;
  let player: Player;

  beforeEach(async () => {
    ({ stage, player } = await Stage.withLogin());
    await stage.clock.advance(5 * SECOND);
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-first"}' });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5"]' });
    stage.cloud.reply('lan', { body: HUB, delayMs: 3 * SECOND });
  });

  afterEach(() => stage.end());

  const keys = (): (string | null)[] => stage.stored.hubs.map(({ key }) => key);
  /** Has hubs looked up, and does something before the one that is new has answered. */
  async function meanwhile(work: () => Promise<unknown>): Promise<void> {
    const step = player.account.authenticate({ trustHub: false }).catch(() => undefined);
    await stage.clock.advance(SECOND);
    await work();
    await stage.clock.advance(10 * SECOND);
    await step;
  }

  it('a look-up that a log out overtakes brings no hub, and no key of one', async () => {
    await meanwhile(() => player.account.reset({ logout: true }));
    await stage.clock.advance(MINUTE);
    assert.deepEqual([player.account.snapshot().hubs, keys()], [[], []]);
    await failure(player.account.hub(), 'COZIFY_OTP_REQUIRED');
  });

  it('nor one that a plain reset overtakes', async () => {
    await meanwhile(() => player.account.reset());
    assert.deepEqual(keys(), []);
  });

  it("another person's login during a look-up does not get the first one's hub", async () => {
    await meanwhile(async () => {
      stage.cloud.reply('hubkeys', { body: '{}' });
      stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now(), { userId: 'user-2' }) });
      await player.account.requestOtp(OTHER);
      void player.account.authenticate({ otp: 'P7BQ8E', email: OTHER });
    });
    assert.deepEqual([player.account.snapshot().loginEmail, player.account.snapshot().hubs], [OTHER, []]);
  });

  it("a late list of keys does not replace the second person's key of the same hub", async () => {
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-first"}', delayMs: 5 * SECOND });
    const ping = player.account.ping();
    await stage.clock.advance(SECOND);
    stage.cloud.reply('hubkeys', { body: '{"hub-1":"key-of-the-second"}' });
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now(), { userId: 'user-2' }) });
    await player.account.requestOtp(OTHER);
    const login = player.account.authenticate({ otp: 'P7BQ8E', email: OTHER });
    await stage.clock.advance(20 * SECOND);
    await Promise.all([login, ping]);
    assert.deepEqual(keys(), ['key-of-the-second']);
  });

  it('a renewal during a look-up is no other login', async () => {
    await meanwhile(() => player.account.refresh({ force: true }));
    assert.deepEqual(keys(), ['key-of-the-first']);
  });

  it('no renewal begins while the cloud is asked to revoke the token', async () => {
    const { value: token } = await player.account.token();
    stage.cloud.reply('logout', { body: 'null', delayMs: 3 * SECOND });
    const reset = player.account.reset({ logout: true });
    await stage.clock.advance(SECOND);
    const refresh = player.account.refresh({ force: true });
    await stage.clock.advance(5 * SECOND);
    assert.deepEqual([(await reset).value, (await refresh).value], [true, false]);
    assert.equal(stage.cloud.of('refreshsession').length, 0);
    assert.deepEqual(
      stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']),
      [token],
    );
  });

  it('one that has begun is waited for, and what it brings is revoked', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 3 * SECOND });
    const refresh = player.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    const reset = player.account.reset({ logout: true });
    await stage.clock.advance(5 * SECOND);
    await Promise.all([refresh, reset]);
    const revoked = stage.cloud.of('logout').map(({ request }) => request.headers?.['Authorization']);
    assert.deepEqual([revoked, stage.stored.login], [[renewed], null]);
  });

  it('what was asked under a token in memory is nothing to another one that comes after a reset', async () => {
    const guest = (name: string) => player.account.token(`${name}-${name}-${name}-${name}`, { commit: false });
    const { state } = player.living.run.parts;
    await guest('first');
    await guest('second');
    const era = state.era;
    await player.account.reset();
    await guest('third');
    assert.notEqual(state.era, era);
  });
});

describe('account: a token that has come, at a cloud that had asked to wait', () => {
  it('is saved before anything is noted of the waiting', async () => {
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

describe('accounts of two processes with one store', () => {
  let stage: Stage;
  let one: Player;
  let two: Player;

  beforeEach(async () => {
    stage = new Stage();
    stage.store.isShared = true;
    stage.saveLogin(makeToken(stage.clock.now()));
    one = await stage.open();
    two = await stage.open();
    await stage.clock.advance(MINUTE);
  });

  afterEach(() => stage.end());

  it('of which one puts the old token back while the other renews have the new one again within seconds', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    const before = stage.store.text;
    await one.account.refresh({ force: true });
    // As by one that had read it before.
    stage.store.text = before;
    await stage.clock.advance(3 * SECOND);
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('that renew in the same millisecond agree on one token, and save no more than that takes', async () => {
    const tokens = [1, 2].map(() => makeToken(stage.clock.now() + SECOND));
    let given = 0;
    stage.cloud.reply('refreshsession', () => ({ body: tokens[given++] ?? '', delayMs: SECOND }));
    const both = [one, two].map(({ account }) => account.refresh({ force: true }));
    await stage.clock.advance(2 * SECOND);
    await Promise.all(both);
    const { saves } = stage.store;
    await stage.clock.advance(2 * MINUTE);
    const inForce = await Promise.all([one, two].map(async ({ account }) => (await account.token()).value));
    assert.deepEqual(inForce, [stage.stored.login?.token, stage.stored.login?.token]);
    await stage.clock.advance(HOUR - 3 * MINUTE);
    assert.ok(stage.store.saves - saves <= 3, `${stage.store.saves - saves} saves`);
  });

  it('have the login of the person who made it last, also where the reset before it is seen only later', async () => {
    const away = { ...stage.store, isShared: true };
    const near = Object.assign(Object.create(stage.store) as typeof stage.store, away);
    await stage.close(two);
    two = await stage.open({ store: near });
    near.load = () => Promise.reject(Object.assign(new Error('away'), { code: 'COZIFY_STORE' }));
    near.save = () => Promise.reject(Object.assign(new Error('away'), { code: 'COZIFY_STORE' }));
    await one.account.reset();
    await stage.clock.advance(HOUR);
    const token = makeToken(stage.clock.now());
    stage.cloud.reply('emaillogin', { body: token });
    await two.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    near.load = () => stage.store.load();
    near.save = (content, options) => stage.store.save(content, options);
    await stage.clock.advance(2 * MINUTE);
    assert.deepEqual(
      [one, two].map(({ account }) => account.snapshot().state),
      ['authenticated', 'authenticated'],
    );
    assert.equal(stage.stored.login?.token, token);
  });

  it('of which one is at home and the other is not leave each other their ways to a hub', async () => {
    const at = (player: Player): unknown => player.account.snapshot().hubs.map(({ host, remote }) => [host, remote]);
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

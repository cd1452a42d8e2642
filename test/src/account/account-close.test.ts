import assert from 'node:assert/strict';
import { DAY, MINUTE, SECOND, settle } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const closed = (step: Promise<unknown>) => failure(step, 'COZIFY_CLOSED');

describe('account: closing', () => {
  let stage: Stage;
  let player: Player;
  let token: string;

  beforeEach(async () => ({ stage, player, token } = await Stage.withLogin()));

  afterEach(() => stage.end());

  it('leaves no timer behind, whatever it was about to do', async () => {
    assert.ok(stage.clock.timers > 0);
    await player.account.requestOtp();
    stage.store.isFull = true;
    await player.account.refresh({ force: true });
    await stage.close(player);
    assert.equal(stage.clock.timers, 0);
    await stage.clock.advance(2 * DAY);
    assert.deepEqual(stage.cloud.of('hubkeys').length, 0);
  });

  it('leaves none after a hundred opened and closed', async () => {
    for (let deploy = 0; deploy < 100; deploy++) player = await stage.restart(player);
    await stage.close(player);
    assert.equal(stage.clock.timers, 0);
  });

  it('ends steps that run with COZIFY_CLOSED, and takes no more', async () => {
    stage.cloud.reply('hubkeys', 'hang');
    const steps = [player.account.ping(), player.account.authenticate()];
    const ended = steps.map(closed);
    await settle();
    await stage.close(player);
    await Promise.all(ended);
    const { account } = player;
    for (const step of [account.ping(), account.token(), account.email(), account.readSnapshot()].map(closed))
      await step;
    await player.account.close();
    assert.deepEqual(player.topics, []);
  });

  it('is done at once when nothing is under way', async () => {
    await player.account.close();
  });

  it('waits two seconds, and no longer, for a refresh that was sent', async () => {
    stage.cloud.reply('refreshsession', 'hang');
    void player.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    let isClosed = false;
    const closing = player.account.close().then(() => (isClosed = true));
    await stage.clock.advance(1_999);
    assert.equal(isClosed, false);
    await stage.clock.advance(1);
    assert.equal(isClosed, true);
    await closing;
  });

  it('does not wait for anything else', async () => {
    stage.cloud.reply('hubkeys', 'hang');
    void player.account.ping().catch(() => undefined);
    await settle();
    await player.account.close();
  });

  it('saves a refresh that is answered within that time', async () => {
    const renewed = makeToken(stage.clock.now());
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: SECOND });
    const step = player.account.refresh({ force: true });
    await settle();
    await stage.close(player);
    assert.deepEqual(await step, { value: true, isRefreshed: true });
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('saves a refresh that is answered later still, and has it when it wakes again', async () => {
    const renewed = makeToken(stage.clock.now());
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 10 * SECOND });
    void player.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    void player.living.rest();
    await stage.clock.advance(5 * SECOND);
    assert.equal(stage.stored.login?.token, token);
    await stage.clock.advance(10 * SECOND);
    assert.equal(stage.stored.login?.token, renewed);
    player.living.start();
    assert.equal((await player.account.token()).value, renewed);
    assert.deepEqual(player.topics, []);
  });

  it('saves a login that is answered late in the same way', async () => {
    await player.account.reset();
    await player.account.requestOtp();
    const late = makeToken(stage.clock.now());
    stage.cloud.reply('emaillogin', { body: late, delayMs: 10 * SECOND });
    void player.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await settle();
    await stage.switchOffAndOn(player);
    await stage.clock.advance(10 * SECOND);
    assert.equal((await player.account.token()).value, late);
    assert.equal(player.account.snapshot().state, 'authenticated');
  });

  it('does not bring a deleted account back by a late answer', async () => {
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND });
    void player.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    await player.living.delete();
    await stage.store.remove();
    await stage.clock.advance(MINUTE);
    assert.equal(stage.store.text, undefined);
  });

  it("a late answer does not undo the successor's reset", async () => {
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND });
    void player.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    const successor = await stage.restart(player);
    await successor.account.reset();
    await stage.clock.advance(MINUTE);
    assert.equal(successor.account.snapshot().state, 'otp-required');
    assert.equal(stage.stored.login, null);
  });

  it('keeps a step that waits for a slow store from doing anything afterwards', async () => {
    let free: () => void = () => undefined;
    await stage.close(player);
    const before = stage.store.text;
    stage.store.gate = new Promise((resolve) => (free = resolve));
    const late = stage.prepare();
    late.living.start();
    const steps = [
      late.account.refresh({ force: true }),
      late.account.authenticate({ otp: 'P7BQ8E', email: EMAIL }),
      late.account.requestOtp(),
      late.account.reset(),
    ];
    const ended = steps.map(closed);
    const closing = late.account.close();
    await Promise.all(ended);
    free();
    await stage.clock.advance(5 * SECOND);
    await closing;
    assert.deepEqual(
      stage.cloud.requests.map(({ call }) => call),
      [],
    );
    assert.equal(stage.store.text, before);
  });

  it('ends the hub look-up of a step', async () => {
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5"]' });
    stage.cloud.reply('lan', 'hang');
    const step = closed(player.account.authenticate({ trustHub: false }));
    await settle();
    await stage.close(player);
    await step;
    await stage.clock.advance(MINUTE);
    assert.equal(stage.clock.timers, 0);
    assert.deepEqual(stage.stored.hubs, []);
  });
});

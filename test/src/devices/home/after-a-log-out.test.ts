import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../../support/fake-clock.js';
import type { AccountTopic } from '../../../../src/state/account-topics.js';
import { failure } from '../../support/stage.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';

describe('A home after a logout', () => {
  let home: SubscribedHome;
  let seen: { topic: AccountTopic; reachable: boolean | null | undefined }[];

  beforeEach(async () => {
    home = new SubscribedHome();
    await home.start();
    assert.equal(home.reachable, true);
    seen = [];
    home.account.onEvent((topic, { hubs }) => seen.push({ topic, reachable: hubs[0]?.reachable }));
  });
  afterEach(() => home.end());

  const pass = (ms: number): Promise<void> => home.stage.clock.advance(ms);

  /** The reachability in each `hubs` event. */
  const hubEvents = () => seen.filter(({ topic }) => topic === 'hubs').map(({ reachable }) => reachable);

  /** Logs out, as a reset node with `logout` does. */
  async function logOut(): Promise<void> {
    const out = home.account.reset({ logout: true });
    await pass(0);
    await out;
  }

  async function logIn(): Promise<void> {
    const login = home.account.authenticate({ otp: 'P7BQ8E' });
    await pass(5 * SECOND);
    await login;
  }

  /** Logs in, and returns the hub events that the sidebar then shows. */
  async function feedEvents(): Promise<string[]> {
    await logIn();
    const { events } = await home.account.feed({ after: '', waitMs: 0, hub: '' });
    return events.map(({ event }) => event).filter((event) => event.startsWith('hub-'));
  }

  it('reports its reachability as unknown in one event, and is never reported as away', async () => {
    await logOut();
    assert.deepEqual(
      seen.map(({ topic }) => topic),
      ['reset', 'otp-required', 'hubs'],
    );
    await pass(10 * MINUTE);
    assert.deepEqual(hubEvents(), [null]);
    assert.equal(home.reachable, null);
    assert.deepEqual(
      home.stage.log.all.filter((line) => line.includes("can't be reached")),
      [],
    );
    assert.deepEqual(await feedEvents(), []);
  });

  it('fails a feed request from the sidebar with COZIFY_OTP_REQUIRED', async () => {
    await logOut();
    await failure(home.account.feed({ after: '', waitMs: 0, hub: '' }), 'COZIFY_OTP_REQUIRED');
  });

  it('is not polled', async () => {
    await logOut();
    home.stage.take();
    await pass(10 * MINUTE);
    assert.deepEqual(home.stage.take(), []);
  });

  it('is not reported as reachable after an answer to a request from before the logout', async () => {
    home.stage.hub.replies.set('/scenes', { body: '[]', delayMs: 3 * SECOND });
    const read = home.account.read({ kinds: ['scene'], fresh: true });
    await pass(SECOND);
    await logOut();
    await pass(5 * SECOND);
    await read.catch(() => undefined);
    assert.equal(home.reachable, null);
  });

  it('is unknown, and not back, if it was away before the logout', async () => {
    home.pollReply = { status: 500 };
    await pass(20 * SECOND);
    assert.equal(home.reachable, false);
    await logOut();
    // Waits less than a minute. After a minute, another event reports that the hub was reached through the cloud.
    await pass(30 * SECOND);
    assert.deepEqual([home.reachable, hubEvents()], [null, [false, null]]);
    home.pollReply = undefined;
    assert.deepEqual(await feedEvents(), ['hub-away']);
  });

  it('is not away for nodes that subscribe after the logout', async () => {
    home.leave();
    await logOut();
    home.subscribe();
    await pass(10 * MINUTE);
    assert.deepEqual([home.reachable, hubEvents()], [null, [null]]);
  });

  it('is not away while the cloud rejects a token that was set', async () => {
    await logOut();
    home.stage.cloud.reply('hubkeys', { status: 401 });
    await home.account.token('a-token-that-is-rejected');
    await pass(10 * MINUTE);
    assert.deepEqual([home.account.snapshot().state, home.reachable], ['otp-required', null]);
  });

  it('is polled again within seconds of a login, and reports a switched lamp', async () => {
    await logOut();
    await pass(MINUTE);
    await logIn();
    assert.deepEqual([home.reachable, hubEvents().at(-1)], [true, true]);
    home.changes.splice(0);
    home.switch();
    await pass(3 * SECOND);
    assert.equal(home.changes.length, 1);
  });

  it('is polled again within seconds of a login through the cloud, where polls are rare', async () => {
    await home.end();
    home = new SubscribedHome();
    await home.start({ isLanExcluded: true, isRemote: true });
    await pass(15 * MINUTE);
    home.stage.take();
    await home.advanceUntil(() => home.stage.asked.length > 0, MINUTE);
    await logOut();
    home.polls();
    await logIn();
    assert.equal(home.polls().length, 1);
  });

  it('is polled again within seconds after a token was set', async () => {
    await logOut();
    await pass(MINUTE);
    await home.account.token('a-token-that-is-accepted');
    await pass(5 * SECOND);
    assert.equal(home.reachable, true);
  });
});

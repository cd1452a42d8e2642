import assert from 'node:assert/strict';
import {
  cloudOf,
  emptyAccount,
  newLogin,
  withCloud,
  withLogin,
  withRenewal,
} from '../../../src/state/account-record.js';
import { DAY, HOUR, MINUTE, SECOND, settle } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { EMAIL, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: a store shared with other processes', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => {
    stage = new Stage();
    stage.store.isShared = true;
    token = makeToken(stage.clock.now());
    stage.saveLogin(token);
    fixture = await stage.open();
  });

  afterEach(() => stage.end());

  /** Saves a login with this token, or a reset if the token is null, as another process would. */
  function otherSaves(theirs: string | null): void {
    const record = stage.store.content ?? emptyAccount;
    const login = theirs === null ? null : newLogin(theirs, stage.clock.now(), EMAIL);
    const cloud = cloudOf(record, new URL(stage.cloudUrl).origin);
    stage.store.put(withCloud(record, withLogin(cloud, login, stage.clock.now())));
  }

  /** Saves a renewal of the current login, as another process would whose clock shows `receivedAt`. */
  function otherRenews(theirs: string, receivedAt = stage.clock.now()): void {
    const record = stage.store.content ?? emptyAccount;
    const cloud = cloudOf(record, new URL(stage.cloudUrl).origin);
    stage.store.put(withCloud(record, withRenewal(cloud, newLogin(theirs, receivedAt, EMAIL))));
  }

  const rejectAllBut = (good: string) =>
    stage.cloud.reply('hubkeys', ({ headers }) =>
      headers?.['Authorization'] === good ? { body: '{}' } : { status: 401 },
    );

  it('uses a token renewed by another process instead of losing the login', async () => {
    const theirs = makeToken(stage.clock.now());
    otherSaves(theirs);
    rejectAllBut(theirs);
    const ping = fixture.account.ping();
    await stage.clock.advance(30 * SECOND);
    assert.equal((await ping).value, true);
    assert.equal((await fixture.account.token()).value, theirs);
    assert.ok(!fixture.topics.includes('otp-required'));
  });

  it('keeps the login when another process saves its renewal 2 s after the rejection', async () => {
    const theirs = makeToken(stage.clock.now());
    rejectAllBut(theirs);
    const ping = fixture.account.ping();
    await stage.clock.advance(2 * SECOND);
    otherSaves(theirs);
    await stage.clock.advance(30 * SECOND);
    assert.equal((await ping).value, true);
    assert.ok(!fixture.topics.includes('otp-required'));
  });

  it('rejects a token within 16 s when no process has renewed it', async () => {
    rejectAllBut('none');
    const ping = fixture.account.ping();
    await stage.clock.advance(16 * SECOND);
    assert.equal((await ping).value, false);
    assert.deepEqual(fixture.topics, ['otp-required']);
  });

  it('delays a ping no longer than the refresh that already waits for a renewal by another process', async () => {
    rejectAllBut('none');
    stage.cloud.reply('refreshsession', { status: 401 });
    const answers: boolean[] = [];
    const note = ({ value }: { value: boolean }): unknown => answers.push(value);
    const steps = [fixture.account.refresh({ force: true }).then(note)];
    await stage.clock.advance(3 * SECOND);
    steps.push(fixture.account.ping().then(note));
    await stage.clock.advance(13 * SECOND);
    const inTime = [...answers];
    await stage.clock.advance(30 * SECOND);
    await Promise.all(steps);
    assert.deepEqual(inTime, [false, false]);
  });

  it('answers a ping with a rejected token within a second', async () => {
    rejectAllBut('none');
    const first = fixture.account.ping();
    await stage.clock.advance(16 * SECOND);
    await first;
    const answers: boolean[] = [];
    const again = fixture.account.ping().then(({ value }) => answers.push(value));
    await stage.clock.advance(SECOND);
    const inTime = [...answers];
    await stage.clock.advance(30 * SECOND);
    await again;
    assert.deepEqual(inTime, [false]);
  });

  it('keeps a login of another process when a renewal in flight is answered after it', async () => {
    let release = (): void => undefined;
    const answer = new Promise<void>((resolve) => (release = resolve));
    stage.cloud.reply('refreshsession', () => answer.then(() => ({ body: makeToken(stage.clock.now()) })));
    const renewal = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    const theirs = makeToken(stage.clock.now());
    otherSaves(theirs);
    release();
    assert.deepEqual(await renewal, { value: true, isRefreshed: false });
    assert.equal((await fixture.account.token()).value, theirs);
    assert.equal(stage.stored.login?.token, theirs);
  });

  it('keeps the login of another process when both logins have the same generation', async () => {
    const before = stage.store.content;
    await fixture.account.token(makeToken(stage.clock.now()));
    await stage.clock.advance(HOUR);
    stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()), delayMs: 3 * SECOND }));
    const renewal = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    fixture.topics.length = 0;
    if (before !== null) stage.store.put(before);
    const theirs = makeToken(stage.clock.now(), { userId: 'user-2' });
    otherSaves(theirs);
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual(await renewal, { value: true, isRefreshed: false });
    assert.equal((await fixture.account.token()).value, theirs);
    assert.equal(stage.stored.login?.token, theirs);
    assert.deepEqual(fixture.topics, ['authenticated']);
  });

  for (const days of [-2, 2]) {
    it(`renews at most once an hour beside a process with a clock ${days} days off`, async () => {
      stage.cloud.reply('refreshsession', () => ({ body: makeToken(stage.clock.now()) }));
      const renewals = (): number => stage.cloud.of('refreshsession').length;
      for (let round = 0; round < 60; round++) {
        otherRenews(makeToken(stage.clock.now()), stage.clock.now() + days * DAY);
        await stage.clock.advance(MINUTE);
      }
      assert.ok(renewals() <= 1, `${renewals()} renewals in an hour`);
    });

    it(`sends no renewal in a ping just after a process with a clock ${days} days off has renewed`, async () => {
      otherRenews(makeToken(stage.clock.now()), stage.clock.now() + days * DAY);
      await stage.clock.advance(MINUTE);
      assert.deepEqual(await fixture.account.ping(), { value: true, isRefreshed: false });
      assert.equal(stage.cloud.of('refreshsession').length, 0);
    });

    it(`renews a token of a process with a clock ${days} days off only after an hour`, async () => {
      stage.clock.chance = () => 0;
      otherRenews(makeToken(stage.clock.now()), stage.clock.now() + days * DAY);
      await stage.clock.advance(HOUR);
      assert.equal(stage.cloud.of('refreshsession').length, 0);
      await stage.clock.advance(5 * MINUTE);
      assert.equal(stage.cloud.of('refreshsession').length, 1);
    });
  }

  for (const [age, seconds] of [
    ['older', 0],
    ['newer', 9],
  ] as const) {
    it(`uses the newer token when another process saves an ${age} renewal while a renewal is in flight`, async () => {
      const [mine, theirs] = [5, seconds].map((later) => makeToken(stage.clock.now() + later * SECOND));
      stage.cloud.reply('refreshsession', { body: mine ?? '', delayMs: 3 * SECOND });
      const renewal = fixture.account.refresh({ force: true });
      await stage.clock.advance(SECOND);
      otherRenews(theirs ?? '');
      await stage.clock.advance(5 * SECOND);
      assert.deepEqual(await renewal, { value: true, isRefreshed: age === 'older' });
      const newer = age === 'older' ? mine : theirs;
      assert.deepEqual([(await fixture.account.token()).value, stage.stored.login?.token], [newer, newer]);
      assert.ok(fixture.topics.length > 0 && fixture.topics.every((topic) => topic === 'refreshed'));
    });
  }

  it('uses the result of a renewal in flight when another process restores the login that it had reset', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 3 * SECOND });
    const renewal = fixture.account.refresh({ force: true });
    await stage.clock.advance(SECOND);
    otherSaves(null);
    await stage.clock.advance(5 * SECOND);
    assert.deepEqual(await renewal, { value: false, isRefreshed: false });
    otherSaves(token);
    await stage.clock.advance(MINUTE);
    assert.deepEqual([(await fixture.account.token()).value, stage.stored.login?.token], [renewed, renewed]);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('emits no event for a token that another process has set by hand', async () => {
    const theirs = makeToken(stage.clock.now());
    const cloud = cloudOf(stage.store.content ?? emptyAccount, new URL(stage.cloudUrl).origin);
    const record = stage.store.content ?? emptyAccount;
    stage.store.put(withCloud(record, withLogin(cloud, newLogin(theirs, null, null), stage.clock.now())));
    await fixture.account.email();
    assert.equal((await fixture.account.token()).value, theirs);
    assert.deepEqual(fixture.topics, []);
  });

  for (const isRejected of [false, true]) {
    const kept = isRejected ? 'replaces a rejected temporary token with' : 'keeps an accepted temporary token despite';
    it(`${kept} a new token of another process`, async () => {
      fixture = await stage.restart(fixture, { isAutorefresh: false });
      const temporary = makeToken(stage.clock.now());
      await fixture.account.token(temporary, { commit: false });
      const theirs = makeToken(stage.clock.now());
      rejectAllBut(isRejected ? theirs : temporary);
      const ping = fixture.account.ping({ autorefresh: false });
      await stage.clock.advance(30 * SECOND);
      assert.equal((await ping).value, !isRejected);
      otherRenews(theirs);
      await stage.clock.advance(MINUTE);
      assert.equal((await fixture.account.token()).value, isRejected ? theirs : temporary);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
    });
  }

  it('uses the login of another process in a step without a login', async () => {
    await fixture.account.reset();
    const theirs = makeToken(stage.clock.now());
    otherSaves(theirs);
    assert.equal((await fixture.account.ping()).value, true);
    assert.equal((await fixture.account.token()).value, theirs);
  });

  it('closes without waiting for a renewal by another process', async () => {
    rejectAllBut('none');
    const ping = fixture.account.ping().catch(() => undefined);
    await settle();
    await fixture.account.close();
    await ping;
    assert.equal(stage.clock.timers, 0);
    assert.equal(stage.stored.login?.isRejected, false);
  });

  it('reads the store at least every two hours', async () => {
    const theirs = makeToken(stage.clock.now());
    otherSaves(theirs);
    await stage.clock.advance(2 * HOUR);
    assert.equal((await fixture.account.token()).value, theirs);
  });
});

describe('Two accounts with one store', () => {
  let stage: Stage;
  let one: AccountFixture;
  let two: AccountFixture;

  beforeEach(async () => {
    stage = new Stage();
    stage.store.isShared = true;
    stage.saveLogin(makeToken(stage.clock.now()));
    [one, two] = [await stage.open(), await stage.open()];
  });

  afterEach(() => stage.end());

  it('share one renewal', async () => {
    await one.account.refresh({ force: true });
    const renewed = (await one.account.token()).value;
    assert.deepEqual(await two.account.refresh({ force: true }), { value: true, isRefreshed: false });
    assert.equal((await two.account.token()).value, renewed);
    assert.equal(stage.cloud.of('refreshsession').length, 1);
  });

  it("keep each other's renewals when they save hubs and addresses", async () => {
    await one.account.refresh({ force: true });
    const renewed = (await one.account.token()).value;
    await two.account.email('maija@example.fi');
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    await two.account.authenticate({ trustHub: false });
    assert.equal(stage.stored.login?.token, renewed);
  });

  it("keep each other's e-mail address and pending code when one saves a renewal", async () => {
    await one.account.email('maija@example.fi');
    await one.account.requestOtp();
    await two.account.refresh({ force: true });
    const renewed = (await two.account.token()).value;
    assert.equal(stage.stored.login?.token, renewed);
    assert.equal(stage.stored.otp?.email, 'maija@example.fi');
    assert.equal(stage.store.content?.email, 'maija@example.fi');
  });

  it('use the e-mail address set by the other account in their next step', async () => {
    const codesSentTo = () => stage.cloud.of('requestlogin').map(({ request }) => new URL(request.url).search);
    await one.account.email('maija@example.fi');
    assert.equal((await two.account.email()).value, 'maija@example.fi');
    await one.account.email('pekka@example.fi');
    await two.account.requestOtp();
    await one.account.email('maija@example.fi');
    await two.account.authenticate({ trustCloud: false });
    assert.deepEqual(codesSentTo(), ['?email=pekka%40example.fi', '?email=maija%40example.fi']);
  });

  it('replace the e-mail address set by the other account, even with an earlier address', async () => {
    await one.account.email('maija@example.fi');
    await two.account.email(EMAIL);
    assert.equal((await one.account.email()).value, EMAIL);
  });

  it('lose the login after a reset by one, though the other renewed it while the store was unreachable', async () => {
    await stage.close(two);
    const store = stage.store.twin();
    two = await stage.open({ store });
    store.isAway = store.isFull = true;
    const renewal = two.account.refresh({ force: true });
    await stage.clock.advance(30 * SECOND);
    assert.equal((await renewal).isRefreshed, true);
    assert.equal(two.account.snapshot().saved, false);
    await one.account.reset();
    store.isAway = store.isFull = false;
    await stage.clock.advance(HOUR);
    assert.equal(stage.stored.login, null);
    assert.equal(two.account.snapshot().state, 'otp-required');
  });

  it('emit events for logins, resets and accepted tokens of the other account', async () => {
    const { value: token } = await one.account.token();
    let isAccepted = true;
    stage.cloud.reply('hubkeys', ({ headers }) =>
      isAccepted || headers?.['Authorization'] !== token ? { body: '{}' } : { status: 401 },
    );
    const eventsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
      await stage.clock.advance(MINUTE);
      [one.topics.length, two.topics.length] = [0, 0];
      const step = work();
      await stage.clock.advance(MINUTE);
      await step;
      assert.equal(two.account.snapshot().state, one.account.snapshot().state);
      return two.topics;
    };
    const ping = (answer: boolean): Promise<unknown> => {
      isAccepted = answer;
      return one.account.ping();
    };
    assert.deepEqual(await eventsOf(() => ping(false)), ['otp-required']);
    assert.deepEqual(await eventsOf(() => ping(true)), ['authenticated']);
    assert.deepEqual(await eventsOf(() => ping(false)), ['otp-required']);
    assert.deepEqual(await eventsOf(() => one.account.authenticate({ otp: 'P7BQ8E' })), ['authenticated']);
    assert.deepEqual(await eventsOf(() => one.account.refresh({ force: true })), ['refreshed']);
    assert.deepEqual(await eventsOf(() => one.account.reset()), ['reset', 'otp-required']);
  });
});

describe('Two accounts with one e-mail address', () => {
  it('request one code, and emit otp-required when the other account has used it', async () => {
    const stage = new Stage();
    const [one, two] = [await stage.open(), await stage.open({ id: 'a2', store: new MemoryStore() })];
    await Promise.all([one.account.requestOtp(EMAIL), two.account.requestOtp(EMAIL)]);
    assert.equal(stage.cloud.of('requestlogin').length, 1);
    assert.equal(two.account.snapshot().state, 'otp-sent');
    two.topics.length = 0;
    await one.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    assert.equal(two.account.snapshot().state, 'otp-required');
    assert.deepEqual(two.topics, ['otp-required']);
    await stage.end();
  });
});

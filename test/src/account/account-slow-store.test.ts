import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';
import type { AccountRecord } from '../../../src/state/account-record.js';
import { cloudOf, newLogin, withCloud } from '../../../src/state/account-record.js';
import type { SaveOptions } from '../../../src/store/store.js';
import { DAY, HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const OTHER = 'other@example.fi';
const OTHER_CLOUD = 'https://other.example/ui/0.2';

describe('Account: a store that saves but answers too late', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let renewed: string;

  beforeEach(async () => {
    ({ stage, fixture } = await Stage.withLogin());
    renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
  });

  afterEach(() => stage.end());

  const lately = async <T>(work: () => Promise<T>): Promise<T> => {
    stage.store.isTooLate = true;
    try {
      return await work();
    } finally {
      stage.store.isTooLate = false;
    }
  };

  it('restores the old e-mail address after a failed change, at the next renewal or save retry', async () => {
    await lately(() => failure(fixture.account.email(OTHER), 'COZIFY_STORE'));
    assert.equal(stage.store.content?.email, OTHER, 'the store has the failed change');
    assert.equal(fixture.account.snapshot().email, EMAIL);
    await fixture.account.refresh({ force: true });
    assert.equal(fixture.account.snapshot().email, EMAIL);
    assert.equal(stage.store.content?.email, EMAIL);

    await lately(() => failure(fixture.account.email(OTHER), 'COZIFY_STORE'));
    await stage.clock.advance(MINUTE);
    assert.equal(stage.store.content?.email, EMAIL);
    assert.deepEqual([fixture.account.snapshot().email, fixture.account.snapshot().saved], [EMAIL, true]);
  });

  it('restores the old e-mail address after two failed changes', async () => {
    stage.store.isFull = true;
    await failure(fixture.account.email(OTHER), 'COZIFY_STORE');
    stage.store.isFull = false;
    await lately(() => failure(fixture.account.email('third@example.fi'), 'COZIFY_STORE'));
    const first = fixture.account.snapshot().email;
    await stage.clock.advance(MINUTE);
    assert.deepEqual([first, fixture.account.snapshot().email, stage.store.content?.email], [EMAIL, EMAIL, EMAIL]);
  });

  it('keeps a temporary token after a failed reset', async () => {
    const token = makeToken(stage.clock.now());
    const kept = stage.stored.login?.token;
    await fixture.account.token(token, { commit: false });
    await lately(() => failure(fixture.account.reset(), 'COZIFY_STORE'));
    stage.store.isFull = true;
    await fixture.account.refresh({ force: true });
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.deepEqual([fixture.account.snapshot().state, fixture.account.snapshot().saved], ['authenticated', false]);
    assert.deepEqual([(await fixture.account.token()).value, stage.stored.login?.token], [renewed, kept]);
  });

  it('saves an e-mail address that is set again after a failure', async () => {
    await lately(() => failure(fixture.account.email(OTHER), 'COZIFY_STORE'));
    await fixture.account.email(OTHER);
    assert.deepEqual([fixture.account.snapshot().email, stage.store.content?.email], [OTHER, OTHER]);
    await stage.clock.advance(MINUTE);
    assert.equal(fixture.account.snapshot().email, OTHER);
  });

  it('keeps the logins at both clouds after a failed reset, even after a restart', async () => {
    await fixture.account.email(OTHER);
    const elsewhere = await stage.restart(fixture, { cloudUrl: OTHER_CLOUD });
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now()) });
    await elsewhere.account.authenticate({ otp: 'P7BQ8E' });
    fixture = await stage.restart(elsewhere);
    const before = stage.store.content as AccountRecord;
    assert.equal(before.clouds.filter(({ login }) => login !== null).length, 2);

    await lately(() => failure(fixture.account.reset(), 'COZIFY_STORE'));
    await fixture.account.refresh({ force: true });
    const expected = withCloud(before, {
      ...cloudOf(before, new URL(stage.cloudUrl).origin),
      login: newLogin(renewed, stage.clock.now(), EMAIL),
    });
    assert.deepEqual(logins(stage.store.content), logins(expected));
    assert.equal(stage.store.content?.email, OTHER);

    await lately(() => failure(fixture.account.reset(), 'COZIFY_STORE'));
    fixture = await stage.restart(fixture);
    assert.deepEqual([fixture.account.snapshot().state, fixture.account.snapshot().email], ['authenticated', OTHER]);
    await stage.clock.advance(MINUTE);
    assert.deepEqual(logins(stage.store.content), logins(expected));
  });

  it('drops a reset that was cancelled before its save, immediately and at the next start', async () => {
    const { store } = stage;
    const [load, save] = [store.load.bind(store), store.save.bind(store)];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => stage.clock.setTimeout(() => resolve(), ms));
    store.load = () => wait(9 * SECOND).then(load);
    store.save = (content, options) => wait(5 * SECOND).then(() => save(content, options));
    const reset = failure(fixture.account.reset(), 'COZIFY_CLOSED');
    await stage.clock.advance(100);
    void fixture.managed.stop();
    await stage.clock.advance(20 * SECOND);
    await reset;
    Object.assign(store, { load, save });
    fixture.managed.start();
    await stage.clock.advance(MINUTE);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
    assert.notEqual(stage.stored.login, null);
    fixture = await stage.restart(fixture);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('drops a temporary token that was cancelled while queued', async () => {
    const own = (await fixture.account.token()).value;
    stage.store.gate = new Promise((resolve) => stage.clock.setTimeout(() => resolve(), 2_900));
    const code = fixture.account.requestOtp(OTHER);
    await stage.clock.advance(0);
    const guest = failure(fixture.account.token('guest-token', { commit: false }), 'COZIFY_CLOSED');
    await stage.clock.advance(0);
    void fixture.managed.stop();
    await stage.clock.advance(10 * SECOND);
    await Promise.all([code, guest]);
    fixture.managed.start();
    await stage.clock.advance(SECOND);
    assert.equal((await fixture.account.token()).value, own);
  });
});

describe('Account: a failed change at a store shared by two processes', () => {
  let stage: Stage;
  let one: AccountFixture;
  let other: AccountFixture;

  /** The store of the first account. */
  let near: MemoryStore<AccountRecord>;

  beforeEach(async () => {
    stage = new Stage();
    stage.store.isShared = true;
    stage.saveLogin(makeToken(stage.clock.now()));
    near = stage.store.twin();
    one = await stage.open({ store: near });
    other = await stage.open();
  });

  afterEach(() => stage.end());

  const away = async (work: () => Promise<unknown>): Promise<void> => {
    near.isAway = near.isFull = true;
    await work();
    near.isAway = near.isFull = false;
    await stage.clock.advance(MINUTE);
  };
  const how = (): unknown[] => [one, other].map(({ account }) => account.snapshot().state);

  for (const [change, make] of [
    ['reset', () => one.account.reset()],
    ['token change', () => one.account.token('by-hand')],
  ] as const) {
    it(`keeps the token renewed by the other process after a failed ${change}`, async () => {
      const renewed = makeToken(stage.clock.now() + SECOND);
      stage.cloud.reply('refreshsession', { body: renewed });
      await away(async () => {
        await failure(make(), 'COZIFY_STORE');
        await other.account.refresh({ force: true });
      });
      assert.equal(stage.stored.login?.token, renewed);
      assert.deepEqual(how(), ['authenticated', 'authenticated']);
      assert.equal((await one.account.token()).value, renewed);
    });
  }

  for (const [change, make] of [
    ['reset', () => one.account.reset()],
    ['e-mail change', () => one.account.email(OTHER)],
    ['token change', () => one.account.token('by-hand')],
  ] as const) {
    it(`undoes a failed ${change} though the other process has saved over it`, async () => {
      const token = stage.stored.login?.token;
      near.isTooLate = true;
      await failure(make(), 'COZIFY_STORE');
      near.isTooLate = false;
      await other.account.requestOtp('third@example.fi');
      await stage.clock.advance(2 * MINUTE);
      for (const { account } of [one, other]) {
        assert.equal((await account.token()).value, token);
        assert.equal(account.snapshot().email, EMAIL);
        assert.equal(account.snapshot().saved, true);
      }
    });
  }

  it('keeps the renewal of the other process when it undoes a failed e-mail change', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    near.isTooLate = true;
    await failure(one.account.email(OTHER), 'COZIFY_STORE');
    near.isTooLate = false;
    await other.account.refresh({ force: true });
    await stage.clock.advance(2 * MINUTE);
    for (const { account } of [one, other]) {
      assert.equal((await account.token()).value, renewed);
      assert.equal(account.snapshot().email, EMAIL);
    }
    assert.equal(stage.stored.login?.token, renewed);
  });

  it('keeps the unsaved renewal of the other process when it undoes a failed reset', async () => {
    const renewed = makeToken(stage.clock.now() + SECOND);
    stage.cloud.reply('refreshsession', { body: renewed });
    stage.store.isFull = true;
    await other.account.refresh({ force: true });
    stage.store.isAway = true;
    near.isTooLate = true;
    await failure(one.account.reset(), 'COZIFY_STORE');
    near.isTooLate = false;
    await stage.clock.advance(MINUTE);
    stage.store.isFull = stage.store.isAway = false;
    await stage.clock.advance(2 * MINUTE);
    assert.equal(stage.stored.login?.token, renewed);
    assert.deepEqual(how(), ['authenticated', 'authenticated']);
  });

  it('keeps an e-mail change and a reset by the other process after its own attempts failed', async () => {
    await away(async () => {
      await failure(one.account.email(OTHER), 'COZIFY_STORE');
      await other.account.email(OTHER);
    });
    assert.deepEqual([stage.store.content?.email, one.account.snapshot().email], [OTHER, OTHER]);
    await away(async () => {
      await failure(one.account.reset(), 'COZIFY_STORE');
      await other.account.reset();
    });
    assert.deepEqual(how(), ['otp-required', 'otp-required']);
    assert.equal(stage.stored.login, null);
  });
});

/** The tokens in a record, by cloud origin. */
function logins(record: AccountRecord | null): Record<string, string | undefined> {
  return Object.fromEntries(
    (record?.clouds ?? []).map(({ origin, login }): [string, string | undefined] => [origin, login?.token]),
  );
}

/** A store whose loads and saves wait for `pause`. */
class SlowStore extends MemoryStore<AccountRecord> {
  readonly #pause: () => Promise<void>;

  constructor(pause: () => Promise<void>) {
    super();
    this.#pause = pause;
  }

  override async load(): Promise<AccountRecord | null> {
    await this.#pause();
    return super.load();
  }

  override async save(content: AccountRecord, options?: SaveOptions): Promise<void> {
    await this.#pause();
    return super.save(content, options);
  }
}

describe('Account: close with a slow store', () => {
  let stage: Stage;
  let callMs: number;

  beforeEach(() => {
    stage = new Stage();
    callMs = 0;
    stage.store = new SlowStore(() =>
      callMs === 0 ? Promise.resolve() : new Promise((resolve) => void stage.clock.setTimeout(resolve, callMs)),
    );
    stage.saveLogin(makeToken(stage.clock.now()));
  });

  afterEach(async () => {
    callMs = 0;
    await stage.end();
  });

  /**
   * Closes the account. Returns whether closing took at most `withinMs`. If so, also returns the token that the store
   * contained when closing was complete.
   */
  async function close(account: Account, withinMs: number): Promise<{ isClosed: boolean; token?: string | undefined }> {
    let end: { isClosed: boolean; token?: string | undefined } = { isClosed: false };
    void account.close().then(() => (end = { isClosed: true, token: stage.stored.login?.token }));
    await stage.clock.advance(withinMs);
    return end;
  }

  it('waits until a renewed token is saved', async () => {
    const { account } = await stage.open();
    const token = makeToken(stage.clock.now() + DAY);
    stage.cloud.reply('refreshsession', { body: token });
    callMs = 1_500;
    void account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(1_600);
    assert.deepEqual(await close(account, 10_000), { isClosed: true, token });
  });

  it('gives up on a renewal without an answer after 2.1 s, and on a hanging store after 12 s', async () => {
    const { account } = await stage.open();
    stage.cloud.reply('refreshsession', 'hang');
    callMs = 100;
    void account.refresh({ force: true }).catch(() => undefined);
    await stage.clock.advance(1_000);
    assert.equal((await close(account, 2_100)).isClosed, true, 'an answer that does not come');

    callMs = 0;
    const next = await stage.open();
    stage.cloud.reply('emaillogin', { body: makeToken(stage.clock.now() + DAY) });
    callMs = HOUR;
    void next.account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await stage.clock.advance(SECOND);
    assert.equal((await close(next.account, 12_000)).isClosed, true, 'a store that does not answer');
  });

  it('waits for the save of a renewal, but not for a login without an answer', async () => {
    const { account } = await stage.open();
    stage.cloud.reply('emaillogin', 'hang');
    void account.authenticate({ otp: 'P7BQ8E' }).catch(() => undefined);
    await stage.clock.advance(100);
    const token = makeToken(stage.clock.now() + DAY);
    stage.cloud.reply('refreshsession', { body: token });
    callMs = 1_500;
    void account.refresh({ force: true }).catch(() => undefined);
    // The refresh waits up to 3 s for the login, because two requests at once could revoke each
    // other's token.
    await stage.clock.advance(4_900);
    assert.deepEqual(await close(account, 5_000), { isClosed: true, token });
  });

  it('waits for a lower-case code to be retried in upper case', async () => {
    const { account } = await stage.open();
    const token = makeToken(stage.clock.now() + DAY);
    stage.cloud.reply('emaillogin', ({ url }) =>
      url.includes('p7bq8e') ? { status: 401, delayMs: 200 } : { body: token, delayMs: 500 },
    );
    void account.authenticate({ otp: 'p7bq8e' }).catch(() => undefined);
    await stage.clock.advance(100);
    assert.deepEqual(await close(account, 2_000), { isClosed: true, token });
  });
});

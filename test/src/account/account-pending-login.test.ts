import {
  cloudOf,
  emptyAccount,
  type HubRecord,
  newLogin,
  withCloud,
  withLogin,
} from '../../../src/state/account-record.js';
import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

describe('Account: a pending login', () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });

  afterEach(() => stage.end());

  it('makes no renewals, and is adopted by the account with its e-mail address', async () => {
    const pending = await stage.open({ isPassive: true, email: undefined });
    await pending.account.requestOtp(EMAIL);
    await pending.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    await stage.clock.advance(3 * HOUR);
    assert.deepEqual(stage.cloud.of('refreshsession'), []);
    const { record } = pending.managed;
    await stage.close(pending);
    assert.equal(stage.clock.timers, 0);

    let isRemoved = false;
    stage.store.text = undefined;
    const remove = () => Promise.resolve(void (isRemoved = true));
    const deployed = await stage.open({ findPendingLogin: () => Promise.resolve({ record, remove }) });
    assert.equal(deployed.account.snapshot().state, 'authenticated');
    assert.equal(isRemoved, true);
    assert.equal(stage.stored.login?.token, record.clouds[0]?.login?.token);
  });

  it('is kept while the account that adopts it cannot be saved', async () => {
    let isRemoved = false;
    const remove = () => Promise.resolve(void (isRemoved = true));
    const away = () => Promise.reject(new Error('away'));
    const fixture = await stage.open({ findPendingLogin: away });
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    const { record } = fixture.managed;
    await stage.close(fixture);
    const origin = new URL(stage.cloudUrl).origin;
    const login = newLogin(makeToken(stage.clock.now()), stage.clock.now(), EMAIL);
    const clouds = [{ origin, login, generation: 1, revision: 1, otp: null, hubs: [], defaultHub: null }];
    stage.store.isFull = true;
    const full = await stage.open({
      findPendingLogin: () => Promise.resolve({ record: { ...record, clouds }, remove }),
    });
    assert.deepEqual([full.account.snapshot().state, full.account.snapshot().saved], ['authenticated', false]);
    assert.equal(isRemoved, false);
    stage.store.isFull = false;
    await stage.clock.advance(MINUTE);
    assert.equal(full.account.snapshot().saved, true);
    assert.equal(isRemoved, true, 'the next start would adopt the old token again');
  });

  it('hands over a pending code', async () => {
    const pending = await stage.open({ isPassive: true });
    await pending.account.requestOtp();
    const { record } = pending.managed;
    await stage.close(pending);
    stage.store.text = undefined;
    const remove = () => Promise.resolve();
    const deployed = await stage.open({ findPendingLogin: () => Promise.resolve({ record, remove }) });
    assert.equal(deployed.account.snapshot().state, 'otp-sent');
  });

  it('retries its save, and makes no calls', async () => {
    const pending = await stage.open({ isPassive: true, email: undefined });
    await pending.account.requestOtp(EMAIL);
    assert.equal(stage.clock.timers, 0, 'nothing to do, no timer');
    stage.store.isFull = true;
    await pending.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    assert.equal(pending.account.snapshot().saved, false);
    const asked = stage.cloud.requests.length;
    await stage.clock.advance(3 * HOUR);
    assert.deepEqual([pending.account.snapshot().saved, stage.clock.timers], [false, 1]);
    stage.store.isFull = false;
    await stage.clock.advance(31 * SECOND);
    assert.equal(pending.account.snapshot().saved, true);
    assert.equal(stage.stored.login?.token, pending.managed.record.clouds[0]?.login?.token);
    assert.equal(stage.clock.timers, 0);
    assert.equal(stage.cloud.requests.length, asked, 'the cloud was not asked anything');
    assert.ok(stage.clock.longestMs <= HOUR);
  });

  describe('search for a pending login by e-mail address', () => {
    let asked: readonly string[];
    const findPendingLogin = (_cloudUrl: string, addresses: readonly string[]) => {
      asked = addresses;
      return Promise.resolve(undefined);
    };
    beforeEach(() => {
      asked = [];
    });

    it('uses the address set by an email node if none is configured', async () => {
      const before = await stage.open({ email: undefined });
      await before.account.email('node@example.fi');
      await stage.restart(before, { email: undefined, findPendingLogin });
      assert.deepEqual([...new Set(asked)], ['node@example.fi']);
    });

    it('uses the address set by an email node and the configured one', async () => {
      const before = await stage.open();
      await before.account.email('node@example.fi');
      await stage.restart(before, { findPendingLogin });
      assert.deepEqual(new Set(asked), new Set(['node@example.fi', EMAIL]));
    });

    it('uses the address changed by a Deploy, not the one set by an email node before', async () => {
      const before = await stage.open();
      await before.account.email('node@example.fi');
      await stage.restart(before, { email: 'deployed@example.fi', findPendingLogin });
      assert.deepEqual([...new Set(asked)], ['deployed@example.fi']);
    });

    it('is not made without an address', async () => {
      await stage.open({ email: undefined, findPendingLogin });
      assert.deepEqual(asked, []);
    });
  });

  it('sets the e-mail address of an adopted login, but not of a pending code', async () => {
    const idle = await stage.open({ isPassive: true, email: undefined });
    await idle.account.requestOtp(EMAIL);
    const withCode = idle.managed.record;
    await idle.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    const withLogin = idle.managed.record;
    await stage.close(idle);

    for (const [record, expected] of [
      [withCode, 'node@example.fi'],
      [withLogin, EMAIL],
    ] as const) {
      stage.store.text = undefined;
      const before = await stage.open();
      await before.account.email('node@example.fi');
      const findPendingLogin = () => Promise.resolve({ record, remove: () => Promise.resolve() });
      const after = await stage.restart(before, { findPendingLogin });
      assert.equal(after.account.snapshot().email, expected);
      const next = await stage.restart(after);
      assert.equal(next.account.snapshot().email, expected, 'at the next start too');
      await stage.close(next);
    }
  });

  describe('adoption by an account with hubs', () => {
    const hub = (id: string, key: string, change: Partial<HubRecord> = {}): HubRecord => {
      const transport = { host: null, isRemote: false, isAutoremote: true, isLanExcluded: false };
      return { id, name: id, version: '1.14.9', key, missedLists: 0, ...transport, ...change };
    };
    /**
     * Adopts a login with these hubs in an account with hubs h2 and h1. Returns the account's hubs and its default hub
     * afterwards.
     */
    async function adopt(hubs: HubRecord[], userId?: string): Promise<[HubRecord[], string | null]> {
      const origin = new URL(stage.cloudUrl).origin;
      stage.saveLogin(makeToken(stage.clock.now()));
      const content = stage.store.content ?? emptyAccount;
      const own = [
        hub('h2', 'old', { isAutoremote: false, host: '192.168.1.5' }),
        hub('h1', 'old', { isAutoremote: false }),
      ];
      stage.store.put(withCloud(content, { ...cloudOf(content, origin), hubs: own, defaultHub: 'h2' }));
      const token = makeToken(stage.clock.now(), userId === undefined ? {} : { userId });
      const cloud = { ...cloudOf(emptyAccount, origin), hubs, defaultHub: hubs[0]?.id ?? null };
      const login = newLogin(token, stage.clock.now(), EMAIL);
      const record = withCloud({ ...emptyAccount, email: EMAIL }, withLogin(cloud, login, stage.clock.now()));
      const remove = () => Promise.resolve();
      const fixture = await stage.open({ findPendingLogin: () => Promise.resolve({ record, remove }) });
      assert.equal((await fixture.account.token()).value, token);
      return [stage.stored.hubs, stage.stored.defaultHub];
    }

    it('adds keys and new hubs, and keeps the addresses and settings of known hubs', async () => {
      const [hubs, defaultHub] = await adopt([hub('h1', 'new', { name: 'Mökki' }), hub('h3', 'new')]);
      assert.deepEqual(
        hubs.map(({ id, name, key, host, isAutoremote, missedLists }) => [
          id,
          name,
          key,
          host,
          isAutoremote,
          missedLists,
        ]),
        [
          ['h2', 'h2', 'old', '192.168.1.5', false, 0],
          ['h1', 'Mökki', 'new', null, false, 0],
          ['h3', 'h3', 'new', null, true, 0],
        ],
      );
      assert.equal(defaultHub, 'h2');
    });

    it('keeps the known hubs if the login has none', async () => {
      const [hubs, defaultHub] = await adopt([]);
      assert.deepEqual([hubs.map(({ id }) => id), defaultHub], [['h2', 'h1'], 'h2']);
    });

    it('marks the hubs of another person as missing', async () => {
      const [hubs] = await adopt([hub('h1', 'new')], 'somebody-else');
      assert.deepEqual(
        hubs.map(({ id, missedLists }) => [id, missedLists]),
        [
          ['h2', 1],
          ['h1', 0],
        ],
      );
    });
  });
});

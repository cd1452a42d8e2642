import assert from 'node:assert/strict';
import { Ending } from '../../../src/async/ending.js';
import { AccountState, type ChangeOptions } from '../../../src/state/account-state.js';
import { CloudState } from '../../../src/state/cloud-state.js';
import {
  type AccountRecord,
  cloudOf,
  emptyAccount,
  withCloud,
  withLogin,
  newLogin,
  withRenewal,
} from '../../../src/state/account-record.js';
import { MemoryStore } from '../support/memory-store.js';

const ORIGIN = 'https://cloud.example';

/** A state, and what those see of it who work with its cloud. */
interface Live {
  state: AccountState;
  at: CloudState;
  ending: Ending;
}

describe('account state', () => {
  let store: MemoryStore<AccountRecord>;
  let told: string[][];
  const open = async (from = store): Promise<Live> => {
    const state = new AccountState(from, (_before, announced) => told.push([...announced(ORIGIN)]));
    await state.load();
    told.length = 0;
    const ending = new Ending();
    return { state, at: new CloudState(state, ORIGIN, ending), ending };
  };
  const withToken = (record: AccountRecord, token: string): AccountRecord =>
    withCloud(record, withLogin(cloudOf(record, ORIGIN), newLogin(token, 1, null), 1));
  const setToken = ({ at }: Live, token: string, options: ChangeOptions = {}) =>
    at.changeLogin((record) => withToken(record, token), options);
  const setGuest = ({ at }: Live, token: string) =>
    at.putGuest((cloud) => withLogin(cloud, newLogin(token, null, null), 1));
  const renew = ({ at }: Live, token: string, renewed: string) =>
    at.changeToken(token, (cloud) => withRenewal(cloud, newLogin(renewed, 2, null)), {
      announce: () => ['refreshed'],
    });
  const tokenOf = ({ at }: Live) => at.cloud.login?.token;
  const storedToken = (from = store) => cloudOf(from.content ?? emptyAccount, ORIGIN).login?.token;

  beforeEach(() => {
    store = new MemoryStore();
    told = [];
  });

  it('tells of a change only once it is saved', async () => {
    const live = await open();
    let free: () => void = () => undefined;
    store.gate = new Promise((resolve) => (free = resolve));
    const change = setToken(live, 't1', { announce: () => ['authenticated'] });
    await new Promise(setImmediate);
    assert.deepEqual([told, tokenOf(live)], [[], undefined]);
    free();
    await change;
    assert.deepEqual([told, tokenOf(live), storedToken()], [[['authenticated']], 't1', 't1']);
  });

  it('makes changes one after another, none lost', async () => {
    const live = await open();
    await Promise.all(
      Array.from({ length: 50 }, () => live.at.changeCloud((cloud) => ({ ...cloud, revision: cloud.revision + 1 }))),
    );
    assert.equal(live.at.cloud.revision, 50);
    assert.equal(cloudOf(store.content ?? emptyAccount, ORIGIN).revision, 50);
  });

  it('writes and tells nothing when nothing is to change', async () => {
    const live = await open();
    await live.at.change(() => undefined, { announce: () => ['reset'] });
    assert.deepEqual([store.saves, told], [0, []]);
  });

  it('goes by what changes under way will have made of it, also where there is nothing to change yet', async () => {
    const live = await open();
    const setting = setToken(live, 't1');
    const rejecting = live.at.changeCloud((cloud) =>
      cloud.login === null ? undefined : { ...cloud, login: { ...cloud.login, isRejected: true } },
    );
    await Promise.all([setting, rejecting]);
    assert.equal(live.at.cloud.login?.isRejected, true);
  });

  it('goes on in memory on a full disk, says so, and saves later', async () => {
    const live = await open();
    store.isFull = true;
    await setToken(live, 't1');
    assert.deepEqual([tokenOf(live), live.state.isSaved, live.state.needsSave], ['t1', false, true]);
    await live.state.retrySave();
    assert.equal(live.state.isSaved, false);
    store.isFull = false;
    await live.state.retrySave();
    assert.deepEqual([storedToken(), live.state.isSaved, live.state.needsSave], ['t1', true, false]);
    await live.state.retrySave();
    assert.equal(store.saves, 1);
  });

  it('makes a strict change wholly or not at all', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.isFull = true;
    await assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_STORE' });
    assert.deepEqual([tokenOf(live), storedToken(), told.length], ['t1', 't1', 2]);
    store.isFull = false;
    await live.state.retrySave();
    assert.deepEqual([storedToken(), live.state.isSaved], ['t1', true]);
  });

  describe('with a token kept in memory only', () => {
    it('says that it is not saved, and leaves that in the store alone', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setGuest(live, 'foobar');
      assert.deepEqual([tokenOf(live), storedToken(), live.state.isSaved, store.saves], ['foobar', 'kept', false, 1]);
      assert.equal(live.state.needsSave, false, 'it is not to be saved');
    });

    it('saves other changes without it', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setGuest(live, 'foobar');
      await setGuest(live, 'foobaz');
      await live.at.change((record) => ({ ...record, email: 'a@b' }));
      assert.deepEqual([storedToken(), store.content?.email, live.state.isSaved], ['kept', 'a@b', false]);
      assert.equal(tokenOf(live), 'foobaz');
    });

    it('saves the login that a person makes after it', async () => {
      const live = await open();
      await setGuest(live, 'foobar');
      await setToken(live, 'another');
      assert.deepEqual([tokenOf(live), storedToken(), live.state.isSaved], ['another', 'another', true]);
    });

    it('keeps its renewals in memory, too, with what is found out by it', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setGuest(live, 'foobar');
      await renew(live, 'foobar', 'foobaz');
      await live.at.changeCloud((cloud) => ({ ...cloud, defaultHub: 'hub-of-a-guest' }));
      assert.deepEqual(
        [tokenOf(live), live.at.cloud.defaultHub, live.state.isSaved],
        ['foobaz', 'hub-of-a-guest', false],
      );
      assert.deepEqual([storedToken(), store.text?.includes('hub-of-a-guest')], ['kept', false]);
    });

    it('keeps the renewal of the one before that is on its way, and tells nobody', async () => {
      const live = await open();
      await setToken(live, 'kept');
      await setGuest(live, 'foobar');
      told.length = 0;
      await renew(live, 'kept', 'renewed');
      assert.deepEqual([tokenOf(live), storedToken()], ['foobar', 'renewed']);
    });

    it('keeps a code on its way: it is the person who asked for it', async () => {
      const live = await open();
      await setGuest(live, 'foobar');
      const otp = { email: 'a@b', sentAt: 1 };
      await live.at.changeCloud((cloud) => ({ ...cloud, otp }));
      assert.deepEqual(cloudOf(store.content ?? emptyAccount, ORIGIN).otp, otp);
    });
  });

  it('takes over a login that somebody else saved later', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.put(withToken(store.content ?? emptyAccount, 't2'));
    await live.state.pull();
    assert.equal(tokenOf(live), 't2');
  });

  it('does not take over an older one, as from a backup', async () => {
    const live = await open();
    await setToken(live, 't1');
    const backup = store.content ?? emptyAccount;
    await setToken(live, 't2');
    store.put(backup);
    await live.state.pull();
    assert.equal(tokenOf(live), 't2');
  });

  it('takes nothing over from a store that is empty or away', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.text = undefined;
    await live.state.pull();
    store.isAway = true;
    await assert.rejects(live.state.pull(), { code: 'COZIFY_STORE' });
    assert.equal(tokenOf(live), 't1');
  });

  it('keeps what belongs to one cloud from another', async () => {
    const live = await open();
    await setToken(live, 't1');
    const other = new CloudState(live.state, 'https://other.example', live.ending);
    assert.equal(other.cloud.login, null);
    await other.changeCloud((cloud) => withLogin(cloud, newLogin('o1', 1, null), 1));
    assert.deepEqual([storedToken(), tokenOf(live), other.record.clouds.length], ['t1', 't1', 2]);
  });

  it('speaks of a login until there is another, whatever is renewed', async () => {
    const live = await open();
    await setToken(live, 't1');
    const { era } = live.at;
    await renew(live, 't1', 't2');
    assert.equal(live.at.era, era);
    await live.at.changeEra(era, (cloud) => ({ ...cloud, defaultHub: 'h1' }));
    await setToken(live, 't3');
    await live.at.changeEra(era, (cloud) => ({ ...cloud, defaultHub: 'h2' }));
    assert.equal(live.at.cloud.defaultHub, 'h1');
    const eras = [era, live.at.era];
    await setGuest(live, 'g1');
    eras.push(live.at.era);
    await setToken(live, 't4');
    eras.push(live.at.era);
    await setGuest(live, 'g2');
    eras.push(live.at.era);
    assert.equal(new Set(eras).size, eras.length);
  });

  it('keeps what could be read nowhere else when it moves, and what lies at the other place', async () => {
    const live = await open();
    await setToken(live, 't1');
    store.isFull = true;
    await live.at.change((record) => ({ ...record, email: 'a@b' }));
    const other = new MemoryStore<AccountRecord>();
    other.put({ ...withToken(withToken(emptyAccount, 't0'), 't2'), configuredEmail: 'c@d' });
    await live.state.move(other);
    await live.state.load();
    assert.deepEqual([tokenOf(live), live.at.record.email, live.at.record.configuredEmail], ['t2', 'a@b', 'c@d']);
    assert.deepEqual([storedToken(other), other.content?.email, live.state.isSaved], ['t2', 'a@b', true]);
  });

  it('writes nothing where it has moved to before that could be read', async () => {
    const live = await open();
    await setToken(live, 't1');
    const other = new MemoryStore<AccountRecord>();
    other.put(withToken(withToken(emptyAccount, 'x'), 'there'));
    other.isAway = true;
    await live.state.move(other);
    await assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_STORE' });
    await live.at.change((record) => ({ ...record, email: 'a@b' }));
    assert.deepEqual([other.saves, live.state.needsSave], [0, true]);
    other.isAway = false;
    await live.state.retrySave();
    assert.deepEqual([tokenOf(live), storedToken(other), other.content?.email], ['there', 'there', 'a@b']);
  });

  describe('at its end', () => {
    it('makes what is being saved, and none of the strict changes behind it', async () => {
      const live = await open();
      let free: () => void = () => undefined;
      store.gate = new Promise((resolve) => (free = resolve));
      const first = setToken(live, 't1', { isStrict: true });
      await new Promise(setImmediate);
      const second = assert.rejects(setToken(live, 't2', { isStrict: true }), { code: 'COZIFY_CLOSED' });
      const late = renew(live, 't1', 'renewed');
      live.ending.end();
      free();
      await Promise.all([first, second, late]);
      assert.equal(storedToken(), 'renewed');
    });

    it('saves nothing any more of what was deleted', async () => {
      const live = await open();
      await setToken(live, 't1');
      live.state.delete();
      await assert.rejects(renew(live, 't1', 'renewed'), { code: 'COZIFY_CLOSED' });
      assert.equal(storedToken(), 't1');
    });
  });
});

import assert from 'node:assert/strict';
import { type FollowedAccount, type LoginNews, LostLogins } from '../../../nodes/accounts/lost-logins';
import type { LoginState, Snapshot } from '../../../src/index.js';

const AT = '2030-01-01T12:03:00.000Z';
const TOPIC = 'cozify/logins/one';

/** An account of which only that is there which is followed. */
class FakeAccount implements FollowedAccount {
  readonly id = 'one';
  isReady = true;
  lostLogin: { at: string | null } | undefined;
  name = 'Koti';
  email: string | null = null;
  state: LoginState = 'authenticated';
  #watchers = new Set<() => void>();

  snapshot(): Snapshot {
    return { account: this.name, email: this.email, state: this.state } as Snapshot;
  }

  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  change(properties: Partial<Pick<FakeAccount, 'isReady' | 'lostLogin' | 'name' | 'state'>>): void {
    Object.assign(this, properties);
    for (const watcher of this.#watchers) watcher();
  }
}

describe('lost logins, as editors are told of them', () => {
  let told: [string, LoginNews][];
  let logins: LostLogins;
  let account: FakeAccount;

  beforeEach(() => {
    told = [];
    logins = new LostLogins((topic, news) => told.push([topic, news]));
    account = new FakeAccount();
  });

  const good = { account: 'Koti', isLost: false, at: null };
  const lost = { account: 'Koti', isLost: true, at: AT };

  it('are told once, and their return', () => {
    logins.follow(account);
    account.change({ lostLogin: { at: AT } });
    account.change({});
    account.change({ lostLogin: undefined });
    assert.deepEqual(told, [
      [TOPIC, good],
      [TOPIC, lost],
      [TOPIC, good],
    ]);
  });

  it('are told again when the login stands otherwise, though none is lost', () => {
    logins.follow(account);
    for (const state of ['otp-required', 'otp-sent', 'otp-sent', 'authenticated'] as const) account.change({ state });
    assert.deepEqual(
      told,
      [1, 2, 3, 4].map(() => [TOPIC, good]),
    );
  });

  it('are told only once the account knows how it stands', () => {
    account.isReady = false;
    account.lostLogin = { at: AT };
    logins.follow(account);
    assert.deepEqual(told, []);
    account.change({ isReady: true });
    assert.deepEqual(told, [[TOPIC, lost]]);
  });

  it('stay told over a Deploy, which may give the account another name', () => {
    account.lostLogin = { at: AT };
    logins.follow(account);
    logins.follow(account);
    assert.deepEqual(told, [[TOPIC, lost]]);
    account.change({ name: 'Mökki' });
    assert.deepEqual(told.slice(1), [[TOPIC, { ...lost, account: 'Mökki' }]]);
  });

  it('say no address to editors that may not see it', () => {
    account.lostLogin = { at: AT };
    account.email = account.name = 'owner@example.fi';
    logins.follow(account);
    assert.deepEqual(told, [[TOPIC, { ...lost, account: 'o…@e….fi' }]]);
  });

  it('are over when nobody uses the account any more, switched off or gone from the flows', () => {
    account.lostLogin = { at: null };
    logins.follow(account);
    logins.forget('one');
    assert.deepEqual(told.at(-1), [TOPIC, good]);
    logins.forget('one');
    account.change({ lostLogin: { at: AT } });
    assert.equal(told.length, 2);
  });
});

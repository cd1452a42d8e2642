import assert from 'node:assert/strict';
import { type FollowedAccount, type LoginNews, LostLogins } from '../../../nodes/accounts/lost-logins';
import type { LoginState, Snapshot } from '../../../src/index.js';

const AT = '2030-01-01T12:03:00.000Z';
const TOPIC = 'cozify/logins/one';

/** The parts of an account that LostLogins uses. */
class FakeAccount implements FollowedAccount {
  readonly id = 'one';
  isReady = true;
  lostLogin: { at: string | null } | undefined;
  name = 'Koti';
  email: string | null = null;
  state: LoginState = 'authenticated';
  #subscribers = new Set<() => void>();

  snapshot(): Snapshot {
    return { account: this.name, email: this.email, state: this.state } as Snapshot;
  }

  onChange(subscriber: () => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  change(properties: Partial<Pick<FakeAccount, 'isReady' | 'lostLogin' | 'name' | 'state'>>): void {
    Object.assign(this, properties);
    for (const subscriber of this.#subscribers) subscriber();
  }
}

describe('LostLogins', () => {
  let published: [string, LoginNews][];
  let logins: LostLogins;
  let account: FakeAccount;

  beforeEach(() => {
    published = [];
    logins = new LostLogins((topic, news) => published.push([topic, news]));
    account = new FakeAccount();
  });

  const good = { account: 'Koti', isLost: false, at: null };
  const lost = { account: 'Koti', isLost: true, at: AT };

  it('publishes a lost login once, and its recovery once', () => {
    logins.follow(account);
    account.change({ lostLogin: { at: AT } });
    account.change({});
    account.change({ lostLogin: undefined });
    assert.deepEqual(published, [
      [TOPIC, good],
      [TOPIC, lost],
      [TOPIC, good],
    ]);
  });

  it('publishes each change of the login state', () => {
    logins.follow(account);
    for (const state of ['otp-required', 'otp-sent', 'otp-sent', 'authenticated'] as const) account.change({ state });
    assert.deepEqual(
      published,
      [1, 2, 3, 4].map(() => [TOPIC, good]),
    );
  });

  it('publishes nothing before the account is ready', () => {
    account.isReady = false;
    account.lostLogin = { at: AT };
    logins.follow(account);
    assert.deepEqual(published, []);
    account.change({ isReady: true });
    assert.deepEqual(published, [[TOPIC, lost]]);
  });

  it('publishes nothing new at a Deploy, except a changed account name', () => {
    account.lostLogin = { at: AT };
    logins.follow(account);
    logins.follow(account);
    assert.deepEqual(published, [[TOPIC, lost]]);
    account.change({ name: 'Mökki' });
    assert.deepEqual(published.slice(1), [[TOPIC, { ...lost, account: 'Mökki' }]]);
  });

  it('masks the e-mail address', () => {
    account.lostLogin = { at: AT };
    account.email = account.name = 'owner@example.fi';
    logins.follow(account);
    assert.deepEqual(published, [[TOPIC, { ...lost, account: 'o…@e….fi' }]]);
  });

  it('ends the notice when the account is disabled or removed', () => {
    account.lostLogin = { at: null };
    logins.follow(account);
    logins.forget('one');
    assert.deepEqual(published.at(-1), [TOPIC, good]);
    logins.forget('one');
    account.change({ lostLogin: { at: AT } });
    assert.equal(published.length, 2);
  });
});

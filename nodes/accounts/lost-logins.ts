import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../../src/index.js';

/** What open editors are told of an account's login. Holds no secret. */
export interface LoginNews {
  /** The account's name, as in its snapshot. */
  account: string;
  isLost: boolean;
  /** When that was, ISO 8601 UTC, if known. */
  at: string | null;
}

/** What is followed of an account. */
export type FollowedAccount = Pick<Account, 'id' | 'isReady' | 'lostLogin' | 'snapshot' | 'onChange'>;

/** Gets each news to all editors that are open, and the last of a topic to those that open later. */
type Publish = (topic: string, news: LoginNews) => void;

/** Tells editors of logins that the cloud has ended, and of their return. */
export class LostLogins {
  readonly #publish: Publish;
  readonly #unfollow = new Map<string, () => void>();
  readonly #told = new Map<string, LoginNews>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  follow(account: FollowedAccount): void {
    this.unfollow(account.id);
    const tell = (): void => this.#look(account);
    this.#unfollow.set(account.id, account.onChange(tell));
    tell();
  }

  /** The account is closed. What was told of it stands, since a Deploy that restarts it changes nothing of that. */
  unfollow(id: string): void {
    this.#unfollow.get(id)?.();
    this.#unfollow.delete(id);
  }

  /** The account is gone from the flows: nothing is lost any more. */
  forget(id: string): void {
    const told = this.#told.get(id);
    if (told?.isLost === true) this.#tell(id, { account: told.account, isLost: false, at: null });
    this.#told.delete(id);
  }

  #look(account: FollowedAccount): void {
    if (!account.isReady) return;
    const { lostLogin } = account;
    const news = { account: account.snapshot().account, isLost: lostLogin !== undefined, at: lostLogin?.at ?? null };
    if (!isDeepStrictEqual(news, this.#told.get(account.id))) this.#tell(account.id, news);
  }

  #tell(id: string, news: LoginNews): void {
    this.#told.set(id, news);
    this.#publish(`cozify/logins/${encodeURIComponent(id)}`, news);
  }
}

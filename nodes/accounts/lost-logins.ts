import { isDeepStrictEqual } from 'node:util';
import type { Account, LoginState } from '../../src/index.js';
import { maskEmail } from '../../src/nodes-api.js';

/** What open editors are told of an account's login. Holds no secret. */
export interface LoginNews {
  /** The account's name, as in its snapshot; an address is masked, for editors without a permission get this, too. */
  account: string;
  isLost: boolean;
  /** When that was, ISO 8601 UTC, if known. */
  at: string | null;
}

/** What is followed of an account. */
export type FollowedAccount = Pick<Account, 'id' | 'isReady' | 'lostLogin' | 'snapshot' | 'onChange'>;

/** Gets each news to all editors that are open, and the last of a topic to those that open later. */
type Publish = (topic: string, news: LoginNews) => void;

/** What was told last, and how the login stood then. */
interface Told {
  readonly news: LoginNews;
  readonly state?: LoginState;
}

/**
 * Tells editors of logins that the cloud has ended, and of their return. They hear the same once more when the login stands
 * otherwise for another reason, as after a code was sent: who shows how it stands asks for the snapshot then.
 */
export class LostLogins {
  readonly #publish: Publish;
  readonly #unfollow = new Map<string, () => void>();
  readonly #told = new Map<string, Told>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  follow(account: FollowedAccount): void {
    const tell = (): void => this.#look(account);
    this.#unfollow.get(account.id)?.();
    this.#unfollow.set(account.id, account.onChange(tell));
    tell();
  }

  /** Nobody uses the account any more: nothing is lost. */
  forget(id: string): void {
    this.#unfollow.get(id)?.();
    this.#unfollow.delete(id);
    const told = this.#told.get(id)?.news;
    if (told?.isLost === true) this.#tell(id, { news: { account: told.account, isLost: false, at: null } });
    this.#told.delete(id);
  }

  #look(account: FollowedAccount): void {
    if (!account.isReady) return;
    const { lostLogin } = account;
    const { account: name, email, state } = account.snapshot();
    const news = {
      account: name === email ? maskEmail(name) : name,
      isLost: lostLogin !== undefined,
      at: lostLogin?.at ?? null,
    };
    if (!isDeepStrictEqual({ news, state }, this.#told.get(account.id))) this.#tell(account.id, { news, state });
  }

  #tell(id: string, told: Told): void {
    this.#told.set(id, told);
    this.#publish(`cozify/logins/${encodeURIComponent(id)}`, told.news);
  }
}

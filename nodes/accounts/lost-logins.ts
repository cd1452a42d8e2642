import { isDeepStrictEqual } from 'node:util';
import type { Account, LoginState } from '../../src/index.js';
import { maskEmail } from '../../src/nodes-api.js';

/** A message to open editors about the login of an account. Holds no secret. */
export interface LoginNews {
  /**
   * The account's name, as in its snapshot. An address is masked, because editors without permissions also receive the
   * message.
   */
  account: string;
  isLost: boolean;
  /** When the login was lost, as ISO 8601 UTC, if known. */
  at: string | null;
}

/** The properties of an account that {@link LostLogins} uses. */
export type FollowedAccount = Pick<Account, 'id' | 'isReady' | 'lostLogin' | 'snapshot' | 'onChange'>;

/** Sends a message to all open editors. Editors that open later receive the last message of each topic. */
type Publish = (topic: string, news: LoginNews) => void;

/** The last published message, and the login state when it was published. */
interface Published {
  readonly news: LoginNews;
  readonly state?: LoginState;
}

/**
 * Notifies editors when the cloud has ended a login and when the login is valid again. The same message is sent again
 * when the login state changes for another reason, for example after a code was sent, so that editors fetch the
 * snapshot again.
 */
export class LostLogins {
  readonly #publish: Publish;
  readonly #unsubscribes = new Map<string, () => void>();
  readonly #published = new Map<string, Published>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  follow(account: FollowedAccount): void {
    const compare = (): void => this.#compare(account);
    this.#unsubscribes.get(account.id)?.();
    this.#unsubscribes.set(account.id, account.onChange(compare));
    compare();
  }

  /** Stops following an account that is no longer used, and publishes that its login is not lost. */
  forget(id: string): void {
    this.#unsubscribes.get(id)?.();
    this.#unsubscribes.delete(id);
    const last = this.#published.get(id)?.news;
    if (last?.isLost === true) this.#publishChange(id, { news: { account: last.account, isLost: false, at: null } });
    this.#published.delete(id);
  }

  #compare(account: FollowedAccount): void {
    if (!account.isReady) return;
    const { lostLogin } = account;
    const { account: name, email, state } = account.snapshot();
    const news = {
      account: name === email ? maskEmail(name) : name,
      isLost: lostLogin !== undefined,
      at: lostLogin?.at ?? null,
    };
    if (!isDeepStrictEqual({ news, state }, this.#published.get(account.id)))
      this.#publishChange(account.id, { news, state });
  }

  #publishChange(id: string, published: Published): void {
    this.#published.set(id, published);
    this.#publish(`cozify/logins/${encodeURIComponent(id)}`, published.news);
  }
}

// The state of each login, as the Node-RED server publishes it to all open editors.
import type { LoginNews } from '../../accounts/lost-logins.js';

/** The topic under which Node-RED publishes the state of each account's login, see `nodes/accounts/lost-logins.ts`. */
export const NEWS_TOPIC = 'cozify/logins/#';

/** The published states of the accounts' logins, by account id. */
export class AccountNews {
  readonly #states = new Map<string, LoginNews>();

  /**
   * Stores the state in a message from the server. Returns the account's id; `undefined` if the message is not about an
   * account.
   */
  take(topic: string, message: unknown): string | undefined {
    const id = /^cozify\/logins\/([^/]+)$/.exec(topic)?.[1];
    if (id === undefined || !isNews(message)) return undefined;
    const account = decodeURIComponent(id);
    this.#states.set(account, message);
    return account;
  }

  of(id: string): LoginNews | undefined {
    return this.#states.get(id);
  }

  /**
   * Returns the name under which Node-RED published the account: its name, or its masked e-mail address. Returns
   * `undefined` if Node-RED published only the id.
   */
  nameOf(id: string): string | undefined {
    const name = this.of(id)?.account;
    return name === id ? undefined : name;
  }

  isLost(id: string): boolean {
    return this.of(id)?.isLost === true;
  }
}

function isNews(message: unknown): message is LoginNews {
  if (typeof message !== 'object' || message === null) return false;
  const { account, isLost } = message as Partial<LoginNews>;
  return typeof account === 'string' && typeof isLost === 'boolean';
}

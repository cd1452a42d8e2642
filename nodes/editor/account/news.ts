import type { LoginNews } from '../../accounts/lost-logins.js';

/** The topic under which Node-RED tells open editors of each account's login, see `nodes/accounts/lost-logins.ts`. */
export const NEWS_TOPIC = 'cozify/logins/#';

/** What this editor has heard of the accounts' logins, by their ids. */
export class AccountNews {
  readonly #heard = new Map<string, LoginNews>();

  /** Takes in what came under a topic. Gives the account's id, or `undefined` for what is no news of an account. */
  take(topic: string, message: unknown): string | undefined {
    const id = /^cozify\/logins\/([^/]+)$/.exec(topic)?.[1];
    if (id === undefined || !isNews(message)) return undefined;
    const account = decodeURIComponent(id);
    this.#heard.set(account, message);
    return account;
  }

  of(id: string): LoginNews | undefined {
    return this.#heard.get(id);
  }

  /** What Node-RED calls an account for want of a name: its address. `undefined` where it has none either. */
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

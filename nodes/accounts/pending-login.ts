import type { Account, AccountRecord } from '../../src/index.js';
import type { PendingSince } from './pending-login-ages.js';

/** A login in waiting that is in use: its account, and how far a deployed one has taken it up. */
export class PendingLogin implements PendingSince {
  readonly id: string;
  readonly cloudUrl: string;
  since: number;
  readonly account: Account;
  /** Requests that work on it now. */
  users = 0;
  /** The token that was found last, `null` for a code only, and the one that a deployed account has taken up. */
  #offered: string | null | undefined;
  #taken: string | null | undefined;

  constructor({ id, cloudUrl, since }: PendingSince, account: Account) {
    this.id = id;
    this.cloudUrl = cloudUrl;
    this.since = since;
    this.account = account;
  }

  /** What a deployed account with one of these addresses is to take up, unless it has done so already. */
  async offer(addresses: readonly string[]): Promise<AccountRecord | null> {
    await this.account.readSnapshot();
    const { record } = this.account;
    const address = this.#token === null ? record.clouds[0]?.otp?.email : record.email;
    const isMeant = typeof address === 'string' && addresses.includes(address);
    if (!isMeant || this.isTaken) return null;
    this.#offered = this.#token;
    return record;
  }

  /** What was offered is taken up: more may come of it while a request works on it. */
  noteTaken(): void {
    if (this.#offered !== undefined) this.#taken = this.#offered;
  }

  /** Whether a deployed account has all that has come of it. */
  get isTaken(): boolean {
    return this.#taken !== undefined && this.#taken === this.#token;
  }

  get #token(): string | null {
    return this.account.record.clouds[0]?.login?.token ?? null;
  }
}

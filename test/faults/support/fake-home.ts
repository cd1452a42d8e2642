import type { Account } from '../../../src/account/account.js';
import { type Player, Stage } from '../../src/support/stage.js';
import { makeToken, type TokenOptions } from '../../src/support/tokens.js';
import { assertKept, type Kept } from './kept.js';
import type { World } from './table.js';

/** A logged-in account without sockets and disk, for faults that take days or years of simulated time. */
export class FakeHome implements Kept, World {
  readonly stage = new Stage();
  token = '';
  player!: Player;

  static async open(claims: TokenOptions = {}): Promise<FakeHome> {
    const home = new FakeHome();
    const { clock } = home.stage;
    // The cloud has the true time, even if the clock of the account is wrong.
    home.token = makeToken(clock.outside(), claims);
    home.stage.saveLogin(home.token);
    home.player = await home.stage.open();
    return home;
  }

  get account(): Account {
    return this.player.account;
  }

  get clock(): Stage['clock'] {
    return this.stage.clock;
  }

  get cloud(): Stage['cloud'] {
    return this.stage.cloud;
  }

  /** Number of requests for a new token. */
  get renewals(): number {
    return this.cloud.of('refreshsession').length;
  }

  stored(): Promise<string | undefined> {
    return Promise.resolve(this.stage.stored.login?.token);
  }

  heal(): Promise<void> {
    this.stage.store.isFull = false;
    this.cloud.reply('hubkeys', { body: '{}' });
    this.cloud.reply('refreshsession', () => ({ body: makeToken(this.clock.outside()) }));
    return Promise.resolve();
  }

  async reopen(): Promise<Account> {
    this.player = await this.stage.restart(this.player);
    return this.account;
  }

  /** Expects the current token to be kept from now on. Called after a regular renewal. */
  noteRenewed(): void {
    this.token = this.stage.stored.login?.token ?? '';
  }

  assertKept(): Promise<void> {
    return assertKept(this);
  }

  end(): Promise<void> {
    return this.stage.end();
  }
}

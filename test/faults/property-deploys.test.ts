import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Account } from '../../src/account/account.js';
import { MINUTE, SECOND } from '../src/support/fake-clock.js';
import { type Player, settle, Stage } from '../src/support/stage.js';
import { makeToken } from '../src/support/tokens.js';
import { runs } from './support/runs.js';

/** What may happen before, between and after Deploys. */
type Action =
  | { do: 'refresh' | 'ping' | 'authenticate' | 'logIn' | 'deploy' }
  | { do: 'slow'; seconds: number }
  | { do: 'pass'; seconds: number }
  | { do: 'full' | 'away'; is: boolean };

const simple = fc
  .constantFrom('refresh', 'refresh', 'ping', 'authenticate', 'logIn', 'deploy', 'deploy', 'deploy')
  .map((name) => ({ do: name }));
const slow = fc.constantFrom(0, 1, 3, 10).map((seconds): Action => ({ do: 'slow', seconds }));
const pass = fc.constantFrom(0, 1, 3, 20, 700).map((seconds): Action => ({ do: 'pass', seconds }));
const full = fc.boolean().map((is): Action => ({ do: 'full', is }));
const away = fc.boolean().map((is): Action => ({ do: 'away', is }));

/** An account in one process, at a cloud that takes a token only until it has given the next. */
class Home {
  readonly stage = new Stage();
  /** The one token that the cloud takes. */
  valid: string;
  player!: Player;
  #delayMs = 0;
  #code = 0;
  #deploys = 0;

  constructor() {
    const { cloud, clock } = this.stage;
    this.valid = makeToken(clock.outside());
    this.stage.saveLogin(this.valid);
    const isValid = (token: string | undefined): boolean => token === this.valid;
    const give = () => ({ body: (this.valid = makeToken(clock.outside())), delayMs: this.#delayMs });
    cloud.reply('emaillogin', give);
    cloud.reply('refreshsession', ({ headers }) => (isValid(headers?.['Authorization']) ? give() : { status: 401 }));
    cloud.reply('hubkeys', ({ headers }) => (isValid(headers?.['Authorization']) ? { body: '{}' } : { status: 401 }));
  }

  async perform(action: Action): Promise<void> {
    const { stage } = this;
    switch (action.do) {
      case 'refresh':
        return this.#begin((account) => account.refresh({ force: true }));
      case 'ping':
        return this.#begin((account) => account.ping());
      case 'authenticate':
        return this.#begin((account) => account.authenticate());
      case 'logIn':
        return this.#begin((account) => account.authenticate({ otp: `CODE${(this.#code += 1)}` }));
      case 'deploy':
        return this.#deploy();
      case 'slow':
        this.#delayMs = action.seconds * SECOND;
        return;
      case 'pass':
        return stage.clock.advance(action.seconds * SECOND);
      case 'full':
        stage.store.isFull = action.is;
        return;
      case 'away':
        stage.store.isAway = action.is;
        stage.store.isFull ||= action.is;
        return;
    }
  }

  /** All is well again, and some time passes. */
  async heal(): Promise<void> {
    this.#delayMs = 0;
    this.stage.store.isFull = this.stage.store.isAway = false;
    await this.stage.clock.advance(3 * MINUTE);
    await this.stage.clock.advance(3 * MINUTE);
  }

  async start(): Promise<void> {
    this.player = this.stage.prepare();
    this.player.living.start();
    await settle();
  }

  /** Another node in the place of the account's; or none for a while. */
  async #deploy(): Promise<void> {
    this.#deploys += 1;
    if (this.#deploys % 2 === 0) await this.stage.switchOffAndOn(this.player);
    else this.player.living.configure(this.player.options);
    // It may be waiting for an answer, for which time would have to pass.
    await settle();
  }

  async #begin(step: (account: Account) => Promise<unknown>): Promise<void> {
    void step(this.player.account).catch(() => undefined);
    await settle();
  }
}

describe('properties of Deploys', () => {
  const worlds: [string, fc.Arbitrary<Action>[]][] = [
    ['a disk that is full now and then', [full]],
    ['a store that is away now and then', [away]],
    ['a disk that is full and a store that is away', [full, away]],
  ];
  for (const [what, more] of worlds) {
    it(`no sequence of steps and Deploys costs a login, with ${what} and a cloud that ends the old token at once`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(simple, simple, simple, slow, pass, ...more), { maxLength: 20, size: 'max' }),
          async (actions) => {
            const home = new Home();
            await home.start();
            for (const action of actions) await home.perform(action);
            await home.heal();
            const { account } = home.player;
            assert.equal((await account.token()).value, home.valid);
            assert.equal((await account.ping()).value, true);
            assert.equal(home.stage.stored.login?.token, home.valid, 'and it is saved');
            await home.stage.end();
          },
        ),
        runs(170),
      );
    });
  }
});

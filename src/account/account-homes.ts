import { createRequire } from 'node:module';
import type { Homes } from '../devices/home/homes.js';
import type { HubClients } from '../hub/hub-clients.js';
import type { AccountState } from '../state/account-state.js';
import type { AccountOptions } from './account-options.js';
import type * as HomeStepsModule from './home-steps.js';

const load = createRequire(__filename);

/**
 * The homes behind the hubs of an account. They are made, and their code is loaded, when somebody first asks for them: an
 * account that only stays logged in has none.
 */
export class AccountHomes {
  readonly #options: AccountOptions;
  readonly #state: AccountState;
  readonly #hubClients: HubClients;
  #steps: HomeStepsModule.HomeSteps | undefined;
  #isClosed = false;

  constructor(options: AccountOptions, state: AccountState, hubClients: HubClients) {
    this.#options = options;
    this.#state = state;
    this.#hubClients = hubClients;
  }

  /** What can be done there. */
  get steps(): HomeStepsModule.HomeSteps {
    if (this.#steps !== undefined) return this.#steps;
    const { HomeSteps } = load('./home-steps.js') as typeof HomeStepsModule;
    this.#steps = new HomeSteps(this.#options, this.#state, this.#hubClients);
    if (this.#isClosed) this.#steps.homes.close();
    return this.#steps;
  }

  get homes(): Homes {
    return this.steps.homes;
  }

  noteHubs(): void {
    this.#steps?.homes.noteHubs();
  }

  wake(): void {
    this.#steps?.homes.wake();
  }

  /** Somebody has sent a request of their own to a hub, which may have changed anything there. */
  noteRequest(hub: string): void {
    this.#steps?.homes.open.find(({ home }) => home.hub === hub)?.noteForeign();
  }

  close(): void {
    this.#isClosed = true;
    this.#steps?.homes.close();
    // What a predecessor left here, and nobody asked for.
    this.#options.homeHandover?.forgetOld();
  }
}

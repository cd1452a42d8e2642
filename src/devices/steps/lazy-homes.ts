/** Loads the code for homes at its first use. */
import { createRequire } from 'node:module';
import type { HubClients } from '../../hub/hub-clients.js';
import type { CloudState } from '../../state/cloud-state.js';
import type { LiveHome } from '../home/live-home.js';
import type * as HomeStepsModule from './home-steps.js';

const load = createRequire(__filename);

/**
 * The homes of an account, one for each hub. Their code is loaded at the first use, because an account that only stays
 * logged in does not need it.
 */
export class LazyHomes {
  readonly #options: HomeStepsModule.HomeStepsOptions;
  readonly #state: CloudState;
  readonly #hubClients: HubClients;
  #steps: HomeStepsModule.HomeSteps | undefined;
  #isClosed = false;
  /** The homes of this account from before a Deploy, by hub id, that were not opened again. */
  readonly #closedHomes = new Map<string, LiveHome>();

  constructor(options: HomeStepsModule.HomeStepsOptions, state: CloudState, hubClients: HubClients) {
    this.#options = options;
    this.#state = state;
    this.#hubClients = hubClients;
  }

  get steps(): HomeStepsModule.HomeSteps {
    if (this.#steps !== undefined) return this.#steps;
    const { HomeSteps } = load('./home-steps.js') as typeof HomeStepsModule;
    this.#steps = new HomeSteps(this.#options, this.#state, this.#hubClients, this.#closedHomes);
    if (this.#isClosed) this.#steps.close();
    return this.#steps;
  }

  /** The steps, if their code is loaded already; otherwise `undefined`. Without the code there is no home to notify. */
  get loaded(): HomeStepsModule.HomeSteps | undefined {
    return this.#steps;
  }

  /** Adopts the homes of a closed account, so that their caches are used again. */
  adopt(before: LazyHomes): void {
    const open = before.#steps?.homes.open ?? [];
    for (const live of [...before.#closedHomes.values(), ...open]) this.#closedHomes.set(live.cache.hub, live);
  }

  close(): void {
    this.#isClosed = true;
    this.#steps?.close();
  }
}

/** Loads the code for homes at its first use. */
import { createRequire } from 'node:module';
import type { HubClients } from '../../hub/hub-clients.js';
import type { CloudState } from '../../state/cloud-state.js';
import type { LiveHome } from '../home/live-home.js';
import type * as HomeServicesModule from './home-services.js';

const load = createRequire(__filename);

/**
 * The homes of an account, one for each hub. Their code is loaded at the first use, because an account that only stays
 * logged in does not need it.
 */
export class LazyHomes {
  readonly #options: HomeServicesModule.HomeServicesOptions;
  readonly #state: CloudState;
  readonly #hubClients: HubClients;
  #services: HomeServicesModule.HomeServices | undefined;
  #isClosed = false;
  /** The homes of this account from before a Deploy, by hub id, that were not opened again. */
  readonly #closedHomes = new Map<string, LiveHome>();

  constructor(options: HomeServicesModule.HomeServicesOptions, state: CloudState, hubClients: HubClients) {
    this.#options = options;
    this.#state = state;
    this.#hubClients = hubClients;
  }

  get services(): HomeServicesModule.HomeServices {
    if (this.#services !== undefined) return this.#services;
    const { HomeServices } = load('./home-services.js') as typeof HomeServicesModule;
    this.#services = new HomeServices(this.#options, this.#state, this.#hubClients, this.#closedHomes);
    if (this.#isClosed) this.#services.close();
    return this.#services;
  }

  /** The services, if their code is loaded; otherwise `undefined`. Without the code there is no home to notify. */
  get loaded(): HomeServicesModule.HomeServices | undefined {
    return this.#services;
  }

  /** Adopts the homes of a closed account, so that their caches are used again. */
  adopt(before: LazyHomes): void {
    const open = before.#services?.homes.open ?? [];
    for (const live of [...before.#closedHomes.values(), ...open]) this.#closedHomes.set(live.cache.hub, live);
  }

  close(): void {
    this.#isClosed = true;
    this.#services?.close();
  }
}

import { createRequire } from 'node:module';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudState } from '../state/cloud-state.js';
import type { HubWishes } from './hub-discovery.js';
import { hasNewHub, withKeys, withLookedUp } from './hub-list.js';
import type * as HubLookUpsModule from './hub-look-ups.js';
import type { HubLookUpsOptions } from './hub-look-ups.js';

const load = createRequire(__filename);

/** Where hubs are kept, and who tells of them. */
export interface HubRegistryOptions extends HubLookUpsOptions {
  state: CloudState;
}

/** Keeps what is known of an account's hubs true: their keys, where they are, what they are called. */
export class HubRegistry {
  readonly #options: HubRegistryOptions;
  readonly #mutex = new KeyedMutex();
  readonly #flight = new SingleFlight<boolean>();
  #lookUps: HubLookUpsModule.HubLookUps | undefined;

  constructor(options: HubRegistryOptions) {
    this.#options = options;
  }

  /** Takes over what a list of keys says of the hubs known; `era`: that of the login which asked for it. */
  noteKeys(keys: HubKeys, era: string): Promise<void> {
    return this.#options.state.changeEra(era, (cloud) => {
      const next = withKeys(cloud, keys);
      return next === cloud ? undefined : next;
    });
  }

  /** Whether no hub is known. */
  get isEmpty(): boolean {
    return this.#options.state.cloud.hubs.length === 0;
  }

  hasNew(keys: HubKeys): boolean {
    return hasNewHub(this.#options.state.cloud, keys);
  }

  /**
   * Looks hubs up, one look-up after another, and notes what was found, unless it is for a login that is over; those who
   * want the same share one. `era`: that of the login which got the keys. Gives whether it is worth trying again.
   */
  lookAfter(keys: HubKeys, era: string, wishes?: HubWishes): Promise<boolean> {
    const wanted = JSON.stringify([era, wishes, ...keys]);
    return this.#flight.run(wanted, () => this.#mutex.runExclusive('look-up', () => this.#lookUp(era, keys, wishes)));
  }

  async #lookUp(era: string, keys: HubKeys, wishes: HubWishes | undefined): Promise<boolean> {
    const { state, ending } = this.#options;
    const token = state.cloud.login?.token;
    // Whoever asked for the keys may have logged out while another look-up went on.
    if (token === undefined || state.era !== era) return false;
    this.#lookUps ??= createLookUps(this.#options);
    const before = state.cloud;
    const { hubs, hasTrouble } = await this.#lookUps.run(before, token, keys, wishes);
    if (ending.isOver) return false;
    await state.changeEra(era, (cloud) => {
      const next = withLookedUp(cloud, hubs, keys, before.hubs);
      const isSame = JSON.stringify(cloud.hubs) === JSON.stringify(next.hubs);
      return isSame && cloud.defaultHub === next.defaultHub ? undefined : next;
    });
    return hasTrouble;
  }
}

/** How hubs are looked up is loaded with the first look: accounts are awake before there is one. */
function createLookUps(options: HubRegistryOptions): HubLookUpsModule.HubLookUps {
  const { HubLookUps } = load('./hub-look-ups.js') as typeof HubLookUpsModule;
  return new HubLookUps(options);
}

import { createRequire } from 'node:module';
import { KeyedMutex } from '../async/locks.js';
import { SingleFlight } from '../async/in-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudState } from '../state/cloud-state.js';
import type { HubWishes } from './hub-discovery.js';
import { hasNewHub, withKeys, withLookedUp } from './hub-list.js';
import type * as HubLookUpsModule from './hub-look-ups.js';
import type { HubLookUpsOptions } from './hub-look-ups.js';

const load = createRequire(__filename);

/** The dependencies of {@link HubRegistry}. */
export interface HubRegistryOptions extends HubLookUpsOptions {
  state: CloudState;
}

/** Keeps the saved hubs of an account up to date: keys, addresses, names and versions. */
export class HubRegistry {
  readonly #options: HubRegistryOptions;
  readonly #mutex = new KeyedMutex();
  readonly #flight = new SingleFlight<boolean>();
  #lookUps: HubLookUpsModule.HubLookUps | undefined;

  constructor(options: HubRegistryOptions) {
    this.#options = options;
  }

  /** Saves the keys of a key list for the known hubs. `epoch`: the epoch of the login that requested the list. */
  noteKeys(keys: HubKeys, epoch: string): Promise<void> {
    return this.#options.state.changeInEpoch(epoch, (cloud) => {
      const next = withKeys(cloud, keys);
      return next === cloud ? undefined : next;
    });
  }

  /** Whether the account has no hub. */
  get isEmpty(): boolean {
    return this.#options.state.cloud.hubs.length === 0;
  }

  hasNew(keys: HubKeys): boolean {
    return hasNewHub(this.#options.state.cloud, keys);
  }

  /**
   * Runs a discovery and saves its result, unless the epoch has ended. Discoveries run one after another; equal ones
   * share a run. `epoch`: the epoch of the login that requested the keys. Resolves to whether another discovery may
   * find more.
   */
  lookAfter(keys: HubKeys, epoch: string, options?: HubWishes): Promise<boolean> {
    const jobKey = JSON.stringify([epoch, options, ...keys]);
    return this.#flight.run(jobKey, () =>
      this.#mutex.runExclusive('look-up', () => this.#lookUp(epoch, keys, options)),
    );
  }

  async #lookUp(epoch: string, keys: HubKeys, options: HubWishes | undefined): Promise<boolean> {
    const { state, shutdown } = this.#options;
    const token = state.cloud.login?.token;
    // The user may have logged out during the previous discovery.
    if (token === undefined || state.epoch !== epoch) return false;
    this.#lookUps ??= createLookUps(this.#options);
    const before = state.cloud;
    const { hubs, hasTrouble } = await this.#lookUps.run(before, token, keys, options);
    if (shutdown.aborted) return false;
    await state.changeInEpoch(epoch, (cloud) => {
      const next = withLookedUp(cloud, hubs, keys, before.hubs);
      const isSame = JSON.stringify(cloud.hubs) === JSON.stringify(next.hubs);
      return isSame && cloud.defaultHub === next.defaultHub ? undefined : next;
    });
    return hasTrouble;
  }
}

/** Creates the look-ups. Their code is loaded with the first discovery, because accounts start without one. */
function createLookUps(options: HubRegistryOptions): HubLookUpsModule.HubLookUps {
  const { HubLookUps } = load('./hub-look-ups.js') as typeof HubLookUpsModule;
  return new HubLookUps(options);
}

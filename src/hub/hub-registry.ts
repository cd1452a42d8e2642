import { createRequire } from 'node:module';
import { KeyedMutex } from '../async/locks.js';
import { SingleFlight } from '../async/in-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudState } from '../state/cloud-state.js';
import type { DiscoveryOptions } from './hub-discovery.js';
import { hasNewHub, withKeys, withDiscovered } from './hub-list.js';
import type * as DiscoveryRunnerModule from './discovery-runner.js';
import type { DiscoveryRunnerOptions } from './discovery-runner.js';

const load = createRequire(__filename);

/** The dependencies of {@link HubRegistry}. */
export interface HubRegistryOptions extends DiscoveryRunnerOptions {
  state: CloudState;
}

/** Keeps the saved hubs of an account up to date: keys, addresses, names and versions. */
export class HubRegistry {
  readonly #options: HubRegistryOptions;
  readonly #mutex = new KeyedMutex();
  readonly #flight = new SingleFlight<boolean>();
  #runner: DiscoveryRunnerModule.DiscoveryRunner | undefined;

  constructor(options: HubRegistryOptions) {
    this.#options = options;
  }

  /**
   * Updates the saved hubs from the cloud's list of hub keys, see {@link withKeys}. `epoch`: the epoch of the login
   * that requested the list.
   */
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
   * Runs a discovery and saves its result, unless a login or reset has begun a new epoch. Discoveries run one after
   * another; calls with equal arguments share a run. `epoch`: the epoch of the login that requested the
   * keys. Resolves to whether another discovery may find more.
   */
  discover(keys: HubKeys, epoch: string, options?: DiscoveryOptions): Promise<boolean> {
    const jobKey = JSON.stringify([epoch, options, ...keys]);
    return this.#flight.run(jobKey, () =>
      this.#mutex.runExclusive('discovery', () => this.#discover(epoch, keys, options)),
    );
  }

  async #discover(epoch: string, keys: HubKeys, options: DiscoveryOptions | undefined): Promise<boolean> {
    const { state, shutdown } = this.#options;
    const token = state.cloud.login?.token;
    // The user may have logged out during the previous discovery.
    if (token === undefined || state.epoch !== epoch) return false;
    this.#runner ??= createRunner(this.#options);
    const before = state.cloud;
    const { hubs, hasTrouble } = await this.#runner.run(before, token, keys, options);
    if (shutdown.aborted) return false;
    await state.changeInEpoch(epoch, (cloud) => {
      const next = withDiscovered(cloud, hubs, keys, before.hubs);
      const isSame = JSON.stringify(cloud.hubs) === JSON.stringify(next.hubs);
      return isSame && cloud.defaultHub === next.defaultHub ? undefined : next;
    });
    return hasTrouble;
  }
}

/**
 * Creates the runner. Its module is loaded with the first discovery, because an account can start without a discovery.
 */
function createRunner(options: HubRegistryOptions): DiscoveryRunnerModule.DiscoveryRunner {
  const { DiscoveryRunner } = load('./discovery-runner.js') as typeof DiscoveryRunnerModule;
  return new DiscoveryRunner(options);
}

import type { HubRecord } from '../state/account-record.js';

/**
 * The background asks a hub that is reached through the cloud in every sixth discovery, because the hub works without a
 * LAN address.
 */
const REMOTE_EVERY = 6;

/**
 * Chooses the hubs that the background asks in each discovery: all of them in the first, then one in turn and those
 * that did not answer last time. For the other hubs the cloud's address list is enough.
 */
export class HubRounds {
  /** Number of discoveries so far. */
  #looks = 0;
  /** Number of the discovery in which a hub was last asked, by hub id. */
  readonly #askedIn = new Map<string, number>();
  #silent: readonly string[] = [];

  /** Returns the ids of the hubs to ask in the next discovery. */
  next(hubs: readonly HubRecord[]): Set<string> {
    this.#looks += 1;
    for (const id of this.#askedIn.keys()) if (!hubs.some((hub) => hub.id === id)) this.#askedIn.delete(id);
    const never = hubs.filter(({ id }) => !this.#askedIn.has(id));
    const longestAgo = hubs
      .filter((hub) => !hub.isRemote || this.#looks - this.#lastOf(hub) >= REMOTE_EVERY)
      .sort((one, other) => this.#lastOf(one) - this.#lastOf(other))
      .slice(0, 1);
    const turn = new Set([...never, ...longestAgo].map(({ id }) => id));
    for (const id of turn) this.#askedIn.set(id, this.#looks);
    return new Set([...turn, ...this.#silent]);
  }

  /** Saves the ids of the hubs that did not answer. */
  noteSilent(ids: readonly string[]): void {
    this.#silent = ids;
  }

  #lastOf({ id }: HubRecord): number {
    return this.#askedIn.get(id) ?? 0;
  }
}

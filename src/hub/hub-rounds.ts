import type { HubRecord } from '../state/account-record.js';

/** A hub that is reached through the cloud is asked by the background in every so many looks: it is found without that. */
const REMOTE_EVERY = 6;

/**
 * Whose turn it is when the background looks after the hubs: at its first look all of them, and from then on one after the
 * other, with those that did not answer last time. That they are where they were is seen in the cloud's list.
 */
export class HubRounds {
  /** The looks so far. */
  #looks = 0;
  /** The look in which a hub was asked last. */
  readonly #askedIn = new Map<string, number>();
  #silent: readonly string[] = [];

  /** The ids of those to ask in the next look. */
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

  /** Those who were asked and did not answer. */
  noteSilent(ids: readonly string[]): void {
    this.#silent = ids;
  }

  #lastOf({ id }: HubRecord): number {
    return this.#askedIn.get(id) ?? 0;
  }
}

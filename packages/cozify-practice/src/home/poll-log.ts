import type { Listing } from './things';

interface Stamp {
  listing: Listing;
  id: string;
  at: number;
}

/** The time of each thing's last change, by the hub's clock. */
export class PollLog {
  readonly #stamps = new Map<string, Stamp>();
  #latest = -Infinity;

  note(listing: Listing, id: string, at: number): void {
    const key = `${listing}/${id}`;
    // Delete the entry first, so that the map stays in the order of the last changes.
    this.#stamps.delete(key);
    this.#stamps.set(key, { listing, id, at });
    this.#latest = Math.max(this.#latest, at);
  }

  /** Removes a thing, so that no poll reports its last change or an earlier one. */
  lose(listing: Listing, id: string): void {
    this.#stamps.delete(`${listing}/${id}`);
  }

  /** Returns the things that changed after a time, including deleted things, in the order of their changes. */
  since(ts: number): { listing: Listing; id: string }[] {
    // Shortcut, because most polls come when nothing has changed.
    if (ts >= this.#latest) return [];
    return [...this.#stamps.values()].filter(({ at }) => at > ts);
  }

  /** Removes all changes. */
  clear(): void {
    this.#stamps.clear();
    this.#latest = -Infinity;
  }
}

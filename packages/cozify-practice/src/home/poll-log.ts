import type { Listing } from './things';

interface Stamp {
  listing: Listing;
  id: string;
  at: number;
}

/** When which thing changed last, by the hub's clock. */
export class PollLog {
  readonly #stamps = new Map<string, Stamp>();
  #latest = -Infinity;

  note(listing: Listing, id: string, at: number): void {
    const key = `${listing}/${id}`;
    // The one that changed last comes last.
    this.#stamps.delete(key);
    this.#stamps.set(key, { listing, id, at });
    this.#latest = Math.max(this.#latest, at);
  }

  /** The change is lost: no poll tells it, nor an older one of the same thing. */
  lose(listing: Listing, id: string): void {
    this.#stamps.delete(`${listing}/${id}`);
  }

  /** What changed after a time, in the order of the last changes; deleted things too. */
  since(ts: number): { listing: Listing; id: string }[] {
    // Most polls come when nothing has changed, whatever the size of the home.
    if (ts >= this.#latest) return [];
    return [...this.#stamps.values()].filter(({ at }) => at > ts);
  }

  /** Nothing has changed so far. */
  clear(): void {
    this.#stamps.clear();
    this.#latest = -Infinity;
  }
}

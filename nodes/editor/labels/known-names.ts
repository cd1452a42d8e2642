import type { CurrentNames } from './words.js';

/** A thing or room as an endpoint tells of it. */
export interface ToldThing {
  readonly hub: string;
  readonly id: string;
  readonly name: string;
}

/** What things and rooms are called now, by all that endpoints have told this editor. It is a cache. */
export class KnownNames implements CurrentNames {
  /** By account and id; the same id can be at several hubs. */
  readonly #names = new Map<string, Map<string, string>>();
  readonly #followers = new Set<(account: string) => void>();

  /** Calls `follower` with the id of an account of which something is called otherwise than it was known. */
  follow(follower: (account: string) => void): void {
    this.#followers.add(follower);
  }

  /** Takes in what was told of an account's things. */
  note(account: string, things: readonly ToldThing[]): void {
    let isNews = false;
    for (const { hub, id, name } of things) {
      const key = keyOf(account, id);
      const known = this.#names.get(key) ?? new Map<string, string>();
      if (name === '' || known.get(hub) === name) continue;
      this.#names.set(key, known.set(hub, name));
      isNews = true;
    }
    if (isNews) for (const follower of this.#followers) follower(account);
  }

  of(account: string, { hub, id }: { hub: string; id: string }): string | undefined {
    const known = this.#names.get(keyOf(account, id));
    return known?.get(hub) ?? (hub === '' ? known?.values().next().value : undefined);
  }
}

function keyOf(account: string, id: string): string {
  return `${account} ${id}`;
}

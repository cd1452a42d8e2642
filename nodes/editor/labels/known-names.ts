import type { CurrentNames } from './words.js';

/** A thing or room in an endpoint's answer. */
export interface ToldThing {
  readonly hub: string;
  readonly id: string;
  readonly name: string;
}

/** The current names of things and rooms, from all endpoint answers: a cache. */
export class KnownNames implements CurrentNames {
  /** Names by account and id, because several hubs may use the same id. */
  readonly #names = new Map<string, Map<string, string>>();
  readonly #followers = new Set<(account: string) => void>();

  /** Calls `follower` with the id of an account after a name there has changed. */
  follow(follower: (account: string) => void): void {
    this.#followers.add(follower);
  }

  /** Stores the names from an answer about an account's things. */
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

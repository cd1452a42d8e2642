// Cache of the current names of things and rooms.

/** A thing or room in an endpoint's answer. */
interface NamedThing {
  readonly hub: string;
  readonly id: string;
  readonly name: string;
}

/** The current names of things and rooms, from all endpoint answers: a cache. */
export class KnownNames {
  /** Names by account and id, because several hubs may use the same id. */
  readonly #names = new Map<string, Map<string, string>>();
  /** Called with the id of an account after a name there has changed. */
  onChange: (account: string) => void = () => undefined;

  /** Stores the names from an answer about an account's things. */
  note(account: string, things: readonly NamedThing[]): void {
    let isChanged = false;
    for (const { hub, id, name } of things) {
      const key = keyOf(account, id);
      const known = this.#names.get(key) ?? new Map<string, string>();
      if (name === '' || known.get(hub) === name) continue;
      this.#names.set(key, known.set(hub, name));
      isChanged = true;
    }
    if (isChanged) this.onChange(account);
  }

  /** Returns the current name of a thing or room; `undefined` if the editor has not received it. */
  of(account: string, { hub, id }: { hub: string; id: string }): string | undefined {
    const known = this.#names.get(keyOf(account, id));
    return known?.get(hub) ?? (hub === '' ? known?.values().next().value : undefined);
  }
}

function keyOf(account: string, id: string): string {
  return `${account} ${id}`;
}

/** All names that this editor has received. */
export const knownNames = new KnownNames();

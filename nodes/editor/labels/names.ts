// Cache of the current names of things and rooms.

/** A thing or room in a response from an endpoint. */
interface NamedThing {
  readonly hub: string;
  readonly id: string;
  readonly name: string;
}

/** A cache of the current names of things and rooms. Every answer of an endpoint that contains names updates it. */
export class KnownNames {
  /** Names by account and id, then by hub, because several hubs may use the same id. */
  readonly #names = new Map<string, Map<string, string>>();
  /** Called with an account's id after the name of one of its things or rooms has changed. */
  onChange: (account: string) => void = () => undefined;

  /** Stores the names in a response about an account's things. */
  note(account: string, things: readonly NamedThing[]): void {
    let isChanged = false;
    for (const { hub, id, name } of things) {
      const key = accountThingKey(account, id);
      const known = this.#names.get(key) ?? new Map<string, string>();
      if (name === '' || known.get(hub) === name) continue;
      this.#names.set(key, known.set(hub, name));
      isChanged = true;
    }
    if (isChanged) this.onChange(account);
  }

  /**
   * Returns the current name of a thing or room; `undefined` if the editor does not know it. An empty hub means any
   * hub.
   */
  of(account: string, { hub, id }: { hub: string; id: string }): string | undefined {
    const known = this.#names.get(accountThingKey(account, id));
    return known?.get(hub) ?? (hub === '' ? known?.values().next().value : undefined);
  }
}

function accountThingKey(account: string, id: string): string {
  return `${account} ${id}`;
}

/** All current names that the editor knows. */
export const knownNames = new KnownNames();

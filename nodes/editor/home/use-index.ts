import type { CanvasNode } from './canvas.js';
import type { HomeApi } from './home-api.js';
import { thingKey, type Used, usedBy, type Verdict } from './uses.js';

/** Which nodes of an account use which things, as the server finds them. */
export class UseIndex {
  readonly #account: string;
  readonly #api: Pick<HomeApi, 'resolve'>;
  #used: Used[] = [];
  #verdicts = new Map<string, Verdict>();
  #nodesOf = new Map<string, CanvasNode[]>();

  constructor(account: string, api: Pick<HomeApi, 'resolve'>) {
    this.#account = account;
    this.#api = api;
  }

  /** All that nodes are about. */
  get used(): readonly Used[] {
    return this.#used;
  }

  /** What the server said of each, by its key. */
  get verdicts(): ReadonlyMap<string, Verdict> {
    return this.#verdicts;
  }

  /** Counts. The server is asked only about what it was not asked about before, or about all. */
  async count(isAnew: boolean): Promise<void> {
    this.#used = usedBy(this.#account);
    const asked = this.#used.filter(({ key }) => isAnew || !this.#verdicts.has(key));
    if (asked.length > 0) {
      const verdicts = await this.#api.resolve(asked);
      this.#verdicts = new Map([...(isAnew ? [] : this.#verdicts), ...verdicts]);
    }
    const nodesOf = new Map<string, CanvasNode[]>();
    for (const { key, nodes } of this.#used) {
      const thing = this.#verdicts.get(key)?.thing;
      if (!thing) continue;
      const known = nodesOf.get(thingKey(thing)) ?? [];
      nodesOf.set(thingKey(thing), [...new Set([...known, ...nodes])]);
    }
    this.#nodesOf = nodesOf;
  }

  /** The nodes that use a thing. */
  nodesOf(key: string): readonly CanvasNode[] {
    return this.#nodesOf.get(key) ?? [];
  }

  /** What the nodes that the editor has at this moment name by these words. */
  now(keys: readonly string[]): Used[] {
    return usedBy(this.#account).filter(({ key }) => keys.includes(key));
  }

  /** By what words nodes name a thing. */
  usesOf(key: string): Used[] {
    return this.#used.filter((one) => {
      const found = this.#verdicts.get(one.key)?.thing;
      return found !== null && found !== undefined && thingKey(found) === key;
    });
  }
}

import type { Failure } from '../account/api.js';
import type { CanvasNode } from './canvas.js';
import type { HomeApi } from './home-api.js';
import { thingKey, type Used, usedBy, type Verdict } from './uses.js';

/** Which nodes of an account use which things, as the server finds them. */
export class UseIndex {
  readonly #account: string;
  readonly #api: Pick<HomeApi, 'resolve'>;
  readonly #isSeen: () => boolean;
  /** How often all was asked about anew. */
  #anew = 0;
  #used: Used[] = [];
  #verdicts = new Map<string, Verdict>();
  #nodesOf = new Map<string, CanvasNode[]>();

  /** `isSeen`: whether somebody looks at it; else nothing is asked. */
  constructor(account: string, api: Pick<HomeApi, 'resolve'>, isSeen: () => boolean) {
    this.#account = account;
    this.#api = api;
    this.#isSeen = isSeen;
  }

  /** All that nodes are about. */
  get used(): readonly Used[] {
    return this.#used;
  }

  /** What the server said of each, by its key. */
  get verdicts(): ReadonlyMap<string, Verdict> {
    return this.#verdicts;
  }

  /**
   * Counts. The server is asked only about what it has not said anything of before, or about all. Gives the failure where
   * not all of that came: what it said before holds then.
   */
  async count(isAnew: boolean): Promise<Failure | undefined> {
    this.#used = usedBy(this.#account);
    const asked = this.#used.filter(({ key }) => isAnew || !this.#verdicts.has(key));
    if (isAnew) this.#anew += 1;
    const anew = this.#anew;
    const verdicts = new Map<string, Verdict>();
    const failure = await this.#api.resolve(asked, verdicts, this.#isSeen);
    // An answer that was overtaken may be older.
    const all = anew === this.#anew ? [...this.#verdicts, ...verdicts] : [...verdicts, ...this.#verdicts];
    const keys = new Set(this.#used.map(({ key }) => key));
    this.#verdicts = new Map(all.filter(([key]) => keys.has(key)));
    const nodesOf = new Map<string, CanvasNode[]>();
    for (const { key, nodes } of this.#used) {
      const thing = this.#verdicts.get(key)?.thing;
      if (!thing) continue;
      const known = nodesOf.get(thingKey(thing)) ?? [];
      nodesOf.set(thingKey(thing), [...new Set([...known, ...nodes])]);
    }
    this.#nodesOf = nodesOf;
    return failure;
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

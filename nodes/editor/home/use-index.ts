import type { Failure } from '../account/api.js';
import type { CanvasNode } from './canvas.js';
import type { HomeApi } from './home-api.js';
import { thingKey, type Used, usedBy, type Verdict } from './uses.js';

/** The uses of things by an account's nodes, with the server's verdict on each thing. */
export class UseIndex {
  readonly #account: string;
  readonly #api: Pick<HomeApi, 'resolve'>;
  readonly #isSeen: () => boolean;
  /** Counts requests about all things. */
  #fullRequests = 0;
  #used: Used[] = [];
  #verdicts = new Map<string, Verdict>();
  #nodesOf = new Map<string, CanvasNode[]>();

  /** `isSeen`: whether the tab is visible; otherwise nothing is requested. */
  constructor(account: string, api: Pick<HomeApi, 'resolve'>, isSeen: () => boolean) {
    this.#account = account;
    this.#api = api;
    this.#isSeen = isSeen;
  }

  /** All things that nodes refer to. */
  get used(): readonly Used[] {
    return this.#used;
  }

  /** The server's verdicts, by key. */
  get verdicts(): ReadonlyMap<string, Verdict> {
    return this.#verdicts;
  }

  /**
   * Counts the uses. Asks the server about things without a verdict, or with `isComplete` about all. Returns the failure if
   * a request failed; the earlier verdicts remain then.
   */
  async count(isComplete: boolean): Promise<Failure | undefined> {
    this.#used = usedBy(this.#account);
    const asked = this.#used.filter(({ key }) => isComplete || !this.#verdicts.has(key));
    if (isComplete) this.#fullRequests += 1;
    const fullRequests = this.#fullRequests;
    const verdicts = new Map<string, Verdict>();
    const failure = await this.#api.resolve(asked, verdicts, this.#isSeen);
    // The answer of a superseded request may be older.
    const all =
      fullRequests === this.#fullRequests ? [...this.#verdicts, ...verdicts] : [...verdicts, ...this.#verdicts];
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

  nodesOf(key: string): readonly CanvasNode[] {
    return this.#nodesOf.get(key) ?? [];
  }

  /** Returns the references with these keys in the editor's current nodes. */
  now(keys: readonly string[]): Used[] {
    return usedBy(this.#account).filter(({ key }) => keys.includes(key));
  }

  /** Returns the references to a thing. */
  usesOf(key: string): Used[] {
    return this.#used.filter((one) => {
      const found = this.#verdicts.get(one.key)?.thing;
      return found !== null && found !== undefined && thingKey(found) === key;
    });
  }
}

import type { Plan } from '../commands/commands.js';
import { thingKey } from '../things/kinds.js';

/** What a plan is about: its target and, of a group or room, the devices that it means; by what tells each from all others. */
export function partsOf(plan: Plan): ReadonlyMap<string, Plan> {
  return new Map([plan, ...plan.members].map((part) => [thingKey(part.entry), part]));
}

/** Of what one command asked for, that which was asked for anew since. */
export class Overtaken {
  readonly #keys = new Set<string>();
  #onMore: () => void = () => undefined;

  /** One of {@link partsOf} the command's plan. */
  note(key: string): void {
    this.#keys.add(key);
    this.#onMore();
  }

  /** Calls `listener`, and none before it any more, when there is more of it. */
  onMore(listener: () => void): void {
    this.#onMore = listener;
  }

  /** What is left of a plan: of a group or room the other devices. `undefined` where nothing is. */
  restOf(plan: Plan): Plan | undefined {
    if (this.#keys.has(thingKey(plan.entry))) return undefined;
    const members = plan.members.filter(({ entry }) => !this.#keys.has(thingKey(entry)));
    if (members.length === plan.members.length) return plan;
    return members.length > 0 ? { ...plan, members } : undefined;
  }
}

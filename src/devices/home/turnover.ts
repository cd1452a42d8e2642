import type { Change } from '../things/changes.js';
import { type Kind, thingKey } from '../things/kinds.js';

/** What was asked for longer ago is not answered any more. */
const KEPT_MS = 60_000;

/** What came and went lately in a home: an answer that was asked for before knows nothing of that. */
export class Turnover {
  /** When each of them did (monotonic, ms). */
  readonly #at = new Map<string, number>();

  /** Takes what was otherwise in an answer that tells how things were at `at` (monotonic, ms). */
  note(changes: readonly Change[], at: number): void {
    for (const [key, before] of this.#at) if (at - before > KEPT_MS) this.#at.delete(key);
    for (const { entry, events } of changes) {
      if (events.includes('added') || events.includes('removed')) this.#at.set(thingKey(entry), at);
    }
  }

  /** Whether a thing has come or gone after a moment. */
  isSince(at: number, kind: Kind, id: string): boolean {
    return (this.#at.get(thingKey({ kind, id })) ?? -Infinity) > at;
  }
}

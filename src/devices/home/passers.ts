import { devicesOf, type Plan } from '../commands/commands.js';
import type { Entry } from '../things/device.js';
import type { Things } from '../things/things.js';
import { keyOf } from './expected-states.js';

/** What was sent to a hub while something older was still looking for its things: what it was about. */
export class Passers {
  readonly #keys = new Set<string>();
  #isAnything = false;

  note(plan: Plan): void {
    // Nobody knows what a scene or rule switches.
    if (plan.endpoint === 'scenes' || plan.endpoint === 'rules') this.noteAnything();
    this.#keys.add(keyOf(plan.entry));
    for (const member of plan.members) this.note(member);
  }

  /** Something was sent of which nobody knows what it is about. */
  noteAnything(): void {
    this.#isAnything = true;
  }

  /** Whether any of it was about these things, or about a device that one of them means. */
  areAbout(entries: readonly Entry[], things: Things): boolean {
    return entries.some((entry) => {
      if (entry.kind === 'scene' || entry.kind === 'rule') return this.#isAnything || this.#keys.size > 0;
      const meant = entry.kind === 'room' ? things.inRoom(entry.id) : devicesOf(entry, things);
      return this.#isAnything || [entry, ...meant].some((one) => this.#keys.has(keyOf(one)));
    });
  }
}

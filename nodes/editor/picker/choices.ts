import { isSameTarget, type SavedTarget } from './target.js';
import { targetOf } from './result-list.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** A choice as it is shown. */
export interface Chip {
  target: SavedTarget;
  name: string;
  /** Its room and how it is, or that it is looked up by its name. */
  about: string[];
  /** The hub has been asked, and does not have it. */
  isGone: boolean;
  isLamp: boolean;
}

/** What is known of things by now, newest first; and of which the hub has said that it does not have them. */
export class KnownThings {
  readonly #things = new Map<string, Thing>();
  readonly #missing = new Set<string>();

  /** Takes what was listed. `asked`: the ids that were asked for, of which those that are not there are gone. */
  take(things: readonly Thing[], asked: readonly string[] = []): void {
    for (const thing of things) {
      this.#things.set(keyOf(thing), thing);
      this.#missing.delete(thing.id);
    }
    const found = new Set(things.map(({ id }) => id));
    for (const id of asked) if (!found.has(id)) this.#missing.add(id);
  }

  /** Another account has other things. */
  clear(): void {
    this.#things.clear();
    this.#missing.clear();
  }

  find(target: SavedTarget): Thing | undefined {
    return [...this.#things.values()].find((thing) => isSameTarget(targetOf(thing), target));
  }

  isGone({ id }: SavedTarget): boolean {
    return this.#missing.has(id);
  }

  /** Those of the choices that are known. */
  of(targets: readonly SavedTarget[]): Thing[] {
    return targets.map((target) => this.find(target)).filter((thing) => thing !== undefined);
  }
}

/** How choices are shown, by their `hubs` where there are several. What nobody knows anything of is shown as it was saved. */
export function chipsOf(
  targets: readonly SavedTarget[],
  known: KnownThings,
  texts: PickerTexts,
  hubs: ReadonlyMap<string, string> = new Map(),
): Chip[] {
  return targets.map((target) => {
    const thing = known.find(target);
    const isGone = thing === undefined && known.isGone(target);
    const room = thing?.kind === 'device' ? thing.room : null;
    const said = isGone ? texts.t('picker.gone') : target.id === '' ? texts.t('picker.byName') : '';
    const parts = thing === undefined ? [said] : [hubs.get(thing.hub), room, texts.state(thing)];
    // What it is called at the hub now tells people more than what it was called when it was chosen.
    return {
      target,
      name: thing?.name ?? (target.name || target.id),
      about: parts.filter((part): part is string => typeof part === 'string' && part !== ''),
      isGone,
      isLamp: thing !== undefined && isLamp(thing),
    };
  });
}

/** Whether a thing is a lamp, which can blink. */
export function isLamp({ kind, type, capabilities }: Thing): boolean {
  return kind === 'device' && type !== 'POWER_SOCKET' && (type === 'LIGHT' || capabilities.includes('CONTROL_LIGHT'));
}

function keyOf({ hub, kind, id }: Thing): string {
  return JSON.stringify([hub, kind, id]);
}

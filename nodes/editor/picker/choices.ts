// The chips of chosen things: known facts about a target, and the actions that it offers.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { isFromEnv } from '../shared/checks.js';
import { iconOf } from './list.js';
import { type ChoiceIs, isSameTarget, keyOf, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import { isThingReachable, type Thing, type TriedCommand } from './things-api.js';

/** The action of a chip's button. */
export type ThingAction = 'on' | 'off' | 'run' | 'close' | 'open' | 'shut' | 'blink';

/** A target as shown in the dialog. */
export interface Chip {
  /** Kind of the thing that was found. */
  kind: string;
  id: string;
  is: ChoiceIs;
  icon: string;
  name: string;
  /** The kind in words, unless it is a device; or a note that the target is looked up by name. */
  what: string;
  /** The room and state, or the reason why they are unknown. */
  about: string;
  actions: ThingAction[];
  /** The rooms of all things with the target's name, if the name is ambiguous. */
  several: string[];
}

/** Things from the server, the newest answer first, and the resolved targets of the node. */
export class KnownThings {
  readonly #things = new Map<string, Thing>();
  readonly #resolved = new Map<string, Resolved>();

  /** Stores listed things. `asked`: the ids in the request; those without an answer are missing, and removed. */
  take(things: readonly Thing[], asked: readonly string[] = []): void {
    for (const thing of things) this.#things.set(keyOf(thing), { ...this.#things.get(keyOf(thing)), ...thing });
    const found = new Set(things.map(({ id }) => id));
    for (const id of asked) {
      if (found.has(id)) continue;
      for (const [key, thing] of this.#things) if (thing.id === id) this.#things.delete(key);
      for (const [key, { thing }] of this.#resolved) if (thing?.id === id) this.#resolved.set(key, GONE);
    }
  }

  /** Stores the thing to which a target was resolved. */
  note(target: SavedTarget, resolved: Resolved): void {
    this.#resolved.set(JSON.stringify(target), resolved);
    this.take([...(resolved.thing === null ? [] : [resolved.thing]), ...(resolved.things ?? [])]);
  }

  /** Forgets everything, because another account has other things. */
  clear(): void {
    this.#things.clear();
    this.#resolved.clear();
  }

  /** Whether a target has to be resolved: it has not been, or no thing was found. */
  isOpen(target: SavedTarget): boolean {
    return !isFromEnv(target.name + target.id) && this.#resolved.get(JSON.stringify(target))?.is !== 'found';
  }

  find(target: SavedTarget): Thing | undefined {
    const { thing } = this.#resolved.get(JSON.stringify(target)) ?? {};
    if (thing !== null && thing !== undefined) return this.#things.get(keyOf(thing)) ?? thing;
    return target.id === '' ? undefined : this.#byId(target);
  }

  isOf(target: SavedTarget): ChoiceIs {
    if (isFromEnv(target.name + target.id)) return 'env';
    const is = this.#resolved.get(JSON.stringify(target))?.is;
    if (is === 'gone' || is === 'several') return is;
    const thing = this.find(target);
    if (thing === undefined) return 'unknown';
    return isThingReachable(thing) ? 'found' : 'unreachable';
  }

  /** All things with the name of a target. */
  several(target: SavedTarget): Thing[] {
    return this.#resolved.get(JSON.stringify(target))?.things ?? [];
  }

  /** The known things among the targets. */
  of(targets: readonly SavedTarget[]): Thing[] {
    return targets.map((target) => this.find(target)).filter((thing) => thing !== undefined);
  }

  #byId(target: SavedTarget): Thing | undefined {
    return [...this.#things.values()].find((thing) => isSameTarget(targetOf(thing), target));
  }
}

const GONE: Resolved = { is: 'gone', thing: null };

/** Inputs of a chip, besides its target. */
interface ChipShown {
  known: KnownThings;
  texts: PickerTexts;
  /** The names of hubs by id, if there are several. */
  hubs?: ReadonlyMap<string, string>;
  /** Whether unknown things are unknown because the hub is unreachable. */
  isHubAway?: boolean;
  /** The field that the node sets. */
  field?: string;
  /** The capability that the node needs. */
  can?: string;
}

/** Returns the chip of a target. An unknown target is shown with its saved name. */
export function chipOf(
  target: SavedTarget,
  { known, texts, hubs = new Map(), isHubAway = false, field = '', can = '' }: ChipShown,
): Chip {
  const is = known.isOf(target);
  const thing = is === 'gone' || is === 'several' ? undefined : known.find(target);
  // A button node would never receive an event from a thing without buttons.
  const isMute = can === 'press' && thing?.does.includes('buttons') === false;
  const hub = thing === undefined ? undefined : hubs.get(thing.hub);
  const parts =
    thing === undefined
      ? [texts.unfound(is, isHubAway, known.several(target).length)]
      : [hub, ...(isMute ? [thing.room, texts.t('picker.noButtons')] : texts.aboutOf(thing, field))];
  return {
    kind: thing?.kind ?? target.kind,
    id: thing?.id ?? target.id,
    is,
    icon: thing === undefined ? 'question' : iconOf(thing),
    // The current name at the hub is more useful than the name at the time of the choice.
    name: thing?.name ?? (target.name || target.id),
    what: target.id === '' ? texts.t('picker.byName') : texts.whatOf(thing?.kind ?? target.kind),
    about: parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' · '),
    actions: thing === undefined ? [] : actionsOf(thing),
    several: known.several(target).map(({ room }) => room ?? texts.t('picker.noRoom')),
  };
}

/** Returns the actions that can be tried on a thing, judged by its known abilities. */
export function actionsOf({ kind, state, does, abilities = [] }: Thing): ThingAction[] {
  if (kind === 'scene') return ['run'];
  if (kind === 'alarm') return state['closed'] === true ? [] : ['close'];
  const can = new Set(abilities.map(({ field }) => field));
  return [
    ...(can.has('position') ? (['open', 'shut'] as const) : []),
    ...(can.has('on') ? (['on', 'off'] as const) : []),
    ...(does.includes('blink') ? (['blink'] as const) : []),
  ];
}

/** Returns the command of an action. Blinking is not a command. */
export function commandOf(action: Exclude<ThingAction, 'blink'>, target: SavedTarget): TriedCommand {
  const common = { targets: [target], hub: '', transition: '', field: '' };
  if (action === 'open' || action === 'shut') {
    return { ...common, command: 'set', field: 'position', value: action === 'open' ? 100 : 0 };
  }
  return { ...common, command: action === 'run' ? 'on' : action };
}

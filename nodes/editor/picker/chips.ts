// The content of a chip: a box in a dialog that shows one target of the node.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { isFromEnv } from '../shared/checks.js';
import { iconOf } from './list.js';
import { type TargetState, isSameTarget, targetKey, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import { isThingReachable, type Thing, type TriedCommand } from './things-api.js';

/** An action of a button in a chip, run on the thing that the chip shows. */
export type ThingAction = 'on' | 'off' | 'run' | 'close' | 'open' | 'shut' | 'blink';

/** The content of the box that shows a target in the dialog: its name, its state and its buttons. */
export interface Chip {
  /** The kind of the thing; the saved kind while the thing is unknown. */
  kind: string;
  id: string;
  is: TargetState;
  icon: string;
  name: string;
  /** The kind in words, empty for a device. For a target without an id, a note that it is looked up by name. */
  what: string;
  /** The room and the state of the thing, or the reason why they are unknown. */
  about: string;
  actions: ThingAction[];
  /** The rooms of all things with the target's name, if the name is ambiguous. */
  namesakeRooms: string[];
}

/** The latest data from the server about each thing, and the result of looking up each target. */
export class KnownThings {
  readonly #things = new Map<string, Thing>();
  readonly #resolved = new Map<string, Resolved>();

  /**
   * Stores things from an answer of the server. `asked`: the ids that were requested. If the answer lacks the thing
   * with such an id, the thing no longer exists: it is removed, and targets that refer to it become "gone".
   */
  take(things: readonly Thing[], asked: readonly string[] = []): void {
    for (const thing of things) this.#things.set(targetKey(thing), { ...this.#things.get(targetKey(thing)), ...thing });
    const found = new Set(things.map(({ id }) => id));
    for (const id of asked) {
      if (found.has(id)) continue;
      for (const [key, thing] of this.#things) if (thing.id === id) this.#things.delete(key);
      for (const [key, { thing }] of this.#resolved) if (thing?.id === id) this.#resolved.set(key, GONE);
    }
  }

  /** Stores the result of looking up a target, and the things in that result. */
  noteResolved(target: SavedTarget, resolved: Resolved): void {
    this.#resolved.set(JSON.stringify(target), resolved);
    this.take([...(resolved.thing === null ? [] : [resolved.thing]), ...(resolved.things ?? [])]);
  }

  /** Forgets all things and results. Call it when the account or the hub has changed. */
  clear(): void {
    this.#things.clear();
    this.#resolved.clear();
  }

  /**
   * Whether a target has to be looked up again: it was not looked up yet, or did not match exactly one thing. False for
   * an environment variable, which can't be looked up.
   */
  isUnresolved(target: SavedTarget): boolean {
    return !isFromEnv(target.name + target.id) && this.#resolved.get(JSON.stringify(target))?.is !== 'found';
  }

  find(target: SavedTarget): Thing | undefined {
    const { thing } = this.#resolved.get(JSON.stringify(target)) ?? {};
    if (thing !== null && thing !== undefined) return this.#things.get(targetKey(thing)) ?? thing;
    return [...this.#things.values()].find((one) => isSameTarget(targetOf(one), target));
  }

  stateOf(target: SavedTarget): TargetState {
    if (isFromEnv(target.name + target.id)) return 'env';
    const is = this.#resolved.get(JSON.stringify(target))?.is;
    if (is === 'gone' || is === 'several') return is;
    const thing = this.find(target);
    if (thing === undefined) return 'unknown';
    return isThingReachable(thing) ? 'found' : 'unreachable';
  }

  /** Returns the things that share the name of an ambiguous target. */
  namesakesOf(target: SavedTarget): Thing[] {
    return this.#resolved.get(JSON.stringify(target))?.things ?? [];
  }

  /** Returns the things that the targets refer to. A target whose thing is not known yet is left out. */
  thingsOf(targets: readonly SavedTarget[]): Thing[] {
    return targets.map((target) => this.find(target)).filter((thing) => thing !== undefined);
  }
}

const GONE: Resolved = { is: 'gone', thing: null };

/** The data from which a chip is made, besides its target. */
interface ChipContext {
  known: KnownThings;
  texts: PickerTexts;
  /** The names of the hubs, by id; empty or absent if there is only one hub. */
  hubs?: ReadonlyMap<string, string>;
  /** Whether the hub is unreachable. If a thing is unknown, the chip shows that as the reason. */
  isHubAway?: boolean;
  /** The field that the node sets. */
  field?: string;
  /** The ability that a thing must have to be of use to the node, such as `press`; empty for none. */
  can?: string;
}

/** Returns the chip of a target. If its thing is unknown, the chip shows the saved name. */
export function chipOf(
  target: SavedTarget,
  { known, texts, hubs = new Map(), isHubAway = false, field = '', can = '' }: ChipContext,
): Chip {
  const is = known.stateOf(target);
  const thing = is === 'gone' || is === 'several' ? undefined : known.find(target);
  // The chip warns about a thing without buttons, because it would never make a button node send a message.
  const hasNoButtons = can === 'press' && thing?.does.includes('buttons') === false;
  const hub = thing === undefined ? undefined : hubs.get(thing.hub);
  const parts =
    thing === undefined
      ? [texts.unfound(is, isHubAway, known.namesakesOf(target).length)]
      : [hub, ...(hasNoButtons ? [thing.room, texts.t('picker.noButtons')] : texts.aboutOf(thing, field))];
  return {
    kind: thing?.kind ?? target.kind,
    id: thing?.id ?? target.id,
    is,
    icon: thing === undefined ? 'question' : iconOf(thing),
    // The current name at the hub is more useful than the name that was saved when the thing was chosen.
    name: thing?.name ?? (target.name || target.id),
    what: target.id === '' ? texts.t('picker.byName') : texts.whatOf(thing?.kind ?? target.kind),
    about: parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' · '),
    actions: thing === undefined ? [] : actionsOf(thing),
    namesakeRooms: known.namesakesOf(target).map(({ room }) => room ?? texts.t('picker.noRoom')),
  };
}

/** Returns the actions that the chip of a thing offers, depending on the thing's kind and abilities. */
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

/** Returns the command for an action. Blinking has an endpoint of its own. */
export function commandOf(action: Exclude<ThingAction, 'blink'>, target: SavedTarget): TriedCommand {
  const common = { targets: [target], hub: '', transition: '', field: '' };
  if (action === 'open' || action === 'shut') {
    return { ...common, command: 'set', field: 'position', value: action === 'open' ? 100 : 0 };
  }
  return { ...common, command: action === 'run' ? 'on' : action };
}

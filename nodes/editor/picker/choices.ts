import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { isFromEnv } from '../shared/checks.js';
import { iconOf } from './icons.js';
import { targetOf } from './result-list.js';
import { type ChoiceIs, isSameTarget, type SavedTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import { isThingReachable, type Thing, type TriedCommand } from './things-api.js';

/** What a button of a choice does, at once. */
export type Deed = 'on' | 'off' | 'run' | 'close' | 'open' | 'shut' | 'blink';

/** A choice as it is shown. */
export interface Chip {
  target: SavedTarget;
  /** Of the thing that was found. */
  kind: string;
  id: string;
  is: ChoiceIs;
  icon: string;
  name: string;
  /** What it is, where that is no device; or that it is looked up by its name. */
  what: string;
  /** Its room and how it is, or why nobody knows. */
  about: string;
  deeds: Deed[];
  /** Those that have its name, where several do. */
  several: { thing: Thing; label: string }[];
}

/** What is known of things by now, newest first; and what nodes find by what is chosen. */
export class KnownThings {
  readonly #things = new Map<string, Thing>();
  readonly #resolved = new Map<string, Resolved>();

  /** Takes what was listed. `asked`: the ids that were asked for, of which those that are not there are gone. */
  take(things: readonly Thing[], asked: readonly string[] = []): void {
    for (const thing of things) this.#things.set(keyOf(thing), { ...this.#things.get(keyOf(thing)), ...thing });
    const found = new Set(things.map(({ id }) => id));
    for (const id of asked) {
      if (found.has(id)) continue;
      for (const [key, thing] of this.#things) if (thing.id === id) this.#things.delete(key);
      for (const [key, { thing }] of this.#resolved) if (thing?.id === id) this.#resolved.set(key, GONE);
    }
  }

  /** Takes what a node finds by a choice. */
  note(target: SavedTarget, resolved: Resolved): void {
    this.#resolved.set(JSON.stringify(target), resolved);
    this.take([...(resolved.thing === null ? [] : [resolved.thing]), ...(resolved.things ?? [])]);
  }

  /** Another account has other things. */
  clear(): void {
    this.#things.clear();
    this.#resolved.clear();
  }

  /** Whether it has to be looked up: nobody has, or not with success. */
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

  /** Those that have the name of a choice. */
  several(target: SavedTarget): Thing[] {
    return this.#resolved.get(JSON.stringify(target))?.things ?? [];
  }

  /** Those of the choices that are known. */
  of(targets: readonly SavedTarget[]): Thing[] {
    return targets.map((target) => this.find(target)).filter((thing) => thing !== undefined);
  }

  #byId(target: SavedTarget): Thing | undefined {
    return [...this.#things.values()].find((thing) => isSameTarget(targetOf(thing), target));
  }
}

const GONE: Resolved = { is: 'gone', thing: null };

/** By what choices are shown. */
export interface ChipsShown {
  known: KnownThings;
  texts: PickerTexts;
  /** The names of hubs by their ids, where there are several. */
  hubs?: ReadonlyMap<string, string>;
  /** Nobody knows of the others because the hub can't be reached. */
  isHubAway?: boolean;
  /** What is set on what is chosen. */
  field?: string;
  /** What the node asks of the things. */
  can?: string;
}

/** How choices are shown. What nobody knows anything of is shown as it was saved. */
export function chipsOf(targets: readonly SavedTarget[], shown: ChipsShown): Chip[] {
  return targets.map((target) => chipOf(target, shown));
}

function chipOf(
  target: SavedTarget,
  { known, texts, hubs = new Map(), isHubAway = false, field = '', can = '' }: ChipsShown,
): Chip {
  const is = known.isOf(target);
  const thing = is === 'gone' || is === 'several' ? undefined : known.find(target);
  const hub = thing === undefined ? undefined : hubs.get(thing.hub);
  const parts =
    thing === undefined
      ? [texts.unfound(is, isHubAway, known.several(target).length)]
      : [hub, ...(isMute(thing, can) ? [thing.room, texts.t('picker.noButtons')] : texts.aboutOf(thing, field))];
  return {
    target,
    kind: thing?.kind ?? target.kind,
    id: thing?.id ?? target.id,
    is,
    icon: thing === undefined ? 'question' : iconOf(thing),
    // What it is called at the hub now tells people more than what it was called when it was chosen.
    name: thing?.name ?? (target.name || target.id),
    what: target.id === '' ? texts.t('picker.byName') : texts.whatOf(thing?.kind ?? target.kind),
    about: parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' · '),
    deeds: thing === undefined ? [] : deedsOf(thing),
    several: known.several(target).map((one) => ({ thing: one, label: one.room ?? texts.t('picker.noRoom') })),
  };
}

/** Whether a button node would never hear a thing. */
function isMute({ does }: Thing, can: string): boolean {
  return can === 'press' && !does.includes('buttons');
}

/** What can be tried of a thing at once, as far as is known what it can do. */
export function deedsOf({ kind, state, does, abilities = [] }: Thing): Deed[] {
  if (kind === 'scene') return ['run'];
  if (kind === 'alarm') return state['closed'] === true ? [] : ['close'];
  const can = new Set(abilities.map(({ field }) => field));
  return [
    ...(can.has('position') ? (['open', 'shut'] as const) : []),
    ...(can.has('on') ? (['on', 'off'] as const) : []),
    ...(does.includes('blink') ? (['blink'] as const) : []),
  ];
}

/** The command that does it; blinking is none. */
export function commandOf(deed: Exclude<Deed, 'blink'>, target: SavedTarget): TriedCommand {
  const common = { targets: [target], hub: '', transition: '', field: '' };
  if (deed === 'open' || deed === 'shut') {
    return { ...common, command: 'set', field: 'position', value: deed === 'open' ? 100 : 0 };
  }
  return { ...common, command: deed === 'run' ? 'on' : deed };
}

function keyOf({ hub, kind, id }: Thing): string {
  return JSON.stringify([hub, kind, id]);
}

// Replaces a thing with another one in all nodes that refer to it.
import { type SavedTarget, targetOf } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { keyAcrossHubs } from './api.js';
import { type CanvasNode, changeNames, isLocked, type ReferenceProperties } from './flow.js';
import type { Home, HomeParts } from './home.js';
import type { HomeTexts } from './texts.js';
import type { TreeRow } from './tree.js';
import { isHub, isRoomFilter, nodesOf, type Used } from './uses.js';

/** The new thing, room or hub of a replacement. */
export type Successor = Pick<Thing, 'hub' | 'id' | 'name' | 'does' | 'state' | 'abilities'> & { kind: string };

/** The thing, room or hub to be replaced. */
interface Replaced {
  readonly name: string;
  /** The keys of the references to the old thing, see {@link Used.key}. */
  readonly keys: readonly string[];
  readonly isHub: boolean;
  /** The key of the old thing's row; `undefined` if the thing is missing. */
  readonly row: string | undefined;
  /**
   * The key of the new thing when the last warning was shown. If the user chooses the same thing again, it is used
   * despite the warning.
   */
  warned?: string;
}

/**
 * Lets the user replace a thing. The first press of a button "Replace" chooses the old thing, the second press chooses
 * the new one.
 */
export class Replacer {
  readonly #page: HomeParts;
  #old: Replaced | undefined;

  constructor(page: HomeParts) {
    this.#page = page;
  }

  /** A text that tells the user to choose the new thing; empty if no replacement was started. */
  get nextStep(): string {
    return this.#old === undefined ? '' : this.#page.texts.t('home.replace.choose', { name: this.#old.name });
  }

  /**
   * Whether something of this kind can be the new thing. A hub can be replaced only by a hub, and anything else only by
   * something that is not a hub. `undefined` if no replacement was started.
   */
  takes(kind: string): boolean | undefined {
    return this.#old && this.#old.isHub === (kind === 'hub');
  }

  /**
   * Starts to replace a thing. `uses`: the references of nodes to it; `row`: the key of its row, `undefined` if the
   * thing is missing.
   */
  start(home: Home, name: string, uses: readonly Used[], row?: string): void {
    const { line, showPanel, tree } = this.#page;
    const keys = uses.map(({ key }) => key);
    const isSame = this.#old?.keys.join() === keys.join();
    const old = (isSame && this.#old) || { name, keys, row, isHub: uses.every(isHub) };
    this.#old = old;
    const [only, ...others] = home.hubs;
    if (old.isHub && only !== undefined && others.length === 0) return this.#replaceBy(home, old, hubOf(...only));
    showPanel('things');
    tree.refresh();
    line.result(this.nextStep);
  }

  /** Handles a press of the button "Replace" in a row. */
  async press(home: Home, { key, target, thing }: TreeRow): Promise<void> {
    const { line, texts } = this.#page;
    const old = this.#old;
    if (old === undefined) return this.start(home, target.name, home.uses.usesOf(key), key);
    if (old.row === key) return this.cancel();
    if (target.kind === 'hub') return this.#replaceBy(home, old, hubOf(target.id, target.name));
    // The list of the tab contains no abilities of things, so the thing is requested again with them.
    const reply = await home.api.list({ ids: [target.id] });
    if (old !== this.#old) return;
    if (!reply.isOk) return line.result(texts.tryFailure(reply.failure));
    const whole = reply.answer.things.find((one) => keyAcrossHubs(one) === key);
    this.#replaceBy(home, old, whole ?? thing ?? { ...target, does: [], state: {} });
  }

  /** Cancels the replacement, if one was started. */
  cancel(): void {
    if (this.#old === undefined) return;
    const { line, texts, tree } = this.#page;
    this.drop();
    line.result(texts.t('home.replace.ended'));
    tree.refresh();
  }

  /** Ends the replacement without a message. */
  drop(): void {
    this.#old = undefined;
  }

  #replaceBy(home: Home, old: Replaced, successor: Successor): void {
    const { line, texts, tree } = this.#page;
    const isWarned = old.warned === keyAcrossHubs(successor);
    const { isDone, message } = replaceAll(old.name, home.uses.now(old.keys), successor, texts, isWarned);
    old.warned = keyAcrossHubs(successor);
    if (isDone) this.drop();
    line.result(message);
    tree.refresh();
  }
}

/**
 * Replaces a thing in all nodes that refer to it. If there is a warning, for example that a node needs an ability that
 * the new thing lacks, replaces nothing and returns the warning. `isWarned`: whether the user has already seen the
 * warning, so that it is ignored.
 */
export function replaceAll(
  old: string,
  uses: readonly Used[],
  successor: Successor,
  texts: HomeTexts,
  isWarned: boolean,
): { readonly message: string; readonly isDone: boolean } {
  const { t } = texts;
  const { name } = successor;
  const all = nodesOf(uses).map((node) => ({ node, names: namesOf(node, uses, targetOf(successor)) }));
  const locked = all.filter(({ node }) => isLocked(node.z));
  const open = all.filter((one) => !locked.includes(one));
  const changes = open.filter(({ node, names }) => isOther(node, names));
  const warn = (key: 'unable' | 'roomOnly' | 'locked', some: typeof all): string[] => {
    const nodes = some.map(({ node }) => texts.node(node)).join(', ');
    return some.length === 0 ? [] : [t(`home.replace.${key}`, { name, nodes })];
  };
  const unable = changes.filter(({ node, names }) => names.targets && !isAbleTo(node, successor));
  const roomOnly = open.filter(({ names }) => Object.keys(names).length === 0);
  const warnings = [...warn('unable', unable), ...warn('roomOnly', roomOnly), ...warn('locked', locked)];
  if (warnings.length > 0 && (changes.length === 0 || !isWarned)) {
    const again = changes.length === 0 ? [] : [t('home.replace.again')];
    return { isDone: false, message: [...again, ...warnings].join(' ') };
  }
  if (changes.length > 0) changeNames(changes);
  return { isDone: true, message: t('home.replace.done', { old, name, count: changes.length }) };
}

/**
 * Returns new values for those properties of a node that refer to the old thing. Empty if the node can't refer to the
 * new thing, for example if a filter by room would get a lamp.
 */
function namesOf(node: CanvasNode, all: readonly Used[], target: SavedTarget): ReferenceProperties {
  const uses = all.filter(({ nodes }) => nodes.includes(node));
  if (target.kind === 'hub') return uses.some(isHub) ? { hub: target.id } : {};
  const rooms = uses.filter(isRoomFilter).map(({ target: old }) => old.name);
  const isTarget = uses.some((used) => !isHub(used) && !isRoomFilter(used));
  return {
    ...(isTarget ? { targets: targetsOf(node, uses, target) } : {}),
    ...(rooms.length > 0 && target.kind === 'room' ? { rooms: roomsOf(node, rooms, target.id) } : {}),
  };
}

/** Whether any of the new values differs from the current value of the node's property. */
function isOther(node: CanvasNode, names: ReferenceProperties): boolean {
  return Object.entries(names).some(([name, value]) => JSON.stringify(node[name]) !== JSON.stringify(value));
}

function roomsOf(node: CanvasNode, old: readonly string[], id: string): string[] {
  return [...new Set((node.rooms ?? []).map((room) => (old.includes(room) ? id : room)))];
}

/** Returns a node's targets with the new thing in place of the old one, without duplicates. */
function targetsOf(node: CanvasNode, uses: readonly Used[], target: SavedTarget): SavedTarget[] {
  const isOld = (one: SavedTarget): boolean =>
    uses.some(
      ({ target: old }) =>
        (one.id || '') === old.id &&
        (one.hub || '') === old.hub &&
        (one.kind || '') === old.kind &&
        (old.id !== '' || one.name === old.name),
    );
  const isNew = (one: SavedTarget): boolean => one.id === target.id && (one.hub || target.hub) === target.hub;
  const targets: SavedTarget[] = [];
  for (const one of node.targets ?? []) {
    const replaced = isOld(one) ? target : one;
    if (!isNew(replaced) || !targets.some(isNew)) targets.push(replaced);
  }
  return targets;
}

/** Whether a thing supports everything that the node needs. */
function isAbleTo(node: CanvasNode, { kind, does, state, abilities = [] }: Successor): boolean {
  const { type, command, field, fields = [], condition, payload } = node;
  const canSet = (name: string): boolean => name === '' || abilities.some((ability) => ability.field === name);
  // The state may lack a settable field, such as the brightness of a group that is off.
  const has = (name: string | undefined): boolean => !name || Object.hasOwn(state, name) || canSet(name);
  // A room has no state of its own, but it passes a command on to its lamps.
  if (kind === 'room') return type === 'cozify-command' && does.includes('command') && command !== 'close';
  if (type === 'cozify-button') return does.includes('buttons');
  if (type !== 'cozify-command') {
    const asked = [condition?.field, payload === 'state' ? '' : payload, field, ...fields];
    return does.includes('read') && asked.every(has);
  }
  if (command === 'close') return kind === 'alarm';
  if (command === 'set') return canSet(field ?? '') && does.includes('command');
  return command === 'payload' ? does.includes('command') : canSet('on');
}

function hubOf(id: string, name: string): Successor {
  return { hub: id, kind: 'hub', id, name, does: [], state: {} };
}

// Replacement of a thing by another in all nodes that refer to it.
import type { Reply } from '../account/api.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import type { HomeApi } from './api.js';
import { type CanvasNode, changeNames, isLocked, type Named } from './flow.js';
import type { Home, HomeParts } from './home.js';
import type { HomeTexts } from './texts.js';
import type { Row } from './tree.js';
import { ROOM_FILTER, thingKey, type Used } from './uses.js';

/** The replacement for something: a thing, a room or a hub. */
export type Successor = Pick<Thing, 'hub' | 'id' | 'name' | 'does' | 'state' | 'abilities'> & { kind: string };

/** The outcome of a replacement. */
interface Replaced {
  readonly message: string;
  readonly isDone: boolean;
}

/** Lets the user replace something: the first press names the old thing, the second one its replacement. */
export class Replacer {
  readonly #home: Home;
  readonly #page: HomeParts;
  #replacing: Replacing | undefined;

  constructor(home: Home, page: HomeParts) {
    this.#home = home;
    this.#page = page;
  }

  /** The next step of the user; empty if no replacement was started. */
  get nextStep(): string {
    const old = this.#replacing?.old;
    return old === undefined ? '' : this.#page.texts.t('home.replace.choose', { name: old.name });
  }

  /** Whether something of this kind can be the replacement; `undefined` if none was started. */
  takes(kind: string): boolean | undefined {
    return this.#replacing?.takes(kind);
  }

  /** Starts a replacement. `uses`: the references to the old thing; `row`: the key of its row, unless it is missing. */
  start(name: string, uses: readonly Used[], row?: string): void {
    const { line, showPanel, texts, tree } = this.#page;
    const { hubs } = this.#home;
    if (this.#replacing?.isOf(uses) !== true) this.#replacing = new Replacing(name, uses, texts, row);
    const [only, ...others] = hubs.keys();
    if (this.#replacing.takes('hub') && only !== undefined && others.length === 0) {
      return this.#replaceBy(hubOf(only, hubs));
    }
    showPanel('things');
    tree.refresh();
    line.result(texts.t('home.replace.choose', { name }));
  }

  /** Handles a press of "replace" in a row. */
  async press(row: Row): Promise<void> {
    const { api, hubs, rooms, uses } = this.#home;
    const replacing = this.#replacing;
    if (replacing === undefined) return this.start(row.target.name, uses.usesOf(row.key), row.key);
    if (replacing.old.row === row.key) return this.cancel();
    const reply = await successorOf(row, api, rooms, hubs);
    if (this.#home.isClosed || replacing !== this.#replacing) return;
    if (reply.isOk) this.#replaceBy(reply.answer);
    else this.#page.line.result(this.#page.texts.failure(reply.failure));
  }

  /** Ends a replacement that was started. */
  cancel(): void {
    if (this.#replacing === undefined) return;
    const { line, texts, tree } = this.#page;
    this.#replacing = undefined;
    line.result(texts.t('home.replace.ended'));
    tree.refresh();
  }

  #replaceBy(successor: Successor): void {
    const replacing = this.#replacing;
    if (replacing === undefined) return;
    const { isDone, message } = replacing.by(successor, this.#home.uses.now(replacing.old.keys));
    if (isDone) this.#replacing = undefined;
    this.#page.line.result(message);
    this.#page.tree.refresh();
  }
}

/** Replaces a thing by another in all nodes of an account that refer to it. */
export class Replacing {
  readonly old: { readonly name: string; readonly keys: readonly string[]; readonly row: string };
  readonly #texts: HomeTexts;
  readonly #isOfHub: boolean;
  /** The text of the last warning: a second press goes ahead. */
  #warned = '';

  /** `uses`: the references to the old thing; `row`: the key of its row, unless it is missing. */
  constructor(name: string, uses: readonly Used[], texts: HomeTexts, row = '') {
    this.old = { name, keys: uses.map(({ key }) => key), row };
    this.#isOfHub = uses.every(isHub);
    this.#texts = texts;
  }

  /** Whether the old thing has these uses. */
  isOf(uses: readonly Used[]): boolean {
    return uses.length === this.old.keys.length && uses.every(({ key }) => this.old.keys.includes(key));
  }

  /** Whether something of this kind can be the replacement: only a hub can replace a hub. */
  takes(kind: string): boolean {
    return this.#isOfHub ? kind === 'hub' : kind !== 'hub';
  }

  /**
   * Replaces the old thing. If there is a warning, the first call returns the warning and the second one replaces.
   * `uses`: the current references, because flows may have changed since the start.
   */
  by(successor: Successor, uses: readonly Used[]): Replaced {
    const { t } = this.#texts;
    const { hub, kind, id, name } = successor;
    const nodes = [...new Set(uses.flatMap((used) => used.nodes))];
    const locked = nodes.filter(({ z }) => isLocked(z));
    const open = nodes.filter((node) => !locked.includes(node));
    const all = open.map((node) => ({ node, names: namesOf(node, uses, { hub, kind, id, name }) }));
    const changes = all.filter(({ node, names }) => isOther(node, names));
    const left = all.filter(({ names }) => Object.keys(names).length === 0).map(({ node }) => node);
    const unable = changes.filter(({ node, names }) => names.targets && !isAbleTo(node, successor));
    const listed = (some: readonly CanvasNode[]): string => some.map((node) => this.#texts.node(node)).join(', ');
    const warnings = [
      ...(unable.length > 0 ? [t('home.replace.unable', { name, nodes: listed(unable.map(({ node }) => node)) })] : []),
      ...(left.length > 0 ? [t('home.replace.roomOnly', { nodes: listed(left) })] : []),
      ...(locked.length > 0 ? [t('home.replace.locked', { nodes: listed(locked) })] : []),
    ];
    if (changes.length === 0 && warnings.length > 0) return { isDone: false, message: warnings.join(' ') };
    const key = `${hub} ${kind} ${id}`;
    if (warnings.length > 0 && this.#warned !== key) {
      this.#warned = key;
      return { isDone: false, message: [t('home.replace.again'), ...warnings].join(' ') };
    }
    if (changes.length > 0) changeNames(changes);
    return { isDone: true, message: t('home.replace.done', { old: this.old.name, name, count: changes.length }) };
  }
}

/** Returns a node's names after the replacement; empty if the node can't refer to the new thing. */
function namesOf(node: CanvasNode, all: readonly Used[], target: SavedTarget): Named {
  const uses = all.filter(({ nodes }) => nodes.includes(node));
  if (target.kind === 'hub') return uses.some(isHub) ? { hub: target.id } : {};
  const rooms = uses.filter(isRoomFilter).map(({ target: old }) => old.name);
  const isTarget = uses.some((used) => !isHub(used) && !isRoomFilter(used));
  return {
    ...(isTarget ? { targets: targetsOf(node, uses, target) } : {}),
    ...(rooms.length > 0 && target.kind === 'room' ? { rooms: roomsOf(node, rooms, target.id) } : {}),
  };
}

/** Whether the names differ from the node's present ones. */
function isOther(node: CanvasNode, names: Named): boolean {
  return Object.entries(names).some(([name, value]) => JSON.stringify(node[name]) !== JSON.stringify(value));
}

function isHub({ target }: Used): boolean {
  return target.kind === 'hub';
}

function isRoomFilter({ nodeHub }: Used): boolean {
  return nodeHub === ROOM_FILTER;
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

/** Whether a thing supports what the node does. */
function isAbleTo(node: CanvasNode, { kind, does, state, abilities = [] }: Successor): boolean {
  const { type, command, field, fields = [], condition, payload } = node;
  const canSet = (name: string): boolean => name === '' || abilities.some((ability) => ability.field === name);
  // The state may lack a settable field, such as the brightness of a group that is off.
  const has = (name: string | undefined): boolean => !name || Object.hasOwn(state, name) || canSet(name);
  // A room means its lamps, and has no state of its own.
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

/** Returns the replacement for a row, with its abilities if they can be loaded. */
async function successorOf(
  { key, target, thing }: Row,
  api: HomeApi,
  rooms: ReadonlyMap<string, Thing>,
  hubs: ReadonlyMap<string, string>,
): Promise<Reply<Successor>> {
  const bare = { ...target, does: [], state: {} };
  if (target.kind === 'hub') return { isOk: true, answer: hubOf(target.id, hubs) };
  if (target.kind === 'room') return { isOk: true, answer: rooms.get(key) ?? bare };
  const reply = await api.list({ ids: [target.id] });
  if (!reply.isOk) return reply;
  return { isOk: true, answer: reply.answer.things.find((one) => thingKey(one) === key) ?? thing ?? bare };
}

/** Returns a hub as a replacement. A single hub has no row of its own. */
function hubOf(id: string, hubs: ReadonlyMap<string, string>): Successor {
  return { hub: id, kind: 'hub', id, name: hubs.get(id) ?? id, does: [], state: {} };
}

// The list below the search field: its rows, the active row, and what a typed name means.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import { KINDS } from '../../../src/devices/things/kinds.js';
import { nameKey } from '../../../src/devices/things/names.js';
import { byName, isAmong, targetKey, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** A row in the list below the search field. */
export interface PickerRow {
  /**
   * The action of a click on the row: "choose" chooses the target, "enter" lists the devices of a room or hub, "filter"
   * adds a whole room or hub to the filter, and "back" goes back to the whole home.
   */
  do: 'choose' | 'enter' | 'filter' | 'back';
  target: SavedTarget;
  icon: string;
  name: string;
  about: string;
  isChosen: boolean;
}

/** A section of the list: rows below a title, such as the name of a room. */
export interface Section {
  title: string;
  rows: PickerRow[];
}

/** The data from which the list below the search field is made. */
export interface ListInputs {
  things: readonly Thing[];
  chosen: readonly SavedTarget[];
  typed: string;
  /** The names of hubs by id, if there are several. */
  hubs: ReadonlyMap<string, string>;
  /** The room or hub that the user has entered, so that only its devices are listed; `undefined` for the whole home. */
  scope: SavedTarget | undefined;
  scopeUse: ScopeUse;
}

/**
 * The possible use of the entered room or hub as a whole: "target" makes a room a target, "filter" adds a room or hub
 * to the filter, and "none" means that it can't be chosen.
 */
export type ScopeUse = 'target' | 'filter' | 'none';

/**
 * Returns the sections of the list below the search field. The first one contains the hubs or, inside a room or hub,
 * the rows to choose all of it and to go back. The things follow in the order of the server. If text was typed, the
 * last row offers it as a name.
 */
export function sectionsOf(listed: ListInputs, texts: PickerTexts): Section[] {
  const { things, typed, scope, hubs } = listed;
  const sections = [scope === undefined ? hubSection(hubs, typed, texts) : scopeSection(scope, listed, texts)];
  for (const thing of things) {
    if (thing.kind === 'room' && scope?.kind === 'room') continue;
    const hub = scope?.kind === 'hub' ? undefined : hubs.get(thing.hub);
    const own = texts.section(thing);
    const title = hub === undefined ? own : `${hub} · ${own}`;
    let section = sections.at(-1);
    if (section?.title !== title) sections.push((section = { title, rows: [] }));
    section.rows.push(thingRow(thing, listed, texts));
  }
  if (typed !== '') {
    const name = texts.t('picker.asTyped', { name: typed });
    sections.push({ title: '', rows: [rowOf('choose', byName(typed), { name, icon: '' })] });
  }
  return sections.filter(({ rows }) => rows.length > 0);
}

/** Returns a row with the name of its target and the icon of the target's kind, unless `more` replaces them. */
function rowOf(what: PickerRow['do'], target: SavedTarget, more: Partial<PickerRow>): PickerRow {
  const icon = OF_KINDS[target.kind] ?? 'cube';
  return { do: what, target, icon, name: target.name, about: '', isChosen: false, ...more };
}

function hubSection(hubs: ReadonlyMap<string, string>, typed: string, texts: PickerTexts): Section {
  const matching = [...hubs].filter(([, name]) => nameKey(name).includes(nameKey(typed)));
  const rows = matching.map(([id, name]) => rowOf('enter', { hub: id, kind: 'hub', id, name }, { about: '›' }));
  return { title: texts.t('label.hubs'), rows };
}

/**
 * Returns the first section inside a room or hub: a row that chooses all of it, if possible, and a row that goes back.
 */
function scopeSection(scope: SavedTarget, { typed, scopeUse, chosen }: ListInputs, texts: PickerTexts): Section {
  const { kind, name } = scope;
  const rows = [rowOf('back', { ...byName(texts.t('picker.back')), kind: 'back' }, { icon: 'angle-left' })];
  if (typed === '' && scopeUse === 'target' && kind === 'room') {
    rows.unshift(rowOf('choose', scope, { about: texts.whatOf(kind), isChosen: isAmong(chosen, scope) }));
  } else if (typed === '' && scopeUse === 'filter' && chosen.length === 0) {
    rows.unshift(rowOf('filter', scope, { name: texts.t('picker.allOf', { name }) }));
  }
  return { title: name, rows };
}

function thingRow(thing: Thing, { chosen }: ListInputs, texts: PickerTexts): PickerRow {
  const target = targetOf(thing);
  if (thing.kind === 'room') {
    return rowOf('enter', target, { about: `${texts.count('device', thing.members?.devices ?? 0)} ›` });
  }
  return rowOf('choose', target, {
    icon: iconOf(thing),
    about: texts.state(thing),
    isChosen: isAmong(chosen, target),
  });
}

/** The meaning of the typed text, given the matches that the server has found. */
export type TypedMeaning =
  | { is: 'one'; thing: Thing }
  /** A room, in a dialog where a room can't be a target. */
  | { is: 'room'; thing: Thing }
  | { is: 'several'; count: number; isOneName: boolean }
  | { is: 'none' };

/**
 * Returns the meaning of a typed text: one thing, if only this thing has exactly that name or it is the only match;
 * otherwise one room, several things, or none.
 */
export function meantBy(typed: string, { things, total, next }: ThingPage, isRoomTarget: boolean): TypedMeaning {
  const rooms = things.filter(({ kind }) => kind === 'room' && !isRoomTarget);
  const fitting = things.filter((thing) => !rooms.includes(thing));
  const named = fitting.filter(({ name }) => nameKey(name) === nameKey(typed));
  const kind = KINDS.find((one) => named.some((thing) => thing.kind === one));
  const exact = named.filter((thing) => thing.kind === kind);
  const [only] = exact.length > 0 ? exact : fitting;
  if (exact.length > 1) return { is: 'several', count: exact.length, isOneName: true };
  if (only !== undefined && (exact.length === 1 || (fitting.length === 1 && next === null))) {
    return { is: 'one', thing: only };
  }
  const [room] = rooms;
  if (fitting.length === 0 && room !== undefined && rooms.length === 1) return { is: 'room', thing: room };
  return total === 0 ? { is: 'none' } : { is: 'several', count: total, isOneName: false };
}

/** Keeps track of the active row of the list: the row that the arrow keys highlight and Enter chooses. */
export class Cursor {
  #rows: readonly PickerRow[] = [];
  /** Key of the active row's target. */
  #at: string | undefined;

  /** Index of the active row; -1 if none is active. */
  get index(): number {
    return this.#rows.findIndex(({ target }) => targetKey(target) === this.#at);
  }

  get row(): PickerRow | undefined {
    return this.#rows[this.index];
  }

  /** Returns the row at an index; `undefined` if there is none. */
  at(index: number): PickerRow | undefined {
    return this.#rows[index];
  }

  /** Replaces the rows. The active row stays active if it still exists. */
  take(rows: readonly PickerRow[]): void {
    this.#rows = rows;
    if (this.index < 0) this.leave();
  }

  go(target: SavedTarget): void {
    this.#at = targetKey(target);
  }

  /**
   * Makes the next or previous row active. If no row is active, starts at the first or last row. Returns false if there
   * is no such row.
   */
  move(step: 1 | -1): boolean {
    const from = this.index;
    const next = from < 0 && step < 0 ? this.#rows.at(-1) : this.#rows[from + step];
    if (next !== undefined) this.go(next.target);
    return next !== undefined;
  }

  leave(): void {
    this.#at = undefined;
  }
}

const OF_KINDS: Readonly<Record<string, string>> = {
  group: 'object-group',
  scene: 'picture-o',
  rule: 'cogs',
  alarm: 'bell',
  room: 'map-marker',
  hub: 'server',
};

/**
 * Icons by capability, the most specific capability first. The first capability that a device has determines its icon.
 */
const OF_CAPABILITIES: readonly (readonly [capability: string, icon: string])[] = [
  ['REMOTE_CONTROL', 'toggle-on'],
  ['USER_PRESENCE', 'mobile'],
  ['CONTROL_LIGHT', 'lightbulb-o'],
  ['CONTROL_POWER', 'plug'],
  ['SMOKE', 'fire-extinguisher'],
  ['MOISTURE', 'tint'],
  ['CONTACT', 'columns'],
  ['MOTION', 'eye'],
  ['BLINDS', 'bars'],
  ['LIFT', 'bars'],
  ['AIRCON', 'thermometer-half'],
  ['HVAC', 'thermometer-half'],
  ['CONTROL_TEMPERATURE', 'fire'],
  ['TEMPERATURE', 'thermometer-half'],
  ['ON_OFF', 'plug'],
];

/** Returns the name of a thing's icon in Font Awesome. */
export function iconOf({ kind, type, capabilities }: Pick<Thing, 'kind' | 'type' | 'capabilities'>): string {
  if (kind !== 'device') return OF_KINDS[kind] ?? 'cube';
  if (type === 'POWER_SOCKET') return 'plug';
  return OF_CAPABILITIES.find(([capability]) => capabilities.includes(capability))?.[1] ?? 'cube';
}

// The rows of a search, the active row, and the meaning of a typed name.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import { KINDS } from '../../../src/devices/things/kinds.js';
import { nameKey } from '../../../src/devices/things/names.js';
import { byName, isSameTarget, type SavedTarget, targetOf } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** A room or hub whose devices are listed. */
export interface Place {
  kind: 'room' | 'hub';
  id: string;
  name: string;
  hub: string;
}

/** The action of a row in the list. */
type RowAction =
  | { do: 'choose'; target: SavedTarget }
  | { do: 'enter'; place: Place }
  /** Chooses the whole room or hub. */
  | { do: 'whole'; place: Place }
  | { do: 'back' };

export interface Row {
  /** Unique among the rows. */
  key: string;
  kind: string;
  id: string;
  icon: string;
  name: string;
  about: string;
  isChosen: boolean;
  action: RowAction;
}

/** Rows below a title, such as a room. */
export interface Section {
  title: string;
  rows: Row[];
}

/** Inputs of a list. */
export interface Listed {
  things: readonly Thing[];
  chosen: readonly SavedTarget[];
  typed: string;
  /** The names of hubs by id, if there are several. */
  hubs: ReadonlyMap<string, string>;
  /** The room or hub whose devices are listed; `undefined` for the whole home. */
  place: Place | undefined;
  /** How a whole room or hub can be chosen. */
  whole: Whole;
}

/** How a whole room or hub can be chosen: as a target of its own, or through the filter. */
export type Whole = 'target' | 'filter' | 'none';

/**
 * Returns the rows of a list: rooms and hubs that can be entered, then things by room or kind, in the order of the
 * server.
 */
export function sectionsOf(listed: Listed, texts: PickerTexts): Section[] {
  const { things, typed, place, hubs } = listed;
  const sections = place === undefined ? hubSections(hubs, typed, texts) : [placeSection(place, listed, texts)];
  for (const thing of things) {
    if (thing.kind === 'room' && place?.kind === 'room') continue;
    const hub = place?.kind === 'hub' ? undefined : hubs.get(thing.hub);
    const own = texts.section(thing);
    const title = hub === undefined ? own : `${hub} · ${own}`;
    let section = sections.at(-1);
    if (section?.title !== title) sections.push((section = { title, rows: [] }));
    section.rows.push(thing.kind === 'room' ? roomRow(thing, texts) : thingRow(thing, listed, texts));
  }
  if (typed !== '') {
    const name = texts.t('picker.asTyped', { name: typed });
    const row = { key: 'typed', kind: '', id: '', icon: '', name, about: '', isChosen: false };
    sections.push({ title: '', rows: [{ ...row, action: { do: 'choose', target: byName(typed) } }] });
  }
  return sections.filter(({ rows }) => rows.length > 0);
}

function hubSections(hubs: ReadonlyMap<string, string>, typed: string, texts: PickerTexts): Section[] {
  const matching = [...hubs].filter(([, name]) => nameKey(name).includes(nameKey(typed)));
  const rows = matching.map(([id, name]): Row => {
    const place: Place = { kind: 'hub', id, name, hub: id };
    const row = { key: `hub ${id}`, kind: 'hub', id, icon: 'server', name, about: '›', isChosen: false };
    return { ...row, action: { do: 'enter', place } };
  });
  return [{ title: texts.t('label.hubs'), rows }];
}

/** Rows for the room or hub itself, if it can be chosen as a whole, and for the way back. */
function placeSection(place: Place, { typed, whole, chosen }: Listed, texts: PickerTexts): Section {
  const { kind, id, name } = place;
  const icon = kind === 'hub' ? 'server' : 'map-marker';
  const back = { key: 'back', kind: 'back', id: '', icon: 'angle-left', name: texts.t('picker.back'), about: '' };
  const rows: Row[] = [];
  const isTarget = whole === 'target' && kind === 'room';
  if (typed === '' && (isTarget || (whole === 'filter' && chosen.length === 0))) {
    const target = { hub: place.hub, kind, id, name };
    rows.push({
      key: `whole ${id}`,
      kind,
      id,
      icon,
      name: isTarget ? name : texts.t('picker.allOf', { name }),
      about: isTarget ? texts.whatOf('room') : '',
      isChosen: isTarget && chosen.some((one) => isSameTarget(one, target)),
      action: isTarget ? { do: 'choose', target } : { do: 'whole', place },
    });
  }
  rows.push({ ...back, isChosen: false, action: { do: 'back' } });
  return { title: name, rows };
}

function roomRow(room: Thing, texts: PickerTexts): Row {
  const { id, name, hub } = room;
  const about = `${texts.count('device', room.members?.devices ?? 0)} ›`;
  const row = { key: `room ${hub} ${id}`, kind: 'room', id, icon: iconOf(room), name, about, isChosen: false };
  return { ...row, action: { do: 'enter', place: { kind: 'room', id, name, hub } } };
}

function thingRow(thing: Thing, { chosen }: Listed, texts: PickerTexts): Row {
  const target = targetOf(thing);
  return {
    key: `${thing.kind} ${thing.hub} ${thing.id}`,
    kind: thing.kind,
    id: thing.id,
    icon: iconOf(thing),
    name: thing.name,
    about: texts.state(thing),
    isChosen: chosen.some((one) => isSameTarget(one, target)),
    action: { do: 'choose', target },
  };
}

/** The meaning of the typed text, judged by a list. */
export type Meant =
  | { is: 'one'; thing: Thing }
  /** A room that can't be a target itself. */
  | { is: 'room'; thing: Thing }
  | { is: 'several'; count: number; isOneName: boolean }
  | { is: 'none' };

/** Returns the meaning of a text: the thing with that name, the only match, one of several matches, or none. */
export function meantBy(typed: string, { things, total, next }: ThingPage, isRoomTarget: boolean): Meant {
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

/** The active row of a list. */
export class Cursor {
  #rows: readonly Row[] = [];
  #at: string | undefined;

  /** Index of the active row; -1 if none is active. */
  get index(): number {
    return this.#rows.findIndex(({ key }) => key === this.#at);
  }

  get row(): Row | undefined {
    return this.#rows[this.index];
  }

  /** Returns the row at an index. */
  at(index: number): Row | undefined {
    return this.#rows[index];
  }

  /** Takes the new rows. The active row stays active if it still exists. */
  take(rows: readonly Row[]): void {
    this.#rows = rows;
    if (this.index < 0) this.#at = undefined;
  }

  go(key: string | undefined): void {
    this.#at = key;
  }

  end(which: 'first' | 'last'): void {
    this.#at = this.#rows.at(which === 'first' ? 0 : -1)?.key;
  }

  /** Moves by one row. Returns whether there was a row. */
  move(step: 1 | -1): boolean {
    const from = this.index;
    const next = this.#rows[from < 0 && step < 0 ? this.#rows.length - 1 : from + step];
    if (next === undefined) return false;
    this.#at = next.key;
    return true;
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

/** Icons by capability; the most specific capability comes first. */
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

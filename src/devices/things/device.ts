import { readAlarmText } from './alarm-text.js';
import { toIsoMoment } from './codecs.js';
import type { About } from './fields.js';
import type { Kind } from './kinds.js';
import { cleanFactoryName, cleanName, type Language } from './names.js';
import { asNumber, asRecord, asText, asTexts, cleanJson, isThing, NOTHING, type RawRecord } from './raw.js';
import { readState, type State } from './units.js';

/** A thing as messages and the picker show it. */
export interface Thing {
  id: string;
  name: string;
  kind: Kind;
  /** Cozify's word for what it is, such as `LIGHT`; `null` for what is no device. */
  type: string | null;
  /** The room's name. */
  room: string | null;
  /** The id of its hub. */
  hub: string;
  capabilities: string[];
  /** Names. */
  groups: string[];
  /** Who made a device, and what they call it; `null` where the hub does not say. */
  manufacturer: string | null;
  model: string | null;
}

/** A button of a remote control. */
export interface Button {
  readonly id: string;
  readonly label: string;
}

type ShareList = (list: readonly string[]) => readonly string[];

/** A thing as memory keeps it. Never changed: a newer entry takes its place. */
export interface Entry {
  readonly kind: Kind;
  readonly id: string;
  /** Without control characters; the id where the hub gives no name. */
  readonly name: string;
  readonly type: string | null;
  readonly roomId: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly capabilities: readonly string[];
  readonly state: State;
  /**
   * The state as the hub gave it, in its own words and units; of rooms and scenes what the hub calls them. Empty for all
   * else but groups.
   */
  readonly raw: RawRecord;
  /** When the hub last changed it, by the hub's clock in milliseconds. */
  readonly timestamp: number | null;
  /** Ids of the devices of a group. */
  readonly members: readonly string[];
  readonly buttons: readonly Button[];
  /** Of a device with buttons: all that it says but when, to tell a press from any other news. */
  readonly print: string | null;
}

const NONE: readonly never[] = Object.freeze([]);

const BARE = {
  type: null,
  roomId: null,
  manufacturer: null,
  model: null,
  capabilities: NONE,
  state: NOTHING,
  raw: NOTHING,
  timestamp: null,
  members: NONE,
  buttons: NONE,
  print: null,
};

/**
 * A thing from what a hub lists, or `undefined` for a shape that is none. `share` gives one list for all that are equal:
 * thousands of devices have a handful of sets of capabilities. A group's state is left to its members.
 */
export function readEntry(
  kind: Kind,
  id: string,
  record: unknown,
  language: Language,
  share: ShareList = (list) => list,
): Entry | undefined {
  if (!isThing(record)) return undefined;
  const name = nameOf(kind, record, language) ?? id;
  switch (kind) {
    case 'device':
      return readDevice(id, name, record, share);
    case 'group': {
      const members = [...new Set(asTexts(record['members']))];
      return { ...BARE, kind, id, name, raw: asRecord(record['state']) ?? NOTHING, members };
    }
    case 'scene':
      return { ...BARE, kind, id, name, raw: { name: record['name'] }, state: readSwitch(record) };
    case 'rule':
      return { ...BARE, kind, id, name, state: readSwitch(record) };
    case 'room':
      return {
        ...BARE,
        kind,
        id,
        name,
        raw: { name: record['name'] },
        state: present({ order: asNumber(record['order']) }),
      };
    case 'alarm':
      return { ...BARE, kind, id, name, state: readAlarm(record) };
  }
}

/** What a thing is called in a language: rooms and scenes may have a name of the factory's. */
export function nameIn({ kind, raw, name }: Entry, language: Language): string {
  return (isFactoryNamed(kind) ? cleanFactoryName(raw['name'], language) : undefined) ?? name;
}

/** All that a thing is called: in each language and by the key where its name is the factory's. */
export function namesOf(entry: Entry): string[] {
  const key = cleanName(isFactoryNamed(entry.kind) ? entry.raw['name'] : undefined);
  if (key?.startsWith('$') !== true) return [entry.name];
  return [entry.name, nameIn(entry, 'fi'), nameIn(entry, 'en'), key, key.slice(1)];
}

/** Whether things of a kind may have a name that the hub came with. */
export function isFactoryNamed(kind: Kind): boolean {
  return kind === 'room' || kind === 'scene';
}

/** What decides how an entry's values are read and written. */
export function aboutOf({ type, raw, capabilities }: Entry): About {
  return { type, stateType: asText(raw['type']) ?? null, capabilities };
}

/** A group's state, worked out from its members: `on` where any is, `brightness` the mean of those that are on. */
export function groupState(members: Iterable<State>): State {
  const switched: boolean[] = [];
  const lit: number[] = [];
  for (const { on, brightness } of members) {
    if (typeof on !== 'boolean') continue;
    switched.push(on);
    if (on && typeof brightness === 'number') lit.push(brightness);
  }
  if (switched.length === 0) return NOTHING;
  const mean = lit.reduce((sum, brightness) => sum + brightness, 0) / lit.length;
  const brightness = lit.length === 0 ? undefined : Math.round(mean);
  return present({ on: switched.includes(true), allOn: !switched.includes(false), brightness });
}

/** Whether a device can be reached as far as anybody knows. A phone that is not at home is no trouble. */
export function isReachable({ state }: { readonly state: State }): boolean {
  return state['reachable'] !== false;
}

function readDevice(id: string, name: string, record: RawRecord, share: ShareList): Entry {
  const type = asText(record['type']) ?? null;
  const capabilities = share(asTexts(record['capabilities']));
  const raw = asRecord(record['state']) ?? NOTHING;
  return {
    kind: 'device',
    id,
    name,
    type,
    roomId: asTexts(record['room'])[0] ?? null,
    manufacturer: cleanName(record['manufacturer']) ?? null,
    model: cleanName(record['model']) ?? null,
    capabilities,
    state: readState(raw, { type, stateType: asText(raw['type']) ?? null, capabilities }),
    raw,
    timestamp: asNumber(record['timestamp']) ?? null,
    members: NONE,
    buttons: readButtons(record['buttons']),
    print: raw['button'] === undefined ? null : printOf(record, raw),
  };
}

function printOf(record: RawRecord, raw: RawRecord): string {
  return JSON.stringify(cleanJson({ ...record, timestamp: null, state: { ...raw, lastSeen: null } }));
}

function readButtons(value: unknown): readonly Button[] {
  if (!Array.isArray(value)) return NONE;
  const buttons = value.map((item) => {
    const button = asRecord(item);
    const id: unknown = button?.['id'];
    const label = cleanName(button?.['label']);
    const isId = typeof id === 'number' || typeof id === 'string';
    return isId && label !== undefined ? { id: String(id), label } : undefined;
  });
  return buttons.filter((button) => button !== undefined);
}

function readSwitch(record: RawRecord): State {
  return present({ on: asFlag(record['isOn']) ?? asFlag(record['is_on']) });
}

function readAlarm(record: RawRecord): State {
  const { closed, level, createdAtMs, title, message } = record;
  return present({
    closed: asFlag(closed),
    title: cleanName(title),
    level: typeof level === 'string' ? cleanName(level) : (cleanJson(level) ?? undefined),
    createdAt: toIsoMoment(createdAtMs),
    text: readAlarmText(message),
  });
}

function nameOf(kind: Kind, record: RawRecord, language: Language): string | undefined {
  switch (kind) {
    case 'room':
    case 'scene':
      return cleanFactoryName(record['name'], language);
    case 'rule':
      return cleanName(asRecord(record['config'])?.['name']) ?? cleanName(record['name']);
    case 'alarm':
      return cleanName(record['name']) ?? cleanName(record['title']);
    case 'device':
    case 'group':
      return cleanName(record['name']);
  }
}

function asFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function present(fields: Record<string, unknown>): State {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

import { readAlarmText } from './alarm-text.js';
import { toIsoMoment } from './codecs.js';
import type { About } from './fields.js';
import type { Kind } from './kinds.js';
import { translateName, cleanName, type Language } from './names.js';
import { asNumber, asRecord, asText, asTexts, cleanJson, isThing, EMPTY, type RawRecord } from './raw.js';
import { readState, type State } from './state.js';

/** A thing as messages and the picker show it. */
export interface Thing {
  id: string;
  name: string;
  kind: Kind;
  /** Cozify's type of the device, such as `LIGHT`; `null` for other kinds of things. */
  type: string | null;
  /** The name of the room. */
  room: string | null;
  /** The id of the hub. */
  hub: string;
  capabilities: string[];
  /** Names of the groups that contain the device. */
  groups: string[];
  /** The manufacturer of a device; `null` if the hub does not report one. */
  manufacturer: string | null;
  /** The model of a device; `null` if the hub does not report one. */
  model: string | null;
}

/** A button of a remote control. */
export interface Button {
  readonly id: string;
  readonly label: string;
}

/** A thing in the cache. Immutable: a newer entry replaces it. */
export interface Entry {
  readonly kind: Kind;
  readonly id: string;
  /** The name without control characters; the id if the hub reports no name. */
  readonly name: string;
  readonly type: string | null;
  readonly roomId: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly capabilities: readonly string[];
  readonly state: State;
  /**
   * The state in Cozify's names and units, for devices and groups. For rooms and scenes only `name`, as the hub sent
   * it. Empty for other kinds.
   */
  readonly raw: RawRecord;
  /** Time of the last change, by the hub's clock, in milliseconds since 1970. */
  readonly timestamp: number | null;
  /** Ids of the devices in a group. */
  readonly members: readonly string[];
  readonly buttons: readonly Button[];
  /**
   * The record of a device with buttons as JSON text, without times; `null` for other devices. If the timestamp is
   * newer but this text is unchanged, the same button was pressed again.
   */
  readonly fingerprint: string | null;
}

const NONE: readonly never[] = Object.freeze([]);

const BARE = {
  type: null,
  roomId: null,
  manufacturer: null,
  model: null,
  capabilities: NONE,
  state: EMPTY,
  raw: EMPTY,
  timestamp: null,
  members: NONE,
  buttons: NONE,
  fingerprint: null,
};

/**
 * Reads a thing from a hub's list. Returns `undefined` for a record that is not a thing. The state of a group stays
 * empty here: see {@link groupState}.
 */
export function readEntry(kind: Kind, id: string, record: unknown, language: Language): Entry | undefined {
  if (!isThing(record)) return undefined;
  const name = readName(kind, record, language) ?? id;
  if (kind === 'device') return readDevice(id, name, record);
  const base = { ...BARE, kind, id, name };
  switch (kind) {
    case 'group': {
      const members = [...new Set(asTexts(record['members']))];
      return { ...base, raw: asRecord(record['state']) ?? EMPTY, members };
    }
    case 'scene':
      return { ...base, raw: { name: record['name'] }, state: readSwitch(record) };
    case 'rule':
      return { ...base, state: readSwitch(record) };
    case 'room':
      return { ...base, raw: { name: record['name'] }, state: present({ order: asNumber(record['order']) }) };
    case 'alarm':
      return { ...base, state: readAlarm(record) };
  }
}

/** Returns the name of a thing in a language. Only a default name, such as "Living room", is translated. */
export function nameIn({ kind, raw, name }: Entry, language: Language): string {
  return (mayHaveDefaultName(kind) ? translateName(raw['name'], language) : undefined) ?? name;
}

/**
 * Returns every name that finds a thing. For a default name: the name in each language, and the key with and
 * without the `$`, for example "Living room", "Olohuone", `$LIVINGROOM` and `LIVINGROOM`.
 */
export function namesOf(entry: Entry): string[] {
  const key = cleanName(mayHaveDefaultName(entry.kind) ? entry.raw['name'] : undefined);
  if (key?.startsWith('$') !== true) return [entry.name];
  return [entry.name, nameIn(entry, 'fi'), nameIn(entry, 'en'), key, key.slice(1)];
}

/** Whether things of a kind may have a default name, such as "Living room", which is translated. */
export function mayHaveDefaultName(kind: Kind): boolean {
  return kind === 'room' || kind === 'scene';
}

/** Returns the types and capabilities of an entry, for reading and writing its values. */
export function aboutOf({ type, raw, capabilities }: Entry): About {
  return { type, stateType: asText(raw['type']) ?? null, capabilities };
}

/**
 * Computes the state of a group: `on` if any member is on, `allOn` if all are, and `brightness` as the mean of the
 * members that are on.
 */
export function groupState(members: Iterable<State>): State {
  const switched: boolean[] = [];
  const lit: number[] = [];
  for (const { on, brightness } of members) {
    if (typeof on !== 'boolean') continue;
    switched.push(on);
    if (on && typeof brightness === 'number') lit.push(brightness);
  }
  if (switched.length === 0) return EMPTY;
  const mean = lit.reduce((sum, brightness) => sum + brightness, 0) / lit.length;
  const brightness = lit.length === 0 ? undefined : Math.round(mean);
  return present({ on: switched.includes(true), allOn: !switched.includes(false), brightness });
}

/** Whether a device is reachable, as far as known. A phone away from home counts as reachable. */
export function isReachable({ state }: { readonly state: State }): boolean {
  return state['reachable'] !== false;
}

/**
 * Reads a device. Builds the entry as one object literal: with thousands of devices, spreading a base object would take
 * longer than everything else.
 */
function readDevice(id: string, name: string, record: RawRecord): Entry {
  const type = asText(record['type']) ?? null;
  const capabilities = asTexts(record['capabilities']);
  const raw = asRecord(record['state']) ?? EMPTY;
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
    fingerprint: raw['button'] === undefined ? null : fingerprintOf(record, raw),
  };
}

function fingerprintOf(record: RawRecord, raw: RawRecord): string {
  return JSON.stringify(cleanJson({ ...record, timestamp: null, state: { ...raw, lastSeen: null } }));
}

function readButtons(value: unknown): readonly Button[] {
  if (!Array.isArray(value)) return NONE;
  return value.flatMap((item) => {
    const button = asRecord(item);
    const id = button?.['id'];
    const label = cleanName(button?.['label']);
    const isId = typeof id === 'number' || typeof id === 'string';
    return isId && label !== undefined ? [{ id: String(id), label }] : [];
  });
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

function readName(kind: Kind, record: RawRecord, language: Language): string | undefined {
  switch (kind) {
    case 'room':
    case 'scene':
      return translateName(record['name'], language);
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

import { round, toIsoMoment } from './codecs.js';
import { type About, type Field, FIELDS, fieldOf, isLight, type Source } from './fields.js';
import { asNumber, asRecord, cleanJson, type RawRecord, TIME_RANGE } from './raw.js';

/**
 * The state of a thing in the units of messages: `on`, `brightness` in percent, `temperature` in °C. A field without a
 * value is absent, never null. Contains only JSON. Immutable: a newer state replaces it.
 */
export type State = Readonly<Record<string, unknown>>;

/** Keys that messages omit: internal data of the hub, user and session of a phone, addresses of camera images. */
const LEFT_OUT: ReadonlySet<string> = new Set(['type', 'session', 'user', 'media', 'transitionMsec', '__proto__']);

/** Names of fields that hold a time, in which 0 and -1 mean "never". */
const TIME_NAME = /(?:At|AtMs|[tT]imestamp)$|^(?:lastChange|lastMotion|lastSeen|twilightStart|twilightStop)$/;

/**
 * The fields that a key of Cozify's state may hold, and the sources with that key. There may be several, because the
 * key can mean different fields on different devices.
 */
interface Meaning {
  readonly fields: Field[];
  /**
   * The sources with this key. Empty for a key such as `avtData`, which holds an object whose inner keys are the
   * sources.
   */
  readonly sources: Source[];
}

/** The {@link Meaning} of each key of a state (`outer`), and of each key of an object within a state (`inner`). */
const { outer: MEANINGS, inner: INNER_MEANINGS } = collectMeanings();

/**
 * Converts the state of a device from Cozify's names and units to those of messages. Accepts any JSON and never throws.
 * Values that mean "no value" are omitted. A value that no field of this package holds, or that has an unexpected type,
 * keeps Cozify's name.
 */
export function readState(raw: RawRecord, about: About): State {
  const state: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) {
    const value = raw[key];
    if (value === null || value === undefined) continue;
    for (const field of MEANINGS.get(key)?.fields ?? []) {
      const read = Object.hasOwn(state, field.name) ? undefined : readField(field.sources, raw, about);
      if (read !== undefined) state[field.name] = read;
    }
  }
  // A lamp that is on with brightness 0 still gives some light, so it is shown with 1 %.
  if (state['on'] === true && state['brightness'] === 0) state['brightness'] = 1;
  const range = isLight(about) ? readRange(raw) : undefined;
  if (range !== undefined) state['colorTemperatureRange'] = range;
  readRest(state, raw, about);
  return state;
}

/** Whether a field holds a time, by its name or its value. */
export function isTimeField(name: string, value: unknown): boolean {
  if (TIME_NAME.test(name)) return true;
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}

/**
 * Returns the sources (keys of Cozify's state) that mean the field on the given device. On other devices, a key may
 * mean another field.
 */
export function usableSources(sources: readonly Source[], about: About): Source[] {
  return sources.filter(({ when }) => when?.(about) ?? true);
}

/**
 * Returns the source (a key of Cozify's state) that a command has to set for a field. Prefers a source that the device
 * reports with a value of the right type, then any source that the device reports. Among several, prefers the source
 * marked `isWritten`.
 */
export function writtenSource({ sources }: Field, raw: RawRecord, about: About): Source | undefined {
  const rank = ({ isWritten }: Source): number => (isWritten === true ? 0 : 1);
  const usable = usableSources(sources, about).sort((one, other) => rank(one) - rank(other));
  const holds = (source: Source): unknown => holderOf(source, raw)?.[source.key];
  return (
    usable.find((source) => source.codec.accepts(holds(source))) ??
    usable.find((source) => holds(source) !== undefined) ??
    usable[0]
  );
}

function collectMeanings(): Record<'outer' | 'inner', ReadonlyMap<string, Meaning>> {
  const outer = new Map<string, Meaning>();
  const inner = new Map<string, Meaning>();
  for (const field of FIELDS) {
    for (const source of field.sources) {
      const { key, within } = source;
      if (within === undefined) addMeaning(outer, key, field, source);
      else {
        addMeaning(outer, within, field);
        addMeaning(inner, key, field, source);
      }
    }
  }
  return { outer, inner };
}

function addMeaning(meanings: Map<string, Meaning>, key: string, field: Field, source?: Source): void {
  const { fields, sources } = meanings.get(key) ?? { fields: [], sources: [] };
  if (!fields.includes(field)) fields.push(field);
  if (source !== undefined) sources.push(source);
  meanings.set(key, { fields, sources });
}

/** Returns the value of a field from a raw state, if any. */
export function readField(sources: readonly Source[], raw: RawRecord, about: About): unknown {
  for (const source of sources) {
    const value = holderOf(source, raw)?.[source.key];
    if (value === undefined || value === null || source.when?.(about) === false) continue;
    const read = source.codec.accepts(value) ? source.codec.read(value) : undefined;
    if (read !== undefined) return read;
  }
  return undefined;
}

/** Returns the object of a state that holds the key of a source. */
export function holderOf({ within }: Source, raw: RawRecord): RawRecord | undefined {
  return within === undefined ? raw : asRecord(raw[within]);
}

/**
 * Returns the range of colour temperatures of a lamp, rounded, because hubs convert from mireds to values such as
 * 2202.64.
 */
function readRange(raw: RawRecord): [number, number] | undefined {
  const min = round(asNumber(raw['minTemperature']) ?? 0);
  const max = round(asNumber(raw['maxTemperature']) ?? 0);
  return min !== undefined && max !== undefined && min > 0 && min <= max ? [min, max] : undefined;
}

function readRest(state: Record<string, unknown>, raw: RawRecord, about: About): void {
  const isLamp = isLight(about);
  for (const key of Object.keys(raw)) {
    const value = raw[key];
    if (value === null || value === undefined || Object.hasOwn(state, key)) continue;
    if (isLamp && (key === 'minTemperature' || key === 'maxTemperature')) continue;
    const isHolder = MEANINGS.get(key)?.sources.length === 0;
    if (!isHolder && !keepsName(key, value, about, MEANINGS)) continue;
    const rest = isHolder ? restWithin(value, about) : readUnknown(key, value);
    if (rest !== undefined) state[key] = rest;
  }
}

/** Whether a value keeps its name from Cozify in messages, because no field of this package holds it. */
function keepsName(key: string, value: unknown, about: About, meanings: ReadonlyMap<string, Meaning>): boolean {
  if (LEFT_OUT.has(key)) return false;
  const sources = usableSources(meanings.get(key)?.sources ?? [], about);
  return sources.length === 0 || (fieldOf(key) === undefined && !sources.some(({ codec }) => codec.accepts(value)));
}

/** Returns the properties of an object that no field of this package holds, such as bass and treble of `rcData`. */
function restWithin(value: unknown, about: About): unknown {
  const record = asRecord(value);
  if (record === undefined) return cleanJson(value);
  const left = Object.entries(record).filter(
    ([key, item]) => item !== null && keepsName(key, item, about, INNER_MEANINGS),
  );
  return left.length === 0 ? undefined : cleanJson(Object.fromEntries(left));
}

function readUnknown(key: string, value: unknown): unknown {
  if (typeof value !== 'number') return cleanJson(value);
  const isTime = TIME_NAME.test(key);
  if (isTime && (value === 0 || value === -1)) return undefined;
  const isMoment = isTime || (Number.isInteger(value) && value >= TIME_RANGE.min && value < TIME_RANGE.max);
  return (isMoment ? toIsoMoment(value) : undefined) ?? asNumber(value);
}

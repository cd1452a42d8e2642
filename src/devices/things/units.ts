import { round, toIsoMoment } from './codecs.js';
import { type About, type Field, FIELDS, fieldOf, isLight, type Source } from './fields.js';
import { asNumber, asRecord, cleanJson, type RawRecord } from './raw.js';

/**
 * What a thing is like, in a person's units: `on`, `brightness` in percent, `temperature` in °C. A field without a
 * value is absent, never null. JSON all through, and never changed: a newer state takes its place.
 */
export type State = Readonly<Record<string, unknown>>;

/** What flows don't get to see: the hub's bookkeeping, a phone's user and session, where a camera's pictures are. */
const LEFT_OUT: ReadonlySet<string> = new Set(['type', 'session', 'user', 'media', 'transitionMsec', '__proto__']);

/** Names that say that they hold a time, where 0 and -1 mean never. */
const TIME_NAME = /(?:At|AtMs|[tT]imestamp)$|^(?:lastChange|lastMotion|lastSeen|twilightStart|twilightStop)$/;

/** No quantity of a home is a whole number of this size: it is a moment between 2001 and 2286, whatever its name. */
const MOMENTS = { min: 1e12, max: 1e13 };

/** What a name of Cozify's may mean. */
interface Meaning {
  readonly fields: Field[];
  /** Empty for an object that only holds what has a meaning. */
  readonly sources: Source[];
}

/** The meanings of what stands in a state, and in the objects of a state, by Cozify's name. */
const { outer: MEANINGS, inner: INNER_MEANINGS } = collectMeanings();

/**
 * A device's state as flows see it. Takes any JSON and never throws: null and -1 outside its mode are absent, and what
 * has no name of ours, or not the type that goes with it, keeps Cozify's name.
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
  // A lamp's 0 is the least light it gives, for as long as it is on.
  if (state['on'] === true && state['brightness'] === 0) state['brightness'] = 1;
  const range = isLight(about) ? readRange(raw) : undefined;
  if (range !== undefined) state['colorTemperatureRange'] = range;
  readRest(state, raw, about);
  return state;
}

/** Whether a value's field holds a time, which tells of itself only that something else happened. */
export function isTimeField(name: string, value: unknown): boolean {
  if (TIME_NAME.test(name)) return true;
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}

/** The sources of a field that mean it on such a device. */
export function usableSources(sources: readonly Source[], about: About): Source[] {
  return sources.filter(({ when }) => when?.(about) ?? true);
}

/**
 * The source of a field that a command has to name: of those that a device shows the one to be written by, else the
 * first; of all, if it shows none.
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

/** The value of a field of ours in a raw state, if it has one now. */
export function readField(sources: readonly Source[], raw: RawRecord, about: About): unknown {
  for (const source of sources) {
    const value = holderOf(source, raw)?.[source.key];
    if (value === undefined || value === null || source.when?.(about) === false) continue;
    const read = source.codec.accepts(value) ? source.codec.read(value) : undefined;
    if (read !== undefined) return read;
  }
  return undefined;
}

/** The object of a state that holds what a source names. */
export function holderOf({ within }: Source, raw: RawRecord): RawRecord | undefined {
  return within === undefined ? raw : asRecord(raw[within]);
}

/** The colour temperatures a lamp can give. They come as inverted mireds, such as 2202.64. */
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
    if (!isHolder && !isLeft(key, value, about, MEANINGS)) continue;
    const rest = isHolder ? restWithin(value, about) : readUnknown(key, value);
    if (rest !== undefined) state[key] = rest;
  }
}

/** Whether a name of Cozify's is left for itself: no field of ours speaks for it. */
function isLeft(key: string, value: unknown, about: About, meanings: ReadonlyMap<string, Meaning>): boolean {
  if (LEFT_OUT.has(key)) return false;
  const sources = usableSources(meanings.get(key)?.sources ?? [], about);
  return sources.length === 0 || (fieldOf(key) === undefined && !sources.some(({ codec }) => codec.accepts(value)));
}

/** What is left of an object whose parts have names of ours, such as bass and treble of `rcData`. */
function restWithin(value: unknown, about: About): unknown {
  const record = asRecord(value);
  if (record === undefined) return cleanJson(value);
  const left = Object.entries(record).filter(
    ([key, item]) => item !== null && isLeft(key, item, about, INNER_MEANINGS),
  );
  return left.length === 0 ? undefined : cleanJson(Object.fromEntries(left));
}

function readUnknown(key: string, value: unknown): unknown {
  if (typeof value !== 'number') return cleanJson(value);
  const isTime = TIME_NAME.test(key);
  if (isTime && (value === 0 || value === -1)) return undefined;
  const isMoment = isTime || (Number.isInteger(value) && value >= MOMENTS.min && value < MOMENTS.max);
  return (isMoment ? toIsoMoment(value) : undefined) ?? asNumber(value);
}

import { badInput, type CozifyError } from '../../errors.js';
import { kindOf } from '../../input.js';
import { isAble, isAbleOther, isKnown, isLamp } from '../things/abilities.js';
import type { Scalar } from '../things/codecs.js';
import { aboutOf, type Entry } from '../things/device.js';
import { type Field, fieldOf, type Source } from '../things/fields.js';
import { SEND_TRUE, sendWithin } from './briefs.js';
import { type Fields, isLighting, type Wish } from './orders.js';
import { asRecord, cleanJson, copyJson, isSameJson, isWithinSize, type RawRecord } from '../things/raw.js';
import { writtenSource } from '../things/units.js';

/** What a wish comes to on one device. */
export interface Setting {
  /** What the device's state should be afterwards, in a person's units; empty where it can do nothing of it. */
  readonly asked: Fields;
  /** The same for a CMD_DEVICE, without `on` where that has a command of its own. */
  readonly raw: RawRecord;
  /** Shown by the device, but not to be set; or of no sense beside the rest. */
  readonly ignored: readonly string[];
  /** Outside the lamp's own range, and set to its end. */
  readonly clamped: readonly string[];
  /** What the device does not have. */
  readonly missing: readonly string[];
}

/** A Setting in the making. */
interface Draft {
  asked: Record<string, unknown>;
  raw: Record<string, unknown>;
  ignored: string[];
  clamped: string[];
  missing: string[];
}

const MAX_TEXT = 1_000;

/** No device shows an object that holds more. */
const MAX_VALUES = 1_000;

/** What objects within a state are, as commands have to say it, where the device does not. */
const INNER_TYPES: Readonly<Record<string, string>> = { rcData: 'MR_RC_DATA' };

/**
 * What a wish comes to on a device. Throws `COZIFY_BAD_INPUT` for a value that no device has: of another type, or far
 * out of range.
 */
export function settingOf(wish: Wish, entry: Entry): Setting {
  const draft: Draft = { asked: {}, raw: {}, ignored: [...wish.dropped], clamped: [], missing: [] };
  for (const [name, value] of Object.entries(wish.fields)) {
    if (name === 'on' && wish.isOnImplied && !goesOn(wish, entry)) {
      // A brightness of 0 is what said off.
      if (value === false) leave(draft, 'brightness', entry);
      continue;
    }
    const field = fieldOf(name);
    if (field?.setting !== undefined) setField(draft, { field, value, entry });
    else if (field === undefined && isAbleOther(entry, name)) setOther(draft, { name, value, entry });
    else leave(draft, name, entry);
  }
  completeColor(draft, entry);
  setTransition(draft, wish, entry);
  return draft;
}

/** The source by which a device is switched; `undefined` where it has a command for that. */
export function ownSwitch(entry: Entry): Source | undefined {
  if (entry.capabilities.includes('ON_OFF')) return undefined;
  const field = fieldOf('on');
  const source = field && writtenSource(field, entry.raw, aboutOf(entry));
  return source?.key === 'isOn' ? undefined : source;
}

/** Whether a device is switched by a wish for light: a lamp is, or what can do some of it, but no heater beside them. */
function goesOn({ lighting }: Wish, entry: Entry): boolean {
  const can = (name: string): boolean => {
    const field = fieldOf(name);
    return field !== undefined && isAble(entry, field);
  };
  return can('on') && (isLamp(entry) || lighting.some(can));
}

function setField(draft: Draft, { field, value, entry }: { field: Field; value: unknown; entry: Entry }): void {
  const { name } = field;
  // What the device shows by this name, and can't set, is given back as it was: it may be anything, litres for loudness.
  if (!isAble(entry, field) && isKnown(entry, name)) return leave(draft, name, entry);
  try {
    const checked = checkValue(field, value);
    if (isAble(entry, field)) write(draft, { field, value: checked, entry });
    else leave(draft, name, entry);
  } catch (error) {
    // Nor can it be set to everything that it shows.
    if (!isSameJson(entry.state[name], value)) throw error;
    leave(draft, name, entry);
  }
}

function write(draft: Draft, { field, value, entry }: { field: Field; value: Scalar; entry: Entry }): void {
  const source = writtenSource(field, entry.raw, aboutOf(entry));
  const fitting = field.name === 'colorTemperature' ? clampToLamp(draft, value, entry) : value;
  const raw = source && (source.codec.write?.(fitting) ?? ownWord(source, fitting, entry));
  if (source === undefined || raw === undefined) throw badWord(field, entry);
  draft.asked[field.name] = source.codec.read(raw) ?? fitting;
  if (field.name !== 'on') put(draft, source, raw, entry);
}

/** A value in the range of its field, rounded as it will be read. Throws for one that no device has. */
function checkValue(field: Field, value: unknown): Scalar {
  const { name, unit = '', setting, sources } = field;
  const { range } = setting ?? {};
  if (range !== undefined) {
    if (typeof value !== 'number' || !(value >= range.min && value <= range.max)) {
      const came = typeof value === 'number' ? String(value) : kindOf(value);
      const expected = `a number from ${range.min} to ${range.max} ${unit}`;
      throw badInput(`${name} should be ${expected}, but was ${came}.`, sendWithin(field));
    }
    // A lamp that is to be on gives at least 1 %.
    const least = name === 'brightness' && value > 0 ? 1 : 0;
    return Math.max(least, name === 'targetTemperature' ? Math.round(value * 10) / 10 : Math.round(value));
  }
  if (setting?.words !== undefined) {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT) return value;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1_000) return value;
    throw badInput(`${name} should be a word or a whole number, but was ${kindOf(value)}.`);
  }
  if (sources.length > 0 && typeof value === 'boolean') return value;
  throw badInput(`${name} should be true or false, but was ${kindOf(value)}.`, SEND_TRUE);
}

function clampToLamp(draft: Draft, value: Scalar, { state }: Entry): Scalar {
  const range = state['colorTemperatureRange'];
  if (!Array.isArray(range)) return value;
  const [min, max] = range as [number, number];
  const fitting = Math.min(Math.max(Number(value), min), max);
  if (fitting !== value) draft.clamped.push('colorTemperature');
  return fitting;
}

/** Something under Cozify's own name: a value like the one that is there. */
function setOther(draft: Draft, { name, value, entry }: { name: string; value: unknown; entry: Entry }): void {
  const shown = entry.state[name];
  const plain = asPlainJson(value, shown);
  if (typeof plain !== typeof shown || Array.isArray(plain) !== Array.isArray(shown)) {
    throw badInput(
      `${name} should have the same type as the device's value, ${kindOf(shown)}, but was ${kindOf(value)}.`,
    );
  }
  draft.asked[name] = plain;
  const inner = asRecord(plain);
  draft.raw[name] = inner === undefined ? plain : { ...asRecord(draft.raw[name]), ...typeOf(entry, name), ...inner };
}

/**
 * A copy of JSON: of what is shown, however much that is, or of something else. Messages can carry what only looks like it, what throws when it is looked at, and what has no end since
 * it holds itself.
 */
function asPlainJson(value: unknown, shown: unknown): unknown {
  try {
    if (isSameJson(shown, value)) return copyJson(shown);
    if (typeof value === 'string') return value.length <= MAX_TEXT ? value : undefined;
    if (!isWithinSize(value, MAX_VALUES)) return undefined;
    const plain = cleanJson(value);
    return isSameJson(plain, value) ? plain : undefined;
  } catch {
    return undefined;
  }
}

function leave(draft: Draft, name: string, entry: Entry): void {
  (isKnown(entry, name) ? draft.ignored : draft.missing).push(name);
}

function put(draft: Draft, { key, within }: Source, raw: Scalar, entry: Entry): void {
  if (within === undefined) draft.raw[key] = raw;
  else draft.raw[within] = { ...typeOf(entry, within), ...asRecord(draft.raw[within]), [key]: raw };
}

/** The `type` of an object within the state, which has to be given with it where it has one. */
function typeOf({ raw }: Entry, within: string): RawRecord {
  const known = Object.hasOwn(INNER_TYPES, within) ? INNER_TYPES[within] : undefined;
  const type = asRecord(raw[within])?.['type'] ?? known;
  return type === undefined ? {} : { type };
}

/** A lamp is in one of two modes. A hue needs a saturation to be seen, and there may be none in the other mode. */
function completeColor({ asked, raw }: Draft, { state }: Entry): void {
  if (asked['hue'] !== undefined && asked['saturation'] === undefined && state['saturation'] === undefined) {
    asked['saturation'] = 100;
    raw['saturation'] = 1;
  }
  if (asked['hue'] !== undefined || asked['saturation'] !== undefined) raw['colorMode'] = 'hs';
  else if (asked['colorTemperature'] !== undefined) raw['colorMode'] = 'ct';
}

function setTransition({ asked, raw, ignored }: Draft, { transition }: Wish, { capabilities }: Entry): void {
  if (transition === null) return;
  const isLight = asked['on'] === true || Object.keys(asked).some(isLighting);
  if (!isLight || !capabilities.includes('TRANSITION')) ignored.push('transition');
  else raw['transitionMsec'] = Math.round(transition * 1000);
}

/** A word that the device itself uses in place of a number goes back as it came. */
function ownWord({ key }: Source, value: Scalar, { raw }: Entry): Scalar | undefined {
  return typeof value === 'string' && typeof raw[key] === 'string' ? value : undefined;
}

function badWord({ name, setting }: Field, entry: Entry): CozifyError {
  const words = setting?.words?.(aboutOf(entry)) ?? [];
  return badInput(`${name} of "${entry.name}" should be ${words.length > 0 ? words.join(', ') : 'a whole number'}.`);
}

import { badInput, type CozifyError } from '../../errors.js';
import { kindOf } from '../../input.js';
import { canBeSet, isAble, isAbleOther, isKnown, isLamp } from '../things/abilities.js';
import { numberIn, type Scalar } from '../things/codecs.js';
import { aboutOf, type Entry } from '../things/device.js';
import { type Field, fieldOf, type Source } from '../things/fields.js';
import { SEND_TRUE, sendWithin } from './briefs.js';
import { isLighting, type FieldRequest } from './parse-command.js';
import { asRecord, cleanJson, copyJson, isSameJson, isWithinSize, type RawRecord } from '../things/raw.js';
import { writtenSource } from '../things/state.js';

/** The effect of a command on one device, and the fields that have no effect. */
export interface Effect {
  /** The expected state in the units of messages; empty if the device supports no field of the command. */
  asked: Record<string, unknown>;
  /**
   * The state to send with the hub's command CMD_DEVICE, in Cozify's names and units. Without `on`, because most
   * devices need a separate command to be switched.
   */
  raw: Record<string, unknown>;
  /** Fields that are read-only on the device, or that conflict with others. */
  ignored: string[];
  /** Fields whose values were limited to the range of the lamp, such as 2200 to 6500 K. */
  clamped: string[];
  /** Fields that the device does not have. */
  missing: string[];
}

const MAX_TEXT = 1_000;

/** The maximum number of values in an object that a command sets. */
const MAX_VALUES = 1_000;

/** The `type` of objects within a state. Needed in commands to devices that do not report the type themselves. */
const INNER_TYPES: Readonly<Record<string, string>> = { rcData: 'MR_RC_DATA' };

/**
 * Determines the effect of a command on a device. Throws `COZIFY_BAD_INPUT` for a value of a wrong type, or outside the
 * range of its field.
 */
export function settingOf(request: FieldRequest, entry: Entry): Effect {
  const draft: Effect = { asked: {}, raw: {}, ignored: [...request.dropped], clamped: [], missing: [] };
  for (const [name, value] of Object.entries(request.fields)) {
    if (name === 'on' && request.isOnImplied && !goesOn(request, entry)) {
      // An `on` that was not requested is false only if brightness 0 was requested.
      if (value === false) skip(draft, 'brightness', entry);
      continue;
    }
    const field = fieldOf(name);
    if (field?.setting !== undefined) setField(draft, { field, value, entry });
    else if (field === undefined && isAbleOther(entry, name)) setOther(draft, { name, value, entry });
    else skip(draft, name, entry);
  }
  completeColor(draft, entry);
  setTransition(draft, request, entry);
  return draft;
}

/**
 * Returns the source (a key of Cozify's state, such as `sirenOn`) that a command sets to switch a device. `undefined`
 * for a device that is switched by CMD_DEVICE_ON and CMD_DEVICE_OFF.
 */
export function ownSwitch(entry: Entry): Source | undefined {
  if (entry.capabilities.includes('ON_OFF')) return undefined;
  const field = fieldOf('on');
  const source = field && writtenSource(field, entry.raw, aboutOf(entry));
  return source?.key === 'isOn' ? undefined : source;
}

/**
 * Whether setting light fields, such as brightness, also switches a device on. True if `on` can be set, and the device
 * is a lamp or has one of these fields.
 */
function goesOn({ lighting }: FieldRequest, entry: Entry): boolean {
  const can = (name: string): boolean => canBeSet(entry, name);
  return can('on') && (isLamp(entry) || lighting.some(can));
}

function setField(draft: Effect, { field, value, entry }: { field: Field; value: unknown; entry: Entry }): void {
  const { name } = field;
  // A read-only field with this name may hold a different kind of value, such as litres as `volume`, so it is not
  // validated.
  if (!isAble(entry, field) && isKnown(entry, name)) return skip(draft, name, entry);
  try {
    const checked = checkValue(field, value);
    if (isAble(entry, field)) write(draft, { field, value: checked, entry });
    else skip(draft, name, entry);
  } catch (error) {
    // A device may report a value outside the settable range. A flow may send such a value back, which is ignored if it
    // is unchanged.
    if (!isSameJson(entry.state[name], value)) throw error;
    skip(draft, name, entry);
  }
}

function write(draft: Effect, { field, value, entry }: { field: Field; value: Scalar; entry: Entry }): void {
  const source = writtenSource(field, entry.raw, aboutOf(entry));
  const fitting = field.name === 'colorTemperature' ? clampToLamp(draft, value, entry) : value;
  const raw = source && (source.codec.write?.(fitting) ?? ownWord(source, fitting, entry));
  if (source === undefined || raw === undefined) throw badWord(field, entry);
  draft.asked[field.name] = source.codec.read(raw) ?? fitting;
  if (field.name !== 'on') setRaw(draft, source, raw, entry);
}

/** Validates a value and rounds it to the precision of messages. Throws for a value that the field does not accept. */
function checkValue(field: Field, value: unknown): Scalar {
  const { name, unit = '', setting, sources } = field;
  const { range } = setting ?? {};
  if (range !== undefined) {
    if (typeof value !== 'number' || !(value >= range.min && value <= range.max)) {
      const received = typeof value === 'number' ? String(value) : kindOf(value);
      const expected = `a number from ${range.min} to ${range.max} ${unit}`;
      throw badInput(`${name} should be ${expected}, but was ${received}.`, sendWithin(field));
    }
    // A brightness above 0 is at least 1 %, because 0 % means off.
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

function clampToLamp(draft: Effect, value: Scalar, { state }: Entry): Scalar {
  const range = state['colorTemperatureRange'];
  if (!Array.isArray(range)) return value;
  const [min, max] = range as [number, number];
  const fitting = Math.min(Math.max(Number(value), min), max);
  if (fitting !== value) draft.clamped.push('colorTemperature');
  return fitting;
}

/**
 * Sets a field that is known only by Cozify's own name. The new value must have the type of the current one; a number
 * may be given as text.
 */
function setOther(draft: Effect, { name, value, entry }: { name: string; value: unknown; entry: Entry }): void {
  const shown = entry.state[name];
  const typed = typeof shown === 'number' && typeof value === 'string' ? numberIn(value) : value;
  const plain = asPlainJson(typed, shown);
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
 * Copies a value from a message if it is JSON of limited size, or equal to the current value. Returns `undefined` for
 * anything else, because a value may be a class instance, have a getter that throws, or be cyclic.
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

function skip(draft: Effect, name: string, entry: Entry): void {
  (isKnown(entry, name) ? draft.ignored : draft.missing).push(name);
}

function setRaw(draft: Effect, { key, within }: Source, raw: Scalar, entry: Entry): void {
  if (within === undefined) draft.raw[key] = raw;
  else draft.raw[within] = { ...typeOf(entry, within), ...asRecord(draft.raw[within]), [key]: raw };
}

/** Returns the `type` property of an object within the state. A command has to include the type if there is one. */
function typeOf({ raw }: Entry, within: string): RawRecord {
  const known = Object.hasOwn(INNER_TYPES, within) ? INNER_TYPES[within] : undefined;
  const type = asRecord(raw[within])?.['type'] ?? known;
  return type === undefined ? {} : { type };
}

/** Adds the color mode. Also adds a saturation if a hue is set on a lamp that reports no saturation. */
function completeColor({ asked, raw }: Effect, { state }: Entry): void {
  if (asked['hue'] !== undefined && asked['saturation'] === undefined && state['saturation'] === undefined) {
    asked['saturation'] = 100;
    raw['saturation'] = 1;
  }
  if (asked['hue'] !== undefined || asked['saturation'] !== undefined) raw['colorMode'] = 'hs';
  else if (asked['colorTemperature'] !== undefined) raw['colorMode'] = 'ct';
}

function setTransition({ asked, raw, ignored }: Effect, { transition }: FieldRequest, { capabilities }: Entry): void {
  if (transition === null) return;
  const isLight = asked['on'] !== false && (asked['on'] === true || Object.keys(asked).some(isLighting));
  if (!isLight || !capabilities.includes('TRANSITION')) ignored.push('transition');
  else raw['transitionMsec'] = Math.round(transition * 1000);
}

/**
 * Returns an enum value unchanged, for a device that reports the field as a text and not as a number; otherwise
 * `undefined`.
 */
function ownWord({ key }: Source, value: Scalar, { raw }: Entry): Scalar | undefined {
  return typeof value === 'string' && typeof raw[key] === 'string' ? value : undefined;
}

function badWord({ name, setting }: Field, entry: Entry): CozifyError {
  const words = setting?.words?.(aboutOf(entry)) ?? [];
  return badInput(`${name} of "${entry.name}" should be ${words.length > 0 ? words.join(', ') : 'a whole number'}.`);
}

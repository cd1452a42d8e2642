import { types } from 'node:util';
import { badInput } from '../../errors.js';
import { isWithin, kindOf, rangeInWords, SECONDS } from '../../input.js';
import { numberIn } from '../things/codecs.js';
import { parseColor } from '../things/color.js';
import { fieldOf } from '../things/fields.js';
import { NO_VALUE, SEND_TRUE } from './briefs.js';

/** Fields with the values they should have, in a person's units. */
export type Fields = Readonly<Record<string, unknown>>;

/** What somebody wants of their targets, before it is known what these can do. */
export type Order =
  | { readonly type: 'set'; readonly wish: Wish }
  /** Of a light its brightness, of a blind its position, of a thermostat its target. */
  | { readonly type: 'number'; readonly value: number; readonly transition: number | null }
  /** Worked out when its turn comes: any on, all off. */
  | { readonly type: 'toggle'; readonly transition: number | null }
  | { readonly type: 'close' };

/** Fields that make sense together. */
export interface Wish {
  /** Without `color` and `transition`; of light nothing but `on: false` where it is to go off. */
  readonly fields: Fields;
  /** The fields of light that were asked for, those left out again included. */
  readonly lighting: readonly string[];
  /** `on` is there only because light was asked for. */
  readonly isOnImplied: boolean;
  /** Hue and saturation were asked for as `color`. */
  readonly isColor: boolean;
  /** Seconds; `null` where none was asked for. */
  readonly transition: number | null;
  /** What was asked for and makes no sense beside the rest. */
  readonly dropped: readonly string[];
}

/** The properties of a command node. */
export interface CommandProperties {
  command?: unknown;
  field?: unknown;
  transition?: unknown;
}

/** Numbers of this size are the time of an Inject node and nothing else. */
const MIN_TIMESTAMP = 1e11;

const COMMANDS = ['payload', 'on', 'off', 'toggle', 'set', 'close'] as const;

const SPOKEN: ReadonlyMap<string, 'on' | 'off' | 'toggle'> = new Map([
  ['on', 'on'],
  ['true', 'on'],
  ['off', 'off'],
  ['false', 'off'],
  ['toggle', 'toggle'],
]);

/** What belongs to the other mode of a lamp's color. */
const OTHER_MODE: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['color', ['colorTemperature']],
  ['temperature', ['hue', 'saturation']],
]);

/** What a thing that was read says of itself beside its state. */
const NO_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'name', 'kind', 'type', 'room', 'hub', 'capabilities', 'groups', 'manufacturer', 'model', '__proto__'],
]);

/**
 * What a command node orders. `value` is what its command is about: the payload, or for "set" what the field is set to.
 * Throws `COZIFY_BAD_INPUT`, saying what was expected.
 */
export function parseOrder({ command = 'payload', field = '', transition }: CommandProperties, value: unknown): Order {
  const known = COMMANDS.find((one) => one === command);
  const seconds = parseNodeTransition(transition);
  switch (known) {
    case 'payload':
      return parsePayload(value, seconds);
    case 'on':
    case 'off':
    case 'toggle':
      return parsePayload(known, seconds);
    case 'set':
      return { type: 'set', wish: parseWish(fieldsToSet(field, value), seconds) };
    case 'close':
      return { type: 'close' };
    case undefined:
      throw badInput(`command should be one of ${COMMANDS.join(', ')}.`);
  }
}

/** Fields that make sense together, from what somebody asked for. Throws `COZIFY_BAD_INPUT` where they don't. */
export function parseWish(given: Fields, nodeTransition: number | null = null): Wish {
  const { color, transition, ...rest } = given;
  const dropped = Object.keys(rest).filter((name) => NO_FIELDS.has(name));
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest)
      .filter(([name]) => !NO_FIELDS.has(name))
      .map(([name, value]) => [name, asNumber(name, value)]),
  );
  dropped.push(...separateColors(fields, color));
  const lighting = Object.keys(fields).filter(isLighting);
  const isOnImplied = fields['on'] === undefined && lighting.length > 0;
  if (isOnImplied) fields['on'] = true;
  if (fields['on'] === true && fields['brightness'] === 0) fields['on'] = false;
  if (fields['on'] === false) {
    for (const name of lighting) {
      // Brightness 0 is what put the light out.
      if (name !== 'brightness' || fields[name] !== 0) dropped.push(name);
      delete fields[name];
    }
  }
  const seconds = parseTransition(transition) ?? nodeTransition;
  return { fields, lighting, isOnImplied, isColor: color !== undefined, transition: seconds, dropped };
}

/** Whether a field belongs to light, so that it makes no sense for one that is off. */
export function isLighting(name: string): boolean {
  return fieldOf(name)?.setting?.isLighting === true;
}

function parsePayload(payload: unknown, transition: number | null): Order {
  const spoken = typeof payload === 'string' ? SPOKEN.get(payload.trim().toLowerCase()) : undefined;
  if (spoken === 'toggle') return { type: 'toggle', transition };
  if (spoken !== undefined || typeof payload === 'boolean') {
    return { type: 'set', wish: parseWish({ on: spoken === 'on' || payload === true }, transition) };
  }
  const number = typeof payload === 'string' ? numberIn(payload) : payload;
  if (types.isDate(payload) || (typeof number === 'number' && number >= MIN_TIMESTAMP && number < Infinity))
    throw badInput('payload is a timestamp, as Inject nodes send it: choose On in the node, or send true.', SEND_TRUE);
  if (typeof number === 'number' && Number.isFinite(number)) return { type: 'number', value: number, transition };
  const fields = readFields(payload);
  if (fields !== undefined) return { type: 'set', wish: parseWish(fields, transition) };
  const came = typeof payload === 'string' ? 'another text' : kindOf(payload);
  throw badInput(
    `payload should be true, false, "on", "off", "toggle", a number or an object of fields, but was ${came}.`,
    SEND_TRUE,
  );
}

function fieldsToSet(field: unknown, value: unknown): Fields {
  if (typeof field !== 'string') throw badInput(`field should be a text, but was ${kindOf(field)}.`);
  if (field.trim() !== '') {
    const name = field.trim();
    if (value === undefined || value === null)
      throw badInput(`${name} has no value: choose one in the node, or send it in the message.`, NO_VALUE);
    return { [name]: value };
  }
  const fields = readFields(value);
  if (fields === undefined) throw badInput(`The value to set should be an object of fields, but was ${kindOf(value)}.`);
  return fields;
}

/** The value of a field that takes a number: as MQTT, web forms and text fields deliver it, that is a text. */
function asNumber(name: string, value: unknown): unknown {
  return typeof value === 'string' && fieldOf(name)?.setting?.range !== undefined ? (numberIn(value) ?? value) : value;
}

/** The fields of an object that are there; `undefined` for what is no plain object. Messages can carry traps. */
function readFields(value: unknown): Fields | undefined {
  try {
    if (typeof value !== 'object' || value === null) return undefined;
    const prototype: unknown = Object.getPrototypeOf(value);
    // One made in a Function node has another Object.prototype.
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!isPlain || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== null));
  } catch {
    return undefined;
  }
}

/** Replaces `color` by what it says, and lets go of what the given mode speaks against. Gives the names let go of. */
function separateColors(fields: Record<string, unknown>, color: unknown): string[] {
  const isColored = fields['hue'] !== undefined || fields['saturation'] !== undefined;
  const isWhite = fields['colorTemperature'] !== undefined;
  if (color !== undefined) {
    if (isColored || isWhite)
      throw badInput("color can't be set together with hue, saturation or colorTemperature: send only one of them.");
    const parsed = parseColor(color);
    const came = typeof color === 'string' ? 'another text' : kindOf(color);
    if (parsed === undefined)
      throw badInput(`color should be a text such as "#ff8000", or [red, green, blue] from 0 to 255, but was ${came}.`);
    Object.assign(fields, parsed);
    return [];
  }
  if (!isColored || !isWhite) return [];
  const foreign = OTHER_MODE.get(fields['colorMode'])?.filter((name) => fields[name] !== undefined);
  if (foreign === undefined)
    throw badInput("hue and saturation can't be set together with colorTemperature: send only one of them.");
  for (const name of foreign) delete fields[name];
  return foreign;
}

/** Seconds, typed into a node's field or given as a number; `null` for none. */
function parseNodeTransition(transition: unknown): number | null {
  if (typeof transition !== 'string') return parseTransition(transition);
  return transition.trim() === '' ? null : parseTransition(Number(transition));
}

function parseTransition(transition: unknown): number | null {
  if (transition === undefined || transition === null) return null;
  if (isWithin(transition, SECONDS.transition)) return transition;
  throw badInput(`transition should be ${rangeInWords(SECONDS.transition)}.`);
}

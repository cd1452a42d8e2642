import { types } from 'node:util';
import { badInput } from '../../errors.js';
import { isWithin, kindOf, rangeInWords, SECONDS } from '../../input.js';
import { numberIn } from '../things/codecs.js';
import { parseColor } from '../things/color.js';
import { fieldOf } from '../things/fields.js';
import { NO_VALUE, SEND_TRUE } from './briefs.js';

/** Fields to set, in the units of messages. */
export type Fields = Readonly<Record<string, unknown>>;

/** A parsed command, before it is translated into elements for its targets. */
export type Command =
  | { readonly type: 'set'; readonly request: FieldRequest }
  /** Sets brightness, position or target temperature, whichever the target has. */
  | { readonly type: 'number'; readonly value: number; readonly transition: number | null }
  /** Switches off if any target is on, otherwise on. Decided when the command is sent. */
  | { readonly type: 'toggle'; readonly transition: number | null }
  | { readonly type: 'close' };

/** Fields to set, without conflicts among them. */
export interface FieldRequest {
  /** The fields to set, except `color` and `transition`. Without other light fields if brightness 0 switches off. */
  readonly fields: Fields;
  /** Requested light fields, including dropped ones. */
  readonly lighting: readonly string[];
  /** Whether `on` was not requested, but added because a light field is set. */
  readonly isOnImplied: boolean;
  /** Whether hue and saturation were requested as `color`. */
  readonly isColor: boolean;
  /** Duration of the transition in seconds; `null` for none. */
  readonly transition: number | null;
  /** Requested fields that are not set, because they conflict with other fields or cannot be set. */
  readonly dropped: readonly string[];
}

/** The properties of a command node that define its command. */
export interface CommandProperties {
  command?: unknown;
  field?: unknown;
  transition?: unknown;
}

/** Numbers of at least this value are taken as timestamps from an Inject node. */
const MIN_TIMESTAMP = 1e11;

const COMMANDS = ['payload', 'on', 'off', 'toggle', 'set', 'close'] as const;

/** For each color mode, the fields that do not apply in it. */
const OTHER_MODE: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['color', ['colorTemperature']],
  ['temperature', ['hue', 'saturation']],
]);

/** Properties that things have in messages, but that are not part of their state. */
const NO_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'name',
  'kind',
  'type',
  'room',
  'hub',
  'capabilities',
  'groups',
  'manufacturer',
  'model',
  '__proto__',
]);

/**
 * Parses the command of a command node. `value` is the payload, or the value of the field if the command is "set".
 * Throws `COZIFY_BAD_INPUT`, whose message names the expected values.
 */
export function parseCommand(
  { command = 'payload', field = '', transition }: CommandProperties,
  value: unknown,
): Command {
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
      return { type: 'set', request: parseFieldRequest(fieldsToSet(field, value), seconds) };
    case 'close':
      return { type: 'close' };
    case undefined:
      throw badInput(`command should be one of ${COMMANDS.join(', ')}.`);
  }
}

/** Resolves conflicts among the requested fields. Throws `COZIFY_BAD_INPUT` for fields that exclude each other. */
export function parseFieldRequest(given: Fields, nodeTransition: number | null = null): FieldRequest {
  const { color, transition, ...rest } = given;
  const dropped = Object.keys(rest).filter((name) => NO_FIELDS.has(name));
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest)
      .filter(([name]) => !NO_FIELDS.has(name))
      .map(([name, value]) => [name, toFieldNumber(name, value)]),
  );
  dropped.push(...separateColors(fields, color));
  const lighting = Object.keys(fields).filter(isLighting);
  const isOnImplied = fields['on'] === undefined && lighting.length > 0;
  if (isOnImplied) fields['on'] = true;
  if (fields['brightness'] === 0 && fields['on'] === true) {
    fields['on'] = false;
    dropped.push(...lighting.filter((name) => name !== 'brightness'));
    for (const name of lighting) delete fields[name];
  }
  // A lamp that is off has no brightness of 0, because that is its lowest brightness while it is on.
  if (fields['brightness'] === 0 && fields['on'] === false) delete fields['brightness'];
  const seconds = parseTransition(transition) ?? nodeTransition;
  return { fields, lighting, isOnImplied, isColor: color !== undefined, transition: seconds, dropped };
}

/** Whether a field is a light field: setting it also switches a lamp on. */
export function isLighting(name: string): boolean {
  return fieldOf(name)?.setting?.isLighting === true;
}

function parsePayload(payload: unknown, transition: number | null): Command {
  const word = typeof payload === 'string' ? payload.trim().toLowerCase() : payload;
  if (word === 'toggle') return { type: 'toggle', transition };
  const isOn = word === true || word === 'true' || word === 'on';
  const isOff = word === false || word === 'false' || word === 'off';
  if (isOn || isOff) return { type: 'set', request: parseFieldRequest({ on: isOn }, transition) };
  const number = typeof payload === 'string' ? numberIn(payload) : payload;
  if (types.isDate(payload) || (typeof number === 'number' && number >= MIN_TIMESTAMP && number < Infinity))
    throw badInput('payload is a timestamp, as Inject nodes send it: choose On in the node, or send true.', SEND_TRUE);
  if (typeof number === 'number' && Number.isFinite(number)) return { type: 'number', value: number, transition };
  const fields = readFields(payload);
  if (fields !== undefined) return { type: 'set', request: parseFieldRequest(fields, transition) };
  const received = typeof payload === 'string' ? 'another text' : kindOf(payload);
  throw badInput(
    `payload should be true, false, "on", "off", "toggle", a number or an object of fields, but was ${received}.`,
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

/** Converts text from MQTT, web forms or text inputs to a number, for a field that takes numbers. */
function toFieldNumber(name: string, value: unknown): unknown {
  return typeof value === 'string' && fieldOf(name)?.setting?.range !== undefined ? (numberIn(value) ?? value) : value;
}

/**
 * Returns the fields of a plain object, without null and undefined values. Returns `undefined` for anything else,
 * or if a getter throws.
 */
function readFields(value: unknown): Fields | undefined {
  try {
    if (typeof value !== 'object' || value === null) return undefined;
    const prototype: unknown = Object.getPrototypeOf(value);
    // An object from a Function node comes from another JavaScript context and has the
    // Object.prototype of that context.
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!isPlain || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== null));
  } catch {
    return undefined;
  }
}

/** Replaces `color` by hue and saturation. Removes fields that conflict with `colorMode`, and returns their names. */
function separateColors(fields: Record<string, unknown>, color: unknown): string[] {
  const isColored = fields['hue'] !== undefined || fields['saturation'] !== undefined;
  const isWhite = fields['colorTemperature'] !== undefined;
  if (color !== undefined) {
    if (isColored || isWhite)
      throw badInput("color can't be set together with hue, saturation or colorTemperature: send only one of them.");
    const parsed = parseColor(color);
    const received = typeof color === 'string' ? 'another text' : kindOf(color);
    if (parsed === undefined)
      throw badInput(
        `color should be a text such as "#ff8000", or [red, green, blue] from 0 to 255, but was ${received}.`,
      );
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

/** Parses the transition of a node. The input of the node's dialog is empty if there is none. */
function parseNodeTransition(transition: unknown): number | null {
  return typeof transition === 'string' && transition.trim() === '' ? null : parseTransition(transition);
}

/** Parses a number of seconds, which may be a text; `null` for none. */
function parseTransition(transition: unknown): number | null {
  if (transition === undefined || transition === null) return null;
  const seconds = typeof transition === 'string' ? numberIn(transition) : transition;
  if (isWithin(seconds, SECONDS.transition)) return seconds;
  throw badInput(`transition should be ${rangeInWords(SECONDS.transition)}.`);
}

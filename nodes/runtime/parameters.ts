import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  badInput,
  kindOf,
  parseExpiry,
  rangeInWords,
  type SecondsRange,
  settlesWithin,
  shape,
  type Shape,
  systemClock,
  typedNumber,
} from '../../src/nodes-api.js';
import type { Message, StepMessage } from './message.js';

/** A JSON schema. `description` completes "should be …" in errors. */
export interface ParameterSchema {
  description: string;
  default?: unknown;
  [keyword: string]: unknown;
}

/** Options of a parameter. */
export interface ParameterOptions<T> {
  /**
   * The source of the value: the node's property, the message's property, or the node's typed input with the
   * parameter's name. Defaults to the message's property, or to the node's property if the message has none.
   */
  source?: 'node' | 'message' | 'typed input';
  /** Whether the step ignores all other parameters if this parameter has a value. */
  isSole?: boolean;
  /** The typed input is evaluated only if each of these node properties has one of the listed values. */
  when?: Readonly<Record<string, readonly unknown[]>>;
  /** Initial property and type of the typed input. Defaults to `msg.payload`. */
  typed?: readonly [property: string, type: string];
  /** Converts a value that fits the schema. Throws `COZIFY_BAD_INPUT`. */
  parse?: (value: unknown) => T;
}

/** A parameter with a JSON schema. */
interface DescribedParameter<T> extends ParameterOptions<T> {
  readonly schema: ParameterSchema;
  readonly shape: Shape<unknown>;
}

/** A parameter whose value is computed from several properties. */
interface ComposedParameter<T> {
  readonly compose: (sources: Sources) => T;
}

/** A parameter of a step. A step is the handling of one message by a node. */
export type Parameter<T> = DescribedParameter<T> | ComposedParameter<T>;

/** The parameters of a node, by name. */
export type Parameters = Record<string, Parameter<unknown>>;

/** The values of a step's parameters, by name. */
export type Values<P extends Parameters> = { [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** The objects from which the parameters of a step are read. */
export interface Sources {
  RED: NodeAPI;
  node: Node;
  def: NodeDef & Record<string, unknown>;
  message: StepMessage;
}

/** Makes a parameter with a JSON schema. */
export function parameter<T>(schema: ParameterSchema, options: ParameterOptions<T> = {}): DescribedParameter<T> {
  return { ...options, schema, shape: shape(schema) };
}

/** Makes a parameter from a function, which throws `COZIFY_BAD_INPUT` for invalid properties. */
export function composed<T>(compose: (sources: Sources) => T): ComposedParameter<T> {
  return { compose };
}

/** Makes a boolean parameter. */
export function flag(byDefault: boolean, options: ParameterOptions<boolean> = {}): DescribedParameter<boolean> {
  return parameter({ type: 'boolean', default: byDefault, description: 'true or false' }, options);
}

/** Makes a parameter that is set in seconds. Its value is in milliseconds. */
export function seconds(range: SecondsRange, byDefault: number): DescribedParameter<number> {
  return parameter(
    { type: 'number', ...range, default: byDefault, description: rangeInWords(range) },
    { parse: (value) => Number(value) * 1000 },
  );
}

/** The `expiry` of a step, in milliseconds; `undefined` to use the account's `expiry`. */
export const EXPIRY = parameter<number | undefined>(
  { type: ['number', 'string'], description: 'seconds as a number above 0, or a text such as "90s" or "15m"' },
  { parse: parseExpiry },
);

/** The text to set, for a node with the modes "get" and "set"; `undefined` in mode "get". */
export const TEXT_TO_SET = parameter<string | undefined>(
  { type: 'string', minLength: 1, description: 'a text to set' },
  { source: 'typed input', when: { mode: ['set'] } },
);

/** Reads the values of all parameters for a message. Throws `COZIFY_BAD_INPUT` for an invalid value. */
export type ParameterReader<P extends Parameters> = (sources: Sources) => Promise<Values<P>>;

/** Returns a function that reads the values of a node's parameters for each message. */
export function parameterReader<P extends Parameters>(parameters: P, def: Sources['def']): ParameterReader<P> {
  const all = Object.entries(parameters);
  const asked = all.filter((entry): entry is [string, DescribedParameter<unknown>] => isAsked(entry[1], def));
  const others = all.filter(([, one]) => !isAsked(one, def));
  const sole = others.filter(([, one]) => !('compose' in one) && one.isSole === true);
  return async (sources) => {
    const values: Record<string, unknown> = {};
    for (const [name, one] of sole) {
      values[name] = readParameter(name, one, sources);
      if (values[name] !== undefined) return values as Values<P>;
    }
    for (const [name, one] of others) values[name] = readParameter(name, one, sources);
    // Evaluate typed inputs last. Otherwise an error in another parameter would leave a promise unhandled.
    if (asked.length > 0) {
      const answers = await Promise.all(asked.map(([name, one]) => readTypedInput(name, one, sources)));
      for (const [index, [name]] of asked.entries()) values[name] = answers[index];
    }
    return values as Values<P>;
  };
}

/** Whether the parameter is a typed input that has to be evaluated. */
function isAsked(one: Parameter<unknown>, def: Sources['def']): one is DescribedParameter<unknown> {
  if ('compose' in one || one.source !== 'typed input') return false;
  return Object.entries(one.when ?? {}).every(([property, values]) => values.includes(def[property]));
}

function readParameter(name: string, one: Parameter<unknown>, sources: Sources): unknown {
  if ('compose' in one) return one.compose(sources);
  if (one.source === 'typed input') return undefined;
  const { def, message } = sources;
  const fromMessage = one.source === 'node' ? undefined : message.read(name);
  const value = fromMessage === undefined && one.source !== 'message' ? fromEditor(def[name], one.shape) : fromMessage;
  return value === undefined ? defaultOf(one) : checked(name, one, value, 'was');
}

function defaultOf({ schema, parse }: DescribedParameter<unknown>): unknown {
  // Each step gets its own copy of the default value.
  const value: unknown = typeof schema.default === 'object' ? structuredClone(schema.default) : schema.default;
  return value === undefined || parse === undefined ? value : parse(value);
}

async function readTypedInput(name: string, one: DescribedParameter<unknown>, sources: Sources): Promise<unknown> {
  const { def, message } = sources;
  const [byDefault, typeByDefault] = one.typed ?? ['payload', 'msg'];
  const property = textOr(def[name], byDefault);
  const type = textOr(def[`${name}Type`], typeByDefault);
  const { value: given } = await evaluate(sources, property, type, message.current);
  const value = type === 'env' ? fromEnvironment(given, one.shape) : given;
  const was = LITERALS.includes(type) ? 'was' : `${type} ${property} was`;
  return checked(name, one, value, was);
}

function checked(
  name: string,
  { schema, shape: expected, parse }: DescribedParameter<unknown>,
  value: unknown,
  was: string,
): unknown {
  if (fits(expected, value)) return parse === undefined ? value : parse(value);
  const received = value === '' ? 'empty' : kindOf(value);
  throw badInput(`${name} should be ${schema.description}, but ${was} ${received}.`);
}

/** Whether a value fits the shape. `false` if reading the value throws. */
function fits(expected: Shape<unknown>, value: unknown): boolean {
  try {
    return expected.fits(value);
  } catch {
    return false;
  }
}

/** Converts a text from the dialog to a number or a boolean if the schema expects one. */
function fromEditor(value: unknown, expected: Shape<unknown>): unknown {
  if (typeof value !== 'string') return value;
  const typed = value.trim();
  const literal = literalOf(typed);
  return literal !== typed && fits(expected, literal) ? literal : typed;
}

/** Converts the text of an environment variable to a number or a boolean if the schema expects one. */
function fromEnvironment(value: unknown, expected: Shape<unknown>): unknown {
  const literal = typeof value === 'string' ? literalOf(value.trim()) : value;
  return typeof literal !== 'string' && fits(expected, literal) ? literal : value;
}

function literalOf(typed: string): unknown {
  if (typed === 'true' || typed === 'false') return typed === 'true';
  return typedNumber(typed) ?? typed;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/**
 * Types of a typed input whose property is the value itself. Errors don't repeat the value, because it may be a secret.
 */
const LITERALS = ['str', 'num', 'bool', 'json', 'bin', 're', 'date'];

/** Types of a typed input that may read a context store, which can be remote and hang. */
const MAY_HANG = ['flow', 'global', 'jsonata'];

/** Deadline for a context store (docs/dev/rules.md, "Deadlines and waiting"). */
const CONTEXT_LIMIT_MS = 3_000;

/**
 * Evaluates a typed input. Returns the value in an object, because a promise in a message is a value and must not be
 * awaited.
 */
async function evaluate(
  { RED, node }: Sources,
  property: string,
  type: string,
  msg: Message,
): Promise<{ value: unknown }> {
  const value = new Promise<{ value: unknown }>((resolve, reject) => {
    RED.util.evaluateNodeProperty(property, type, node, msg, (error, found: unknown) => {
      if (error) reject(error);
      else resolve({ value: found });
    });
  });
  if (MAY_HANG.includes(type) && !(await settlesWithin(systemClock, value, CONTEXT_LIMIT_MS))) {
    throw badInput(`${type} ${property} can't be read: the context store has not answered.`);
  }
  return value.catch(() => {
    throw badInput(`${LITERALS.includes(type) ? type : `${type} ${property}`} can't be read.`);
  });
}

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

/** A JSON schema, with what an error says that the value should be, and what it is where nobody says. */
export interface ParameterSchema {
  description: string;
  default?: unknown;
  [keyword: string]: unknown;
}

/** Where a parameter comes from, and what becomes of it. */
export interface ParameterOptions<T> {
  /**
   * Who says it: the node by its property of that name, the message by its own, or the node's typed input of that name.
   * By default the node, and the message before it.
   */
  source?: 'node' | 'message' | 'typed input';
  /** Where it is said, nothing else counts: no other parameter is looked at, and none has a value. */
  isSole?: boolean;
  /** A typed input is looked at only where the node has these properties, each with a value out of these. */
  when?: Readonly<Record<string, readonly unknown[]>>;
  /** What a typed input says that was never edited: a property and its type; by default `msg.payload`. */
  typed?: readonly [property: string, type: string];
  /** Makes of what fits the schema what the step works with. Throws `COZIFY_BAD_INPUT`. */
  parse?: (value: unknown) => T;
}

/** A value that a step works with, described by a JSON schema. */
interface DescribedParameter<T> extends ParameterOptions<T> {
  readonly schema: ParameterSchema;
  readonly shape: Shape<unknown>;
}

/** One that is put together of several, by a function that checks them. */
interface ComposedParameter<T> {
  readonly compose: (sources: Sources) => T;
}

/** A value that a step works with. */
export type Parameter<T> = DescribedParameter<T> | ComposedParameter<T>;

/** The parameters of a node, by name. */
export type Parameters = Record<string, Parameter<unknown>>;

/** The values of a step's parameters, by name. */
export type Values<P extends Parameters> = { [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** Where a step finds its values. */
export interface Sources {
  RED: NodeAPI;
  node: Node;
  def: NodeDef & Record<string, unknown>;
  message: StepMessage;
}

/** A parameter that a JSON schema describes. */
export function parameter<T>(schema: ParameterSchema, options: ParameterOptions<T> = {}): DescribedParameter<T> {
  return { ...options, schema, shape: shape(schema) };
}

/** A parameter that a function puts together. It throws `COZIFY_BAD_INPUT` for what makes no sense. */
export function composed<T>(compose: (sources: Sources) => T): ComposedParameter<T> {
  return { compose };
}

/** A parameter that is true or false. */
export function flag(byDefault: boolean, options: ParameterOptions<boolean> = {}): DescribedParameter<boolean> {
  return parameter({ type: 'boolean', default: byDefault, description: 'true or false' }, options);
}

/** A time that is said in seconds and worked with in milliseconds. */
export function seconds(range: SecondsRange, byDefault: number): DescribedParameter<number> {
  return parameter(
    { type: 'number', ...range, default: byDefault, description: rangeInWords(range) },
    { parse: (value) => Number(value) * 1000 },
  );
}

/** How old a token may get, in milliseconds; `undefined` for as old as the account says. */
export const EXPIRY = parameter<number | undefined>(
  { type: ['number', 'string'], description: 'seconds as a number above 0, or a text such as "90s" or "15m"' },
  { parse: parseExpiry },
);

/** A text by the typed input of a node that can also be told to get; `undefined` then. */
export const TEXT_TO_SET = parameter<string | undefined>(
  { type: 'string', minLength: 1, description: 'a text to set' },
  { source: 'typed input', when: { mode: ['set'] } },
);

/** Gives the values of all parameters, as they are then. Throws `COZIFY_BAD_INPUT` for one that makes no sense. */
export type ParameterReader<P extends Parameters> = (sources: Sources) => Promise<Values<P>>;

/** How the parameters of a node are read, which is the same for each of its messages. */
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
    // These last: an error of the others must not leave behind a promise that nobody looks at.
    if (asked.length > 0) {
      const answers = await Promise.all(asked.map(([name, one]) => readTypedInput(name, one, sources)));
      for (const [index, [name]] of asked.entries()) values[name] = answers[index];
    }
    return values as Values<P>;
  };
}

/** Whether its value has to be asked for, and waited for: that of a typed input which is looked at. */
function isAsked(one: Parameter<unknown>, def: Sources['def']): one is DescribedParameter<unknown> {
  if ('compose' in one || one.source !== 'typed input') return false;
  return Object.entries(one.when ?? {}).every(([property, values]) => values.includes(def[property]));
}

function readParameter(name: string, one: Parameter<unknown>, sources: Sources): unknown {
  if ('compose' in one) return one.compose(sources);
  if (one.source === 'typed input') return undefined;
  const { def, message } = sources;
  const said = one.source === 'node' ? undefined : message.read(name);
  const value = said === undefined && one.source !== 'message' ? fromEditor(def[name], one.shape) : said;
  return value === undefined ? defaultOf(one) : checked(name, one, value, 'was');
}

function defaultOf({ schema, parse }: DescribedParameter<unknown>): unknown {
  // Each step gets its own.
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
  const came = value === '' ? 'empty' : kindOf(value);
  throw badInput(`${name} should be ${schema.description}, but ${was} ${came}.`);
}

/** A value that can't be looked at fits nothing. */
function fits(expected: Shape<unknown>, value: unknown): boolean {
  try {
    return expected.fits(value);
  } catch {
    return false;
  }
}

/** What a person typed in the dialog, or an environment variable stands for, is always a text. */
function fromEditor(value: unknown, expected: Shape<unknown>): unknown {
  if (typeof value !== 'string') return value;
  const typed = value.trim();
  const literal = literalOf(typed);
  return literal !== typed && fits(expected, literal) ? literal : typed;
}

/** An environment can hold no number but as a text. */
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

/** Types whose property is the value itself, which no error repeats: it may be a secret. */
const LITERALS = ['str', 'num', 'bool', 'json', 'bin', 're', 'date'];

/** Types that may ask a context store, which can be anywhere. */
const MAY_HANG = ['flow', 'global', 'jsonata'];

/** How long that may take, see docs/dev/rules.md, "Deadlines and waiting". */
const CONTEXT_LIMIT_MS = 3_000;

/** The value of a typed input, wrapped: a promise in a message is a value, and not waited for. */
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

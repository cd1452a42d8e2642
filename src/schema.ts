import { createRequire } from 'node:module';
import type { Ajv, Schema, ValidateFunction } from 'ajv';

const load = createRequire(__filename);

/** Options of ajv. Values are not coerced. */
export const OPTIONS = { strict: true, allowUnionTypes: true };

/** A validator for values of one type. */
export interface Shape<T> {
  /** Whether the value is valid. */
  fits(value: unknown): value is T;
  /** Returns why the last value was invalid, such as "/force must be boolean". The text does not contain the value. */
  why(): string;
}

/**
 * Creates a validator from a JSON schema. Uses the code that the build generated for the schema. Without such code,
 * compiles the schema at the first use.
 */
export function shape<T>(schema: Schema): Shape<T> {
  let validate: ValidateFunction<T> | undefined;
  return {
    fits(value): value is T {
      validate ??= built(schema) ?? compile<T>(schema);
      return validate(value);
    },
    why() {
      const error = validate?.errors?.[0];
      return error === undefined ? 'fits' : `${error.instancePath || 'the whole'} ${error.message ?? 'differs'}`;
    },
  };
}

/** Returns the schema of an object with required and optional properties. */
export function objectOf(
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

/** Returns the schema of an array. */
export function listOf(items: object): object {
  return { type: 'array', items };
}

/** Returns the schema of a value that may be `null`. */
export function orNull(schema: object): object {
  return { anyOf: [{ type: 'null' }, schema] };
}

/** Schemas of simple values. */
export const schemas = {
  text: { type: 'string' },
  number: { type: 'number' },
  count: { type: 'integer', minimum: 0 },
  flag: { type: 'boolean' },
  textOrNull: { type: ['string', 'null'] },
  numberOrNull: { type: ['number', 'null'] },
};

/** Parses JSON. Returns `undefined` if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns the validator that scripts/build-validators.mjs has generated for a schema; `undefined` if there is none. */
function built<T>(schema: Schema): ValidateFunction<T> | undefined {
  try {
    return (load('./validators.js') as ReadonlyMap<string, ValidateFunction<T>>).get(JSON.stringify(schema));
  } catch {
    return undefined;
  }
}

function compile<T>(schema: Schema): ValidateFunction<T> {
  const { Ajv: AjvClass } = load('ajv') as { Ajv: typeof Ajv };
  return new AjvClass(OPTIONS).compile<T>(schema);
}

import { createRequire } from 'node:module';
import type { Ajv, Schema, ValidateFunction } from 'ajv';

const load = createRequire(__filename);

/** How schemas are read: nothing is coerced. */
export const OPTIONS = { strict: true, allowUnionTypes: true };

/** A check of a value's shape; on `false` {@link Shape.why} says where it differs, without showing the value. */
export interface Shape<T> {
  fits(value: unknown): value is T;
  /** What the last value that did not fit should have been, such as "/force must be boolean". */
  why(): string;
}

/** Makes a check from a JSON schema: that which the build has made, or one that is compiled when it is first needed. */
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

/** The schema of an object that has all of `required`, and may have what is `optional`. */
export function objectOf(
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

/** The schema of a list. */
export function listOf(items: object): object {
  return { type: 'array', items };
}

/** The schema of what may be `null` instead. */
export function orNull(schema: object): object {
  return { anyOf: [{ type: 'null' }, schema] };
}

/** The schemas of what records are made of. */
export const schemas = {
  text: { type: 'string' },
  number: { type: 'number' },
  count: { type: 'integer', minimum: 0 },
  flag: { type: 'boolean' },
  textOrNull: { type: ['string', 'null'] },
  numberOrNull: { type: ['number', 'null'] },
};

/** Parses JSON; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What scripts/build-validators.mjs has made of a schema, by its text. */
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

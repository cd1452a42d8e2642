import { createRequire } from 'node:module';
import type { Ajv, Schema, ValidateFunction } from 'ajv';

const load = createRequire(__filename);
// eslint-disable-next-line no-restricted-syntax -- A cache: what is lost is made anew.
let ajv: Ajv | undefined;

/** A check of a value's shape; on `false` {@link Shape.why} says where it differs, without showing the value. */
export interface Shape<T> {
  fits(value: unknown): value is T;
  /** What the last value that did not fit should have been, such as "/force must be boolean". */
  why(): string;
}

/** Makes a check from a JSON schema. The schema is compiled when it is first needed; nothing is coerced. */
export function shape<T>(schema: Schema): Shape<T> {
  let validate: ValidateFunction<T> | undefined;
  return {
    fits(value): value is T {
      validate ??= compile<T>(schema);
      return validate(value);
    },
    why() {
      const error = validate?.errors?.[0];
      return error === undefined ? 'fits' : `${error.instancePath || 'the whole'} ${error.message ?? 'differs'}`;
    },
  };
}

/** Parses JSON; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function compile<T>(schema: Schema): ValidateFunction<T> {
  const { Ajv: AjvClass } = load('ajv') as { Ajv: typeof Ajv };
  ajv ??= new AjvClass({ strict: true, allowUnionTypes: true });
  return ajv.compile<T>(schema);
}

import { badInput, type CozifyError } from '../../errors.js';
import { kindOf } from '../../input.js';
import { numberIn } from './codecs.js';
import { isSameJson } from './raw.js';
import type { State } from './state.js';

const OPS = ['is', 'not', 'above', 'below'] as const;

/** A comparison of one field of a state with a value. */
export interface Condition {
  readonly field: string;
  /** The comparison. "changes" needs the option `canChange` of {@link parseCondition}. */
  readonly op: (typeof OPS)[number] | 'changes';
  /** A number for "above" and "below"; unused for "changes". */
  readonly value: unknown;
}

/**
 * Parses the condition in the config of a node; `null` means no condition. `canChange` allows the op "changes", which
 * has no value. Throws `COZIFY_BAD_INPUT` for a missing field, an unknown op, or a value of "above" or "below" that is
 * not a number.
 */
export function parseCondition(condition: unknown, { canChange = false } = {}): Condition | null {
  if (condition === undefined || condition === null || condition === '') return null;
  const { field, op, value } = (typeof condition === 'object' ? condition : {}) as Record<string, unknown>;
  if (typeof field !== 'string' || field.trim() === '') throw bad('should be {field, op, value} with a field.');
  const name = field.trim();
  if (op === 'changes' && canChange) return { field: name, op, value: null };
  const known = OPS.find((one) => one === op);
  if (known === undefined) throw bad(`needs an op of ${[...OPS, ...(canChange ? ['changes'] : [])].join(', ')}.`);
  if (value === undefined) throw bad(`needs a value for "${known}".`);
  if (known === 'is' || known === 'not') return { field: name, op: known, value };
  const number = asNumeric(value);
  if (number === undefined) throw bad(`needs a number for "${known}", but has ${kindOf(value)}.`);
  return { field: name, op: known, value: number };
}

/**
 * Whether a state meets a condition. A missing field never meets a condition, not even "not". `previous` is the earlier
 * state, which only "changes" uses. Without it, "changes" is never met.
 */
export function meets(state: State, { field, op, value }: Condition, previous?: State | null): boolean {
  const found = Object.hasOwn(state, field) ? state[field] : undefined;
  if (found === undefined) return false;
  switch (op) {
    case 'is':
      return isSameValue(found, value);
    case 'not':
      return !isSameValue(found, value);
    case 'above':
      return typeof found === 'number' && found > Number(value);
    case 'below':
      return typeof found === 'number' && found < Number(value);
    case 'changes':
      return previous !== undefined && previous !== null && !isSameJson(previous[field], found);
  }
}

/** Compares with a value that may be typed text: "true" equals true, "21,5" equals 21.5, "Heat" equals "heat". */
function isSameValue(found: unknown, value: unknown): boolean {
  if (typeof value !== 'string') return isSameJson(found, value);
  const typed = value.trim().toLowerCase();
  if (typeof found === 'boolean') return typed === String(found);
  if (typeof found === 'number') return asNumeric(typed) === found;
  return typeof found === 'string' && found.trim().toLowerCase() === typed;
}

function asNumeric(value: unknown): number | undefined {
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = isText ? (numberIn(value) ?? Number(value)) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function bad(message: string): CozifyError {
  return badInput(`condition ${message}`);
}

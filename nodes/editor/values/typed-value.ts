import { parseCondition } from '../../../src/devices/things/condition.js';
import { numberIn } from '../../../src/devices/things/codecs.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';

/** The saved form of a condition. */
export interface SavedCondition {
  field: string;
  op: string;
  value: unknown;
}

/** Comparisons, in the order of the list. */
export const OPS = ['is', 'not', 'above', 'below', 'changes'] as const;

/** Returns the condition from three fields; `null` if no field is named. */
export function conditionOf(field: string, op: string, typed: string): SavedCondition | null {
  const name = field.trim();
  if (name === '') return null;
  return { field: name, op, value: op === 'changes' ? null : valueOf(typed) };
}

/** Converts a typed text to a number or boolean if possible. Accepts a decimal comma. */
function valueOf(typed: string): unknown {
  const text = typed.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '') return text;
  const number = numberIn(text) ?? Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Returns a condition's value as shown in its field. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : (JSON.stringify(value) ?? '');
}

/**
 * Checks a condition with the library's own rule. An environment variable passes, because the editor does not know its
 * value.
 */
export function checkCondition(condition: unknown, _options: object): true | string {
  if (Object.values(condition ?? {}).some(isFromEnv)) return true;
  try {
    parseCondition(condition, { canChange: true });
    return true;
  } catch {
    return translate('invalid.condition');
  }
}

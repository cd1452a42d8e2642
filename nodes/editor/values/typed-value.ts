import { parseCondition } from '../../../src/devices/things/condition.js';
import { numberIn } from '../../../src/devices/things/codecs.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';

/** A condition as a node keeps it. */
export interface SavedCondition {
  field: string;
  op: string;
  value: unknown;
}

/** How a condition compares, in the order of the list. */
export const OPS = ['is', 'not', 'above', 'below', 'changes'] as const;

/** A condition out of what its three fields say; `null` where no field is named. */
export function conditionOf(field: string, op: string, typed: string): SavedCondition | null {
  const name = field.trim();
  if (name === '') return null;
  return { field: name, op, value: op === 'changes' ? null : valueOf(typed) };
}

/** What a person typed: a number or true and false where it is one, else the text. A decimal comma is one, too. */
function valueOf(typed: string): unknown {
  const text = typed.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '') return text;
  const number = numberIn(text) ?? Number(text);
  return Number.isFinite(number) ? number : text;
}

/** A value of a condition as its field shows it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : (JSON.stringify(value) ?? '');
}

/** Whether a node can work by its condition, by the library's own rule. What comes from the environment nobody knows here. */
export function checkCondition(condition: unknown, _options: object): true | string {
  if (Object.values(condition ?? {}).some(isFromEnv)) return true;
  try {
    parseCondition(condition, { canChange: true });
    return true;
  } catch {
    return translate('invalid.condition');
  }
}

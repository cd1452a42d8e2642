import { type Condition, meets, parseCondition } from '../../../src/devices/things/condition.js';
import { valueText } from '../../../src/devices/things/live-value.js';
import type { Language } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import type { SavedCondition } from './typed-value.js';

/** Things, and the texts in which to describe them. */
export interface Look {
  things: readonly Thing[];
  language: Language;
  t: Translate;
}

/** The number of things that meet a condition. */
export interface MetCount {
  met: number;
  count: number;
}

/** Returns how many things meet a condition; `undefined` if the condition is invalid or nothing is known. */
export function metCountOf(condition: SavedCondition | null, things: readonly Thing[]): MetCount | undefined {
  const parsed = parsedOf(condition);
  if (parsed === null || things.length === 0) return undefined;
  return { met: things.filter(({ state }) => meets(state, parsed)).length, count: things.length };
}

/**
 * Describes the present state: of one thing, its value and whether it meets the condition; of several, how many do.
 * Empty if unknown.
 */
export function nowText(condition: SavedCondition | null, { things, language, t }: Look): string {
  const parsed = parsedOf(condition);
  const metCount = metCountOf(condition, things);
  const [only] = things;
  if (parsed === null || metCount === undefined || only === undefined) return '';
  if (things.length > 1) return parsed.op === 'changes' ? '' : t('now.some', { ...metCount });
  const value = Object.hasOwn(only.state, parsed.field) ? only.state[parsed.field] : undefined;
  if (value === undefined) return t('now.absent');
  const parameters = { value: valueText(parsed.field, value, language) || JSON.stringify(value) };
  if (parsed.op === 'changes') return t('now.is', parameters);
  return t(metCount.met === 1 ? 'now.true' : 'now.false', parameters);
}

function parsedOf(condition: SavedCondition | null): Condition | null {
  if (Object.values(condition ?? {}).some(isFromEnv)) return null;
  try {
    return parseCondition(condition, { canChange: true });
  } catch {
    return null;
  }
}

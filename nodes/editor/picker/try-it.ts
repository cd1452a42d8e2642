import type { SavedTarget } from './target.js';
import type { TriedCommand } from './things-api.js';

/** A command as its dialog says it. */
export interface SaidCommand {
  command: string;
  field: string;
  value: string;
  valueType: string;
  transition: string;
  hub: string;
}

/** Types of a value that says what it is, and comes with no message. */
const LITERAL: Readonly<Record<string, (text: string) => unknown>> = {
  num: Number,
  bool: (text) => text === 'true',
  str: (text) => text,
  json: parseJson,
};

/**
 * The command to try; `undefined` where there is nothing to command, or only a message, or the environment of the flow,
 * would say what.
 */
export function commandToTry(targets: readonly SavedTarget[], said: SaidCommand): TriedCommand | undefined {
  const { command, field, valueType, transition, hub } = said;
  if (targets.length === 0 || command === 'payload') return undefined;
  const texts = [...targets.map(({ name, id }) => name + id), field, transition, hub];
  if (texts.some((text) => text.includes('${'))) return undefined;
  const common = { targets, hub: hub.trim(), command, transition: command === 'close' ? '' : transition.trim() };
  if (command !== 'set') return { ...common, field: '' };
  const value = LITERAL[valueType]?.(said.value);
  return value === undefined || Number.isNaN(value) ? undefined : { ...common, field: field.trim(), value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

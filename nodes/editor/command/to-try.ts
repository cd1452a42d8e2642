import type { SavedTarget } from '../picker/target.js';
import type { TriedCommand } from '../picker/things-api.js';

/** A command in a dialog's fields. */
export interface DialogCommand {
  command: string;
  field: string;
  value: string;
  valueType: string;
  transition: string;
  hub: string;
}

/** Types of a value that is written in the dialog and needs no message. */
const LITERAL: Readonly<Record<string, (text: string) => unknown>> = {
  num: Number,
  bool: (text) => text === 'true',
  str: (text) => text,
  json: parseJson,
};

/** The reason why a command can't be tried in its dialog: a part of it is missing, or known only at run time. */
export type Obstacle = 'choose' | 'message' | 'env' | 'value';

/** Returns the command to try, or the reason why it can't be tried. */
export function commandToTry(targets: readonly SavedTarget[], dialog: DialogCommand): TriedCommand | Obstacle {
  const { command, field, valueType, transition, hub } = dialog;
  if (targets.length === 0) return 'choose';
  if (command === 'payload') return 'message';
  const texts = [...targets.map(({ name, id }) => name + id), command, field, transition, hub];
  if (texts.some((text) => text.includes('${'))) return 'env';
  const common = { targets, hub: hub.trim(), command, transition: command === 'close' ? '' : transition.trim() };
  if (command !== 'set') return { ...common, field: '' };
  if (dialog.value.includes('${')) return 'env';
  const value = LITERAL[valueType]?.(dialog.value);
  return value === undefined || Number.isNaN(value) ? 'value' : { ...common, field: field.trim(), value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

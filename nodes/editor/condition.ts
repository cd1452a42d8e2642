import { parseCondition } from '../../src/devices/things/condition.js';
import { translate } from './catalogue.js';

/** A condition as a node keeps it. */
export interface SavedCondition {
  field: string;
  op: string;
  value: unknown;
}

/** A condition out of its three fields; `null` where no field is named. */
function conditionOf(field: string, op: string, value: string): SavedCondition | null {
  const name = field.trim();
  return name === '' ? null : { field: name, op, value: op === 'changes' ? null : valueOf(value) };
}

/** What a person typed: a number or true and false where it is one, else the text. */
function valueOf(typed: string): unknown {
  const text = typed.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Fills the row of a condition, with these ops to choose from. `label`: what it is called where that is not "Only if". */
export function prepareCondition(
  condition: SavedCondition | null | undefined,
  ops: readonly string[],
  label?: string,
): void {
  // Node-RED translates the row's own once the dialog is there.
  if (label !== undefined) $('label[for=node-input-condition-field] span').removeAttr('data-i18n').text(label);
  const options = ops.map((op) =>
    $('<option>')
      .val(op)
      .text(translate(`op.${op}` as 'op.is')),
  );
  $('#node-input-condition-op').append(options);
  if (condition === null || condition === undefined) return;
  $('#node-input-condition-field').val(condition.field);
  $('#node-input-condition-op').val(condition.op);
  $('#node-input-condition-value').val(shownValue(condition.value));
}

/** The condition of the row; `before`: the one it was filled with, which stays as it is where nobody has changed it. */
export function readCondition(before: SavedCondition | null | undefined): SavedCondition | null {
  const [field = '', op = 'is', value = ''] = ['field', 'op', 'value'].map((name) =>
    String($(`#node-input-condition-${name}`).val() ?? ''),
  );
  const isBefore = field === before?.field && op === before.op && value === shownValue(before.value);
  return isBefore ? before : conditionOf(field, op, value);
}

function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : (JSON.stringify(value) ?? '');
}

/** Whether a node can work by its condition, by the library's own rule. */
export function checkCondition(condition: unknown, _options: object): true | string {
  try {
    parseCondition(condition, { canChange: true });
    return true;
  } catch {
    return translate('invalid.condition');
  }
}

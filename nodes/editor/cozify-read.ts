import { KINDS } from '../../src/devices/things/kinds.js';
import type texts from '../locales/en-US/cozify-read.json';
import { labelBy, type LabelledRead, readLabel } from './labels/labels.js';
import type { TargetPicker } from './picker/picker.js';
import type { ActionNode } from './shared/action-node.js';
import { type KeyOf, translate, viewerLanguage } from './shared/catalogue.js';
import { fill } from './shared/draw.js';
import { Filter, kindText, type SavedFilter } from './shared/filter.js';
import {
  checkboxPart,
  followForm,
  hubPart,
  type MorePart,
  noteShown,
  prepareHub,
  prepareMore,
  prepareName,
  showDefaults,
} from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { DEFAULTS_OF_THINGS, prepareTargets } from './shared/targets-field.js';
import { checkCondition, ConditionForm, nowText, type SavedCondition } from './values/condition.js';
import { exampleOfReading, showExample } from './values/example.js';
import { fieldsToChoose, OpenSelect } from './values/field-select.js';

export { labelStyle, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

export const label = labelBy(readLabel);
export const inputs = 1;
export const outputs = 1;

export const defaults = {
  ...DEFAULTS_OF_THINGS,
  kind: { value: 'device' },
  rooms: { value: [] },
  capabilities: { value: [] },
  capabilitiesMatch: { value: 'all' },
  reachable: { value: 'any' },
  fresh: { value: false },
  output: { value: 'auto' },
  field: { value: '' },
  condition: { value: null, validate: checkCondition },
  outputs: { value: 1 },
};

type Read = ActionNode<KeyOf<typeof texts>> & LabelledRead & SavedFilter;

export function outputLabels(this: Read, index: number): string {
  if (this.condition === null || this.condition === undefined) return this._('output.read');
  return this._(index === 0 ? 'output.yes' : 'output.no');
}

export function oneditprepare(this: Read): void {
  showDefaults(this);
  // Rooms have no state to read, so they are offered only to a node that already reads rooms.
  const offered = KINDS.filter((kind) => kind !== 'room' || this.kind === 'room');
  const kinds = offered.map((kind) => ({ value: kind, text: kindText(kind) }));
  fill($('#node-input-kind'), kinds, this.kind ?? 'device');
  const none = { value: '', text: translate('fields.all') };
  const field = new OpenSelect({ id: 'node-input-field', saved: this.field ?? '', none });
  const condition = prepareOnlyIf(this.condition);
  const picker = prepareTargets(this.targets, {
    onChange: ({ things }) => {
      field.offer(fieldsToChoose(things));
      condition.form.offer(things);
      noteShown();
    },
  });
  const filter = new Filter(this, picker, true);
  prepareHub(this.hub, 'all');
  prepareMore(moreParts(this));
  const readForm = (): Partial<Read> => ({
    targets: picker.toSave,
    ...filter.value,
    condition: condition.value(),
  });
  prepareName(this, label, readForm);
  followForm(() => showNow(condition.value(), field.value, picker));
  rememberForm(this, readForm);
}

/**
 * Sets up the optional condition. With a condition, the node has two outputs; a message goes to the second if nothing
 * meets the condition.
 */
function prepareOnlyIf(saved: unknown): { form: ConditionForm; value: () => SavedCondition | null } {
  const form = new ConditionForm(saved);
  const $onlyIf = $('#cozify-only-if').prop('checked', Boolean(saved));
  const $outputs = $('#node-input-outputs');
  const outputsBefore = $outputs.val() ?? '';
  const isConditional = (): boolean => $onlyIf.prop('checked') === true;
  const value = (): SavedCondition | null => (isConditional() ? form.value : null);
  $onlyIf.on('change', () => {
    if (isConditional()) form.chooseFirst();
  });
  followForm(() => {
    $('#cozify-only-if-rows').toggle(isConditional());
    const has = value() !== null;
    $outputs.val(has === Boolean(saved) ? outputsBefore : has ? 2 : 1);
  });
  return { form, value };
}

/** Shows whether the things meet the condition now, and an example of the message that the node would send. */
function showNow(condition: SavedCondition | null, field: string, { targets, things }: TargetPicker): void {
  const now = nowText(condition, { things, language: viewerLanguage(), t: translate });
  $('#cozify-condition-now').text(now === '' ? '' : `${now} ${translate('now.none')}`);
  const output = String($('#node-input-output').val() ?? 'auto');
  showExample(exampleOfReading({ things, named: targets.length, field, output, condition }));
}

function moreParts(node: Read): MorePart[] {
  const chosen = (name: string, usual: string): string => {
    const $chosen = $(`#node-input-${name} option:selected`);
    return $chosen.val() === usual ? '' : $chosen.text();
  };
  return [
    { name: node._('more.kind'), row: '#cozify-kind-row', summary: () => chosen('kind', 'device') },
    { name: node._('more.reachable'), row: '#cozify-reachable-row', summary: () => chosen('reachable', 'any') },
    checkboxPart('fresh', false, node._('more.fresh'), node._('more.fresh')),
    hubPart(),
  ];
}

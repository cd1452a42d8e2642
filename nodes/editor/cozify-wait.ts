import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-wait.json';
import { labelBy, type LabelledWait, waitLabel } from './labels/labels.js';
import type { TargetPicker } from './picker/picker.js';
import type { ActionNode } from './shared/action-node.js';
import { type KeyOf, translate, viewerLanguage } from './shared/catalogue.js';
import { secondsCheck } from './shared/checks.js';
import { followForm, hubPart, noteShown, prepareHub, prepareMore, prepareName, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { DEFAULTS_OF_THINGS, prepareTargets } from './shared/targets-field.js';
import {
  checkCondition as checkOptionalCondition,
  ConditionForm,
  type MetCount,
  metCountOf,
  nowText,
  type SavedCondition,
} from './values/condition.js';
import { DurationField } from './values/duration.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

export const label = labelBy(waitLabel);
export const inputs = 1;
export const outputs = 2;

const checkTimeout = secondsCheck(SECONDS.wait, 'invalid.wait');

export const defaults = {
  ...DEFAULTS_OF_THINGS,
  condition: { value: null, validate: checkCondition },
  match: { value: 'any' },
  checkNow: { value: true },
  timeout: { value: 60, validate: checkTimeout },
};

type Wait = ActionNode<KeyOf<typeof texts>> & LabelledWait & { timeout?: number | string };

/** Checks the condition. Returns true, or the error text. The condition is required, because the node waits for it. */
function checkCondition(condition: unknown, options: object): true | string {
  if (condition === undefined || condition === null) return translate('invalid.noCondition');
  return checkOptionalCondition(condition, options);
}

export function oneditprepare(this: Wait): void {
  showDefaults(this);
  const condition = new ConditionForm(this.condition, { canChange: true, isRequired: true });
  const timeout = new DurationField('timeout', this.timeout ?? $('#node-input-timeout').val(), checkTimeout);
  prepareMatch();
  const picker = prepareTargets(this.targets, {
    nothing: translate('nothing.message'),
    onChange: ({ things }) => {
      condition.offer(things);
      noteShown();
    },
  });
  prepareHub(this.hub, 'default');
  prepareMore([hubPart()]);
  const readForm = (): Partial<Wait> => ({
    targets: picker.toSave,
    condition: condition.value,
    timeout: timeout.value,
  });
  prepareName(this, label, readForm);
  followForm(() => showNow(condition.value, picker));
  rememberForm(this, readForm);
}

/** Connects the radio buttons "any" and "all" with the hidden input from which Node-RED saves the choice. */
function prepareMatch(): void {
  const $match = $('#node-input-match');
  const $radios = $<HTMLInputElement>('input[name=cozify-match]').val([String($match.val())]);
  $radios.on('change', () => void $match.val(String($radios.filter(':checked').val())));
}

/** Shows whether the things meet the condition now, and whether an incoming message would wait or pass at once. */
function showNow(condition: SavedCondition | null, { targets, things }: TargetPicker): void {
  $('#cozify-match').toggle(targets.length !== 1);
  const known = targets.length === 0 ? [] : things;
  const now = nowText(condition, { things: known, language: viewerLanguage(), t: translate });
  const metCount = metCountOf(condition, known);
  const then = metCount === undefined ? '' : translate(goesOn(condition, metCount) ? 'now.goesOn' : 'now.waits');
  $('#cozify-condition-now').text(`${now} ${then}`.trim());
}

function goesOn(condition: SavedCondition | null, { met, count }: MetCount): boolean {
  if (condition?.op === 'changes' || $('#node-input-checkNow').prop('checked') !== true) return false;
  return $('#node-input-match').val() === 'all' ? met === count : met > 0;
}

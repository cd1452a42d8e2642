import { KINDS } from '../../src/devices/things/kinds.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-command.json';
import { ActionView, type CommandTexts, payloadHelp } from './command/actions.js';
import { TryIt } from './command/try.js';
import { ValueView } from './command/value-view.js';
import { valueProblem } from './command/value.js';
import { commandLabel, labelBy, type LabelledCommand } from './labels/labels.js';
import type { TargetPicker } from './picker/picker.js';
import type { Thing } from './picker/things-api.js';
import type { ActionNode } from './shared/action-node.js';
import { type KeyOf, translate, viewerLanguage } from './shared/catalogue.js';
import { isFromEnv, secondsCheck } from './shared/checks.js';
import { choose } from './shared/draw.js';
import { hubPart, noteShown, prepareHub, prepareMore, prepareName, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { DEFAULTS_OF_THINGS, prepareTargets } from './shared/targets-field.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

type Command = ActionNode<KeyOf<typeof texts>> & LabelledCommand & { confirm?: number | string };

export const label = labelBy(commandLabel);
export const inputs = 1;
export const outputs = 2;

export const defaults = {
  ...DEFAULTS_OF_THINGS,
  command: { value: 'payload' },
  field: { value: '' },
  value: { value: 'payload', validate: checkValue },
  valueType: { value: 'msg' },
  transition: { value: '', validate: secondsCheck(SECONDS.transition, 'invalid.transition', { mayBeEmpty: true }) },
  confirm: { value: 0 },
};

/**
 * Checks whether a value is valid for its field. Returns true, or the error text. While the dialog is open, the current
 * field counts, not the saved one.
 */
function checkValue(this: Command, value: unknown, _options: object): true | string {
  const isText = ['string', 'number', 'boolean'].includes(typeof value);
  const now = (name: 'command' | 'field' | 'valueType'): string =>
    String($(`#node-input-${name}`).val() ?? this[name] ?? '');
  if (!isText || now('command') !== 'set') return true;
  const typed = { value: String(value), type: now('valueType') };
  return valueProblem(now('field'), typed, translate, viewerLanguage()) || true;
}

export function oneditprepare(this: Command): void {
  showDefaults(this);
  const confirm = String(this.confirm ?? 0);
  choose($('#node-input-confirm'), confirm, isFromEnv(confirm) ? confirm : `${confirm} s`);
  const picker = prepareCommand(this);
  prepareHub(this.hub, 'default');
  prepareMore([
    { name: this._('more.transition'), row: '.cozify-transition', summary: () => transitionSummary(this) },
    { name: this._('more.confirm'), row: '.cozify-confirm', summary: () => confirmSummary(this) },
    hubPart(),
  ]);
  const readForm = (): Partial<Command> => ({ targets: picker.toSave });
  prepareName(this, label, readForm);
  rememberForm(this, readForm);
}

/** Sets up the rows for the things, the action and the value. Returns the picker of the things. */
function prepareCommand(node: Command): TargetPicker {
  const t: CommandTexts = (key, parameters) => node._(key, parameters);
  let things: readonly Thing[] = [];
  let tryIt: TryIt | undefined = undefined;
  const show = (isChosen = false): void => {
    const { command, field } = actions;
    actions.show(things);
    $('.cozify-set').toggle(command === 'set');
    if (command === 'set') value.show(field, things, isChosen);
    showHelp(command, things, t);
    $('.cozify-transition').toggle(command !== 'close' && canFade(things));
    tryIt?.show();
    noteShown();
  };
  const actions = new ActionView(t, () => {
    show(true);
    // Checks the value again, because its validity depends on the field.
    $('#node-input-value').trigger('change');
    // Searches again, because only things that support the chosen action are listed.
    picker.search();
  });
  const value = new ValueView(t, () => tryIt?.show());
  const picker = prepareTargets(node.targets, {
    kinds: KINDS,
    nothing: translate('nothing.message'),
    can: () => neededFor(actions.command, actions.field),
    field: () => actions.field,
    onChange: (changed) => {
      things = changed.targets.length > 0 ? changed.things : [];
      show();
    },
  });
  tryIt = new TryIt(picker, t, () => value.problem);
  show();
  return picker;
}

function showHelp(command: string, things: readonly Thing[], t: CommandTexts): void {
  const { text, example } = payloadHelp(things, t, viewerLanguage());
  const $help = $('#cozify-do-help').toggle(command === 'payload');
  $help.find('span').text(text);
  $help
    .find('code')
    .text(example)
    .toggle(example !== '');
}

/**
 * Whether to offer a transition: if a thing supports it, if no abilities are known, or if a transition is already set.
 */
function canFade(things: readonly Thing[]): boolean {
  const known = things.filter(({ abilities }) => abilities !== undefined);
  if (known.length === 0 || String($('#node-input-transition').val() ?? '') !== '') return true;
  return known.some(({ abilities }) => abilities?.some(({ field }) => field === 'transition'));
}

function transitionSummary(node: Command): string {
  const time = String($('#node-input-transition').val() ?? '').trim();
  return time === '' ? '' : node._('more.transitionOf', { time });
}

function confirmSummary(node: Command): string {
  const $chosen = $('#node-input-confirm option:selected');
  return $chosen.val() === '0' ? '' : node._('more.confirmOf', { time: $chosen.text() });
}

/**
 * Returns the ability that a thing must have to be listed for a command, such as `on`; "any" if any ability will do.
 */
function neededFor(command: string, field: string): string {
  if (command === 'close') return 'close';
  if (command === 'payload') return 'any';
  if (command === 'set') return isFromEnv(field) ? 'any' : field.trim() || 'any';
  return 'on';
}

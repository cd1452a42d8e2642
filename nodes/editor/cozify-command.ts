import type texts from '../locales/en-US/cozify-command.json';
import { type ActionNode, labelOf, labelTypedInput } from './action-node.js';
import { type KeyOf, translate } from './catalogue.js';
import { isFromEnv, isTransition } from './checks.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget } from './targets-field.js';

export { labelStyle, paletteLabel, twoOutputLabels as outputLabels } from './action-node.js';

interface Command extends ActionNode<KeyOf<typeof texts>> {
  targets?: SavedTarget[];
  command?: string;
  confirm?: number | string;
}

const KINDS = ['device', 'group', 'scene', 'rule', 'alarm', 'room'];

export function label(this: Command): string {
  const [only, ...others] = this.targets ?? [];
  if (this.name || only === undefined || others.length > 0) return labelOf(this, 'label.palette', 'label.node');
  const { command = 'payload' } = this;
  const does = command === 'payload' ? this._('label.palette') : this._(`command.${command as 'on'}`);
  return this._('label.of', { command: does, target: only.name || only.id });
}

export function checkTransition(value: unknown, _options: object): true | string {
  return value === '' || isFromEnv(value) || isTransition(value) || translate('invalid.transition');
}

export function oneditprepare(this: Command): void {
  // Node-RED translates the row's own once the dialog is there.
  $('#node-input-hub').removeAttr('data-i18n').attr('placeholder', this._('placeholder.hub'));
  $('#node-input-value').typedInput({
    default: 'msg',
    types: ['msg', 'flow', 'global', 'num', 'bool', 'str', 'json', 'jsonata', 'env'],
    typeField: '#node-input-valueType',
  });
  labelTypedInput('value');
  keepConfirm(String(this.confirm ?? 0));
  const $command = $('#node-input-command');
  const picker = prepareTargets(this.targets, this._('placeholder.targets'), {
    kinds: KINDS,
    can: () =>
      neededFor(String($command.val() ?? this.command ?? 'payload'), String($('#node-input-field').val() ?? '')),
  });
  const showRows = (): void => {
    $('.cozify-set').toggle($command.val() === 'set');
    $('.cozify-transition').toggle($command.val() !== 'close');
  };
  $command.on('change', () => {
    showRows();
    picker.search();
  });
  showRows();
}

/** What a thing has to be able to do for a command. */
function neededFor(command: string, field: string): string {
  if (command === 'close') return 'close';
  if (command === 'payload') return 'any';
  if (command === 'set') return isFromEnv(field) ? 'any' : field.trim() || 'any';
  return 'on';
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Command): boolean {
  return keep(this, { targets: readTargets(this.targets) });
}

/** Offers a time to wait that came from elsewhere beside the usual ones, so that it stays chosen. */
function keepConfirm(confirm: string): void {
  const $confirm = $('#node-input-confirm');
  const isOffered = $confirm
    .find('option')
    .toArray()
    .some((option) => $(option).val() === confirm);
  if (!isOffered)
    $confirm.append(
      $('<option>')
        .val(confirm)
        .text(isFromEnv(confirm) ? confirm : `${confirm} s`),
    );
  $confirm.val(confirm);
}

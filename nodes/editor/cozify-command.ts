import { KINDS } from '../../src/devices/things/kinds.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-command.json';
import { showDefaults } from './absent.js';
import { type ActionNode, labelOfTarget, labelTypedInput, prepareHub } from './action-node.js';
import { type KeyOf, translate } from './catalogue.js';
import { isFromEnv, isSeconds } from './checks.js';
import { rangeText, settableFields, settableValues, suggest } from './picker/suggestions.js';
import type { Thing } from './picker/things-api.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget } from './targets-field.js';
import { TryIt } from './try-command.js';

export { labelStyle, paletteLabel, twoOutputLabels as outputLabels } from './action-node.js';

interface Command extends ActionNode<KeyOf<typeof texts>> {
  targets?: SavedTarget[];
  command?: string;
  confirm?: number | string;
}

const TYPES = ['msg', 'flow', 'global', 'num', 'bool', 'str', 'json', 'jsonata', 'env'] as const;

export function label(this: Command): string {
  const { command = 'payload' } = this;
  return labelOfTarget(this, {
    command: command === 'payload' ? this._('label.palette') : this._(`command.${command as 'on'}`),
  });
}

export function checkTransition(value: unknown, _options: object): true | string {
  return (
    isFromEnv(value) || isSeconds(value, SECONDS.transition, { mayBeEmpty: true }) || translate('invalid.transition')
  );
}

export function oneditprepare(this: Command): void {
  showDefaults(this);
  prepareHub(this._('placeholder.hub'));
  const $value = $('#node-input-value');
  $value.typedInput({ default: 'msg', types: [...TYPES], typeField: '#node-input-valueType' });
  labelTypedInput('value');
  keepConfirm(String(this.confirm ?? 0));
  const $command = $('#node-input-command');
  const $field = $('#node-input-field');
  const picker = prepareTargets(this.targets, this._('placeholder.targets'), {
    kinds: KINDS,
    can: () => neededFor(String($command.val() ?? this.command ?? 'payload'), String($field.val() ?? '')),
    onChange: ({ things }) => offer(things),
  });
  const tryIt = new TryIt(picker, (key) => this._(key));
  const showRows = (): void => {
    $('.cozify-set').toggle($command.val() === 'set');
    $('.cozify-transition').toggle($command.val() !== 'close');
    tryIt.show();
  };
  $command.on('change', () => {
    showRows();
    picker.search();
  });
  $field.on('change', () => {
    offer(picker.things);
    picker.search();
  });
  $('#node-input-targets-list').on('change', () => tryIt.show());
  $value.on('change', () => tryIt.show());
  showRows();
}

/** Offers the fields that the things have, and the words that the chosen one takes. */
function offer(things: readonly Thing[]): void {
  const $field = $('#node-input-field');
  const field = String($field.val() ?? '').trim();
  suggest(
    $field,
    'cozify-settable',
    settableFields(things).map((value) => ({ value })),
  );
  $('#cozify-value-range').text(rangeText(things, field));
  offerWords(settableValues(things, field));
}

/** Has the value chosen among words. What was saved stays, also where it is none of them. */
function offerWords(words: readonly string[]): void {
  const $value = $('#node-input-value');
  const key = words.join(' ');
  if (($value.data('words') ?? '') === key) return;
  $value.data('words', key);
  const isText = $value.typedInput('type') === 'str';
  const saved = isText ? String($value.typedInput('value')) : '';
  const options = [...new Set([...(saved === '' ? [] : [saved]), ...words])];
  const choice = { value: 'str', label: '', icon: 'red/images/typedInput/az.svg', options };
  $value.typedInput('types', words.length === 0 ? [...TYPES] : TYPES.map((type) => (type === 'str' ? choice : type)));
  if (isText) $value.typedInput('value', saved);
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

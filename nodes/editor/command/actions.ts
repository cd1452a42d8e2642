// The action of a command node: the list of actions, the select that shows it, and the help about payloads.
import { fieldLabel, fieldName } from '../../../src/devices/things/field-words.js';
import { FIELDS } from '../../../src/devices/things/fields.js';
import type { Language } from '../../../src/devices/things/names.js';
import type texts from '../../locales/en-US/cozify-command.json';
import type { Thing } from '../picker/things-api.js';
import { type KeyOf, viewerLanguage } from '../shared/catalogue.js';
import { fill, type Option } from '../shared/draw.js';

/** Looks up a text in the command node's catalogue. */
export type CommandTexts = (key: KeyOf<typeof texts>, parameters?: Record<string, string>) => string;

/**
 * The prefix of an action that sets a field. An action is a command such as `on`, or this prefix with a field, such as
 * `set:brightness`. The prefix alone means that the value is an object with several fields.
 */
const SET = 'set:';

/** Fields without an action of their own: the switch commands set `on`, and `transition` has an input in the dialog. */
const NO_ACTION: ReadonlySet<string> = new Set(['on', 'transition']);

/** All settable fields. They are offered while it is unknown what the targets support. */
const SETTABLE = FIELDS.filter(({ name, setting }) => setting !== undefined && !NO_ACTION.has(name)).flatMap(
  ({ name }) => (name === 'hue' ? ['color', name] : [name]),
);

/** Returns the action for a command and its field, such as `set:brightness`. */
export function actionOf(command: string, field: string): string {
  return command === 'set' ? SET + field.trim() : command;
}

/** Splits an action into its command and field; the field is `undefined` if the command sets none. */
export function partsOf(action: string): { command: string; field: string | undefined } {
  return action.startsWith(SET)
    ? { command: 'set', field: action.slice(SET.length) }
    : { command: action, field: undefined };
}

/**
 * Returns the actions that at least one of the things supports; all actions if the abilities of the things are unknown.
 * If only some of them support an action, its text says how many. `now`: the chosen action, which stays in the list.
 */
export function actionsFor(things: readonly Thing[], now: string, t: CommandTexts, language: Language): Option[] {
  const known = things.filter(({ abilities }) => abilities !== undefined);
  const all = known.length;
  const isAnybody = all === 0;
  const count = (action: string): number => known.filter((thing) => canDo(thing, action)).length;
  const fields = isAnybody ? SETTABLE : settableFields(known);
  const offered = ['on', 'off', 'toggle', ...fields.map((field) => SET + field), SET, 'close'];
  const possible = offered.filter((action) => isAnybody || count(action) > 0);
  return [...new Set(['payload', ...possible, now])].map((value) => {
    const text = actionText(value, t, language);
    const able = count(value);
    const isSome = possible.includes(value) && able < all;
    return { value, text: isSome ? t('action.some', { action: text, able: String(able), all: String(all) }) : text };
  });
}

/** Returns the fields that an action can set on the things. Fields that the package knows come first. */
function settableFields(things: readonly Thing[]): string[] {
  const fields = new Set(things.flatMap(({ abilities = [] }) => abilities.map(({ field }) => field)));
  const ours = SETTABLE.filter((field) => fields.has(field));
  return [...ours, ...[...fields].filter((field) => !ours.includes(field) && !NO_ACTION.has(field))];
}

function canDo({ kind, abilities = [] }: Thing, action: string): boolean {
  if (action === 'close') return kind === 'alarm';
  if (action === SET) return abilities.some(({ field }) => !NO_ACTION.has(field));
  const { field = 'on' } = partsOf(action);
  return abilities.some((ability) => ability.field === field);
}

/** Text keys of the actions that have a text of their own. */
const ACTION_TEXTS: Readonly<Record<string, KeyOf<typeof texts>>> = {
  payload: 'command.payload',
  on: 'command.on',
  off: 'command.off',
  toggle: 'command.toggle',
  close: 'command.close',
  [SET]: 'action.object',
  'set:on': 'action.switched',
  'set:position': 'action.position',
  'set:mute': 'action.mute',
};

/** Returns the text of an action. An unknown action is returned unchanged. */
function actionText(action: string, t: CommandTexts, language: Language): string {
  const key = ACTION_TEXTS[action];
  const { field } = partsOf(action);
  if (key !== undefined) return t(key);
  return field === undefined ? action : t('action.set', { field: fieldName(field, language) });
}

/** Value of the option that shows an input for the name of a field that is not in the list. */
const OTHER = 'other';

/** The select with a command node's actions. The node saves an action as a command and a field. */
export class ActionView {
  readonly #t: CommandTexts;
  readonly #onChoose: () => void;
  readonly #do = $('#cozify-do');
  readonly #command = $('#node-input-command');
  readonly #field = $('#node-input-field');
  #shownField = '';

  /** `onChoose`: called after the user has chosen another action. It must call `show`. */
  constructor(t: CommandTexts, onChoose: () => void) {
    this.#t = t;
    this.#onChoose = onChoose;
    this.#do.on('change', () => this.#choose(String(this.#do.val())));
    this.#field.on('change', () => {
      // Node-RED triggers `change` in each input when a dialog opens, so an unchanged name is ignored.
      if (this.command === 'set' && this.field !== this.#shownField) this.#choose(actionOf('set', this.field));
    });
  }

  get command(): string {
    return String(this.#command.val() ?? '');
  }

  /** The field to set; empty if the action sets several fields or none. */
  get field(): string {
    return this.command === 'set' ? String(this.#field.val() ?? '').trim() : '';
  }

  /** Offers the actions that at least one of the things supports. */
  show(things: readonly Thing[]): void {
    this.#shownField = this.field;
    // The list stays unchanged while the user types the name of a field.
    if (this.#do.val() === OTHER && this.field === '') return;
    const now = actionOf(this.command, this.field);
    const actions = [
      ...actionsFor(things, now, this.#t, viewerLanguage()),
      { value: OTHER, text: this.#t('action.other') },
    ];
    fill(this.#do, actions, now);
    this.#field.toggle(now === 'set:');
  }

  #choose(action: string): void {
    const { command, field } = action === OTHER ? { command: 'set', field: '' } : partsOf(action);
    this.#command.val(command).trigger('change');
    if (field !== undefined) this.#field.val(field);
    if (action === OTHER) this.#field.show().trigger('focus');
    this.#onChoose();
  }
}

/** The fields that a payload can set if it is only a number. It sets the first of these fields that the things have. */
const NUMBERS: readonly string[] = ['brightness', 'position', 'targetTemperature'];

const EXAMPLES: Readonly<Record<string, unknown>> = {
  brightness: 60,
  colorTemperature: 2700,
  position: 80,
  targetTemperature: 21.5,
  volume: 30,
  on: true,
};

const MAX_FIELDS = 2;

/**
 * Describes the payloads that the chosen things accept. If no thing is known, describes the payloads for lamps. An
 * alarm accepts no payload.
 */
export function payloadHelp(
  things: readonly Thing[],
  t: CommandTexts,
  language: Language,
): Record<'text' | 'example', string> {
  if (things.length > 0 && things.every(({ kind }) => kind === 'alarm')) return { text: t('help.alarm'), example: '' };
  const abilities = things.flatMap((thing) => thing.abilities ?? []);
  const fields = abilities.length === 0 ? ['brightness', 'colorTemperature'] : abilities.map(({ field }) => field);
  const number = NUMBERS.find((field) => fields.includes(field));
  const values = new Map(Object.entries(EXAMPLES).filter(([field]) => fields.includes(field)));
  for (const { field, words: [word] = [] } of abilities) if (word !== undefined) values.set(field, word);
  const shown = [...values].filter(([field]) => field !== 'on' || values.size === 1).slice(0, MAX_FIELDS);
  return {
    text: number === undefined ? t('help.payload') : t('help.payloadNumber', { number: fieldLabel(number, language) }),
    example: `{ ${shown.map(([field, value]) => `"${field}": ${JSON.stringify(value)}`).join(', ')} }`,
  };
}

import { fieldName } from '../../../src/devices/things/field-words.js';
import { FIELDS } from '../../../src/devices/things/fields.js';
import type { Language } from '../../../src/devices/things/names.js';
import type texts from '../../locales/en-US/cozify-command.json';
import type { Thing } from '../picker/things-api.js';
import type { KeyOf } from '../shared/catalogue.js';

/** Looks up a text in the command node's catalogue. */
export type CommandTexts = (key: KeyOf<typeof texts>, parameters?: Record<string, string>) => string;

/** An action of a command node as a single word: a command, or "set:" and the name of a field. */
export interface ActionOption {
  value: string;
  text: string;
}

const SET = 'set:';

/** Fields without an action of their own: they are switched, or have a place elsewhere in the dialog. */
const NO_ACTION: ReadonlySet<string> = new Set(['on', 'transition']);

/** All settable fields, offered while the abilities of the targets are unknown. */
const SETTABLE = FIELDS.filter(({ name, setting }) => setting !== undefined && !NO_ACTION.has(name)).flatMap(
  ({ name }) => (name === 'hue' ? ['color', name] : [name]),
);

/** Joins a command and its field into a single word. */
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
 * Returns the actions that the things support, with the number of able things unless all are; all actions while no
 * ability is known. `now`: the chosen action, which stays in the list.
 */
export function actionsFor(things: readonly Thing[], now: string, t: CommandTexts, language: Language): ActionOption[] {
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
    const isSome = possible.includes(value) && able > 0 && able < all;
    return { value, text: isSome ? t('deed.some', { deed: text, able: String(able), all: String(all) }) : text };
  });
}

/** Returns the fields that an action can set on the things, in a familiar order. */
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

/** Returns an action in everyday words. An unknown action is returned unchanged. */
function actionText(action: string, t: CommandTexts, language: Language): string {
  switch (action) {
    case 'payload':
    case 'on':
    case 'off':
    case 'toggle':
    case 'close':
      return t(`command.${action}`);
    case SET:
      return t('deed.object');
    case 'set:on':
      return t('deed.switched');
    case 'set:position':
      return t('deed.position');
    case 'set:mute':
      return t('deed.mute');
  }
  const { field } = partsOf(action);
  return field === undefined ? action : t('deed.set', { field: fieldName(field, language) });
}

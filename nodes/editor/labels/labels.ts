import type { SavedPress } from '../press-rows.js';
import type { AccountKey } from '../shared/catalogue.js';
import type { SavedCondition } from '../values/typed-value.js';
import { chosenThings, type FilteredNode, filteredThings } from './subject.js';
import { conditionText, durationText, fieldsText, type SavedSetting, settingText } from './values.js';
import { fitLabel, type LabelledNode, type LabelWords } from './words.js';

/** A command node as its label needs it. */
export interface LabelledCommand extends LabelledNode, SavedSetting {
  command?: string;
}

/** A changes node as its label needs it. */
export interface LabelledChanges extends FilteredNode {
  condition?: SavedCondition | null;
  fields?: readonly string[];
  payload?: string;
  for?: unknown;
  events?: readonly string[];
}

/** A read node as its label needs it. */
export interface LabelledRead extends FilteredNode {
  kind?: string;
  field?: string;
  condition?: SavedCondition | null;
}

/** A wait node as its label needs it. */
export interface LabelledWait extends LabelledNode {
  condition?: SavedCondition | null;
}

/** A button node as its label needs it. */
export interface LabelledButton extends LabelledNode {
  presses?: readonly SavedPress[];
}

/** "Kattovalo → 60 %": which things, then what is done with them. */
export function commandLabel(node: LabelledCommand, words: LabelWords): string {
  const named = chosenThings(node, words, 'msg.target');
  return fitLabel({ named, after: ` → ${doneText(node, words)}` });
}

function doneText(node: LabelledCommand, words: LabelWords): string {
  const { command = 'payload', targets = [] } = node;
  if (command === 'payload') return 'msg.payload';
  if (command === 'set') return settingToText(node, words);
  const isRun = command === 'on' && targets.length > 0 && targets.every(({ kind }) => kind === 'scene');
  const known = ['on', 'off', 'toggle', 'close'].includes(command);
  return known ? words.t(`canvas.${isRun ? 'run' : command}` as AccountKey) : command;
}

/** To switch on or off by the field is said as by the command. */
function settingToText(node: LabelledCommand, words: LabelWords): string {
  const { field = '', value, valueType } = node;
  if (field.trim() === 'on' && valueType === 'bool') {
    return words.t(value === true || value === 'true' ? 'canvas.on' : 'canvas.off');
  }
  return settingText(node, words);
}

/** "Sauna > 70 °C for 5 min", "Ulko-ovi: open or closed": which things, then when something is sent. */
export function changesLabel(node: LabelledChanges, words: LabelWords): string {
  const { isOfMany, ...named } = filteredThings(node, words);
  const { condition } = node;
  const what =
    condition === null || condition === undefined
      ? `: ${newsText(node, words)}`
      : `${isOfMany ? ':' : ''} ${conditionText(condition, words)}`;
  const time = durationText(node.for);
  return fitLabel({ named, after: time === '' ? what : words.t('canvas.forTime', { what, time }) });
}

function newsText(
  { fields = [], payload = 'state', events = ['changed'] }: LabelledChanges,
  words: LabelWords,
): string {
  if (!events.includes('changed') && events.length > 0) {
    const [first, ...others] = events.map((event) => words.t(`canvas.${event}` as AccountKey));
    return others.length > 1 ? `${first} + ${others.length}` : [first, ...others].join(', ');
  }
  const chosen = fields.length > 0 || payload === 'state' || payload === '' ? fields : [payload];
  return fieldsText(chosen, words) || words.t('canvas.anyChange');
}

/** "read Sauna: temperature": which things, then which of their values. */
export function readLabel(node: LabelledRead, words: LabelWords): string {
  const { kind = 'device', field = '', condition } = node;
  const named = filteredThings({ ...node, kinds: [kind] }, words);
  const parts = [
    ...(field.trim() === '' ? [] : [fieldsText([field.trim()], words)]),
    ...(condition === null || condition === undefined ? [] : [conditionText(condition, words)]),
  ];
  const after = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return fitLabel({ before: `${words.t('canvas.read')} `, named, after });
}

/** "wait: Ulko-ovi closed": which things, then what they are waited for. */
export function waitLabel(node: LabelledWait, words: LabelWords): string {
  const { condition } = node;
  const named = chosenThings(node, words, 'msg.target');
  const after = condition === null || condition === undefined ? '' : ` ${conditionText(condition, words)}`;
  return fitLabel({ before: `${words.t('canvas.wait')} `, named, after });
}

/** "Olohuoneen katkaisin: I short": which switches, then which press, or how many. */
export function buttonLabel(node: LabelledButton, words: LabelWords): string {
  const { presses = [] } = node;
  const named = chosenThings(node, words, words.t('canvas.allSwitches'));
  const [only, ...others] = presses;
  if (only === undefined) return fitLabel({ named });
  const what = others.length > 0 ? words.t('canvas.presses', { count: presses.length }) : pressOf(only, words);
  return fitLabel({ named, after: `: ${what}` });
}

function pressOf({ button, press }: SavedPress, { t }: LabelWords): string {
  const which = String(button ?? '').trim();
  const how = press === '' ? '' : t(`canvas.press-${press}` as AccountKey);
  return [which, how].filter((part) => part !== '').join(' ') || t('canvas.anyPress');
}

// The automatic labels of nodes on the canvas, such as "Ceiling lamp → 60 %".
import type { SavedPress } from '../press-rows.js';
import { type AccountKey, translate, viewerLanguage } from '../shared/catalogue.js';
import type { SavedCondition } from '../values/condition.js';
import { knownNames } from './names.js';
import { chosenThings, type FilteredNode, filteredThings } from './subject.js';
import { conditionTexts, durationText, fieldsText, type SavedSetting, settingTexts } from './values.js';
import { fitLabel, type LabelledNode, type LabelWords } from './words.js';

export interface LabelledCommand extends LabelledNode, SavedSetting {
  command?: string;
}

export interface LabelledChanges extends FilteredNode {
  condition?: SavedCondition | null;
  fields?: readonly string[];
  payload?: string;
  for?: unknown;
  events?: readonly string[];
}

export interface LabelledRead extends FilteredNode {
  kind?: string;
  field?: string;
  condition?: SavedCondition | null;
}

export interface LabelledWait extends LabelledNode {
  condition?: SavedCondition | null;
}

export interface LabelledButton extends LabelledNode {
  presses?: readonly SavedPress[];
}

/** Returns the label of a command node, such as "Ceiling lamp → 60 %": the things, then the action. */
export function commandLabel(node: LabelledCommand, words: LabelWords): string {
  const named = chosenThings(node, words, 'msg.target');
  return fitLabel({ named, after: actionTexts(node, words).map((text) => ` → ${text}`) });
}

function actionTexts(node: LabelledCommand, words: LabelWords): string[] {
  const { command = 'payload', targets = [] } = node;
  if (command === 'payload') return ['msg.payload'];
  if (command === 'set') return settingTextsOf(node, words);
  const isRun = command === 'on' && targets.length > 0 && targets.every(({ kind }) => kind === 'scene');
  const known = ['on', 'off', 'toggle', 'close'].includes(command);
  return [known ? words.t(`canvas.${isRun ? 'run' : command}` as AccountKey) : command];
}

/**
 * Returns alternative texts for the command "set", the longest first. To set the field "on" to true or false has the
 * same text as the commands "on" and "off".
 */
function settingTextsOf(node: LabelledCommand, words: LabelWords): string[] {
  const { field, value, valueType } = node;
  if (field?.trim() === 'on' && valueType === 'bool') {
    return [words.t(value === true || value === 'true' ? 'canvas.on' : 'canvas.off')];
  }
  return settingTexts(node, words);
}

/**
 * Returns the label of a changes node, such as "Sauna > 70 °C for 5 min" or "Front door: open or closed": the things,
 * then what makes the node send a message.
 */
export function changesLabel(node: LabelledChanges, words: LabelWords): string {
  const news = newsText(node, words);
  const conditions = conditionTexts(node.condition, words);
  const { isOfMany, ...named } = filteredThings(node, words, conditions.length > 0 || news !== '');
  const whats =
    conditions.length === 0
      ? [`: ${news || words.t('canvas.anyChange')}`]
      : conditions.map((text) => `${isOfMany ? ':' : ''} ${text}`);
  const time = durationText(node.for);
  return fitLabel({
    named,
    after: time === '' ? whats : whats.map((what) => words.t('canvas.forTime', { what, time })),
  });
}

/** Returns a text for the fields or events that make a changes node send a message; empty if any change does. */
function newsText(
  { fields = [], payload = 'state', events = ['changed'] }: LabelledChanges,
  words: LabelWords,
): string {
  if (!events.includes('changed') && events.length > 0) {
    const [first, ...others] = events.map((event) => words.t(`canvas.${event}` as AccountKey));
    return others.length > 1 ? `${first} + ${others.length}` : [first, ...others].join(', ');
  }
  const chosen = fields.length > 0 || payload === 'state' ? fields : [payload];
  return fieldsText(chosen, words);
}

/**
 * Returns the label of a read node, such as "read Sauna: temperature": the things, then the field and the condition.
 */
export function readLabel(node: LabelledRead, words: LabelWords): string {
  const { kind = 'device' } = node;
  const field = fieldsText([node.field ?? ''].map((name) => name.trim()).filter(Boolean), words);
  const conditions = conditionTexts(node.condition, words);
  const whats = [
    ...(field === '' ? [] : [[field, ...conditions.slice(0, 1)].join(', ')]),
    // If the label would be too long, only the condition is shown, because it is more useful than the field.
    ...conditions,
  ];
  const named = filteredThings({ ...node, kinds: [kind] }, words, whats.length > 0);
  return fitLabel({ before: `${words.t('canvas.read')} `, named, after: whats.map((what) => `: ${what}`) });
}

/** Returns the label of a wait node, such as "wait: Front door closed": the things, then the condition. */
export function waitLabel(node: LabelledWait, words: LabelWords): string {
  const named = chosenThings(node, words, 'msg.target');
  const after = conditionTexts(node.condition, words).map((what) => ` ${what}`);
  return fitLabel({ before: `${words.t('canvas.wait')} `, named, after });
}

/**
 * Returns the label of a button node, such as "Wall switch: I short" (a short press of the button "I"): the switches,
 * then the press or, if there are several, their number.
 */
export function buttonLabel(node: LabelledButton, words: LabelWords): string {
  const { presses = [] } = node;
  const named = chosenThings(node, words, words.t('canvas.allSwitches'));
  const [only, ...others] = presses;
  if (only === undefined) return fitLabel({ named });
  const what = others.length > 0 ? words.t('canvas.presses', { count: presses.length }) : pressOf(only, words);
  return fitLabel({ named, after: [`: ${what}`] });
}

function pressOf({ button, press }: SavedPress, { t }: LabelWords): string {
  const which = String(button ?? '').trim();
  const how = press === '' ? '' : t(`canvas.press-${press}` as AccountKey);
  return [which, how].filter((part) => part !== '').join(' ') || t('canvas.anyPress');
}

/** The properties of a node that {@link labelBy} uses. */
interface Labelled {
  name?: string;
  _(key: 'label.palette'): string;
}

/**
 * Returns a `label` function for the definition of a node type. The function returns the name that the user has given
 * to the node or, without a name, the automatic label.
 */
export function labelBy<N>(label: (node: N, words: LabelWords) => string): (this: N & Labelled) => string {
  return function (this: N & Labelled): string {
    if (this.name) return this.name;
    try {
      return label(this, wordsOfViewer());
    } catch {
      // A hand-written flow can contain anything. If a label threw an exception, Node-RED would draw no node at all.
      return this._('label.palette');
    }
  };
}

function wordsOfViewer(): LabelWords {
  return { t: translate, language: viewerLanguage(), names: knownNames };
}

import type { TargetResult } from '../../../src/devices/steps/command-step.js';
import { fieldName } from '../../../src/devices/things/field-words.js';
import { stateText, valueText } from '../../../src/devices/things/live-value.js';
import type { Language } from '../../../src/devices/things/names.js';
import { colorText } from '../../../src/devices/things/shades.js';
import type { State } from '../../../src/devices/things/units.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import type { CommandTexts } from './actions.js';

/** The outcome of a command for a thing. */
export interface Outcome {
  id: string;
  isOk: boolean;
  text: string;
}

/** A tried command, and the texts for its outcome. */
export interface TriedWords {
  /** The field that was set; empty for a switch command, or several fields. */
  field: string;
  /** Finds the known thing of a target. */
  find: (target: SavedTarget) => Thing | undefined;
  t: CommandTexts;
  language: Language;
}

const COLORS: readonly string[] = ['color', 'hue', 'saturation'];

/** Error codes with a remedy for the user. */
const REASONS = ['COZIFY_NOT_FOUND', 'COZIFY_HUB_OFFLINE', 'COZIFY_UNREACHABLE', 'COZIFY_FORBIDDEN'] as const;

/** Returns a text for each thing: each lamp of a room, and each lamp of a group in which some failed. */
export function outcomesOf(results: readonly TargetResult[], words: TriedWords): Outcome[] {
  return results.flatMap((result) => {
    const target = targetOf(result);
    const members = memberOutcomes(result, words);
    const isOne = target.kind !== 'room' && members.every(({ isOk }) => isOk);
    if (result.sent && members.length > 0 && !isOne) return members;
    const missed = members.filter(({ isOk }) => !isOk);
    return [{ id: target.id, ...ownOutcome(target.name || target.id, target, result, words) }, ...missed];
  });
}

/** Returns a text for each device of a group or room, the successful ones first. */
function memberOutcomes({ did = [], members = [] }: TargetResult, words: TriedWords): Outcome[] {
  return [
    ...did.map(({ id, name, state }) => ({ id, isOk: true, text: doneText(name, state, words) })),
    ...members.map(({ id, name, reason }) => ({
      id,
      isOk: false,
      text: missedText(name, reason, words.t('tried.noDeed'), words),
    })),
  ];
}

/** Returns texts for a command that was not sent at all. */
export function failedOutcomes(targets: readonly SavedTarget[], code: string, words: TriedWords): Outcome[] {
  return targets.map((target) => ({
    id: target.id,
    isOk: false,
    text: missedText(target.name || target.id, code, inability(target, words), words),
  }));
}

function ownOutcome(
  name: string,
  target: SavedTarget,
  { sent, confirmed, reason, state, ignored, clamped }: TargetResult,
  words: TriedWords,
): Omit<Outcome, 'id'> {
  const { t, field } = words;
  if (reason === 'superseded') return { isOk: true, text: t('tried.superseded', { name }) };
  const isIgnored = field !== '' && fieldsOf(field).some((one) => ignored.includes(one));
  if (!sent || isIgnored) {
    const code = sent ? 'COZIFY_BAD_INPUT' : (reason ?? '');
    return { isOk: false, text: missedText(name, code, inability(target, words), words) };
  }
  if (confirmed !== true) return { isOk: false, text: missedText(name, reason ?? 'timeout', '', words) };
  const now = state ?? {};
  // A group's name may be in the plural, so that no verb form fits.
  const text =
    target.kind === 'group'
      ? t('tried.shows', { name, state: stateText(now, words.language) })
      : doneText(name, now, words);
  return { isOk: true, text: clamped.length > 0 ? `${text} ${t('tried.clamped')}` : text };
}

/** Says why a command was not run or not confirmed. `unable`: the text if the thing does not support the command. */
function missedText(name: string, reason: string, unable: string, { t }: TriedWords): string {
  if (reason === 'timeout') return t('tried.notYet', { name });
  if (reason === 'unreachable') return t('tried.unreachable', { name });
  const known = REASONS.find((one) => one === reason);
  const why = known === undefined ? t('tried.failed') : t(`tried.${known}`);
  return t('tried.notDone', { name, why: reason === 'COZIFY_BAD_INPUT' ? unable : why });
}

/** Says that a thing does not support the command, or not with this value. */
function inability(target: SavedTarget, { field, find, t }: TriedWords): string {
  const abilities = find(target)?.abilities;
  const canSet = (name: string): boolean => abilities?.some((ability) => ability.field === name) ?? false;
  if (abilities === undefined || (field !== '' && canSet(field))) return t('tried.badValue');
  return COLORS.includes(field) ? t('tried.noColor') : t('tried.noDeed');
}

/** Describes the new state of a thing, beginning with the field that was set. */
function doneText(name: string, state: State, { field, t, language }: TriedWords): string {
  const { on, position } = state;
  if (typeof on === 'boolean' && (!on || field === '' || isLighting(field))) {
    const more = on ? lightText(state, field, language) : '';
    const how = t(on ? 'tried.on' : 'tried.off');
    return t('tried.is', { name, state: more === '' ? how : `${how}, ${more}` });
  }
  const value = field === '' ? '' : valueText(field, state[field], language);
  if (typeof position === 'number' && (field === '' || field === 'position')) {
    return t('tried.is', { name, state: t('tried.open', { position: String(position) }) });
  }
  if (value !== '') return t('tried.has', { name, field: fieldName(field, language), value });
  const text = stateText(state, language);
  return text === '' ? t('tried.done', { name }) : t('tried.shows', { name, state: text });
}

/** Describes the light of a lamp that is on: the field that was set, or else the brightness. */
function lightText(
  { brightness, colorTemperature, hue, saturation }: State,
  field: string,
  language: Language,
): string {
  if (COLORS.includes(field) && typeof hue === 'number' && typeof saturation === 'number') {
    return colorText(hue, saturation, language);
  }
  if (field === 'colorTemperature') return valueText('colorTemperature', colorTemperature, language);
  return typeof brightness === 'number' ? valueText('brightness', brightness, language) : '';
}

function isLighting(field: string): boolean {
  return ['on', 'brightness', 'colorTemperature', ...COLORS].includes(field);
}

/** Returns the fields in a result for a field of the dialog: a colour consists of two. */
function fieldsOf(field: string): readonly string[] {
  return field === 'color' ? COLORS : [field];
}

function targetOf({ target }: TargetResult): SavedTarget {
  const nothing = { hub: '', kind: '', id: '', name: '' };
  return typeof target === 'string' ? { ...nothing, name: target } : { ...nothing, ...target };
}

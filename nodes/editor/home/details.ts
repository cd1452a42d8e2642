// What the opened row of the home tab says: the facts about a thing, and the outcome of setting a field.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { fieldLabel, shortFieldName } from '../../../src/devices/things/field-words.js';
import { fullText } from '../../../src/devices/things/live-value.js';
import { valueProblem } from '../command/value.js';
import type { Thing, Tried } from '../picker/things-api.js';
import type { HomeTexts } from './texts.js';

/** Returns the names and values of all that is known about a thing. */
export function factsOf(thing: Thing, texts: HomeTexts): (readonly [name: string, value: string])[] {
  const { t } = texts;
  const { changedAt, manufacturer, model, groups } = thing;
  const facts = [
    ...texts.fields(thing.state),
    [t('home.changedAt'), changedAt && texts.date(changedAt)] as const,
    [t('home.manufacturer'), manufacturer] as const,
    [t('home.model'), model] as const,
    [t('picker.group'), groups.join(', ')] as const,
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, value]] : []));
}

/** Returns the number in a typed text, or the problem with the text: it is no number, or out of the field's range. */
export function numberTyped(field: string, typed: string, { t, language }: HomeTexts): number | string {
  const number = numberIn(typed);
  const problem = valueProblem(field, { value: String(number), type: 'num' }, t, language);
  return number === undefined || problem !== ''
    ? t('home.doOf', { what: fieldLabel(field, language), name: problem })
    : number;
}

/** Returns a text about the outcome of setting a field: the new value, or why it may not have been set. */
export function outcomeOf(field: string, name: string, answer: Tried, texts: HomeTexts): string {
  const { language, t } = texts;
  const [result] = answer.results;
  const now = result?.state ?? {};
  const value = texts.fieldValue(now, field);
  if (result?.confirmed !== true || value === '') return texts.tried(answer);
  const full = fullText(now, language, field);
  const state = full.includes(value) ? full : `${shortFieldName(field, language)} ${value}`;
  return t('picker.done', { name, state });
}

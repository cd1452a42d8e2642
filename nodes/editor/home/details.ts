// The content of the opened row of the home tab: the facts about a thing, and whether a typed number can be set.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { fieldLabel } from '../../../src/devices/things/field-words.js';
import { valueProblem } from '../command/value.js';
import type { Thing } from '../picker/things-api.js';
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

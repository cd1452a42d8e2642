import { fieldLabel } from '../../../src/devices/things/field-words.js';
import type { Language } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import type { CommandTexts } from './actions.js';

/** Help about a message's payload: a text, and an example object. */
export interface PayloadHelp {
  text: string;
  example: string;
}

/** Fields that a plain number sets, on things with that ability. */
const NUMBERS: readonly string[] = ['brightness', 'position', 'targetTemperature'];

const EXAMPLES: Readonly<Record<string, unknown>> = {
  brightness: 60,
  colorTemperature: 2700,
  position: 80,
  targetTemperature: 21.5,
  volume: 30,
  on: true,
};

const MOST_FIELDS = 2;

/** Describes the payloads that the chosen things accept; for unknown things, the payloads of lamps. An alarm accepts none. */
export function payloadHelp(things: readonly Thing[], t: CommandTexts, language: Language): PayloadHelp {
  if (things.length > 0 && things.every(({ kind }) => kind === 'alarm')) return { text: t('help.alarm'), example: '' };
  const abilities = things.flatMap((thing) => thing.abilities ?? []);
  const fields = abilities.length === 0 ? ['brightness', 'colorTemperature'] : abilities.map(({ field }) => field);
  const number = NUMBERS.find((field) => fields.includes(field));
  const words = new Map(
    abilities.flatMap(({ field, words: [word] = [] }) => (word === undefined ? [] : [[field, word]])),
  );
  const values: [string, unknown][] = Object.keys(EXAMPLES)
    .filter((field) => fields.includes(field))
    .map((field) => [field, EXAMPLES[field]]);
  for (const [field = '', word] of words) values.push([field, word]);
  const shown = values.filter(([field]) => field !== 'on' || values.length === 1).slice(0, MOST_FIELDS);
  return {
    text: number === undefined ? t('help.payload') : t('help.payloadNumber', { number: fieldLabel(number, language) }),
    example: `{ ${shown.map(([field, value]) => `"${field}": ${JSON.stringify(value)}`).join(', ')} }`,
  };
}

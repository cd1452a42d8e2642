/** What to do about a command that can't be done, in as few words as a status has room for. */
import type { Brief } from '../../errors.js';
import { fieldName } from '../things/field-words.js';
import type { Field } from '../things/fields.js';

/** The payload is no command, or the value is neither true nor false. */
export const SEND_TRUE: Brief = { en: 'send true or false', fi: 'lähetä true tai false' };

/** The field to set got nothing. */
export const NO_VALUE: Brief = { en: 'there is no value', fi: 'arvo puuttuu' };

/** Neither the node nor the message says what to control. */
export const NO_TARGET: Brief = { en: 'choose a device', fi: 'valitse laite' };

/** The number is not one that the field can have. */
export function sendWithin({ unit = '', setting }: Pick<Field, 'unit' | 'setting'>): Brief {
  const { min, max } = setting?.range ?? { min: 0, max: 0 };
  return { en: `send ${min} to ${max} ${unit}`.trimEnd(), fi: `lähetä ${min}–${max} ${unit}`.trimEnd() };
}

/** The thing does not have the field. */
export function withoutField(field: string): Brief {
  return { en: `it has no ${fieldName(field, 'en')}`, fi: `${fieldName(field, 'fi')} puuttuu` };
}

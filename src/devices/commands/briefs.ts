/** Short error texts that a node shows in its status in the Node-RED editor. */
import type { Brief } from '../../errors.js';
import { fieldName } from '../things/field-words.js';
import type { Field } from '../things/fields.js';

/** Node status if the payload is not a command, or if only true or false is accepted. */
export const SEND_TRUE: Brief = { en: 'send true or false', fi: 'lähetä true tai false' };

/** Node status if there is no value for the field to set. */
export const NO_VALUE: Brief = { en: 'there is no value', fi: 'arvo puuttuu' };

/** Node status if neither the node nor the message has a target. */
export const NO_TARGET: Brief = { en: 'choose a device', fi: 'valitse laite' };

/** Returns the node status for a number outside the range of the field: "send 0 to 100 %". */
export function sendWithin({ unit = '', setting }: Pick<Field, 'unit' | 'setting'>): Brief {
  const { min, max } = setting?.range ?? { min: 0, max: 0 };
  return { en: `send ${min} to ${max} ${unit}`.trimEnd(), fi: `lähetä ${min}–${max} ${unit}`.trimEnd() };
}

/** Node status if the target does not have the field. */
export function withoutField(field: string): Brief {
  return { en: `it has no ${fieldName(field, 'en')}`, fi: `${fieldName(field, 'fi')} puuttuu` };
}

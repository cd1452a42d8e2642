import { parseJson } from '../../schema.js';
import type { Kind } from './kinds.js';
import { asRecord, asTexts, expectFewThings, isWithinSize, NOTHING, unusual } from './raw.js';

/** The most fields in the state of one device. */
const MOST_FIELDS = 1000;
/** The most capabilities of one device. */
const MOST_CAPABILITIES = 200;
/** The most values of one device, nested values included. */
const MOST_VALUES = 2 * MOST_FIELDS;
/** The most values in one answer. A large home of 10 000 devices has about 300 000. */
const MOST_VALUES_OF_ANSWER = 700_000;

const [COMMA, BRACKET, BRACE] = [','.charCodeAt(0), '['.charCodeAt(0), '{'.charCodeAt(0)];

/**
 * Parses the answer of a hub; `undefined` if it is not JSON. Throws `COZIFY_BAD_ANSWER` if it has so many values that
 * parsing them would hold Node-RED for seconds.
 */
export function parseHubAnswer(text: string): unknown {
  if (text.length > MOST_VALUES_OF_ANSWER) expectFewValues(text);
  return parseJson(text);
}

/** Throws `COZIFY_BAD_ANSWER` if one of the things is larger than in any home. */
export function expectUsualThings(kind: Kind, listing: readonly (readonly [id: string, value: unknown])[]): void {
  for (const [, value] of listing) {
    const thing = asRecord(value) ?? NOTHING;
    if (kind === 'group') expectFewThings(asTexts(thing['members']).length);
    // The other kinds need no check, because only a few of their texts and numbers are read.
    if (kind !== 'device' && kind !== 'alarm') continue;
    if (Object.keys(asRecord(thing['state']) ?? NOTHING).length > MOST_FIELDS || !isWithinSize(thing, MOST_VALUES)) {
      throw unusual(`a thing with more than ${MOST_FIELDS} fields`);
    }
    if (asTexts(thing['capabilities']).length > MOST_CAPABILITIES) {
      throw unusual(`a device with more than ${MOST_CAPABILITIES} capabilities`);
    }
  }
}

function expectFewValues(text: string): void {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COMMA || code === BRACKET || code === BRACE) count += 1;
  }
  if (count > MOST_VALUES_OF_ANSWER) throw unusual(`more than ${MOST_VALUES_OF_ANSWER} values`);
}

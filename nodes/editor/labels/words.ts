import type { Language } from '../../../src/devices/things/names.js';
import type { SavedTarget } from '../picker/target.js';
import type { Translate } from '../shared/catalogue.js';

/** What things and rooms are called now, as far as the editor has been told. */
export interface CurrentNames {
  of(account: string, thing: { hub: string; id: string }): string | undefined;
}

/** In which words labels are made. */
export interface LabelWords {
  t: Translate;
  language: Language;
  names: CurrentNames;
}

/** What all nodes about things at home have that their labels tell of. */
export interface LabelledNode {
  account?: string;
  hub?: string;
  targets?: readonly SavedTarget[];
}

/** A part of a label: its name may be cut, what stands behind that may not. */
export interface Named {
  readonly name: string;
  readonly tail: string;
}

/** Node-RED makes a node as wide as its label. */
const LONGEST_LABEL = 40;
/** A name of fewer letters may belong to several things. */
const SHORTEST_NAME = 12;

/**
 * A label of at most 40 letters. `after` are texts behind the name, the longest first: the first text that leaves room for
 * the name is taken, otherwise the last. The name is cut if it still is too long; the text behind it is not.
 */
export function fitLabel({
  before = '',
  named,
  after = [],
}: {
  before?: string;
  named: Named;
  after?: readonly string[];
}): string {
  const roomFor = (text: string): number => LONGEST_LABEL - lengthOf(before + named.tail + text);
  const needed = Math.min(lengthOf(named.name), SHORTEST_NAME);
  const text = after.find((one) => roomFor(one) >= needed) ?? after.at(-1) ?? '';
  const name = shortened(named.name, Math.max(2, roomFor(text)));
  return shortened(`${before}${name}${named.tail}${text}`, LONGEST_LABEL);
}

function shortened(text: string, longest: number): string {
  const letters = [...text];
  return letters.length <= longest
    ? text
    : `${letters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}

// The data from which labels are made, and the function that limits their length.
import type { Language } from '../../../src/devices/things/names.js';
import { lengthOf, shortened } from '../../../src/text.js';
import type { SavedTarget } from '../picker/target.js';
import type { Translate } from '../shared/catalogue.js';
import type { KnownNames } from './names.js';

/** The texts, the language and the current names of things from which labels are made. */
export interface LabelWords {
  t: Translate;
  language: Language;
  names: KnownNames;
}

/** The node properties from which labels are made. All nodes with targets have these properties. */
export interface LabelledNode {
  account?: string;
  hub?: string;
  targets?: readonly SavedTarget[];
}

/** A part of a label: a name, which may be shortened, and a text after it, which may not. */
export interface NamedPart {
  readonly name: string;
  readonly tail: string;
}

/** The maximum number of characters of a label, because Node-RED makes a node as wide as its label. */
const LONGEST_LABEL = 40;
/** The minimum number of characters of a shortened name, because a shorter one could mean several things. */
const SHORTEST_NAME = 12;

/** The parts of a label, from left to right. */
interface LabelParts {
  before?: string;
  named: NamedPart;
  /** Alternative texts for the end of the label, the longest first. The first one that fits is used. */
  after?: readonly string[];
}

/**
 * Returns a label of at most 40 characters. Uses the first text in `after` that leaves enough room for the name, or
 * else the last text. If the label is still too long, shortens the name.
 */
export function fitLabel({ before = '', named, after = [] }: LabelParts): string {
  const roomFor = (text: string): number => LONGEST_LABEL - lengthOf(before + named.tail + text);
  const needed = Math.min(lengthOf(named.name), SHORTEST_NAME);
  const text = after.find((one) => roomFor(one) >= needed) ?? after.at(-1) ?? '';
  const name = shortened(named.name, Math.max(2, roomFor(text)));
  return shortened(`${before}${name}${named.tail}${text}`, LONGEST_LABEL);
}

// Inputs of a label, and its shortening.
import type { Language } from '../../../src/devices/things/names.js';
import type { SavedTarget } from '../picker/target.js';
import type { Translate } from '../shared/catalogue.js';
import type { KnownNames } from './names.js';

/** Texts and names for labels. */
export interface LabelWords {
  t: Translate;
  language: Language;
  names: KnownNames;
}

/** The properties that all labels of nodes for things use. */
export interface LabelledNode {
  account?: string;
  hub?: string;
  targets?: readonly SavedTarget[];
}

/** A part of a label. Its name may be cut, but not the text after it. */
export interface Named {
  readonly name: string;
  readonly tail: string;
}

/** Most characters of a label; Node-RED makes a node as wide as its label. */
const LONGEST_LABEL = 40;
/** Least characters of a cut name; a shorter one may fit several things. */
const SHORTEST_NAME = 12;

/** The parts of a label. */
interface LabelParts {
  before?: string;
  named: Named;
  /** Texts after the name to choose from, the longest first. */
  after?: readonly string[];
}

/**
 * Returns a label of at most 40 characters. Uses the first text that leaves room for the name, otherwise the last. If the
 * label is still too long, the name is cut.
 */
export function fitLabel({ before = '', named, after = [] }: LabelParts): string {
  const roomFor = (text: string): number => LONGEST_LABEL - lengthOf(before + named.tail + text);
  const needed = Math.min(lengthOf(named.name), SHORTEST_NAME);
  const text = after.find((one) => roomFor(one) >= needed) ?? after.at(-1) ?? '';
  const name = shortened(named.name, Math.max(2, roomFor(text)));
  return shortened(`${before}${name}${named.tail}${text}`, LONGEST_LABEL);
}

function shortened(text: string, longest: number): string {
  const letters = [...text];
  if (letters.length <= longest) return text;
  const start = letters.slice(0, longest - 1).join('');
  return `${start.trimEnd()}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}

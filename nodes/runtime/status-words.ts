import { createRequire } from 'node:module';
import type { CozifyError } from '../../src/index.js';
import { type Language, lengthOf, shortened } from '../../src/nodes-api.js';
import type Catalogue from '../locales/en-US/cozify-account.json';

/** Key of a status text in the locale file `cozify-account.json`. */
export type StatusKey = keyof typeof Catalogue.status;

const load = createRequire(__filename);

/** Longest status in characters. Node-RED does not shorten a status and draws a long status over neighbouring nodes. */
export const LONGEST_STATUS = 40;

/** A date is shown without its year if it is at most this many days away. */
const DAYS_WITHOUT_YEAR = 300;
const DAY_MS = 86_400_000;

/** Returns a status text with its parameters filled in. */
export function statusText(
  language: Language,
  key: StatusKey,
  parameters: Readonly<Record<string, string>> = {},
): string {
  // Shorten each parameter to the space that is left. Only the last parameter can be long, so the others stay whole.
  return Object.entries(parameters).reduce((text, [word, value]) => {
    const mark = `__${word}__`;
    return text.replace(mark, () => shortened(value, LONGEST_STATUS - lengthOf(text) + mark.length));
  }, catalogueIn(language).status[key]);
}

/** Joins the parts of a status. If the result would be too long, shortens the name rather than the other parts. */
export function fitted({ before = '', name, after = '' }: { before?: string; name: string; after?: string }): string {
  const room = [before, after].filter(Boolean).reduce((left, part) => left - lengthOf(part) - 1, LONGEST_STATUS);
  const parts = [before, room < 2 ? '' : shortened(name.trim(), room), after];
  return shortened(parts.filter(Boolean).join(' '), LONGEST_STATUS);
}

/**
 * Describes an error in a few words. Uses the error's `brief` text if there is one, otherwise the text for its code.
 */
export function failureText({ code, message, brief }: CozifyError, language: Language): string {
  if (brief !== undefined) return brief[language];
  if (language === 'en' && code === 'COZIFY_BAD_INPUT') return firstWords(message);
  return catalogueIn(language).failure[code];
}

/** Formats a time of day, such as "06:17" or, in Finnish, "klo 6.17". */
export function clockText(ms: number, language: Language): string {
  const date = new Date(ms);
  const minutes = String(date.getMinutes()).padStart(2, '0');
  return language === 'fi'
    ? `klo ${date.getHours()}.${minutes}`
    : `${String(date.getHours()).padStart(2, '0')}:${minutes}`;
}

/** Formats a day, such as "26 Dec" or, in Finnish, "26.12."; with the year if the day is far away. */
export function dayText(iso: string, language: Language, now: number): string {
  const date = new Date(iso);
  const year = Math.abs(date.getTime() - now) > DAYS_WITHOUT_YEAR * DAY_MS ? String(date.getFullYear()) : '';
  if (language === 'fi') return `${date.getDate()}.${date.getMonth() + 1}.${year}`;
  return `${date.getDate()} ${date.toLocaleString('en-GB', { month: 'short' })} ${year}`.trimEnd();
}

/** Returns the texts in a language. The locale file is loaded when a text in that language is first needed. */
function catalogueIn(language: Language): Pick<typeof Catalogue, 'status' | 'failure'> {
  const catalogue: unknown =
    language === 'fi' ? load('../locales/fi/cozify-account.json') : load('../locales/en-US/cozify-account.json');
  return catalogue as typeof Catalogue;
}

/** Returns the beginning of a sentence, up to the first punctuation mark. */
function firstWords(message: string): string {
  const first = message.replace(/[.,:;]\s[^]*/, '').replace(/\.$/, '');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

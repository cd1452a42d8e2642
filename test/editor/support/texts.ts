import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../live/harness/packed';
import { sized } from '../../support/size';

export type Language = 'en-US' | 'fi';

/**
 * In which languages what is said is looked at: in both in `npm run test:long`. Otherwise in Finnish, for in all that has
 * one language the tests use the editor in English.
 */
export const LANGUAGES: readonly Language[] = sized<readonly Language[]>(['fi'], ['en-US', 'fi']);

/** A person's browser for each language of the package. */
export const LOCALES: Record<Language, string> = { 'en-US': 'en-US', fi: 'fi-FI' };

const FOLDER = join(packageRoot, 'dist', 'nodes', 'locales');

interface Catalogue {
  [key: string]: string | Catalogue;
}

function catalogue(language: Language, type: string): Catalogue {
  return JSON.parse(readFileSync(join(FOLDER, language, `${type}.json`), 'utf8')) as Catalogue;
}

/** A text of the account's catalogue. */
export function text(language: Language, key: string): string {
  const found = key
    .split('.')
    .reduce<string | Catalogue | undefined>(
      (within, part) => (typeof within === 'object' ? within[part] : undefined),
      catalogue(language, 'cozify-account'),
    );
  if (typeof found !== 'string') throw new Error(`No text ${key} in ${language}`);
  return found;
}

const groups = new Set(
  readdirSync(join(FOLDER, 'en-US'))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => Object.keys(catalogue('en-US', name.slice(0, -'.json'.length)))),
);

const RAW = [
  // label.email, state.otp-sent and the like; msg.error.code is none.
  new RegExp(`(?<![\\w.@/])(?:${[...groups].join('|')})\\.[A-Za-z][\\w-]*`, 'g'),
  /cozify-[a-z]+[.:](?!svg|json)[A-Za-z][\w.-]*/g,
  /@cozify-community\/node-red-cozify\/\S*/g,
  /__\w+__/g,
];

/** What in a text is a catalogue key instead of the words behind it, or a parameter that was not filled in. */
export function rawKeys(shown: string): string[] {
  return RAW.flatMap((pattern) => shown.match(pattern) ?? []);
}

// The texts of the package's message catalogues (its translations).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../live/harness/packed';
import { sized } from '../../support/size';

export type Language = 'en-US' | 'fi';

/**
 * The languages for tests that run once per language: both in `npm run test:long`, otherwise only Finnish, because all
 * other tests use English.
 */
export const LANGUAGES: readonly Language[] = sized<readonly Language[]>(['fi'], ['en-US', 'fi']);

/** Browser locale of each language of the package. */
export const LOCALES: Record<Language, string> = { 'en-US': 'en-US', fi: 'fi-FI' };

const FOLDER = join(packageRoot, 'dist', 'nodes', 'locales');

interface Catalogue {
  [key: string]: string | Catalogue;
}

function catalogue(language: Language, type: string): Catalogue {
  return JSON.parse(readFileSync(join(FOLDER, language, `${type}.json`), 'utf8')) as Catalogue;
}

/**
 * Returns a text of the account node's message catalogue. `key` is a path in the catalogue, such as `state.otp-sent`.
 */
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
  // Matches label.email or state.otp-sent, but not msg.error.code.
  new RegExp(`(?<![\\w.@/])(?:${[...groups].join('|')})\\.[A-Za-z][\\w-]*`, 'g'),
  /cozify-[a-z]+[.:](?!svg|json)[A-Za-z][\w.-]*/g,
  /@cozify-community\/node-red-cozify\/\S*/g,
  /__\w+__/g,
];

/** Returns the keys of message catalogues and the unfilled parameters (`__name__`) that a visible text contains. */
export function rawKeys(shown: string): string[] {
  return RAW.flatMap((pattern) => shown.match(pattern) ?? []);
}

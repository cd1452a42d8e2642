import { packageJson, templatesOf } from './shipped';

/** A catalogue key used by a template. */
export interface UsedKey {
  /** The node type whose catalogue has the key. */
  type: string;
  key: string;
}

/** Returns the catalogue keys used in the templates of a node's HTML file. The compiler checks the keys in scripts. */
export function usedKeys(type: string): UsedKey[] {
  const attributes = templatesOf(type).matchAll(/data-i18n="([^"]+)"/g);
  return [...attributes].flatMap(([, value = '']) =>
    value.split(';').map((part) => resolve(type, part.replace(/^\[[\w-]+\]/, ''))),
  );
}

function resolve(type: string, text: string): UsedKey {
  const [, catalogue = type, key = text] = /^(@[^:]+|):(.*)$/.exec(text) ?? [];
  // A key that begins with a colon is in the account's catalogue.
  return { type: catalogue === '' ? 'cozify-account' : catalogue.replace(`${packageJson.name}/`, ''), key };
}

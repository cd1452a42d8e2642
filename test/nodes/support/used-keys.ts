import { packageJson, templatesOf } from './shipped';

/** A key of a catalogue that a template uses. */
export interface UsedKey {
  /** The node whose catalogue it is in. */
  type: string;
  key: string;
}

/** Every key that the templates of an html file use. Those in scripts are checked by the compiler. */
export function usedKeys(type: string): UsedKey[] {
  const attributes = templatesOf(type).matchAll(/data-i18n="([^"]+)"/g);
  return [...attributes].flatMap(([, value = '']) =>
    value.split(';').map((part) => resolve(type, part.replace(/^\[[\w-]+\]/, ''))),
  );
}

function resolve(type: string, text: string): UsedKey {
  const [, other, key = text] = /^(@[^:]+):(.*)$/.exec(text) ?? [];
  return { type: other === undefined ? type : other.replace(`${packageJson.name}/`, ''), key };
}

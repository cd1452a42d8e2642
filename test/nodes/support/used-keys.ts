import { packageJson, readNodeFile, scriptsOf } from './shipped';

/** A key of a catalogue that an html file uses; `isPrefix`: the rest is added at run time. */
export interface UsedKey {
  /** The node whose catalogue it is in. */
  type: string;
  key: string;
  isPrefix: boolean;
}

const ACCOUNT_TYPE = 'cozify-account';

/** Every key that an html file uses, in `data-i18n` or in its scripts. */
export function usedKeys(type: string): UsedKey[] {
  return [...inTemplates(type), ...inScripts(type)];
}

function inTemplates(type: string): UsedKey[] {
  const attributes = readNodeFile(`${type}.html`).matchAll(/data-i18n="([^"]+)"/g);
  return [...attributes].flatMap(([, value = '']) =>
    value.split(';').map((part) => resolve(type, part.replace(/^\[[\w-]+\]/, ''))),
  );
}

/** The texts given to `this._`, `node._`, `t` and the like; `shared` looks in the account's catalogue. */
function inScripts(type: string): UsedKey[] {
  const calls = scriptsOf(type).matchAll(/(?<![\w.])((?:this|node|RED)\._|t|shared|ask)\(((?:[^()]|\([^()]*\))*)\)/g);
  return [...calls].flatMap(([, name, args = '']) =>
    [...args.matchAll(/'([^']*)'/g)]
      .map(([, text = '']) => text)
      .filter((text) => /^(@[^:]+:)?[a-z][\w-]*(\.[\w-]*)+$/i.test(text) || (name !== 'ask' && text === 'locale'))
      .map((text) => resolve(name === 'shared' ? ACCOUNT_TYPE : type, text)),
  );
}

function resolve(type: string, text: string): UsedKey {
  const [, other, key = text] = /^(@[^:]+):(.*)$/.exec(text) ?? [];
  const owner = other === undefined ? type : other.replace(`${packageJson.name}/`, '');
  return { type: owner, key, isPrefix: key.endsWith('.') || key === '' };
}

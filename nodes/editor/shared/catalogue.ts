// Looks up texts in the message catalogues, in the language of the editor.
import type { Language } from '../../../src/devices/things/names.js';
import type account from '../../locales/en-US/cozify-account.json';

/** The text keys of a message catalogue, such as `label.name`. */
export type KeyOf<C> = {
  [K in keyof C & string]: C[K] extends string ? K : `${K}.${KeyOf<C[K]>}`;
}[keyof C & string];

/** A text key of the account node's catalogue, which also contains the texts that several dialogs share. */
export type AccountKey = KeyOf<typeof account>;

/** Values for the placeholders of a text, by name. */
type TextParameters = Record<string, string | number>;

/** Returns the text for a key of the account node's catalogue, in the language of the editor. */
export type Translate = (key: AccountKey, parameters?: TextParameters) => string;

const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** Returns the text for a key, in the language of the editor. */
export const translate: Translate = (key, parameters = {}) => {
  // Node-RED would also replace placeholders inside a value, for example in the name of a lamp. It therefore gets a
  // mark for each value, and the marks are replaced with the values afterwards.
  const marked: TextParameters = {};
  for (const [name, value] of Object.entries(parameters)) {
    marked[name] = typeof value === 'string' ? `\uE000${name}\uE000` : value;
  }
  const text = RED._(ACCOUNT_CATALOGUE + key, marked);
  return text.replace(/\uE000(\w+)\uE000/g, (_mark, name: string) => String(parameters[name]));
};

/** Returns the language in which the editor shows its texts. */
export function viewerLanguage(): Language {
  return translate('locale') === 'fi' ? 'fi' : 'en';
}

// Texts in the language of the viewer.
import type { Language } from '../../../src/devices/things/names.js';
import type account from '../../locales/en-US/cozify-account.json';

/** The keys of a catalogue, such as `label.name`. */
export type KeyOf<C> = {
  [K in keyof C & string]: C[K] extends string ? K : `${K}.${KeyOf<C[K]>}`;
}[keyof C & string];

/** A key of the account's catalogue, which also holds the texts that several dialogs share. */
export type AccountKey = KeyOf<typeof account>;

/** Values for the placeholders of a text, by name. */
type TextParameters = Record<string, string | number>;

/** Looks up a text in the account's catalogue, in the viewer's language. */
export type Translate = (key: AccountKey, parameters?: TextParameters) => string;

const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** Looks up a text in the viewer's language. */
export const translate: Translate = (key, parameters = {}) => {
  // Node-RED would also replace placeholders that are part of a value. Therefore marks are inserted first, and then
  // replaced with the values.
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

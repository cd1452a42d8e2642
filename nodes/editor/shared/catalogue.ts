import type { Language } from '../../../src/devices/things/names.js';
import type account from '../../locales/en-US/cozify-account.json';

/** The keys of a catalogue, such as `label.name`. */
export type KeyOf<C> = {
  [K in keyof C & string]: C[K] extends string ? K : `${K}.${KeyOf<C[K]>}`;
}[keyof C & string];

/** A text of the account's catalogue, where the texts are that several dialogs share. */
export type AccountKey = KeyOf<typeof account>;

/** What is put into a text, by the names it has there. */
export type TextParameters = Record<string, string | number>;

/** Looks a text up in the account's catalogue, in the viewer's language. */
export type Translate = (key: AccountKey, parameters?: TextParameters) => string;

const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** Looks a text up for the viewer who is here. */
export const translate: Translate = (key, parameters = {}) => {
  // Node-RED looks for parameters in what it has put in, too. So it puts in marks, and names come in their places.
  const marked: TextParameters = {};
  for (const [name, value] of Object.entries(parameters)) {
    marked[name] = typeof value === 'string' ? `\uE000${name}\uE000` : value;
  }
  const text = RED._(ACCOUNT_CATALOGUE + key, marked);
  return text.replace(/\uE000(\w+)\uE000/g, (_mark, name: string) => String(parameters[name]));
};

/** The language of the texts that the viewer gets. */
export function viewerLanguage(): Language {
  return translate('locale') === 'fi' ? 'fi' : 'en';
}

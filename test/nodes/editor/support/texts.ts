import english from '../../../../nodes/locales/en-US/cozify-account.json';
import finnish from '../../../../nodes/locales/fi/cozify-account.json';
import type { Translate } from '../../../../nodes/editor/shared/catalogue.js';

/**
 * Returns a function that looks up texts in the account's catalogue, as Node-RED does: parameters have the form
 * `__name__`.
 */
export function translateIn(language: 'en' | 'fi'): Translate {
  const catalogue = language === 'en' ? english : finnish;
  return (key, parameters = {}) => {
    const text = key.split('.').reduce<unknown>((branch, name) => (branch as Record<string, unknown>)[name], catalogue);
    if (typeof text !== 'string') throw new Error(`There is no text ${key}.`);
    return text.replace(/__(\w+?)__/g, (_match, name: string) => String(parameters[name]));
  };
}

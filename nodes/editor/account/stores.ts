import type { Translate } from '../shared/catalogue.js';

/** What `settings.js` says about context stores, as far as Node-RED tells its editor. */
export interface ContextSettings {
  stores?: string[];
  default?: string;
}

/** One of the places to keep an account in. */
export interface StoreOption {
  value: string;
  label: string;
  /** It is not in settings.js any more. */
  isMissing?: boolean;
}

/** Where an account can be kept: in files, or in a context store. One that does not exist any more stays chosen. */
export function storeOptions(
  t: Translate,
  { stores = [], default: fallback }: ContextSettings,
  chosen: string,
): StoreOption[] {
  // Without stores in settings.js there is only the memory, which forgets.
  const names = stores.length === 1 && fallback === 'memory' ? [] : stores;
  const options = names.map((name) => ({ value: name, label: t('store.context', { name }) }));
  const isMissing = chosen !== '' && !names.includes(chosen);
  return [
    { value: '', label: t('store.files') },
    ...options,
    ...(isMissing ? [{ value: chosen, label: t('store.missing', { name: chosen }), isMissing: true }] : []),
  ];
}

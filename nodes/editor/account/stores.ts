import type { Translate } from '../shared/catalogue.js';

/** The part of `settings.js` about context stores that Node-RED sends to its editor. */
export interface ContextSettings {
  stores?: string[];
  default?: string;
}

/** A place in which an account can be saved. */
export interface StoreOption {
  value: string;
  label: string;
  /** The store is no longer in settings.js. */
  isMissing?: boolean;
}

/**
 * Returns the places in which an account can be saved: files, or a context store. A chosen store stays in the list
 * after it has been removed from settings.js.
 */
export function storeOptions(
  t: Translate,
  { stores = [], default: fallback }: ContextSettings,
  chosen: string,
): StoreOption[] {
  // Without stores in settings.js the only store is memory, which loses its content at a restart.
  const names = stores.length === 1 && fallback === 'memory' ? [] : stores;
  const options = names.map((name) => ({ value: name, label: t('store.context', { name }) }));
  const isMissing = chosen !== '' && !names.includes(chosen);
  return [
    { value: '', label: t('store.files') },
    ...options,
    ...(isMissing ? [{ value: chosen, label: t('store.missing', { name: chosen }), isMissing: true }] : []),
  ];
}

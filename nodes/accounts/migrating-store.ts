import type { Store } from '../../src/index.js';

/**
 * A store that, while it is empty, takes over what lies in one of `previous`: so that choosing another store in a
 * Deploy costs no login. What was taken over is removed there.
 */
export function createMigratingStore<T>(store: Store<T>, previous: readonly Store<T>[]): Store<T> {
  return {
    identity: store.identity,
    isShared: store.isShared === true,
    save: (content, options) => store.save(content, options),
    remove: () => store.remove(),
    load: async () => {
      const own = await store.load();
      if (own !== null) return own;
      for (const other of previous) {
        // One that can't be read now is left for later: its account is not the worse for it.
        const found = await other.load().catch(() => null);
        if (found === null) continue;
        await store.save(found);
        await other.remove().catch(() => undefined);
        return found;
      }
      return null;
    },
  };
}

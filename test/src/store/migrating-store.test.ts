import assert from 'node:assert/strict';
import { MigratingStore, type MigratingStoreOptions, type PreviousStore } from '../../../src/store/migrating-store.js';
import { storeError } from '../../../src/store/store.js';
import { MemoryStore } from '../support/memory-store.js';

const AWAY = { code: 'COZIFY_STORE', message: /previous store has to be read first/ };

function storeWith(content?: number): MemoryStore<number> {
  const store = new MemoryStore<number>();
  if (content !== undefined) store.put(content);
  return store;
}

async function removeAll(found: readonly PreviousStore<number>[]): Promise<void> {
  for (const { store } of found) await store.remove();
}

/** Returns a store that migrates from previous stores. The contents are numbers; a greater number is later content. */
function migrating(
  store: MemoryStore<number>,
  previous: MemoryStore<number>[],
  more: Partial<MigratingStoreOptions<number>> = {},
): MigratingStore<number> {
  const all = previous.map((one) => ({ store: one }));
  return new MigratingStore({
    store,
    previous: () => Promise.resolve(all),
    merge: Math.max,
    removePrevious: removeAll,
    ...more,
  });
}

describe('MigratingStore', () => {
  it('moves the content of a previous store', async () => {
    const [own, empty, full] = [storeWith(), storeWith(), storeWith(1)];
    const store = migrating(own, [empty, full]);
    assert.equal(await store.load(), 1);
    assert.deepEqual([own.content, empty.content, full.content], [1, null, null]);
    assert.equal(await store.load(), 1);
  });

  for (const [age, mine, theirs] of [
    ['older than', 1, 2],
    ['the same as', 2, 2],
    ['newer than', 2, 1],
  ] as const) {
    it(`keeps the latest content if its own is ${age} that of the previous store`, async () => {
      const [own, before, longBefore] = [storeWith(mine), storeWith(theirs), storeWith(0)];
      assert.equal(await migrating(own, [longBefore, before]).load(), 2);
      assert.deepEqual([own.content, before.content, longBefore.content], [2, null, null]);
    });
  }

  for (const [name, mine] of [
    ['no content', undefined],
    ['content', 1],
  ] as const) {
    it(`fails to load with ${name} of its own until the previous store can be read`, async () => {
      const [own, before] = [storeWith(mine), storeWith(2)];
      const store = migrating(own, [before]);
      before.isAway = true;
      await assert.rejects(store.load(), AWAY);
      await assert.rejects(store.load(), AWAY);
      assert.deepEqual([own.content, before.content], [mine ?? null, 2], 'both are unchanged');
      before.isAway = false;
      assert.equal(await store.load(), 2);
      assert.deepEqual([own.content, before.content], [2, null]);
    });
  }

  it("fails to load while a store that may never have held the state can't be read, but only if its own store is empty", async () => {
    const before = storeWith();
    before.isAway = true;
    const previous = () => Promise.resolve([{ store: before, mayBeUnused: true }]);
    assert.equal(await migrating(storeWith(1), [], { previous }).load(), 1);
    await assert.rejects(migrating(storeWith(), [], { previous }).load(), AWAY);
  });

  it('keeps the previous content until its own is saved', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    const store = migrating(own, [before]);
    own.isFull = true;
    await assert.rejects(store.load(), { code: 'COZIFY_STORE' });
    assert.equal(before.content, 1);
    own.isFull = false;
    assert.equal(await store.load(), 1);
  });

  it('loses nothing when the power fails between copy and removal', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    // Simulates a power failure: the previous content is never removed.
    await migrating(own, [before], { removePrevious: () => Promise.resolve() }).load();
    assert.deepEqual([own.content, before.content], [1, 1]);
    // After the restart, newer content is saved, in the new store only.
    await own.save(2);
    assert.equal(await migrating(own, [before]).load(), 2);
    assert.deepEqual([own.content, before.content], [2, null]);
  });

  it('works though the previous content cannot be removed', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    const store = migrating(own, [before], { removePrevious: () => Promise.reject(storeError('away')) });
    assert.equal(await store.load(), 1);
    await store.save(2);
    before.put(3);
    assert.equal(await store.load(), 2, 'the previous store is not read again');
  });

  it('loses nothing if the previous store is its own store', async () => {
    const own = storeWith(1);
    const store = migrating(own, [own]);
    assert.equal(await store.load(), 1);
    assert.equal(own.content, 1);
  });

  it('returns the same content to concurrent loads', async () => {
    const store = migrating(storeWith(), [storeWith(1)]);
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => store.load())), [1, 1, 1]);
  });

  it('saves nothing if there is nothing to move', async () => {
    const [own, empty] = [storeWith(1), storeWith()];
    await migrating(own, [storeWith(), storeWith(1)]).load();
    assert.equal(await migrating(empty, [storeWith(), storeWith()]).load(), null);
    assert.deepEqual([own.saves, empty.saves], [0, 0]);
  });

  it('fails to load if its own store cannot be read, and moves nothing', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    own.isAway = true;
    await assert.rejects(migrating(own, [before]).load(), { code: 'COZIFY_STORE' });
    assert.equal(before.content, 1);
  });

  it('passes save and remove to its own store', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    own.isShared = true;
    const store = migrating(own, [before]);
    assert.deepEqual([store.identity, store.isShared], [own.identity, true]);
    await store.save(2, { isFinal: true });
    assert.deepEqual([own.content, own.lastOptions], [2, { isFinal: true }]);
    await store.remove();
    assert.deepEqual([own.content, before.content], [null, 1]);
  });
});

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

/** A store over others; of two numbers the greater is the later. */
function over(
  store: MemoryStore<number>,
  previous: MemoryStore<number>[],
  more: Partial<MigratingStoreOptions<number>> = {},
): MigratingStore<number> {
  const all = previous.map((one) => ({ store: one }));
  return new MigratingStore({
    store,
    previous: () => Promise.resolve(all),
    merge: Math.max,
    letGo: removeAll,
    ...more,
  });
}

describe('a store that another was chosen before', () => {
  it('takes over what lies there, and removes it there', async () => {
    const [own, empty, full] = [storeWith(), storeWith(), storeWith(1)];
    const store = over(own, [empty, full]);
    assert.equal(await store.load(), 1);
    assert.deepEqual([own.content, empty.content, full.content], [1, null, null]);
    assert.equal(await store.load(), 1);
  });

  it('gives null when there is nothing anywhere', async () => {
    assert.equal(await over(storeWith(), [storeWith(), storeWith()]).load(), null);
  });

  for (const [what, mine, theirs] of [
    ['older than', 1, 2],
    ['the same as', 2, 2],
    ['newer than', 2, 1],
  ] as const) {
    it(`keeps the latest and no other when what it has itself is ${what} what lies there`, async () => {
      const [own, before, longBefore] = [storeWith(mine), storeWith(theirs), storeWith(0)];
      assert.equal(await over(own, [longBefore, before]).load(), 2);
      assert.deepEqual([own.content, before.content, longBefore.content], [2, null, null]);
    });
  }

  for (const [what, mine] of [
    ['nothing', undefined],
    ['something', 1],
  ] as const) {
    it(`with ${what} in it is not to be read until the other can be`, async () => {
      const [own, before] = [storeWith(mine), storeWith(2)];
      const store = over(own, [before]);
      before.isAway = true;
      await assert.rejects(store.load(), AWAY);
      await assert.rejects(store.load(), AWAY);
      assert.deepEqual([own.content, before.content], [mine ?? null, 2], 'both are as they were');
      before.isAway = false;
      assert.equal(await store.load(), 2);
      assert.deepEqual([own.content, before.content], [2, null]);
    });
  }

  it('waits for one that may never have held anything only while it has nothing itself', async () => {
    const before = storeWith();
    before.isAway = true;
    const previous = () => Promise.resolve([{ store: before, isDoubtful: true }]);
    assert.equal(await over(storeWith(1), [], { previous }).load(), 1);
    await assert.rejects(over(storeWith(), [], { previous }).load(), AWAY);
  });

  it('takes nothing away from where it was before it has it itself', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    const store = over(own, [before]);
    own.isFull = true;
    await assert.rejects(store.load(), { code: 'COZIFY_STORE' });
    assert.equal(before.content, 1);
    own.isFull = false;
    assert.equal(await store.load(), 1);
  });

  it('loses nothing when the power goes between copy and removal', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    // The removal that never comes.
    await over(own, [before], { letGo: () => Promise.resolve() }).load();
    assert.deepEqual([own.content, before.content], [1, 1]);
    // After the start the login goes on being renewed, here and only here.
    await own.save(2);
    assert.equal(await over(own, [before]).load(), 2);
    assert.deepEqual([own.content, before.content], [2, null]);
  });

  it('is none the worse for what can not be removed where it was', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    const store = over(own, [before], { letGo: () => Promise.reject(storeError('away')) });
    assert.equal(await store.load(), 1);
    await store.save(2);
    assert.equal(await store.load(), 2, 'the other is not asked again');
  });

  it('loses nothing when two names stand for one place', async () => {
    const own = storeWith(1);
    const store = over(own, [own]);
    assert.equal(await store.load(), 1);
    assert.equal(own.content, 1);
  });

  it('gives all who read it at once the same', async () => {
    const store = over(storeWith(), [storeWith(1)]);
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => store.load())), [1, 1, 1]);
  });

  it('saves nothing when there is nothing to take over', async () => {
    const own = storeWith(1);
    await over(own, [storeWith(), storeWith(1)]).load();
    assert.equal(own.saves, 0);
  });

  it('can not be read while it is away itself, and takes nothing over', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    own.isAway = true;
    await assert.rejects(over(own, [before]).load(), { code: 'COZIFY_STORE' });
    assert.equal(before.content, 1);
  });

  it('is otherwise the store itself', async () => {
    const [own, before] = [storeWith(), storeWith(1)];
    own.isShared = true;
    const store = over(own, [before]);
    assert.deepEqual([store.identity, store.isShared], [own.identity, true]);
    await store.save(2, { isFinal: true });
    assert.deepEqual([own.content, own.lastOptions], [2, { isFinal: true }]);
    await store.remove();
    assert.deepEqual([own.content, before.content], [null, 1]);
  });
});

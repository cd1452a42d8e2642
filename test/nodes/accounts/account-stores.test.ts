import assert from 'node:assert/strict';
import type { AccountRecord, Store } from '../../../src/index.js';
import { record, StoreBench } from '../support/store-bench';
import { HOUR, settle } from '../../src/support/fake-clock';
import { until } from '../../support/wait';

const AWAY = { code: 'COZIFY_STORE', message: /previous store has to be read first/ };
const SECOND = 1_000;

describe('AccountStores', () => {
  let bench: StoreBench;
  beforeEach(() => (bench = new StoreBench()));
  afterEach(() => bench.close());

  const tokenIn = async (store: Store<AccountRecord>): Promise<string | undefined> =>
    (await store.load())?.clouds[0]?.login?.token;
  /** Restarts the process and reads the token of its account. */
  async function tokenAfterRestart(): Promise<string | undefined> {
    bench.restart();
    const { one } = bench.openAll();
    assert.ok(one);
    return tokenIn(one);
  }

  /**
   * Moves the account from store `from` to store `to` by a Deploy. Store `from` is unreachable when the old state
   * should be deleted.
   */
  async function moveWithoutDeletion(to: string, from: string): Promise<void> {
    const store = await bench.choose(to);
    bench.context.ask = (answer) => {
      answer();
      if (bench.holds(to)) bench.context.away.add(from);
    };
    assert.equal(await tokenIn(store), 'token-number-1');
    bench.context.ask = (answer) => answer();
    assert.ok(bench.holds(from));
  }

  describe('Deploy that changes the store', () => {
    for (const [from, to] of [
      ['', 'red'],
      ['red', ''],
      ['red', 'blue'],
    ] as const) {
      it(`moves the state from "${from}" to "${to}" and leaves no copy`, async () => {
        await (await bench.choose(from)).save(record(1));
        assert.equal(await tokenIn(await bench.choose(to)), 'token-number-1');
        await until('the copy to go', () => (from === '' ? !bench.files().includes('one.json') : !bench.holds(from)));
        assert.equal(await tokenAfterRestart(), 'token-number-1');
      });
    }

    it('fails to load until the previous store can be read, then loads its state', async () => {
      await (await bench.choose('red')).load();
      await bench.leave('red', record(1));
      bench.context.away.add('red');
      const store = await bench.choose('blue');
      await assert.rejects(store.load(), AWAY);
      await assert.rejects(store.load(), AWAY);
      bench.context.away.clear();
      assert.equal(await tokenIn(store), 'token-number-1');
      assert.equal(bench.holds('red'), false);
    });

    it('remembers several previous stores over a restart', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await assert.rejects((await bench.choose('blue')).load(), AWAY);
      bench.restart();
      await assert.rejects((await bench.choose('')).load(), AWAY);
      await assert.rejects(tokenAfterRestart(), AWAY);
      bench.context.away.clear();
      assert.equal(await tokenAfterRestart(), 'token-number-1');
      assert.deepEqual([bench.holds('red'), bench.holds('blue')], [false, false]);
    });

    it('names a previous store that was removed from settings.js in the error', async () => {
      await (await bench.choose('red')).load();
      await bench.leave('red', record(1));
      const all = bench.contextStorage;
      bench.contextStorage = { blue: all['blue'] };
      bench.restart();
      await assert.rejects((await bench.choose('blue')).load(), { code: 'COZIFY_STORE', message: /"red"/ });
      bench.contextStorage = all;
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    it('ignores a store with a mistyped name', async () => {
      await (await bench.choose('red')).save(record(1));
      await assert.rejects((await bench.choose('rde')).load(), { code: 'COZIFY_STORE', message: /"rde"/ });
      assert.equal(await tokenIn(await bench.choose('blue')), 'token-number-1');
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    for (const [content, old, current] of [
      ['an older state', 1, 2],
      ['a newer state', 2, 1],
    ] as const) {
      it(`keeps the newest state if the new store already has ${content}`, async () => {
        await bench.leave('blue', record(old));
        await (await bench.choose('red')).save(record(current));
        assert.equal(await tokenIn(await bench.choose('blue')), 'token-number-2');
        assert.equal(bench.holds('red'), false);
        assert.equal(await tokenAfterRestart(), 'token-number-2');
      });
    }

    for (const email of ['other@example.fi', null]) {
      it(`keeps the state of another user in the new store (${email ?? 'without an address'})`, async () => {
        await bench.leave('red', record(1, email));
        await (await bench.choose('')).save(record(2));
        assert.equal(await tokenIn(await bench.choose('red')), 'token-number-1');
        assert.equal(await tokenAfterRestart(), 'token-number-1');
      });
    }

    it('keeps the newest state if the new store has an old copy from the same account with another address', async () => {
      await (await bench.choose('red')).save(record(1, 'other@example.fi'));
      await moveWithoutDeletion('blue', 'red');
      await (await bench.choose('blue')).save(record(2));
      bench.context.away.clear();
      assert.equal(await tokenIn(await bench.choose('red')), 'token-number-2');
      assert.equal(bench.holds('blue'), false);
    });

    it('loses nothing if "default" is an alias of another store', async () => {
      bench.contextStorage = { default: 'red', red: { module: 'memory' } };
      bench.restart();
      await (await bench.choose('red')).save(record(1));
      for (const name of ['default', 'red', 'default']) {
        assert.equal(await tokenIn(await bench.choose(name)), 'token-number-1', name);
      }
      assert.ok(bench.holds('red'));
    });

    it('does not read files for an account in a context store', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.disk.failOn('readdir', 'EACCES');
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    it('deletes the old copy later, even after a restart', async () => {
      await (await bench.choose('red')).save(record(1));
      await moveWithoutDeletion('blue', 'red');
      assert.equal(await tokenAfterRestart(), 'token-number-1', 'readable without the other store');
      bench.context.away.clear();
      await bench.clock.advance(30 * SECOND);
      await until('the copy to go', () => !bench.holds('red'));
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });
  });

  describe('Deploy that removes accounts', () => {
    it('empties all stores that the account used, and no others', async () => {
      const { one, two } = await bench.deploy({ one: 'red', two: '' });
      await one.save(record(1));
      await two.save(record(2));
      await bench.leave('', record(3));
      await bench.deploy({ two: '' });
      assert.deepEqual([bench.holds('red'), bench.files()], [false, ['two.json']]);
      assert.deepEqual(bench.forgotten, ['one']);
    });

    it('retries hourly to empty an unreachable store, with one line in the log', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      await bench.clock.advance(10 * 60 * SECOND);
      const reports = bench.lines.filter((line) => line.includes('is still there'));
      assert.equal(reports.length, 1, bench.lines.join('\n'));
      bench.context.away.clear();
      await bench.clock.advance(3_600 * SECOND);
      await until('the store to be empty', () => !bench.holds('red'));
      await until('nothing to be left to do', () => bench.files().length === 0);
      assert.equal(bench.clock.timers, 0);
      assert.deepEqual(bench.forgotten, ['one'], 'forgotten once, so that a later pending login of this id stays');
    });

    it('empties an unreachable store after a restart', async () => {
      await (await bench.choose('red')).load();
      await bench.leave('red', record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      bench.restart();
      bench.context.away.clear();
      // Deploys another account, because an account node makes the context stores accessible.
      await bench.deploy({ two: '' });
      await until('the store to be empty', () => !bench.holds('red'));
    });

    it('empties a store after a restart if the power failed before', async () => {
      await (await bench.choose('')).save(record(1));
      bench.disk.failOn('unlink', 'EIO');
      await bench.deploy({});
      bench.disk.heal();
      bench.restart();
      await until('the file to go', () => !bench.files().includes('one.json'));
    });

    it('empties a store an hour after a restart with an unreadable list of stores', async () => {
      await bench.deploy({ one: 'red', two: '' }).then(({ one }) => one.save(record(1)));
      bench.context.away.add('red');
      await bench.deploy({ two: '' });
      bench.context.away.clear();
      bench.disk.failOn('readFile', 'EIO');
      bench.restart();
      await bench.deploy({ two: '' });
      bench.disk.heal();
      await bench.clock.advance(HOUR);
      await until('the store to be empty', () => !bench.holds('red'));
    });

    it('keeps the state of an account that is deployed again before its store was emptied', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      const store = await bench.choose('red');
      bench.context.away.clear();
      await bench.clock.advance(3_600 * SECOND);
      assert.equal(await tokenIn(store), 'token-number-1');
      await bench.deploy({});
      assert.equal(bench.holds('red'), false);
    });

    it('keeps the state of an account that is in the loaded flows', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      bench.context.away.clear();
      bench.restart();
      await settle();
      assert.ok(bench.holds('red'), 'no context before the account is opened');
      assert.equal(await tokenIn(await bench.choose('red')), 'token-number-1');
      await bench.clock.advance(3_600 * SECOND);
      assert.ok(bench.holds('red'));
    });

    it('empties the store before an account of the same id loads it', async () => {
      await (await bench.choose('red')).save(record(1));
      let free: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (free = resolve));
      void bench.deploy({}, ended);
      const again = bench.open('red');
      const loading = again.load();
      free();
      assert.deepEqual([await loading, bench.holds('red')], [null, false]);
    });
  });

  it('saves no list of stores for an account that only had files', async () => {
    const store = await bench.choose('');
    await store.save(record(1));
    assert.equal(await tokenAfterRestart(), 'token-number-1');
    assert.deepEqual(bench.files(), ['one.json']);
  });

  it('remembers stores in memory if the list cannot be saved', async () => {
    await (await bench.choose('red')).save(record(1));
    bench.disk.failOn('open', 'ENOSPC');
    bench.context.away.add('red');
    const store = await bench.choose('blue');
    await assert.rejects(store.load(), AWAY);
    bench.context.away.clear();
    assert.equal(await tokenIn(store), 'token-number-1');
    await bench.deploy({});
    assert.deepEqual([bench.holds('red'), bench.holds('blue')], [false, false]);
  });

  it('retries a deletion at least hourly', async () => {
    bench.clock.chance = () => 0.99;
    await (await bench.choose('red')).save(record(1));
    bench.context.away.add('red');
    await bench.deploy({});
    for (let hour = 0; hour < 12; hour++) await bench.clock.advance(HOUR);
    assert.ok(bench.clock.longestMs <= HOUR, `${bench.clock.longestMs} ms`);
  });
});

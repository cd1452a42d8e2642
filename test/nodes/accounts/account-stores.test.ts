import assert from 'node:assert/strict';
import type { AccountRecord, Store } from '../../../src/index.js';
import { record, StoreBench } from '../support/store-bench';
import { HOUR, settle } from '../../src/support/fake-clock';
import { until } from '../../support/wait';

const AWAY = { code: 'COZIFY_STORE', message: /previous store has to be read first/ };
const SECOND = 1_000;

describe('the stores of accounts', () => {
  let bench: StoreBench;
  beforeEach(() => (bench = new StoreBench()));
  afterEach(() => bench.close());

  const tokenIn = async (store: Store<AccountRecord>): Promise<string | undefined> =>
    (await store.load())?.clouds[0]?.login?.token;
  /** A process restarts, and its one account reads its state. */
  async function tokenAfterRestart(): Promise<string | undefined> {
    bench.restart();
    const { one } = bench.openAll();
    assert.ok(one);
    return tokenIn(one);
  }

  /** Deploys a store that takes over what lies in one that goes away right then, so that the copy stays there. */
  async function carryOverAndGoAway(to: string, from: string): Promise<void> {
    const store = await bench.choose(to);
    bench.context.ask = (answer) => {
      answer();
      if (bench.holds(to)) bench.context.away.add(from);
    };
    assert.equal(await tokenIn(store), 'token-number-1');
    bench.context.ask = (answer) => answer();
    assert.ok(bench.holds(from));
  }

  describe('when a Deploy chooses another', () => {
    for (const [from, to] of [
      ['', 'red'],
      ['red', ''],
      ['red', 'blue'],
    ] as const) {
      it(`carry the state from "${from}" to "${to}", and leave no copy`, async () => {
        await (await bench.choose(from)).save(record(1));
        assert.equal(await tokenIn(await bench.choose(to)), 'token-number-1');
        await until('the copy to go', () => (from === '' ? !bench.files().includes('one.json') : !bench.holds(from)));
        assert.equal(await tokenAfterRestart(), 'token-number-1');
      });
    }

    it('can not be read until the one before can be, and then have what lay there', async () => {
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

    it('know of the one before also after a restart, and of each in a row', async () => {
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

    it('ask for one that is gone from settings.js by its name', async () => {
      await (await bench.choose('red')).load();
      await bench.leave('red', record(1));
      const all = bench.contextStorage;
      bench.contextStorage = { blue: all['blue'] };
      bench.restart();
      await assert.rejects((await bench.choose('blue')).load(), { code: 'COZIFY_STORE', message: /"red"/ });
      bench.contextStorage = all;
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    it('never mind a name that was mistyped', async () => {
      await (await bench.choose('red')).save(record(1));
      await assert.rejects((await bench.choose('rde')).load(), { code: 'COZIFY_STORE', message: /"rde"/ });
      assert.equal(await tokenIn(await bench.choose('blue')), 'token-number-1');
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    for (const [what, old, inForce] of [
      ['an older state', 1, 2],
      ['a newer state', 2, 1],
    ] as const) {
      it(`keep the newest, and no other, where ${what} lies already`, async () => {
        await bench.leave('blue', record(old));
        await (await bench.choose('red')).save(record(inForce));
        assert.equal(await tokenIn(await bench.choose('blue')), 'token-number-2');
        assert.equal(bench.holds('red'), false);
        assert.equal(await tokenAfterRestart(), 'token-number-2');
      });
    }

    for (const email of ['other@example.fi', null]) {
      it(`keep what others who share the one chosen have put there, for ${email ?? 'nobody knows whom'}`, async () => {
        await bench.leave('red', record(1, email));
        await (await bench.choose('')).save(record(2));
        assert.equal(await tokenIn(await bench.choose('red')), 'token-number-1');
        assert.equal(await tokenAfterRestart(), 'token-number-1');
      });
    }

    it('keep the newest when what lies there is their own, of another person, and was to be deleted', async () => {
      await (await bench.choose('red')).save(record(1, 'other@example.fi'));
      await carryOverAndGoAway('blue', 'red');
      await (await bench.choose('blue')).save(record(2));
      bench.context.away.clear();
      assert.equal(await tokenIn(await bench.choose('red')), 'token-number-2');
      assert.equal(bench.holds('blue'), false);
    });

    it('lose nothing when "default" only stands for another', async () => {
      bench.contextStorage = { default: 'red', red: { module: 'memory' } };
      bench.restart();
      await (await bench.choose('red')).save(record(1));
      for (const name of ['default', 'red', 'default']) {
        assert.equal(await tokenIn(await bench.choose(name)), 'token-number-1', name);
      }
      assert.ok(bench.holds('red'));
    });

    it('need no files for an account that has its state in a context store', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.disk.failOn('readdir', 'EACCES');
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });

    it('delete the copy when that is possible again, also after a restart', async () => {
      await (await bench.choose('red')).save(record(1));
      await carryOverAndGoAway('blue', 'red');
      assert.equal(await tokenAfterRestart(), 'token-number-1', 'it is good without the other');
      bench.context.away.clear();
      await bench.clock.advance(30 * SECOND);
      await until('the copy to go', () => !bench.holds('red'));
      assert.equal(await tokenAfterRestart(), 'token-number-1');
    });
  });

  describe('of accounts that a Deploy has taken out of the flows', () => {
    it('are emptied, all that the account ever had, and the others are not', async () => {
      const { one, two } = await bench.deploy({ one: 'red', two: '' });
      await one.save(record(1));
      await two.save(record(2));
      await bench.leave('', record(3));
      await bench.deploy({ two: '' });
      assert.deepEqual([bench.holds('red'), bench.files()], [false, ['two.json']]);
      assert.deepEqual(bench.forgotten, ['one']);
    });

    it('are emptied later when they are away, which is said once', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      await bench.clock.advance(10 * 60 * SECOND);
      const said = bench.lines.filter((line) => line.includes('is still there'));
      assert.equal(said.length, 1, bench.lines.join('\n'));
      bench.context.away.clear();
      await bench.clock.advance(3_600 * SECOND);
      await until('the store to be empty', () => !bench.holds('red'));
      await until('nothing to be left to do', () => bench.files().length === 0);
      assert.equal(bench.clock.timers, 0);
      assert.deepEqual(bench.forgotten, ['one'], 'what waits for an account of that id since stays');
    });

    it('are emptied after a restart when they were away until then', async () => {
      await (await bench.choose('red')).load();
      await bench.leave('red', record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      bench.restart();
      bench.context.away.clear();
      // Any account will do to reach the context stores.
      await bench.deploy({ two: '' });
      await until('the store to be empty', () => !bench.holds('red'));
    });

    it('are emptied after a restart when the power went before that', async () => {
      await (await bench.choose('')).save(record(1));
      bench.disk.failOn('unlink', 'EIO');
      await bench.deploy({});
      bench.disk.heal();
      bench.restart();
      await until('the file to go', () => !bench.files().includes('one.json'));
    });

    it('are emptied after a restart at which nobody could read what was left to do', async () => {
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

    it('are left alone when it is in the flows again before they could be emptied', async () => {
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

    it('are left alone when the account is in flows that are loaded', async () => {
      await (await bench.choose('red')).save(record(1));
      bench.context.away.add('red');
      await bench.deploy({});
      bench.context.away.clear();
      bench.restart();
      await settle();
      assert.ok(bench.holds('red'), 'nobody has opened it, so there is no context yet');
      assert.equal(await tokenIn(await bench.choose('red')), 'token-number-1');
      await bench.clock.advance(3_600 * SECOND);
      assert.ok(bench.holds('red'));
    });

    it('hold nothing of it when its id is deployed again before they could be emptied at first', async () => {
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

  it('write nothing of an account that is kept in files, and was in no other store', async () => {
    const store = await bench.choose('');
    await store.save(record(1));
    assert.equal(await tokenAfterRestart(), 'token-number-1');
    assert.deepEqual(bench.files(), ['one.json']);
  });

  it('go by what this process knows when nothing can be remembered', async () => {
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

  it('wait no longer than an hour for the next try to delete what is left', async () => {
    bench.clock.chance = () => 0.99;
    await (await bench.choose('red')).save(record(1));
    bench.context.away.add('red');
    await bench.deploy({});
    for (let hour = 0; hour < 12; hour++) await bench.clock.advance(HOUR);
    assert.ok(bench.clock.longestMs <= HOUR, `${bench.clock.longestMs} ms`);
  });
});

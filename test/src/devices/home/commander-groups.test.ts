import assert from 'node:assert/strict';
import type { CommandOutcome } from '../../../../src/devices/steps/command-step.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { ends, HomeStage } from '../home-stage.js';

describe('what a command tells', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b', 'c'];
    await stage.begin();
  });
  afterEach(() => stage.end());

  const missed = ({ results }: CommandOutcome): unknown =>
    results.map(({ members }) => members?.map(({ id, reason }) => [id, reason]));
  const did = ({ results }: CommandOutcome): unknown =>
    results.map((result) => result.did?.map(({ id, state }) => [id, state['on']]));
  const command = (...args: Parameters<HomeStage['command']>): Promise<CommandOutcome> =>
    stage.after(20 * SECOND, stage.command(...args));

  for (const target of ['Kaikki', { name: 'Sauna', kind: 'room' }]) {
    describe(`of ${JSON.stringify(target)}`, () => {
      it('a device that refuses is named, and is no success', async () => {
        for (const id of ['Kaikki', 'b']) stage.koti.refused.add(id);
        for (const confirmMs of [0, 3 * SECOND]) {
          const outcome = await command(target, { brightness: 50 }, { confirmMs });
          assert.deepEqual(ends(outcome), [[true, confirmMs === 0 ? null : false, 'COZIFY_API']]);
          assert.deepEqual(missed(outcome), [[['b', 'COZIFY_API']]]);
          assert.equal(outcome.isDone, false);
        }
      });

      it('a device that is out of reach is named, and is no success, whether or not somebody waits', async () => {
        stage.koti.lamp('c').reachable = false;
        for (const confirmMs of [0, 3 * SECOND]) {
          const outcome = await command(target, true, { confirmMs });
          assert.deepEqual(ends(outcome), [[true, confirmMs === 0 ? null : false, 'unreachable']]);
          assert.deepEqual(missed(outcome), [[['c', 'unreachable']]]);
          assert.equal(outcome.isDone, false);
        }
        assert.equal(stage.koti.lamp('a').isOn, true, 'the others are done');
      });

      it('those that did it are named, too, as they are now, where that is asked for and waited for', async () => {
        stage.koti.lamp('c').reachable = false;
        const seen = { confirmMs: 3 * SECOND, tellsWhoDid: true };
        assert.deepEqual(did(await command(target, true, seen)), [
          [
            ['a', true],
            ['b', true],
          ],
        ]);
        assert.deepEqual(did(await command(target, false, { ...seen, confirmMs: 0 })), [undefined]);
        assert.deepEqual(did(await command(target, true, { ...seen, tellsWhoDid: false })), [undefined]);
      });

      it('is told as soon as the others have done it, not when the time is over', async () => {
        stage.koti.lamp('c').reachable = false;
        const done = stage.command(target, true, { confirmMs: 60 * SECOND });
        assert.ok(await stage.endsWithin(3 * SECOND, done));
      });

      it('one that does not do it in time is named', async () => {
        stage.koti.settleMs = Infinity;
        const outcome = await command(target, true, { confirmMs: 3 * SECOND });
        assert.deepEqual(ends(outcome), [[true, false, 'timeout']]);
        assert.equal((outcome.results[0]?.members ?? []).length, 3);
      });

      it('all is well where all is: nothing is named', async () => {
        const outcome = await command(target, true, { confirmMs: 3 * SECOND });
        assert.deepEqual([ends(outcome), missed(outcome), outcome.isDone], [[[true, true, null]], [undefined], true]);
      });
    });
  }

  it('a lamp that is known to be out of reach is sent to and told, also without a confirmation', async () => {
    stage.koti.lamp('a').reachable = false;
    const outcome = await command('a', true);
    assert.deepEqual([ends(outcome), outcome.isDone], [[[true, null, 'unreachable']], false]);
    assert.deepEqual(stage.koti.sent, ['a']);
  });

  describe('of a lamp that was out of reach minutes ago', () => {
    for (const target of ['a', 'Kaikki']) {
      for (const [isBack, end] of [
        [true, null],
        [false, 'unreachable'],
      ] as const) {
        it(`${target}: by how it is now, where somebody waits, and it is ${isBack ? 'back' : 'not back'}`, async () => {
          stage.koti.lamp('a').reachable = false;
          await command(target, true);
          await stage.clock.advance(120 * SECOND);
          stage.koti.lamp('a').reachable = isBack;
          const done = stage.command(target, true, { confirmMs: 60 * SECOND });
          assert.ok(await stage.endsWithin(SECOND, done), 'at once');
          assert.deepEqual(ends(await done), [[true, isBack, end]]);
        });
      }

      for (const isBack of [true, false]) {
        it(`${target}: the hub is asked where nobody waits, too, and it is ${isBack ? 'back' : 'not back'}`, async () => {
          stage.koti.lamp('a').reachable = false;
          await command(target, true);
          for (const seconds of [6, 120]) {
            await stage.clock.advance(seconds * SECOND);
            stage.koti.lamp('a').reachable = isBack;
            const done = stage.command(target, true);
            assert.ok(await stage.endsWithin(SECOND, done), 'at once');
            const outcome = await done;
            assert.deepEqual([ends(outcome), outcome.isDone], [[[true, null, isBack ? null : 'unreachable']], isBack]);
            const named = target === 'Kaikki' && !isBack ? [['a', 'unreachable']] : undefined;
            assert.deepEqual(missed(outcome), [named]);
          }
        });
      }

      for (const [what, lose] of [
        ['gives no list', () => stage.koti.failing.set('devices', { status: 500 })],
        ['takes long to list', () => (stage.koti.listDelayMs = 10 * SECOND)],
      ] as const) {
        it(`${target}: nothing is said of it, and nobody is kept, where the hub ${what}`, async () => {
          stage.koti.lamp('a').reachable = false;
          await command(target, true);
          await stage.clock.advance(6 * SECOND);
          lose();
          const done = stage.command(target, true);
          assert.ok(await stage.endsWithin(3 * SECOND, done));
          const outcome = await done;
          assert.deepEqual([ends(outcome), missed(outcome), outcome.isDone], [[[true, null, null]], [undefined], true]);
        });
      }

      it(`${target}: it is told while polls say that it still is`, async () => {
        stage.koti.lamp('a').reachable = false;
        await stage.after(SECOND, stage.read());
        const live = stage.account.homes.of(stage.hub.id);
        const release = live.poller.need();
        await stage.clock.advance(120 * SECOND);
        const outcome = await command(target, true);
        assert.deepEqual([ends(outcome), outcome.isDone], [[[true, null, 'unreachable']], false]);
        release();
      });
    }
  });

  it('the hub is asked about none but those that were out of reach, and once for all of these', async () => {
    await command(['a', 'b', 'c'], true);
    await stage.clock.advance(6 * SECOND);
    stage.take();
    await command(['a', 'b', 'c'], true);
    assert.equal(stage.gets('devices'), 0);
    for (const id of ['a', 'b']) stage.koti.lamp(id).reachable = false;
    await stage.after(SECOND, stage.read());
    await stage.clock.advance(6 * SECOND);
    stage.take();
    const outcome = await command(['a', 'b', 'c'], true);
    assert.deepEqual(
      ends(outcome).map(([, , reason]) => reason),
      ['unreachable', 'unreachable', null],
    );
    assert.equal(stage.gets('devices'), 1);
  });

  describe('of what a newer wish has overtaken', () => {
    it('is that, and no failure: on its way, waiting, and being seen', async () => {
      stage.koti.putDelayMs = 300;
      const all = Promise.all([10, 20, 30, 40].map((brightness) => stage.command('a', { brightness })));
      await stage.clock.advance(5 * SECOND);
      const outcomes = await all;
      assert.ok(outcomes.every(({ isDone }) => isDone));
      assert.ok(outcomes.some((outcome) => ends(outcome)[0]?.[2] === 'superseded'));
      stage.koti.settleMs = Infinity;
      const first = stage.command('a', { brightness: 70 }, { confirmMs: 10 * SECOND });
      await stage.clock.advance(SECOND);
      void stage.command('a', { brightness: 80 });
      const overtaken = await stage.after(SECOND, first);
      assert.deepEqual([ends(overtaken), overtaken.isDone], [[[true, false, 'superseded']], true]);
    });

    it('the same wish again is confirmed by the newer', async () => {
      await command('b', true);
      stage.koti.putDelayMs = 300;
      const busy = stage.command('b', false);
      const all = [1, 2, 3].map(() => stage.command('a', true, { confirmMs: 5 * SECOND }));
      await stage.clock.advance(5 * SECOND);
      await busy;
      for (const outcome of await Promise.all(all)) assert.deepEqual(ends(outcome), [[true, true, null]]);
      stage.koti.settleMs = 2 * SECOND;
      const first = stage.command('a', false, { confirmMs: 5 * SECOND });
      await stage.clock.advance(SECOND);
      const again = stage.command('a', false, { confirmMs: 5 * SECOND });
      await stage.clock.advance(5 * SECOND);
      for (const outcome of await Promise.all([first, again])) assert.deepEqual(ends(outcome), [[true, true, null]]);
    });

    for (const target of ['Kaikki', { name: 'Sauna', kind: 'room' }]) {
      const named = JSON.stringify(target);
      const seen = { confirmMs: 5 * SECOND, tellsWhoDid: true };

      for (const [when, delays] of [
        ['being seen', { settleMs: 2 * SECOND }],
        ['on its way', { settleMs: 2 * SECOND, putDelayMs: SECOND }],
      ] as const) {
        it(`a lamp that is ${when}, by ${named}`, async () => {
          await command(target, false);
          Object.assign(stage.koti, delays);
          const one = stage.command('a', true, seen);
          await stage.clock.advance(0.5 * SECOND);
          const all = stage.command(target, false, seen);
          await stage.clock.advance(20 * SECOND);
          assert.deepEqual([ends(await one), (await one).isDone], [[[true, false, 'superseded']], true]);
          assert.deepEqual(ends(await all), [[true, true, null]]);
        });

        it(`a lamp of ${named} that is ${when}, by itself: the others count`, async () => {
          await command(target, false);
          Object.assign(stage.koti, delays);
          const all = stage.command(target, true, seen);
          await stage.clock.advance(0.5 * SECOND);
          const one = stage.command('a', false, seen);
          await stage.clock.advance(20 * SECOND);
          assert.deepEqual([ends(await all), missed(await all)], [[[true, true, null]], [undefined]]);
          assert.deepEqual(did(await all), [
            [
              ['b', true],
              ['c', true],
            ],
          ]);
          assert.deepEqual(ends(await one), [[true, true, null]]);
        });
      }

      it(`one lamp after the other of ${named}: then nothing is left of it`, async () => {
        await command(target, false);
        stage.koti.settleMs = 2 * SECOND;
        const all = stage.command(target, true, seen);
        for (const id of ['a', 'b', 'c']) {
          await stage.clock.advance(0.2 * SECOND);
          void stage.command(id, false);
        }
        assert.ok(await stage.endsWithin(0.1 * SECOND, all));
        assert.deepEqual([ends(await all), (await all).isDone], [[[true, false, 'superseded']], true]);
      });

      it(`not a lamp of ${named} of which something else or the same is asked`, async () => {
        await command(target, false);
        stage.koti.settleMs = SECOND;
        const dimmed = stage.command('a', { brightness: 50 }, seen);
        const lit = stage.command('b', true, seen);
        await stage.clock.advance(0.5 * SECOND);
        const all = stage.command(target, true, seen);
        await stage.clock.advance(20 * SECOND);
        for (const outcome of [await dimmed, await lit, await all])
          assert.deepEqual(ends(outcome), [[true, true, null]]);
      });
    }

    it('"50, off, on" while something is on its way ends at 50', async () => {
      await command('b', true);
      stage.koti.putDelayMs = 300;
      const all = [
        stage.command('b', false),
        stage.command('a', { brightness: 70 }),
        stage.command('a', { brightness: 50 }),
        stage.command('a', false),
        stage.command('a', true),
      ];
      await stage.clock.advance(5 * SECOND);
      await Promise.all(all);
      assert.deepEqual(stage.koti.lamp('a'), { isOn: true, brightness: 0.5, reachable: true });
      assert.ok(!JSON.stringify(stage.koti.puts).includes('0.7'), 'what was overtaken twice is not sent');
    });

    for (const [what, wishes, last] of [
      ['off at last', [{ brightness: 50 }, false, true, false], { isOn: false }],
      ['another brightness', [{ brightness: 50 }, false, { brightness: 60 }], { isOn: true, brightness: 0.6 }],
      ['twice', [{ brightness: 50 }, false, true, false, true], { isOn: true, brightness: 0.5 }],
    ] as const) {
      it(`so do others: ${what}`, async () => {
        await command('b', true);
        stage.koti.putDelayMs = 300;
        const all = [stage.command('b', false), ...wishes.map((wish) => stage.command('a', wish))];
        await stage.clock.advance(5 * SECOND);
        await Promise.all(all);
        const { isOn, brightness } = stage.koti.lamp('a');
        assert.deepEqual('brightness' in last ? { isOn, brightness } : { isOn }, last);
      });
    }
  });

  describe('of several that go together', () => {
    beforeEach(async () => {
      await command(['a', 'b', 'c'], false);
      stage.koti.putDelayMs = 300;
      stage.koti.puts.length = 0;
    });

    it('what one of them meets is nothing to the others: a re-plan that fails', async () => {
      stage.koti.refused.add('b');
      const first = stage.command('c', true);
      await stage.clock.advance(10);
      const [lampB, lampA] = [stage.command('b', { brightness: 50 }), stage.command('a', { brightness: 50 })];
      // Meanwhile it has become something that has no brightness.
      stage.koti.odd.set('b', { type: 'CONTACT', capabilities: ['CONTACT'], state: { type: 'STATE_CONTACT' } });
      const told = failure(lampB, 'COZIFY_BAD_INPUT');
      await stage.clock.advance(10 * SECOND);
      await told;
      assert.equal((await first).isDone, true);
      assert.equal((await lampA).isDone, true);
      assert.equal(stage.koti.lamp('a').isOn, true);
    });

    it('a connection that is lost in the middle of a split: what was done is done, and the rest is told', async () => {
      stage.koti.refused.add('b');
      const first = stage.command('c', true);
      await stage.clock.advance(10);
      const all = ['a', 'b', 'c'].map((id) => stage.command(id, { brightness: 50 }, { confirmMs: 5 * SECOND }));
      const told = all.map((one) =>
        one.then(
          (outcome) => ends(outcome)[0],
          (error: unknown) => (error as { code: string }).code,
        ),
      );
      // The first alone is answered; then nobody is.
      stage.koti.onPut = (elements) => {
        if (elements.every(({ id }) => id === 'b')) stage.koti.putReply = 'unreachable';
      };
      await stage.clock.advance(60 * SECOND);
      await first;
      assert.deepEqual(await Promise.all(told), [[true, true, null], 'COZIFY_UNREACHABLE', 'COZIFY_HUB_OFFLINE']);
      assert.equal(stage.koti.sent.filter((ids) => ids === 'c').length, 1, 'nothing more was sent to a silent hub');
    });
  });
});

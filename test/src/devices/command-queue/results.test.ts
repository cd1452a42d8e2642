import assert from 'node:assert/strict';
import type { CommandOutcome } from '../../../../src/devices/steps/command-step.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { ends, HomeStage } from '../home-stage.js';

describe('The result of a command', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b', 'c'];
    await stage.start();
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
      it('names a device that refuses the command, and is not done', async () => {
        for (const id of ['Kaikki', 'b']) stage.koti.refused.add(id);
        for (const confirmMs of [0, 3 * SECOND]) {
          const outcome = await command(target, { brightness: 50 }, { confirmMs });
          assert.deepEqual(ends(outcome), [[true, confirmMs === 0 ? null : false, 'COZIFY_API']]);
          assert.deepEqual(missed(outcome), [[['b', 'COZIFY_API']]]);
          assert.equal(outcome.isDone, false);
        }
      });

      it('names an unreachable device, and is not done, with and without a confirmation', async () => {
        stage.koti.lamp('c').reachable = false;
        for (const confirmMs of [0, 3 * SECOND]) {
          const outcome = await command(target, true, { confirmMs });
          assert.deepEqual(ends(outcome), [[true, confirmMs === 0 ? null : false, 'unreachable']]);
          assert.deepEqual(missed(outcome), [[['c', 'unreachable']]]);
          assert.equal(outcome.isDone, false);
        }
        assert.equal(stage.koti.lamp('a').isOn, true, 'the others are done');
      });

      it('lists the confirmed devices with their state if listsDone is set', async () => {
        stage.koti.lamp('c').reachable = false;
        const seen = { confirmMs: 3 * SECOND, listsDone: true };
        assert.deepEqual(did(await command(target, true, seen)), [
          [
            ['a', true],
            ['b', true],
          ],
        ]);
        assert.deepEqual(did(await command(target, false, { ...seen, confirmMs: 0 })), [undefined]);
        assert.deepEqual(did(await command(target, true, { ...seen, listsDone: false })), [undefined]);
      });

      it('comes once the reachable devices are confirmed, before the timeout', async () => {
        stage.koti.lamp('c').reachable = false;
        const done = stage.command(target, true, { confirmMs: 60 * SECOND });
        assert.ok(await stage.endsWithin(3 * SECOND, done));
      });

      it('comes once a lamp that was reachable loses its power and the others are confirmed', async () => {
        await command(target, false, { confirmMs: 3 * SECOND });
        stage.koti.settleMs = 3 * SECOND;
        const done = stage.command(target, true, { confirmMs: 60 * SECOND });
        await stage.clock.advance(2 * SECOND);
        stage.koti.lamp('c').reachable = false;
        assert.ok(await stage.endsWithin(3 * SECOND, done));
        assert.deepEqual(
          [ends(await done), missed(await done)],
          [[[true, false, 'unreachable']], [[['c', 'unreachable']]]],
        );
      });

      it('names devices that are not confirmed in time', async () => {
        stage.koti.settleMs = Infinity;
        const outcome = await command(target, true, { confirmMs: 3 * SECOND });
        assert.deepEqual(ends(outcome), [[true, false, 'timeout']]);
        assert.equal((outcome.results[0]?.members ?? []).length, 3);
      });

      it('names no device if all are confirmed', async () => {
        const outcome = await command(target, true, { confirmMs: 3 * SECOND });
        assert.deepEqual([ends(outcome), missed(outcome), outcome.isDone], [[[true, true, null]], [undefined], true]);
      });
    });
  }

  it('is “unreachable” for an unreachable lamp, although the command is sent', async () => {
    stage.koti.lamp('a').reachable = false;
    const outcome = await command('a', true);
    assert.deepEqual([ends(outcome), outcome.isDone], [[[true, null, 'unreachable']], false]);
    assert.deepEqual(stage.koti.sent, ['a']);
  });

  it('is immediately “unreachable” for a lamp that loses its power during the wait', async () => {
    await command('a', false, { confirmMs: 3 * SECOND });
    stage.koti.settleMs = Infinity;
    const done = stage.command('a', true, { confirmMs: 60 * SECOND });
    await stage.clock.advance(2 * SECOND);
    stage.koti.lamp('a').reachable = false;
    assert.ok(await stage.endsWithin(2 * SECOND, done));
    assert.deepEqual(ends(await done), [[true, false, 'unreachable']]);
  });

  describe('of a lamp that was unreachable minutes ago', () => {
    for (const target of ['a', 'Kaikki']) {
      for (const [isBack, end] of [
        [true, null],
        [false, 'unreachable'],
      ] as const) {
        it(`uses the current state with a confirmation: ${target}, ${isBack ? 'reachable' : 'unreachable'}`, async () => {
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
        it(`uses the current state without a confirmation: ${target}, ${isBack ? 'reachable' : 'unreachable'}`, async () => {
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

      for (const [label, lose] of [
        ['gives no list', () => stage.koti.failing.set('devices', { status: 500 })],
        ['takes long to list', () => (stage.koti.listDelayMs = 10 * SECOND)],
      ] as const) {
        it(`is done within 3 s, without a reason, if the hub ${label}: ${target}`, async () => {
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

      it(`is “unreachable” while polls show the lamp as unreachable: ${target}`, async () => {
        stage.koti.lamp('a').reachable = false;
        await stage.after(SECOND, stage.read());
        const live = stage.account.homes.of(stage.hub.id);
        const release = live.loop.need();
        await stage.clock.advance(120 * SECOND);
        const outcome = await command(target, true);
        assert.deepEqual([ends(outcome), outcome.isDone], [[[true, null, 'unreachable']], false]);
        release();
      });
    }
  });

  it('requests the device list once, and only if a target was unreachable', async () => {
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

  describe('of a superseded command', () => {
    it('is “superseded” and done, for a queued command and during a confirmation', async () => {
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
      const superseded = await stage.after(SECOND, first);
      assert.deepEqual([ends(superseded), superseded.isDone], [[[true, false, 'superseded']], true]);
    });

    it('is not “superseded” after a toggle', async () => {
      await command('a', false);
      stage.koti.settleMs = Infinity;
      const first = stage.command('a', true, { confirmMs: 3 * SECOND });
      await stage.clock.advance(SECOND);
      void stage.command('a', 'toggle');
      assert.deepEqual(ends(await stage.after(5 * SECOND, first)), [[true, false, 'timeout']]);
    });

    it('is “superseded” after a command with another value for one of its fields', async () => {
      stage.koti.settleMs = Infinity;
      const first = stage.command('a', { brightness: 70 }, { confirmMs: 10 * SECOND });
      await stage.clock.advance(SECOND);
      void stage.command('a', false);
      assert.deepEqual(ends(await stage.after(SECOND, first)), [[true, false, 'superseded']]);
    });

    it('is confirmed by an equal newer command', async () => {
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
      const seen = { confirmMs: 5 * SECOND, listsDone: true };

      for (const [when, delays] of [
        ['being confirmed', { settleMs: 2 * SECOND }],
        ['in flight', { settleMs: 2 * SECOND, putDelayMs: SECOND }],
      ] as const) {
        it(`is “superseded” for a lamp after a command to ${named} while the first command is ${when}`, async () => {
          await command(target, false);
          Object.assign(stage.koti, delays);
          const one = stage.command('a', true, seen);
          await stage.clock.advance(0.5 * SECOND);
          const all = stage.command(target, false, seen);
          await stage.clock.advance(20 * SECOND);
          assert.deepEqual([ends(await one), (await one).isDone], [[[true, false, 'superseded']], true]);
          assert.deepEqual(ends(await all), [[true, true, null]]);
        });

        it(`is confirmed by the other lamps of ${named} after a command to one lamp while the first command is ${when}`, async () => {
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

      it(`is “superseded” after commands to each lamp of ${named}`, async () => {
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

      it(`is confirmed for a lamp of ${named} after a command for another field or the same value`, async () => {
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

    for (const [label, payloads, last] of [
      ['on at last', [{ brightness: 70 }, { brightness: 50 }, false, true], { isOn: true, brightness: 0.5 }],
      ['off at last', [{ brightness: 50 }, false, true, false], { isOn: false }],
      ['another brightness', [{ brightness: 50 }, false, { brightness: 60 }], { isOn: true, brightness: 0.6 }],
      ['twice', [{ brightness: 50 }, false, true, false, true], { isOn: true, brightness: 0.5 }],
    ] as const) {
      it(`leaves the lamp in the last state: ${label}`, async () => {
        await command('b', true);
        stage.koti.putDelayMs = 300;
        const all = [stage.command('b', false), ...payloads.map((payload) => stage.command('a', payload))];
        await stage.clock.advance(5 * SECOND);
        await Promise.all(all);
        const { isOn, brightness } = stage.koti.lamp('a');
        assert.deepEqual('brightness' in last ? { isOn, brightness } : { isOn }, last);
        assert.ok(!JSON.stringify(stage.koti.puts).includes('0.7'), 'a superseded value is not sent');
      });
    }
  });

  describe('of several commands in one request', () => {
    beforeEach(async () => {
      await command(['a', 'b', 'c'], false);
      stage.koti.putDelayMs = 300;
      stage.koti.puts.length = 0;
    });

    it('fails for a lamp that lost the field, but not for the others', async () => {
      stage.koti.refused.add('b');
      const first = stage.command('c', true);
      await stage.clock.advance(10);
      const [lampB, lampA] = [stage.command('b', { brightness: 50 }), stage.command('a', { brightness: 50 })];
      // Turns the lamp into a contact sensor, which has no brightness.
      stage.koti.odd.set('b', { type: 'CONTACT', capabilities: ['CONTACT'], state: { type: 'STATE_CONTACT' } });
      const failures = failure(lampB, 'COZIFY_BAD_INPUT');
      await stage.clock.advance(10 * SECOND);
      await failures;
      assert.equal((await first).isDone, true);
      assert.equal((await lampA).isDone, true);
      assert.equal(stage.koti.lamp('a').isOn, true);
    });

    for (const status of [400, 404, 422]) {
      it(`is done for each lamp if the hub refuses only the batch, with status ${status}`, async () => {
        const { koti } = stage;
        koti.onPut = () => void (koti.putReply = koti.puts.length === 1 ? { status } : undefined);
        const { isDone } = await stage.after(SECOND, stage.command(['a', 'b'], true));
        assert.deepEqual([isDone, koti.sent], [true, ['a+b', 'a', 'b']]);
      });
    }

    it('is an error only for the commands after the connection was lost', async () => {
      stage.koti.refused.add('b');
      const first = stage.command('c', true);
      await stage.clock.advance(10);
      const all = ['a', 'b', 'c'].map((id) => stage.command(id, { brightness: 50 }, { confirmMs: 5 * SECOND }));
      const failures = all.map((one) =>
        one.then(
          (outcome) => ends(outcome)[0],
          (error: unknown) => (error as { code: string }).code,
        ),
      );
      // The hub answers the first command that is sent alone, but no command after that.
      stage.koti.onPut = (elements) => {
        if (elements.every(({ id }) => id === 'b')) stage.koti.putReply = 'unreachable';
      };
      await stage.clock.advance(60 * SECOND);
      await first;
      assert.deepEqual(await Promise.all(failures), [[true, true, null], 'COZIFY_UNREACHABLE', 'COZIFY_HUB_OFFLINE']);
      assert.equal(stage.koti.sent.filter((ids) => ids === 'c').length, 1, 'nothing more was sent to a silent hub');
    });
  });
});

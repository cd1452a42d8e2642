import assert from 'node:assert/strict';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { ends, HomeStage, type LampHub } from '../home-stage.js';

describe('A toggle', () => {
  let stage: HomeStage;

  async function begin(isTwo = false): Promise<void> {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b', 'c'];
    await stage.start({ isTwo });
  }
  beforeEach(() => begin());
  afterEach(() => stage.end());

  const toggle = (target: unknown, ms = 5 * SECOND) => stage.after(ms, stage.command(target, 'toggle'));
  const lit = (hub: LampHub = stage.koti): string[] =>
    [...hub.lamps].filter(([, { isOn, reachable }]) => isOn && reachable).map(([id]) => id);

  for (const target of ['Kaikki', { name: 'Sauna', kind: 'room' }, ['a', 'b', 'c']]) {
    it(`ignores an unreachable lamp that was on: ${JSON.stringify(target)}`, async () => {
      Object.assign(stage.koti.lamp('c'), { isOn: true, reachable: false });
      await toggle(target);
      assert.deepEqual(lit(), ['a', 'b']);
      await toggle(target);
      assert.deepEqual(lit(), []);
      await toggle(target);
      assert.deepEqual(lit(), ['a', 'b']);
    });

    it(`uses the last states if all lamps are unreachable: ${JSON.stringify(target)}`, async () => {
      for (const id of ['a', 'b', 'c']) Object.assign(stage.koti.lamp(id), { isOn: true, reachable: false });
      await toggle(target);
      const types = stage.koti.puts.flatMap(([, elements]) => elements.map(({ type }) => type));
      assert.ok(types.length > 0 && types.every((type) => /OFF$/.test(type)), types.join());
    });
  }

  describe('after a confirmed command', () => {
    for (const hasSubscriber of [true, false]) {
      it(`follows a later manual switch, ${hasSubscriber ? 'seen by polls' : 'seen by a read'}`, async () => {
        const everything = { targets: [], filter: parseFilter({}), hub: '' };
        if (hasSubscriber) stage.account.homes.subscribe(everything, () => undefined);
        await stage.clock.advance(2 * SECOND);
        const { results } = await stage.after(SECOND, stage.command('a', true, { confirmMs: 3 * SECOND }));
        assert.equal(results[0]?.confirmed, true);
        stage.koti.lamp('a').isOn = false;
        await stage.clock.advance(hasSubscriber ? 1.2 * SECOND : 0);
        if (!hasSubscriber) await stage.after(100, stage.read('a', { fresh: true }));
        await toggle('a', 100);
        await stage.clock.advance(SECOND);
        assert.deepEqual(lit(), ['a']);
      });
    }
  });

  describe('seconds after a command', () => {
    beforeEach(() => {
      stage.koti.odd.set('a', { timestamp: 1000 });
    });

    for (const hasSubscriber of [true, false]) {
      const circumstance = hasSubscriber ? 'with a subscriber' : 'without a subscriber';

      async function listenAndTurnOn(settleMs: number): Promise<void> {
        await stage.after(SECOND, stage.read());
        const everything = { targets: [], filter: parseFilter({}), hub: '' };
        if (hasSubscriber) stage.account.homes.subscribe(everything, () => undefined);
        await stage.clock.advance(4 * SECOND);
        stage.koti.settleMs = settleMs;
        await stage.after(0, stage.command('a', true));
      }

      it(`uses the commanded state until the hub shows it, ${circumstance}`, async () => {
        await listenAndTurnOn(5 * SECOND);
        await stage.clock.advance(3.5 * SECOND);
        await toggle('a', 10 * SECOND);
        assert.deepEqual(lit(), []);
        assert.deepEqual(stage.koti.puts.at(-1), ['devices', [{ id: 'a', type: 'CMD_DEVICE_OFF' }]]);
      });

      it(`follows a later manual switch, ${circumstance}`, async () => {
        await listenAndTurnOn(1 * SECOND);
        await stage.clock.advance(5 * SECOND);
        stage.koti.lamp('a').isOn = false;
        stage.koti.odd.set('a', { timestamp: 7000 });
        await stage.clock.advance(hasSubscriber ? 1.2 * SECOND : 0);
        await toggle('a');
        assert.deepEqual(lit(), ['a']);
      });

      it(`uses the cache again after 11 s, ${circumstance}`, async () => {
        await listenAndTurnOn(Infinity);
        await stage.clock.advance(11 * SECOND);
        stage.koti.settleMs = 100;
        await toggle('a');
        assert.deepEqual(lit(), ['a']);
      });
    }

    it('uses the cache again after 11 s of a transition of a minute', async () => {
      stage.koti.odd.set('a', { capabilities: ['ON_OFF', 'BRIGHTNESS', 'CONTROL_LIGHT', 'TRANSITION'] });
      stage.koti.settleMs = Infinity;
      await stage.after(0, stage.command('a', { brightness: 80, transition: 60 }));
      await stage.clock.advance(11 * SECOND);
      stage.koti.settleMs = 100;
      await toggle('a');
      assert.deepEqual(lit(), ['a']);
    });

    it('sends OFF after a manual switch on that follows an earlier toggle', async () => {
      await stage.after(SECOND, stage.read());
      stage.account.homes.subscribe({ targets: [], filter: parseFilter({}), hub: '' }, () => undefined);
      await stage.clock.advance(4 * SECOND);
      stage.koti.settleMs = 300;
      await stage.after(0, stage.command('a', true));
      await stage.after(0, stage.command('a', 'toggle'));
      await stage.clock.advance(2 * SECOND);
      assert.deepEqual(lit(), []);
      stage.koti.lamp('a').isOn = true;
      await stage.clock.advance(1.2 * SECOND);
      await toggle('a');
      assert.deepEqual(stage.koti.puts.at(-1), ['devices', [{ id: 'a', type: 'CMD_DEVICE_OFF' }]]);
      assert.deepEqual(lit(), []);
    });
  });

  for (const lightMs of [0, 1_200]) {
    it(`follows a scene that switches the lamp on after ${lightMs} ms`, async () => {
      stage.account.homes.subscribe({ targets: [], filter: parseFilter({}), hub: '' }, () => undefined);
      await stage.clock.advance(4 * SECOND);
      const light = (): void => void (stage.koti.lamp('a').isOn = true);
      stage.koti.onPut = () => void stage.clock.setTimeout(light, lightMs);
      await stage.after(0, stage.command({ id: 's1', kind: 'scene' }));
      await stage.clock.advance(lightMs + 100);
      stage.koti.onPut = () => undefined;
      await toggle('a');
      assert.deepEqual(lit(), []);
    });
  }

  it('alternates in a fast series, even if the hub shows the states late', async () => {
    for (const settleMs of [0, 150, 400, 900]) {
      stage.koti.settleMs = settleMs;
      const stop = stage.account.homes.subscribe({ targets: [], filter: parseFilter({}), hub: '' }, () => undefined);
      await stage.clock.advance(5 * SECOND);
      stage.koti.puts.length = 0;
      const before = lit().includes('a');
      for (let time = 0; time < 9; time++) void stage.after(130, stage.command('a', 'toggle'));
      for (let time = 0; time < 9; time++) await stage.clock.advance(130);
      await stage.clock.advance(5 * SECOND);
      const types = stage.koti.puts
        .flatMap(([, elements]) => elements.map(({ type }) => type))
        .filter((type) => /_O/.test(type));
      assert.equal(types.length, 9);
      types.forEach((type, index) =>
        assert.equal(/ON$/.test(type), (index % 2 === 0) !== before, `${settleMs} ${types.join()}`),
      );
      stop();
    }
  });

  it('needs only the list of its own kind', async () => {
    for (const list of ['groups', 'rooms', 'scenes']) stage.koti.failing.set(list, { status: 404 });
    assert.equal((await toggle({ id: 'a', kind: 'device' })).isDone, true);
  });

  it('fails if the hub does not return states, without affecting other commands', async () => {
    await stage.command(['a', 'b'], false);
    await stage.clock.advance(10 * SECOND);
    stage.koti.failing.set('devices', { status: 500 });
    const failed = failure(stage.command('a', 'toggle'), 'COZIFY_API');
    const next = stage.command('b', true);
    await stage.clock.advance(5 * SECOND);
    await failed;
    assert.deepEqual([(await next).isDone, lit()], [true, ['b']]);
  });

  it('is sent to the other devices if one cannot be toggled', async () => {
    stage.koti.odd.set('b', {
      type: 'CONTACT',
      capabilities: ['CONTACT'],
      state: { type: 'STATE_CONTACT', open: true },
    });
    const outcome = await toggle(['a', 'b', 'c']);
    assert.deepEqual(
      ends(outcome).map(([sent]) => sent),
      [true, false, true],
    );
    assert.deepEqual(lit(), ['a', 'c']);
  });

  it('is not superseded by later commands', async () => {
    await stage.command(['a', 'b', 'c'], false);
    stage.koti.putDelayMs = 300;
    const all = [
      stage.command('c', true),
      stage.command('a', true),
      stage.command(['a', 'b'], 'toggle'),
      stage.command('a', true),
    ];
    await stage.clock.advance(5 * SECOND);
    await Promise.all(all);
    assert.deepEqual(lit(), ['a', 'c'], 'a was on at its turn, so that b stays off');
  });

  describe('of lamps at two hubs', () => {
    beforeEach(async () => {
      await stage.end();
      await begin(true);
    });
    const both = [{ id: 'a' }, { id: 'm', hub: 'hub-2' }];
    const mokki = (): LampHub => {
      assert.ok(stage.mokki);
      return stage.mokki;
    };

    it('switches the lamps of each hub independently', async () => {
      mokki().lamp('m').isOn = true;
      await toggle(both);
      assert.deepEqual([lit(), lit(mokki())], [['a'], []]);
      await toggle(both);
      assert.deepEqual([lit(), lit(mokki())], [[], ['m']]);
    });

    it('does not wait for a hub that hangs', async () => {
      await stage.read();
      mokki().lamp('m').isOn = true;
      await stage.clock.advance(10 * SECOND);
      mokki().hang();
      const done = stage.command(both, 'toggle');
      await stage.clock.advance(2 * SECOND);
      assert.deepEqual(lit(), ['a']);
      const outcome = await stage.after(60 * SECOND, done);
      assert.deepEqual(
        ends(outcome).map(([sent]) => sent),
        [true, false],
      );
    });
  });
});

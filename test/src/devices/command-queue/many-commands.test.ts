import assert from 'node:assert/strict';
import type { Reply } from '../../support/fake-cloud.js';
import { SECOND } from '../../support/fake-clock.js';
import { HomeStage, type LampHub, LISTS } from '../home-stage.js';

/** Returns a pseudo-random generator with this seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 7919 + 17;
  return (sides) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % sides;
  };
}

const GROUPS = { Kaikki: ['a', 'b', 'c'], Pari: ['b', 'c'], 'Mökin kaikki': ['m', 'n'] } as const;

/** Targets with the lamps that they resolve to. */
const TARGETS: readonly (readonly [target: unknown, lamps: readonly string[]])[] = [
  [{ id: 'a' }, ['a']],
  [{ id: 'b', kind: 'device' }, ['b']],
  ['Lamppu c', ['c']],
  [{ id: 'm' }, ['m']],
  [{ name: 'Lamppu n', hub: 'hub-2' }, ['n']],
  ['Kaikki', GROUPS.Kaikki],
  [{ id: 'Pari', kind: 'group' }, GROUPS.Pari],
  [{ name: 'Sauna', kind: 'room' }, ['a', 'b', 'c']],
  [{ name: 'Mökin kaikki', hub: 'hub-2' }, GROUPS['Mökin kaikki']],
  [
    ['a', { id: 'm' }],
    ['a', 'm'],
  ],
  [
    ['Pari', { id: 'n' }],
    ['b', 'c', 'n'],
  ],
];

describe('Many commands at a time', () => {
  let stage: HomeStage;
  let hubs: LampHub[];

  beforeEach(async () => {
    stage = new HomeStage();
    Object.assign(stage.koti.groups, { Kaikki: GROUPS.Kaikki, Pari: GROUPS.Pari });
    await stage.start({ isTwo: true });
    assert.ok(stage.mokki);
    stage.mokki.groups['Mökin kaikki'] = GROUPS['Mökin kaikki'];
    hubs = [stage.koti, stage.mokki];
  });
  afterEach(() => stage.end());

  const isOn = (id: string): boolean | undefined => hubs.map((hub) => hub.lamps.get(id)).find(Boolean)?.isOn;
  const lamps = ['a', 'b', 'c', 'm', 'n'];

  for (let seed = 1; seed <= 4; seed++) {
    it(`leave each lamp in the state of the last command (seed ${seed})`, async () => {
      const roll = dice(seed);
      const model = new Map(lamps.map((id) => [id, false]));
      const all: Promise<unknown>[] = [];
      for (let count = 0; count < 80; count++) {
        for (const hub of hubs)
          [hub.putDelayMs, hub.listDelayMs, hub.settleMs] = [roll(3) * 150, roll(3) * 80, roll(3) * 60];
        const [target, ids] = TARGETS[roll(TARGETS.length)] ?? assert.fail();
        const payload = ([true, false, 'toggle', { brightness: 20 + roll(70) }] as const)[roll(4)];
        const on = payload === 'toggle' ? !ids.some((id) => model.get(id)) : payload !== false;
        for (const id of ids) model.set(id, on);
        all.push(stage.command(target, payload, { confirmMs: roll(4) === 0 ? 3 * SECOND : 0 }));
        await stage.clock.advance(roll(4) === 0 ? roll(900) : roll(30));
      }
      await stage.clock.advance(60 * SECOND);
      for (const outcome of await Promise.all(all)) assert.ok(typeof outcome === 'object');
      assert.deepEqual(
        lamps.map((id) => [id, isOn(id)]),
        [...model],
      );
    });
  }

  const TROUBLES: readonly Reply[] = [
    'hang',
    'unreachable',
    { status: 500 },
    { status: 404 },
    { body: 'null' },
    { status: 429 },
  ];

  for (let seed = 1; seed <= 4; seed++) {
    it(`each end once, with random failures of the hubs (seed ${seed})`, async () => {
      const roll = dice(100 + seed);
      const back: (() => void)[] = [];
      const endings: string[][] = [];
      for (let count = 0; count < 120; count++) {
        const hub = hubs[roll(2)] ?? assert.fail();
        switch (roll(12)) {
          case 0:
            back.push(hub.hang());
            break;
          case 1:
          case 2:
            for (const undo of back.splice(0)) undo();
            break;
          case 3:
            hub.failing.set(LISTS[roll(LISTS.length)] ?? '', TROUBLES[roll(TROUBLES.length)] ?? 'hang');
            break;
          case 4:
            hub.failing.clear();
            break;
          case 5:
            hub.putReply = TROUBLES[roll(TROUBLES.length)];
            break;
          case 6:
            hub.putReply = undefined;
            break;
          case 7:
            hub.refused.add([...hub.lamps.keys()][roll(hub.lamps.size)] ?? '');
            break;
          case 8:
            hub.refused.clear();
            break;
        }
        const [target] = TARGETS[roll(TARGETS.length)] ?? assert.fail();
        const payload = ([true, false, 'toggle', { brightness: 20 + roll(70) }] as const)[roll(4)];
        const ended: string[] = [];
        endings.push(ended);
        stage.command(roll(10) === 0 ? 'Ei mitään' : target, payload, { confirmMs: roll(3) * SECOND }).then(
          ({ results, isDone }) => {
            ended.push('done');
            for (const { reason, sent } of results) {
              assert.ok(sent || reason !== null, 'a command that was not sent has a reason');
              assert.ok(!isDone || reason === null || reason === 'superseded');
            }
          },
          (error: unknown) => ended.push(String((error as { code?: unknown }).code)),
        );
        await stage.clock.advance(roll(6) === 0 ? roll(9000) : roll(50));
      }
      await stage.clock.advance(1200 * SECOND);
      for (const ended of endings) {
        assert.equal(ended.length, 1);
        assert.match(ended[0] ?? '', /^(done|COZIFY_[A-Z_]+)$/);
      }
      // Ends all failures, so that commands succeed again.
      for (const undo of back) undo();
      for (const hub of hubs) {
        [hub.putReply, hub.putDelayMs] = [undefined, 0];
        hub.failing.clear();
        hub.refused.clear();
      }
      await stage.clock.advance(1200 * SECOND);
      for (const target of ['a', { id: 'm', hub: 'hub-2' }]) {
        assert.equal((await stage.after(5 * SECOND, stage.command(target, true))).isDone, true);
      }
      assert.ok(await stage.endsWithin(0, stage.account.homes.drain()));
    });
  }
});

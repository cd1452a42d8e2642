import assert from 'node:assert/strict';
import { resolveAll } from '../../../../src/devices/steps/resolving.js';
import type { ErrorCode } from '../../../../src/errors.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import type { Reply } from '../../support/fake-cloud.js';
import { HomeStage } from '../home-stage.js';

/** Failed answers to a request for a list, each with the error that a command to an unknown name then gets. */
const WRONG: readonly [label: string, reply: Reply, otherwise: ErrorCode][] = [
  ['404', { status: 404 }, 'COZIFY_NOT_FOUND'],
  ['400', { status: 400 }, 'COZIFY_NOT_FOUND'],
  ['403', { status: 403 }, 'COZIFY_NOT_FOUND'],
  ['429', { status: 429 }, 'COZIFY_RATE_LIMITED'],
  ['500', { status: 500 }, 'COZIFY_API'],
  ['null', { body: 'null' }, 'COZIFY_BAD_ANSWER'],
  ['a web page', { body: '<html>' }, 'COZIFY_BAD_ANSWER'],
];

describe('A list that fails', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b'];
    await stage.start();
  });
  afterEach(() => stage.end());

  for (const [label, reply, otherwise] of WRONG) {
    for (const list of ['groups', 'rooms', 'scenes', 'rules', 'alarms']) {
      it(`does not affect a lamp by id or name: ${list}, ${label}`, async () => {
        stage.koti.failing.set(list, reply);
        for (const target of [{ id: 'a', kind: 'device' }, { id: 'a' }, 'a', 'Lamppu b', { name: 'Lamppu c' }]) {
          const done = stage.after(5 * SECOND, stage.command(target, true));
          assert.equal((await done).isDone, true, JSON.stringify(target));
          const read = stage.after(5 * SECOND, stage.read(target));
          assert.equal((await read).things.length, 1, JSON.stringify(target));
        }
        assert.equal((await stage.after(5 * SECOND, stage.read())).things.length, 3);
      });

      it(`fails with ${otherwise} for an unknown name: ${list}, ${label}`, async () => {
        stage.koti.failing.set(list, reply);
        const resolve = async (): Promise<string | undefined> => {
          const query = { targets: [{ name: 'Ei mitään' }, { id: 'x' }], rooms: [], hub: '', language: undefined };
          const resolving = stage.account.useHomes('resolve', (homes) => resolveAll(homes, query));
          const { targets } = await stage.after(5 * SECOND, resolving);
          assert.equal(targets[0]?.is, targets[1]?.is);
          return targets[0]?.is;
        };
        const expected = otherwise === 'COZIFY_NOT_FOUND' ? 'gone' : 'unknown';
        for (let time = 0; time < 5; time++) {
          await failure(stage.after(5 * SECOND, stage.command('Ei mitään', true)), otherwise);
          assert.equal(await resolve(), expected);
        }
        stage.koti.failing.delete(list);
        await stage.clock.advance(61 * SECOND);
        await failure(stage.after(5 * SECOND, stage.command('Ei mitään', true)), 'COZIFY_NOT_FOUND');
        assert.equal(await resolve(), 'gone');
      });
    }

    it(`does not affect scenes or groups: devices, ${label}`, async () => {
      stage.koti.failing.set('devices', reply);
      for (const target of [
        { id: 's1', kind: 'scene' },
        { name: 'Ilta', kind: 'scene' },
      ]) {
        assert.equal((await stage.after(5 * SECOND, stage.command(target, true))).isDone, true);
      }
      if (label === '500') return;
      const group = stage.after(5 * SECOND, stage.command({ id: 'Kaikki', kind: 'group' }, true));
      assert.equal((await group).isDone, true);
    });
  }

  it('fails with COZIFY_API if the target needs the list', async () => {
    for (const list of ['groups', 'rooms', 'devices']) stage.koti.failing.set(list, { status: 404 });
    await failure(stage.after(5 * SECOND, stage.command('Lamppu a', true)), 'COZIFY_API');
    stage.koti.failing.delete('devices');
    await failure(stage.after(5 * SECOND, stage.command({ id: 'Kaikki', kind: 'group' }, true)), 'COZIFY_API');
    await failure(stage.after(5 * SECOND, stage.command({ name: 'Lamppu a', room: 'Sauna' }, true)), 'COZIFY_API');
  });

  it('delays a lamp by at most 1.5 s if it hangs', async () => {
    stage.koti.failing.set('alarms', 'hang');
    const done = stage.command('Lamppu a', true);
    assert.ok(await stage.endsWithin(1.5 * SECOND, done));
    assert.equal((await done).isDone, true);
  });

  it('is requested again only with a back-off', async () => {
    stage.koti.failing.set('alarms', { status: 404 });
    for (let time = 0; time < 50; time++) await stage.after(SECOND, stage.command('Lamppu a', true));
    assert.ok(stage.gets('alarms') <= 8, String(stage.gets('alarms')));
    assert.equal(stage.gets('devices'), 1);
  });
});

describe('A missing target', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    await stage.start();
  });
  afterEach(() => stage.end());

  const gets = (): number => stage.take().filter((line) => line.includes(' GET ')).length;

  for (const [label, target, most] of [
    ['by its name', 'Lamppu x', 60],
    ['by its id', { id: 'x', kind: 'device', name: 'Lamppu x' }, 10],
  ] as const) {
    it(`does not load lists for each message: ${label}`, async () => {
      for (let time = 0; time < 50; time++) {
        await failure(stage.after(SECOND, stage.command(target, true)), 'COZIFY_NOT_FOUND');
      }
      const count = gets();
      assert.ok(count <= most, String(count));
    });
  }

  it('is found once the device is added', async () => {
    for (let time = 0; time < 5; time++) await failure(stage.command('Lamppu x', true), 'COZIFY_NOT_FOUND');
    stage.koti.lamps.set('x', { isOn: false, brightness: 1, reachable: true });
    await stage.clock.advance(61 * SECOND);
    assert.equal((await stage.command('Lamppu x', true)).isDone, true);
  });

  it('does not delay another new target', async () => {
    for (let time = 0; time < 5; time++) await failure(stage.command('Lamppu x', true), 'COZIFY_NOT_FOUND');
    stage.koti.lamps.set('y', { isOn: false, brightness: 1, reachable: true });
    await stage.clock.skip(1);
    assert.equal((await stage.command('Lamppu y', true)).isDone, true);
  });
});

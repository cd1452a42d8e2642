import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { FakeClock } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll, type RawDevice, remote, socket, thermometer } from '../support.js';

const uuid = (index: number): string => `${index.toString(16).padStart(8, '0')}-1c2d-4e3f-8a9b-0c1d2e3f4a5b`;

/** Returns `size` devices of a typical mix: lamps, sockets, sensors, a few remote controls. */
function house(size: number): RawDevice[] {
  const make = [lamp, thermometer, socket, lamp, thermometer, lamp, socket, thermometer, lamp, remote];
  return Array.from({ length: size }, (_, index) => {
    const of = make[index % make.length] ?? lamp;
    const seen = { lastSeen: AT - index, rssi: -40 - (index % 50), batteryV: 2.5 + (index % 10) / 20 };
    return of(uuid(index), seen, {
      name: `Laite ${index}`,
      room: [`room-${index % 50}`],
      manufacturer: 'Develco Products',
      model: 'SMSZB-120',
    });
  });
}

const newHome = (clock = new FakeClock()): HomeCache => new HomeCache({ hub: HUB, language: 'fi', clock });

const collect = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

function heapOf<T>(make: () => T): { made: T; bytes: number } {
  collect();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  collect();
  return { made, bytes: process.memoryUsage().heapUsed - before };
}

describe('Home: thousands of devices', () => {
  it('needs at most 3 KB of memory per device', () => {
    const size = 10_000;
    const body = JSON.stringify(poll(AT, { devices: byId(...house(size)) }, true));
    const { made: home, bytes } = heapOf(() => {
      const filled = newHome();
      filled.applyPoll(JSON.parse(body), { isFull: true });
      return filled;
    });
    console.log(`      ${Math.round(bytes / size)} bytes a device`);
    assert.ok(bytes / size <= 3 * 1024, `${Math.round(bytes / size)} bytes a device`);
    assert.equal(home.things.list('device').length, size);
  });

  it('replaces only changed entries for a delta', () => {
    const home = newHome();
    const devices = house(2_000);
    home.applyPoll(poll(AT, { devices: byId(...devices) }), { isFull: true });
    const before = home.things.list('device');
    const changed = lamp(uuid(0), { isOn: false }, { name: 'Laite 0', room: ['room-0'] });
    home.applyPoll(poll(AT + 1, { devices: byId(changed) }), { isFull: false });
    const after = home.things.list('device');
    assert.equal(after.filter((entry, index) => entry !== before[index]).length, 1);
  });

  it('does not leak memory over thousands of changes', () => {
    const home = newHome();
    const devices = house(500);
    home.applyPoll(poll(AT, { devices: byId(...devices) }), { isFull: true });
    const churn = (round: number): void => {
      const some = devices.slice(0, 50).map((device, index) => ({
        ...device,
        name: `Laite ${round}-${index}`,
        room: [`room-${(round + index) % 60}`],
        capabilities: ['ON_OFF', `NEW_${round}_${index}`],
      }));
      const members = Array.from({ length: 20 }, (_, index) => `member-${round}-${index}`);
      home.applyPoll(poll(AT + round, { groups: { g: { id: 'g', name: 'Valot', members } } }), { isFull: false });
      home.applyPoll(poll(AT + round, { devices: { ...byId(...some), [`new-${round}`]: lamp(`new-${round}`) } }), {
        isFull: false,
      });
      home.applyPoll(poll(AT + round, { devices: { [`new-${round}`]: null } }), { isFull: false });
    };
    for (let round = 0; round < 500; round++) churn(round);
    const { bytes } = heapOf(() => {
      for (let round = 500; round < 2_500; round++) churn(round);
    });
    // A leak of one id per round would exceed this limit.
    assert.ok(bytes < 2_000 * 300, `${bytes} bytes more`);
  });
});

describe('Home: random answers', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const state = fc.record({
    isOn: fc.boolean(),
    brightness: fc.constantFrom(-1, 0, 0.5, 1, null),
    lastSeen: fc.integer({ min: AT, max: AT + 9 }),
  });
  const devices = fc.dictionary(id, fc.option(state));
  const groups = fc.dictionary(fc.constantFrom('g', 'h'), fc.option(fc.array(id)));
  const news = fc.record({ devices, groups, isFull: fc.boolean() });
  type News = typeof news extends fc.Arbitrary<infer T> ? T : never;

  const answerOf = (update: News): object =>
    poll(AT, {
      devices: Object.fromEntries(Object.entries(update.devices).map(([of, raw]) => [of, raw && lamp(of, raw)])),
      groups: Object.fromEntries(
        Object.entries(update.groups).map(([of, members]) => [of, members && { id: of, name: of, members }]),
      ),
    });

  const stateOf = (home: HomeCache): object =>
    (['device', 'group'] as const).map((kind) =>
      home.things
        .list(kind)
        .map(({ id: of, state: now }) => [of, now])
        .sort(),
    );

  it('emits changes with the previous state, which add up to the new state', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 12 }), (all) => {
        const home = newHome();
        home.applyPoll(poll(AT, { devices: byId(lamp('a')) }), { isFull: true });
        const mirror = new Map(home.things.list('device').map((entry) => [`device ${entry.id}`, entry.state]));
        for (const update of all) {
          for (const { entry, events, previous, state: now } of home.applyPoll(answerOf(update), update)?.changes ??
            []) {
            const key = `${entry.kind} ${entry.id}`;
            assert.deepEqual(mirror.get(key) ?? null, previous);
            if (events.includes('removed')) mirror.delete(key);
            else mirror.set(key, now);
          }
        }
        const known = (['device', 'group'] as const).flatMap((kind) => home.things.list(kind));
        assert.deepEqual(
          new Map([...mirror].sort()),
          new Map(known.map((entry): [string, object] => [`${entry.kind} ${entry.id}`, entry.state]).sort()),
        );
      }),
      runs(100),
    );
  });

  it('has the state of a new home after a resync', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 8 }), news, (before, last) => {
        const answer = answerOf(last);
        const clock = new FakeClock();
        const [old, fresh] = [newHome(clock), newHome(clock)];
        for (const update of before) old.applyPoll(answerOf(update), update);
        // Applied twice, because an empty list is accepted only after 2 minutes.
        for (let time = 0; time < 2; time += 1) {
          for (const home of [old, fresh]) home.applyPoll(answer, { isFull: true });
          void clock.skip(120_000);
        }
        assert.deepEqual(stateOf(old), stateOf(fresh));
      }),
      runs(100),
    );
  });

  it('does not throw for answers of any shape', () => {
    const home = newHome();
    home.applyPoll(poll(AT, { devices: byId(lamp('a')) }), { isFull: true });
    const part = fc.record(
      {
        type: fc.constantFrom('POLL_DELTA', 'DEVICE_DELTA', 'GROUP_DELTA', 'x'),
        full: fc.jsonValue(),
        timestamp: fc.oneof(fc.jsonValue(), fc.integer()),
        polls: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record({
              type: fc.constantFrom('DEVICE_DELTA', 'GROUP_DELTA', 'ALARM_DELTA'),
              devices: fc.jsonValue(),
              groups: fc.jsonValue(),
              alarms: fc.dictionary(fc.string(), fc.jsonValue()),
            }),
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), part, fc.array(part)), fc.boolean(), (answer, isFull) => {
        home.applyPoll(answer, { isFull });
        home.load('device', answer);
      }),
      runs(100),
    );
  });
});

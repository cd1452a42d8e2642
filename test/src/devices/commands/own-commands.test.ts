import assert from 'node:assert/strict';
import { planCommand } from '../../../../src/devices/commands/plan.js';
import { progressOf } from '../../../../src/devices/command-queue/confirmation.js';
import { countedFields } from '../../../../src/devices/things/changes.js';
import type { Entry } from '../../../../src/devices/things/device.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { AT, byId, lamp, poll, type RawDevice, socket } from '../support.js';

/** A home with two lamps that belong to a group and a room. Tests send commands to the home and apply polls to it. */
class Flat {
  readonly clock = new FakeClock();
  readonly home = new HomeCache({ hub: 'koti', language: 'fi', clock: this.clock });
  readonly own = this.home.own;
  #at = AT;

  constructor(devices: RawDevice[] = [lamp('a', { isOn: false }), lamp('b', { isOn: false }), socket('s')]) {
    const groups = { g: { id: 'g', name: 'Valot', members: ['a', 'b'] } };
    const lists = {
      devices: byId(...devices),
      groups,
      rooms: { r1: { id: 'r1', name: 'Sauna' } },
      scenes: { x: { name: 'Ilta', isOn: false } },
    };
    this.home.applyPoll(poll(AT, lists), { isFull: true });
  }

  command(kind: Kind, id: string, payload: unknown): ReturnType<typeof planCommand> {
    const entry = this.home.things.get(kind, id) as Entry;
    const plan = planCommand(parseCommand({}, payload), entry, this.home.things, { isAlone: true });
    this.own.note(plan);
    return plan;
  }

  /** Applies a poll. Returns, for each changed thing, whether the change is attributed to a command of the account. */
  poll(lists: Record<string, unknown>): Record<string, boolean> {
    const changes = this.home.applyPoll(poll((this.#at += 1), lists), { isFull: false })?.changes ?? [];
    const now = this.clock.monotonic();
    return Object.fromEntries(
      changes.map((change) => [
        change.entry.id,
        this.own.authorOf(change, countedFields(change, []), now, changes) !== null,
      ]),
    );
  }

  lamps(...states: [id: string, state: object][]): Record<string, boolean> {
    return this.poll({ devices: byId(...states.map(([id, state]) => lamp(id, state as Record<string, unknown>))) });
  }
}

describe('OwnCommands', () => {
  const off = { isOn: false };
  const rows: [title: string, before: object, commanded: unknown, after: object, isOwn: boolean][] = [
    ['a commanded change', off, { brightness: 40 }, { brightness: 0.4 }, true],
    ['a value within the tolerances', {}, { colorTemperature: 4000 }, { temperature: 4016 }, true],
    ['no change without a command', off, undefined, {}, false],
    ['no change with a field that was not commanded', off, true, { temperature: 5000 }, false],
    ['no change away from the commanded value', {}, { brightness: 90, transition: 30 }, { brightness: 0.3 }, false],
  ];
  for (const [title, before, commanded, after, isOwn] of rows) {
    it(`attributes ${title}`, () => {
      const flat = new Flat([lamp('a', before as Record<string, unknown>)]);
      if (commanded !== undefined) flat.command('device', 'a', commanded);
      assert.equal(flat.lamps(['a', after])['a'], isOwn);
    });
  }

  it('ignores read-only fields, such as the power of a switched socket', () => {
    const flat = new Flat([socket('s', { isOn: false, activePower: 0 }), lamp('a', { isOn: false })]);
    flat.command('device', 's', true);
    const on = socket('s', { isOn: true, activePower: 60 });
    assert.equal(flat.poll({ devices: byId(on) })['s'], true);
    const more = socket('s', { isOn: true, activePower: 80 });
    assert.equal(flat.poll({ devices: byId(more) })['s'], false, 'a change without a command is not attributed');
    flat.command('device', 'a', true);
    assert.equal(flat.lamps(['a', { motion: true }])['a'], true);
  });

  it('uses only the newest command for a field', async () => {
    const flat = new Flat();
    flat.command('device', 'a', true);
    flat.lamps(['a', {}]);
    await flat.clock.advance(4.5 * SECOND);
    flat.command('device', 'a', false);
    assert.equal(flat.lamps(['a', { isOn: false }])['a'], true);
    await flat.clock.advance(SECOND);
    assert.equal(flat.lamps(['a', {}])['a'], false);
  });

  it('uses only the newest command for a group and its members', () => {
    const flat = new Flat();
    flat.command('group', 'g', true);
    assert.deepEqual(flat.lamps(['a', {}], ['b', {}]), { a: true, b: true, g: true });
    flat.command('device', 'a', false);
    flat.command('device', 'b', false);
    assert.deepEqual(flat.lamps(['a', { isOn: false }], ['b', { isOn: false }]), { a: true, b: true, g: true });
    assert.equal(flat.lamps(['a', {}])['a'], false);
  });

  it('uses only the newer command of a color and a color temperature', () => {
    const flat = new Flat([lamp('a')]);
    const green = { colorMode: 'hs', hue: (2 * Math.PI) / 3, saturation: 1, temperature: -1 };
    flat.command('device', 'a', { color: '#00ff00' });
    assert.equal(flat.lamps(['a', green])['a'], true);
    flat.command('device', 'a', { colorTemperature: 2700 });
    assert.equal(flat.lamps(['a', {}])['a'], true);
    assert.equal(flat.lamps(['a', green])['a'], false, 'a hand made it green again');
  });

  it('attributes a change within 10 s after the command', async () => {
    for (const [ms, isOwn] of [
      [10_000, true],
      [10_001, false],
    ] as const) {
      const flat = new Flat();
      flat.command('device', 'a', true);
      await flat.clock.advance(ms);
      assert.equal(flat.lamps(['a', {}])['a'], isOwn);
    }
  });

  for (const [title, ms, requestedMs, isOn, timestamp, expected] of [
    ['for 10 s', 9_999, 0, false, AT, true],
    ['no longer than 10 s', 10_000, 0, false, AT, undefined],
    ['until the hub shows it', 500, 0, true, AT + 1, undefined],
    ['although an answer from before the command shows it', 500, -1, true, AT + 1, true],
    ['although something else changes within 3 s', 3_000, 0, false, AT + 1, true],
    ['until something else switches the lamp back', 3_001, 0, false, AT + 1, undefined],
    ['although the lamp has not changed', 4_000, 0, false, AT, true],
  ] as const) {
    it(`uses a commanded state for toggles ${title}`, async () => {
      const flat = new Flat();
      await flat.clock.advance(SECOND);
      const sentAt = flat.clock.monotonic();
      const { entry } = flat.command('device', 'a', true);
      await flat.clock.advance(ms);
      flat.poll({ devices: byId(lamp('a', { isOn }, { timestamp })) });
      flat.own.noteAnswer(sentAt + requestedMs);
      assert.equal(flat.own.commandedOn(entry), expected);
    });
  }

  it('attributes intermediate values, and extends the time by the transition', async () => {
    const flat = new Flat([lamp('a', { brightness: 0.1 })]);
    flat.command('device', 'a', { brightness: 90, transition: 30 });
    await flat.clock.advance(15 * SECOND);
    assert.equal(flat.lamps(['a', { brightness: 0.5 }])['a'], true);
    await flat.clock.advance(20 * SECOND);
    assert.equal(flat.lamps(['a', { brightness: 0.9 }])['a'], true);
    await flat.clock.advance(6 * SECOND);
    assert.equal(flat.lamps(['a', { brightness: 0.1 }])['a'], false);
  });

  it('attributes the brightness that a lamp reports when switched on', () => {
    const flat = new Flat([lamp('a', { isOn: false, brightness: 0 })]);
    flat.command('device', 'a', true);
    assert.equal(flat.lamps(['a', { brightness: 0.8 }])['a'], true);
    assert.equal(flat.lamps(['a', { brightness: 0.3 }])['a'], false);
  });

  it('attributes changes of the lamps of a commanded room, and of their group', () => {
    const flat = new Flat();
    flat.command('room', 'r1', true);
    assert.deepEqual(flat.lamps(['a', {}], ['b', {}]), { a: true, b: true, g: true });
  });

  it('attributes a change of a group only if a commanded member caused it', () => {
    const flat = new Flat();
    flat.command('device', 'a', true);
    assert.deepEqual(flat.lamps(['a', {}]), { a: true, g: true });
    assert.deepEqual(flat.lamps(['b', {}]), { b: false, g: false });
  });

  it('attributes a change of allOn that a commanded member caused', () => {
    const flat = new Flat();
    flat.lamps(['a', {}]);
    flat.command('device', 'b', true);
    assert.deepEqual(flat.lamps(['b', {}]), { b: true, g: true });
    flat.command('device', 'b', false);
    assert.deepEqual(flat.lamps(['b', { isOn: false }]), { b: true, g: true });
    flat.command('group', 'g', true);
    assert.deepEqual(flat.lamps(['b', {}]), { b: true, g: true });
    assert.deepEqual(flat.lamps(['b', { isOn: false }]), { b: false, g: false }, 'a hand');
  });

  it('does not attribute a change of a group that another member changed too', () => {
    const flat = new Flat();
    flat.command('device', 'a', true);
    assert.deepEqual(flat.lamps(['a', {}], ['b', {}]), { a: true, b: false, g: false });
  });

  it('attributes the change of a scene but not its effects', () => {
    const flat = new Flat();
    flat.command('scene', 'x', true);
    const attributed = flat.poll({ scenes: { x: { name: 'Ilta', isOn: true } }, devices: byId(lamp('a')) });
    assert.deepEqual([attributed['x'], attributed['a']], [true, false]);
  });

  it('does not attribute added, removed and unreachable devices', () => {
    const flat = new Flat();
    flat.command('device', 'a', true);
    assert.deepEqual(flat.poll({ devices: { a: null, n: lamp('n') } }), { a: false, n: false });
    assert.deepEqual(flat.lamps(['b', { reachable: false }]), { b: false });
  });
});

describe('progressOf', () => {
  it('reports an unreachable or removed device', () => {
    const flat = new Flat();
    const plan = flat.command('device', 'a', true);
    flat.lamps(['a', { reachable: false }]);
    assert.equal(progressOf(plan, flat.home.things), 'unreachable');
    flat.poll({ devices: { a: null } });
    assert.equal(progressOf(plan, flat.home.things), 'unreachable');
  });

  it('is met for a closed or removed alarm', () => {
    const flat = new Flat();
    flat.poll({ alarms: { v: { name: 'Vuoto', closed: false } } });
    const alarm = flat.home.things.get('alarm', 'v') as Entry;
    const plan = planCommand(parseCommand({ command: 'close' }, undefined), alarm, flat.home.things, { isAlone: true });
    assert.equal(progressOf(plan, flat.home.things), 'waiting');
    flat.poll({ alarms: { v: { name: 'Vuoto', closed: true } } });
    assert.equal(progressOf(plan, flat.home.things), 'met');
    flat.poll({ alarms: { v: null } });
    assert.equal(progressOf(plan, flat.home.things), 'met');
  });
});

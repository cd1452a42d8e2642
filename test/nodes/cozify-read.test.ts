import assert from 'node:assert/strict';
import type { Device } from '../simulator';
import { accountNode, actionNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';
import { sleep, until } from '../support/wait';

/** A time in milliseconds that is longer than the 3 s for which cached values are used. */
const FRESH_MS = 3_100;

interface ReadReport {
  operation: string;
  asOf: string | null;
  stale: boolean;
}

/** Starts a read node, and logs in. */
async function loadRead(stage: Stage, properties: Record<string, unknown> = {}): Promise<void> {
  const read = actionNode('read', { targets: [], ...properties });
  await stage.load(testFlow(accountNode(), read));
  await stage.logIn();
}

for (const transport of ['on the LAN', 'through the cloud']) {
  describe(`Read node ${transport}`, () => {
    const stage = Stage.forSuite({ hubs: [{ name: 'Koti', onLan: transport === 'on the LAN' }] });
    let lamp: Device;
    let meter: Device;

    before(() => {
      lamp = named(({ type }) => type === 'LIGHT');
      meter = named(({ state }) => typeof state['temperature'] === 'number' && state['type'] === 'STATE_MULTI_SENSOR');
    });
    beforeEach(() => stage.home.change(lamp.id, { isOn: true, brightness: 0.6 }));

    /** Returns a matching device whose name is unique. */
    function named(isMatch: (device: Device) => boolean): Device {
      const { devices } = stage.home;
      const found = devices.find((one) => isMatch(one) && devices.filter(({ name }) => name === one.name).length === 1);
      assert.ok(found);
      return found;
    }

    const load = (properties: object = {}): Promise<void> => loadRead(stage, { outputs: 1, ...properties });
    async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
      await load(properties);
      return stage.ask('read', msg);
    }
    const reportOf = ({ msg }: Outcome): ReadReport => msg.cozify as unknown as ReadReport;
    const target = () => [{ hub: '', kind: 'device', id: lamp.id, name: lamp.name }];

    it('returns the state of a lamp, the lamp, and the time of the state', async () => {
      const outcome = await ask({ targets: target() }, { topic: 'kept' });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      const { payload, device, topic } = outcome.msg as { payload?: Message; device?: Message; topic?: unknown };
      assert.deepEqual([payload?.['on'], payload?.['brightness'], topic], [true, 60, 'kept']);
      assert.deepEqual([device?.['id'], device?.['name'], device?.['kind']], [lamp.id, lamp.name, 'device']);
      const { operation, asOf, stale } = reportOf(outcome);
      assert.deepEqual([operation, stale], ['read', false]);
      assert.match(String(asOf), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.equal(outcome.completed.length, 1);
      await until('the status', () => /^(on|päällä) 60 %$/.test(stage.statuses('read').at(-1)?.text ?? ''));
    });

    it('returns one field of the device named in the message', async () => {
      const outcome = await ask({ field: ' temperature ' }, { target: ` ${meter.name.toUpperCase()} ` });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      assert.equal(outcome.msg['payload'], Math.round(Number(meter.state['temperature']) * 10) / 10);
    });

    it('ignores target and other properties of the message if its own are set', async () => {
      const msg = { target: meter.name, field: 'temperature', output: 'map', fresh: 'no', condition: 7 };
      const { output, msg: got } = await ask({ targets: target() }, msg);
      assert.deepEqual([output, (got['payload'] as Message)['brightness']], [1, 60]);
    });

    it('returns devices by room, capability and reachability, as an array or a map by name', async () => {
      stage.home.setReachable(lamp.id, false);
      await load({ capabilities: ['CONTROL_LIGHT'], reachable: 'no' });
      await until('the lamp to be unreachable', async () => {
        const { payload } = (await stage.ask('read')).msg as unknown as { payload: { id: string }[] };
        return payload.some(({ id }) => id === lamp.id);
      });
      stage.home.setReachable(lamp.id, true);
      const map = await ask({ capabilities: ['TEMPERATURE'], output: 'map', field: 'temperature' });
      assert.equal(
        (map.msg['payload'] as Message)[meter.name],
        Math.round(Number(meter.state['temperature']) * 10) / 10,
      );
      const { id: sauna } = stage.home.find('rooms', 'Sauna');
      const inSauna = stage.home.devices.filter(({ room }) => JSON.stringify(room ?? '').includes(sauna));
      const { msg } = await ask({ rooms: ['sauna'] });
      assert.deepEqual(
        (msg['payload'] as { id: string }[]).map(({ id }) => id).sort(),
        inSauna.map(({ id }) => id).sort(),
      );
    });

    it('returns devices with all or any of its capabilities, in any letter case, with manufacturer and model', async () => {
      const idsOf = async (properties: Record<string, unknown>): Promise<string[]> => {
        const { msg } = await ask({ capabilities: ['temperature', 'Control_Light'], ...properties });
        return (msg['payload'] as { id: string }[]).map(({ id }) => id);
      };
      assert.deepEqual(await idsOf({ capabilitiesMatch: 'all' }), []);
      const any = await idsOf({ capabilitiesMatch: 'any' });
      assert.ok(any.includes(lamp.id) && any.includes(meter.id));
      const { device } = (await ask({ targets: target() })).msg as unknown as { device: Message };
      assert.deepEqual([device['manufacturer'], device['model']], [lamp.manufacturer, lamp.model]);
    });

    it('returns scenes, rules and groups by kind', async () => {
      for (const [kind, list] of [
        ['scene', 'scenes'],
        ['rule', 'rules'],
        ['group', 'groups'],
      ] as const) {
        const { msg } = await ask({ kind });
        assert.equal((msg['payload'] as unknown[]).length, stage.home.all(list).length, kind);
      }
    });

    it('sends a met condition to output 1 with the state, and an unmet one to output 2 unchanged', async () => {
      const condition = { field: 'brightness', op: 'above', value: 50 };
      const met = await ask({ targets: target(), condition, outputs: 2 }, { payload: 'before' });
      assert.deepEqual([met.output, (met.msg['payload'] as Message)['brightness']], [1, 60]);
      const others = { condition: { ...condition, value: '99' }, outputs: 2 };
      const none = await ask({ targets: target(), ...others }, { payload: 'before' });
      assert.deepEqual([none.output, none.msg['payload'], none.done], [2, 'before', [undefined]]);
      assert.equal((none.msg['device'] as Message)['id'], lamp.id);
      assert.equal(reportOf(none).stale, false);
    });

    it('uses cached values for 3 s, or asks the hub each time with fresh: true', async () => {
      const isOn = async (): Promise<unknown> => ((await stage.ask('read')).msg['payload'] as Message)['on'];
      await load({ targets: target() });
      assert.equal(await isOn(), true);
      stage.home.change(lamp.id, { isOn: false });
      await sleep(FRESH_MS);
      assert.equal(await isOn(), false);
      await load({ targets: target(), fresh: true });
      stage.home.change(lamp.id, { isOn: true });
      assert.equal(await isOn(), true);
      stage.home.change(lamp.id, { isOn: false });
      assert.equal(await isOn(), false);
    });

    it('returns an empty array for an empty list of targets', async () => {
      const { output, msg } = await ask({}, { target: [] });
      assert.deepEqual([output, msg['payload']], [1, []]);
    });
  });
}

describe('Read node with an offline hub', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  afterEach(() => stage.hub.goOnline());

  const load = (properties: Record<string, unknown> = {}): Promise<void> => loadRead(stage, properties);

  it('returns the last state with stale: true', async () => {
    await load();
    const { msg } = await stage.ask('read');
    await stage.hub.goOffline();
    await sleep(FRESH_MS);
    const later = await stage.ask('read', { payload: 'before' });
    assert.equal(later.output, 1, JSON.stringify(later.msg.cozify));
    assert.deepEqual(later.msg['payload'], msg['payload']);
    const { asOf, stale } = later.msg.cozify as unknown as ReadReport;
    assert.deepEqual([asOf, stale], [(msg.cozify as unknown as ReadReport).asOf, true]);
  });

  it('fails with fresh: true or without cached values, and keeps the payload', async () => {
    await load({ fresh: true });
    await stage.ask('read');
    await stage.hub.goOffline();
    const failed = await stage.ask('read', { payload: 'before' });
    assertFailure(failed, 'COZIFY_HUB_OFFLINE');
    assert.equal(failed.msg['payload'], 'before');
    await load();
    assertFailure(await stage.ask('read'), 'COZIFY_HUB_OFFLINE');
  });
});

describe('Read node with invalid input', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });

  async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
    await loadRead(stage, properties);
    return stage.ask('read', msg);
  }

  const refused: [title: string, properties: Record<string, unknown>, msg?: Message][] = [
    ['a number as target', {}, { target: 7 }],
    ['a number as hub', {}, { hub: 1 }],
    ['a room as a target', {}, { target: 'Sauna' }],
    ['an unknown kind', { kind: 'lamp' }],
    ['a string as rooms', { rooms: 'Sauna' }],
    ['an unknown output', { output: 'table' }],
    ['a condition without a number to compare with', { condition: { field: 'on', op: 'above', value: 'high' } }],
    ['a condition that waits for a change', { condition: { field: 'on', op: 'changes' } }],
  ];
  for (const [input, properties, msg] of refused) {
    it(`refuses ${input}`, async () => {
      assertFailure(await ask(properties, msg), 'COZIFY_BAD_INPUT');
    });
  }

  it('refuses an unknown name, and suggests similar names', async () => {
    const outcome = await ask({}, { target: 'Kattovallo' });
    assertFailure(outcome, 'COZIFY_NOT_FOUND');
    assert.match(String(outcome.msg.cozify.error?.message), /Kattovalo/);
  });

  it('refuses to work without a login', async () => {
    await stage.load(testFlow(accountNode(), actionNode('read', { targets: [] })));
    assertFailure(await stage.ask('read'), 'COZIFY_OTP_REQUIRED');
  });

  it('uses defaults for properties that an older flow lacks', async () => {
    const { output, msg } = await ask({ targets: undefined });
    assert.equal(output, 1, JSON.stringify(msg.cozify));
    assert.ok((msg['payload'] as unknown[]).length > 10);
  });
});

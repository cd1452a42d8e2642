import assert from 'node:assert/strict';
import registerRead from '../../nodes/cozify-read';
import type { Device } from '../simulator';
import { accountNode, actionNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';
import { sleep, until } from '../support/wait';

/** What is known is good for 3 seconds. */
const FRESH_MS = 3_100;

interface ReadReport {
  operation: string;
  asOf: string | null;
  stale: boolean;
}

for (const way of ['on the LAN', 'through the cloud']) {
  describe(`the read node ${way}`, () => {
    let stage: Stage;
    let lamp: Device;
    let meter: Device;

    before(async () => {
      stage = await Stage.open({ hubs: [{ name: 'Koti', onLan: way === 'on the LAN' }] });
      lamp = named(({ type }) => type === 'LIGHT');
      meter = named(({ state }) => typeof state['temperature'] === 'number' && state['type'] === 'STATE_MULTI_SENSOR');
    });
    beforeEach(() => home().change(lamp.id, { isOn: true, brightness: 0.6 }));
    after(() => stage?.close());

    const home = () => {
      const [hub] = stage.simulator.hubs;
      assert.ok(hub);
      return hub.home;
    };
    /** A device of which there is only one by its name. */
    function named(isWanted: (device: Device) => boolean): Device {
      const { devices } = home();
      const found = devices.find(
        (one) => isWanted(one) && devices.filter(({ name }) => name === one.name).length === 1,
      );
      assert.ok(found);
      return found;
    }

    async function load(properties: Record<string, unknown> = {}): Promise<void> {
      const read = actionNode('read', { targets: [], outputs: 1, ...properties });
      await stage.load(testFlow(accountNode(), read), { others: [registerRead] });
      await stage.logIn();
    }
    async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
      await load(properties);
      return stage.ask('read', msg);
    }
    const reportOf = ({ msg }: Outcome): ReadReport => msg.cozify as unknown as ReadReport;
    const target = () => [{ hub: '', kind: 'device', id: lamp.id, name: lamp.name }];

    it('gives the state of one lamp, the lamp itself, and of when that is', async () => {
      const outcome = await ask({ targets: target() }, { topic: 'kept' });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      const { payload, device, topic } = outcome.msg as { payload?: Message; device?: Message; topic?: unknown };
      assert.deepEqual([payload?.['on'], payload?.['brightness'], topic], [true, 60, 'kept']);
      assert.deepEqual([device?.['id'], device?.['name'], device?.['kind']], [lamp.id, lamp.name, 'device']);
      const { operation, asOf, stale } = reportOf(outcome);
      assert.deepEqual([operation, stale], ['read', false]);
      assert.match(String(asOf), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.equal(outcome.completed.length, 1);
    });

    it('gives one field alone: the temperature by the name in a message', async () => {
      const outcome = await ask({ field: ' temperature ' }, { target: ` ${meter.name.toUpperCase()} ` });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      assert.equal(outcome.msg['payload'], Math.round(Number(meter.state['temperature']) * 10) / 10);
    });

    it('is not redirected by a message when it was set to something, nor does a message give its other properties', async () => {
      const msg = { target: meter.name, field: 'temperature', output: 'map', fresh: 'no', condition: 7 };
      const { output, msg: got } = await ask({ targets: target() }, msg);
      assert.deepEqual([output, (got['payload'] as Message)['brightness']], [1, 60]);
    });

    it('gives all devices that rooms, capabilities and reachability leave, as an array or by name', async () => {
      home().setReachable(lamp.id, false);
      await load({ capabilities: ['CONTROL_LIGHT'], reachable: 'no' });
      await until('the lamp to be away', async () => {
        const { payload } = (await stage.ask('read')).msg as unknown as { payload: { id: string }[] };
        return payload.some(({ id }) => id === lamp.id);
      });
      home().setReachable(lamp.id, true);
      const map = await ask({ capabilities: ['TEMPERATURE'], output: 'map', field: 'temperature' });
      assert.equal(
        (map.msg['payload'] as Message)[meter.name],
        Math.round(Number(meter.state['temperature']) * 10) / 10,
      );
      const { id: sauna } = home().find('rooms', 'Sauna');
      const inSauna = home().devices.filter(({ room }) => JSON.stringify(room ?? '').includes(sauna));
      const { msg } = await ask({ rooms: ['sauna'] });
      assert.deepEqual(
        (msg['payload'] as { id: string }[]).map(({ id }) => id).sort(),
        inSauna.map(({ id }) => id).sort(),
      );
    });

    it('gives what has all of some capabilities or any of them, in whatever letters, and who made it', async () => {
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

    it('gives scenes, rules and groups, by their kind', async () => {
      for (const [kind, list] of [
        ['scene', 'scenes'],
        ['rule', 'rules'],
        ['group', 'groups'],
      ] as const) {
        const { msg } = await ask({ kind });
        assert.equal((msg['payload'] as unknown[]).length, home().all(list).length, kind);
      }
    });

    it('with a condition: by output 1 what meets it, by output 2 the message as it came', async () => {
      const condition = { field: 'brightness', op: 'above', value: 50 };
      const met = await ask({ targets: target(), condition, outputs: 2 }, { payload: 'before' });
      assert.deepEqual([met.output, (met.msg['payload'] as Message)['brightness']], [1, 60]);
      const others = { condition: { ...condition, value: '99' }, outputs: 2 };
      const none = await ask({ targets: target(), ...others }, { payload: 'before' });
      assert.deepEqual([none.output, none.msg['payload'], none.done], [2, 'before', [undefined]]);
      assert.equal((none.msg['device'] as Message)['id'], lamp.id);
      assert.equal(reportOf(none).stale, false);
    });

    it('goes by memory for 3 seconds, and asks the hub after that, or each time where that was chosen', async () => {
      const isOn = async (): Promise<unknown> => ((await stage.ask('read')).msg['payload'] as Message)['on'];
      await load({ targets: target() });
      assert.equal(await isOn(), true);
      home().change(lamp.id, { isOn: false });
      await sleep(FRESH_MS);
      assert.equal(await isOn(), false);
      await load({ targets: target(), fresh: true });
      home().change(lamp.id, { isOn: true });
      assert.equal(await isOn(), true);
      home().change(lamp.id, { isOn: false });
      assert.equal(await isOn(), false);
    });

    it('an empty array of targets is nothing to read', async () => {
      const { output, msg } = await ask({}, { target: [] });
      assert.deepEqual([output, msg['payload']], [1, []]);
    });
  });
}

describe('a read node whose hub is away', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open({ hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => stage?.close());

  const hub = () => {
    const [only] = stage.simulator.hubs;
    assert.ok(only);
    return only;
  };
  async function load(properties: Record<string, unknown> = {}): Promise<void> {
    const read = actionNode('read', { targets: [], ...properties });
    await stage.load(testFlow(accountNode(), read), { others: [registerRead] });
    await stage.logIn();
  }

  it('says how things were, and that this is old', async () => {
    await load();
    const { msg } = await stage.ask('read');
    await hub().goOffline();
    await sleep(FRESH_MS);
    const later = await stage.ask('read', { payload: 'before' });
    assert.equal(later.output, 1, JSON.stringify(later.msg.cozify));
    assert.deepEqual(later.msg['payload'], msg['payload']);
    const { asOf, stale } = later.msg.cozify as unknown as ReadReport;
    assert.deepEqual([asOf, stale], [(msg.cozify as unknown as ReadReport).asOf, true]);
  });

  it('fails where it should be fresh, and where nothing is known; the message stays as it was', async () => {
    await load({ fresh: true });
    await stage.ask('read');
    await hub().goOffline();
    const failed = await stage.ask('read', { payload: 'before' });
    assertFailure(failed, 'COZIFY_HUB_OFFLINE');
    assert.equal(failed.msg['payload'], 'before');
    await load();
    assertFailure(await stage.ask('read'), 'COZIFY_HUB_OFFLINE');
  });
});

describe('what a read node refuses', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open({ hubs: [{ name: 'Koti' }] });
  });
  after(() => stage?.close());

  async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
    await stage.load(testFlow(accountNode(), actionNode('read', { targets: [], ...properties })), {
      others: [registerRead],
    });
    await stage.logIn();
    return stage.ask('read', msg);
  }

  const refused: [what: string, properties: Record<string, unknown>, msg?: Message][] = [
    ['a target that is no name', {}, { target: 7 }],
    ['a hub that is no text', {}, { hub: 1 }],
    ['a room as a target', {}, { target: 'Sauna' }],
    ['a kind that is none', { kind: 'lamp' }],
    ['rooms that are no list', { rooms: 'Sauna' }],
    ['an output that is none', { output: 'table' }],
    ['a condition without a number to compare with', { condition: { field: 'on', op: 'above', value: 'high' } }],
    ['a condition that waits for a change', { condition: { field: 'on', op: 'changes' } }],
  ];
  for (const [what, properties, msg] of refused) {
    it(what, async () => {
      assertFailure(await ask(properties, msg), 'COZIFY_BAD_INPUT');
    });
  }

  it('a name that nobody has, saying which are near', async () => {
    const outcome = await ask({}, { target: 'Kattovallo' });
    assertFailure(outcome, 'COZIFY_NOT_FOUND');
    assert.match(String(outcome.msg.cozify.error?.message), /Kattovalo/);
  });

  it('to work without a login, and says so', async () => {
    await stage.load(testFlow(accountNode(), actionNode('read', { targets: [] })), { others: [registerRead] });
    assertFailure(await stage.ask('read'), 'COZIFY_OTP_REQUIRED');
  });

  it('no property that an older flow lacks: it has the default', async () => {
    const { output, msg } = await ask({ targets: undefined });
    assert.equal(output, 1, JSON.stringify(msg.cozify));
    assert.ok((msg['payload'] as unknown[]).length > 10);
  });
});

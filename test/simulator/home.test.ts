import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubKeys } from '../../packages/cozify-practice/src/hub-keys';
import { furnish } from '../../packages/cozify-practice/src/home/furnish';
import { capabilitiesOf, LISTINGS, nameOf, roomOf, type Device } from '../../packages/cozify-practice/src/home/things';
import { EMAIL, Visitor } from './support';

const NOW = 1_790_000_000_000;

describe('Simulated home', () => {
  const home = furnish('hub', NOW).things;
  const devices = [...home.devices.values()];
  const named = (name: string): Device => {
    const found = devices.find((device) => device.name === name);
    assert.ok(found, name);
    return found;
  };

  it('has 40 devices of a Finnish house', () => {
    assert.equal(devices.length, 40);
    const types = new Set(devices.map(({ type }) => type));
    for (const type of [
      ...['LIGHT', 'POWER_SOCKET', 'MULTI_SENSOR', 'MOTION', 'CONTACT', 'MOISTURE', 'SMOKE_ALARM', 'CO', 'CO2_SENSOR'],
      ...['TWILIGHT', 'REMOTE_CONTROL', 'UI_DEVICE', 'CAMERA', 'MEDIA_RENDERER', 'THERMOSTAT', 'BLINDS', 'HVAC', 'VU'],
      ...['VALVE', 'POWER_METER', 'WATER_METER', 'SIREN', 'ALARM_DEVICE', 'DOORBELL'],
    ]) {
      assert.ok(types.has(type), type);
    }
    assert.ok(devices.some((device) => device.type === 'LIGHT' && capabilitiesOf(device).includes('MOTION')));
  });

  it('is the same with the same seed, with different ids for each hub', () => {
    assert.deepEqual(furnish('hub', NOW), furnish('hub', NOW));
    assert.notDeepEqual(furnish('hub', NOW, { seed: 2 }).things.devices, home.devices);
    const other = furnish('other hub', NOW).things.devices;
    assert.ok(devices.every(({ id }) => !other.has(id)));
  });

  it('can be a cottage, or have fewer devices', () => {
    assert.equal(furnish('hub', NOW, { plan: 'cottage' }).things.devices.size, 8);
    const few = [...furnish('hub', NOW, { devices: 3 }).things.devices.values()].map(({ name }) => name);
    assert.deepEqual(few, ['Olohuoneen lamppu', 'Ulkolämpötila', 'Saunan kiuas']);
    assert.equal(furnish('hub', NOW, { devices: 0 }).things.devices.size, 0);
  });

  it('grows to 10,000 devices of about 590 bytes, each in a room of its flat', () => {
    const block = furnish('hub', NOW, { devices: 10_000 }).things;
    assert.equal(block.devices.size, 10_000);
    const bytes = JSON.stringify(Object.fromEntries(block.devices)).length;
    assert.ok(bytes > 4e6 && bytes < 8e6, `${bytes} bytes`);
    for (const device of block.devices.values()) {
      const room = roomOf(device);
      assert.ok(room === undefined || block.rooms.has(room));
    }
    const orders = [...block.rooms.values()].map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length);
  });

  it('has default names of rooms, devices without a room, and unique device names', () => {
    assert.ok(devices.some(({ room }) => room.length === 0));
    assert.equal(new Set(devices.map(({ name }) => name)).size, devices.length);
    const rooms = [...home.rooms.values()].map(({ name }) => name);
    for (const key of ['$LIVINGROOM', '$BEDROOM', '$KITCHEN', '$HALLWAY', '$BATHROOM']) assert.ok(rooms.includes(key));
  });

  it('has each thing named in the examples once', async () => {
    const folder = join(process.cwd(), 'examples');
    const flows = (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8'));
    const nodes = (await Promise.all(flows)).flatMap((flow) => JSON.parse(flow) as { targets?: { name: string }[] }[]);
    const targets = new Set(nodes.flatMap(({ targets = [] }) => targets.map(({ name }) => name)));
    assert.ok(targets.size > 3);
    const names = LISTINGS.flatMap((listing) => [...home[listing].values()].map(nameOf));
    for (const name of targets) assert.equal(names.filter((one) => one === name).length, 1, name);
  });

  it('has lamp values in steps of 1/254 or one mired, -1 in the other colour mode, and null without the capability', () => {
    for (const { state } of devices.filter(({ type }) => type === 'LIGHT')) {
      const brightness = state['brightness'];
      if (brightness !== null) assert.equal((Number(brightness) * 254) % 1, 0);
      if (state['colorMode'] !== 'ct') continue;
      const mireds = 1e6 / Number(state['temperature']);
      assert.ok(Math.abs(mireds - Math.round(mireds)) < 1e-6);
    }
    assert.equal(named('Terassin valot').state['brightness'], null);
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const modes = seeds.map((seed) => {
      const [lamp] = furnish('hub', NOW, { seed }).things.devices.values();
      assert.ok(lamp);
      const { colorMode, hue, saturation, temperature } = lamp.state as Record<string, unknown>;
      if (colorMode === 'hs') assert.equal(temperature, -1);
      else assert.deepEqual([colorMode, hue, saturation], ['ct', -1, -1]);
      return colorMode;
    });
    assert.deepEqual([...new Set(modes)].sort(), ['ct', 'hs']);
    assert.equal(named('Olohuoneen lamppu').state['minTemperature'], 1e6 / 454);
    assert.equal(named('Saunan lämpömittari').state['humidity'], null);
  });

  it('has both field names for a target temperature and for power', () => {
    const has = (field: string) => devices.some(({ state }) => Object.hasOwn(state, field));
    for (const field of ['targetTemp', 'targetTemperature', 'activePower', 'power']) assert.ok(has(field), field);
  });

  it('has groups, scenes, rules, rooms and alarms in the form of the hub', () => {
    for (const listing of LISTINGS) for (const [id, thing] of home[listing]) assert.equal(thing.id, id);
    const all = [...home.groups.values()].find(({ name }) => name === 'Kaikki valot');
    assert.equal(all?.members.length, devices.filter(({ type }) => type === 'LIGHT').length);
    assert.deepEqual(all?.minCapabilities, { type: 'SET', values: ['CONTROL_LIGHT', 'DEVICE', 'ON_OFF'] });
    assert.ok(all?.maxCapabilities.values.includes('COLOR_HS'));
    assert.ok(all?.members.every((id) => home.devices.get(id)?.groups.includes(all.id)));
    const scenes = [...home.scenes.values()].map(({ name, category, icon }) => [name, category, icon]);
    assert.deepEqual(scenes.slice(0, 2), [
      ['$HOME', 'FACTORY', 'HOME'],
      ['$AWAY', 'FACTORY', 'AWAY'],
    ]);
    const rules = [...home.rules.values()];
    assert.deepEqual(rules.map(nameOf), ['Kiuas pois kahden tunnin jälkeen', 'Elokuvavalot himmeinä']);
    assert.ok(rules.every((rule) => typeof rule.is_on === 'boolean' && !('name' in rule)));
    const alarm = [...home.alarms.values()][0];
    assert.equal(alarm?.type, 'USER_ALARM');
    assert.match(Buffer.from(alarm?.message ?? '', 'base64').toString(), /^<p><b>Kiuas on ollut/);
  });

  it('is listed over a socket, and a group has the state of its first reachable member', async () => {
    const visitor = await Visitor.come();
    try {
      for (const listing of LISTINGS) assert.ok((await visitor.list(listing)).length > 0, listing);
      const [first, second] = visitor.hub.home.find('groups', 'Makuuhuone').members;
      assert.ok(first !== undefined && second !== undefined);
      const stateOf = async () => (await visitor.list('groups')).find(({ name }) => name === 'Makuuhuone')?.state;
      assert.deepEqual(await stateOf(), visitor.hub.home.device(first).state);
      visitor.hub.home.setReachable(first, false);
      assert.deepEqual(await stateOf(), visitor.hub.home.device(second).state);
    } finally {
      await visitor.leave();
    }
  });

  it('finds things by id or name, and throws for none and for several', async () => {
    const visitor = await Visitor.come();
    try {
      const { home: lived } = visitor.hub;
      const sauna = lived.device('Saunan kiuas');
      assert.equal(lived.device(sauna.id).name, 'Saunan kiuas');
      lived.addLike('Lukuvalo', 'Kattovalo');
      assert.throws(() => lived.device('Kattovalo'), /Several of devices/);
      assert.throws(() => lived.device('Kattovalo', 'Sauna'), /No Kattovalo in Sauna/);
      assert.throws(() => lived.find('rules', 'Nothing'), /None of rules/);
      assert.equal(roomOf(lived.device('Keittiön kattovalo', '$KITCHEN')), lived.find('rooms', '$KITCHEN').id);
    } finally {
      await visitor.leave();
    }
  });
});

describe('HubKeys', () => {
  it('have the current role, and change with it', () => {
    const keys = new HubKeys('hub', () => NOW);
    const content = { hubName: 'Koti', role: 32, lifeMs: 1000 };
    const first = keys.key(EMAIL, content);
    assert.equal(keys.key(EMAIL, content), first);
    const guest = keys.key(EMAIL, { ...content, role: 2 });
    assert.notEqual(guest, first);
    assert.deepEqual([keys.roleOf(first), keys.roleOf(guest), keys.roleOf('nonsense')], [32, 2, undefined]);
  });
});

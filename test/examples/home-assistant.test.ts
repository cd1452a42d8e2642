import assert from 'node:assert/strict';
import type { Device } from '../../packages/cozify-practice/src/home/things';
import { Seeded } from '../../packages/cozify-practice/src/seeded';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import type { FlowNode } from '../live/harness/flow';
import { becomes } from '../support/becomes';
import { sized, say } from '../support/size';
import { sleep } from '../support/wait';
import { Bench, HOME_ASSISTANT, until } from './support';
import { HomeAssistant, type Entity } from './support/home-assistant';
import { problemsOf } from './support/home-assistant-schema';
import { Mosquitto } from './support/mosquitto';

const DEVICES = 48;
const SCENES = 7;
/** Number of random commands, and also of random changes. */
const STORM = sized(60, 1_000);

const round = (value: unknown, digits = 0): number | undefined =>
  typeof value === 'number' ? Math.round(value * 10 ** digits) / 10 ** digits : undefined;
const isLamp = ({ state }: Device): boolean => state.type === 'STATE_LIGHT';

/**
 * Functions that compute, from the state at the hub, the value that the example must publish for each field. They do
 * not use the code of the package.
 */
const EXPECTED: Readonly<Record<string, (state: Record<string, unknown>, device: Device) => unknown>> = {
  on: ({ isOn, sirenOn }) => isOn ?? sirenOn ?? undefined,
  brightness: ({ isOn, brightness }) =>
    isOn === true && typeof brightness === 'number' ? Math.max(1, Math.round(brightness * 100)) : undefined,
  temperature: ({ temperature }, device) => (isLamp(device) ? undefined : round(temperature, 1)),
  humidity: ({ humidity }) => round(humidity, 1),
  illuminance: ({ lux }) => round(lux),
  pressure: ({ pressure }) => round(Number(pressure) > 2_000 ? Number(pressure) / 100 : pressure, 1),
  co2: ({ co2Ppm }) => round(co2Ppm),
  voc: ({ vocPpm }) => round(vocPpm),
  co: ({ coDetected }) => coDetected,
  leak: ({ moisture }) => moisture,
  motion: ({ motion }) => motion,
  open: ({ open }) => open,
  dark: ({ twilight }) => twilight,
  targetTemperature: ({ targetTemp, targetTemperature }) => targetTemp ?? targetTemperature,
  heatingDemand: ({ heatingDemand }) =>
    round(Number(heatingDemand ?? NaN) * 100) || (heatingDemand === 0 ? 0 : undefined),
  position: ({ liftPct, openPct }) => liftPct ?? openPct,
  tilt: ({ tiltPct }) => tiltPct,
  power: ({ activePower, power }) => round(activePower ?? power, 1),
  energy: ({ totalPower }) => round(totalPower, 2),
  battery: ({ battery }) => battery,
  volume: ({ rcData, volume }) => (rcData as { volume: number } | undefined)?.volume ?? volume,
  mute: ({ rcData }) => (rcData as { mute: boolean } | undefined)?.mute,
};

/** Keys of the topic and the template of the value that each command sets. */
const STATE_KEYS = {
  command: ['state_topic', 'value_template'],
  set_position: ['position_topic', 'position_template'],
  tilt_command: ['tilt_status_topic', 'tilt_status_template'],
  temperature_command: ['temperature_state_topic', 'temperature_state_template'],
  mode_command: ['mode_state_topic', 'mode_state_template'],
  preset_mode_command: ['preset_mode_state_topic', 'preset_mode_value_template'],
  fan_mode_command: ['fan_mode_state_topic', 'fan_mode_state_template'],
} as const;

describe('Home Assistant through MQTT', () => {
  let broker: Mosquitto;
  let bench: Bench;
  let homeAssistant: HomeAssistant;

  const [house, cottage] = [() => hubAt(0), () => hubAt(1)];
  const hubAt = (place: number): SimulatedHub =>
    bench.simulator.hubs[place] ?? assert.fail(`There is no hub ${place}.`);
  const devices = () =>
    bench.simulator.hubs.flatMap(({ id, home }) => home.devices.map((device) => ({ hub: id, device })));
  const stateTopic = (hub: string, { id }: { id: string }) => `cozify/${hub}/${id}/state`;

  /** Returns the differences between the hubs and the values that Home Assistant shows. */
  function differences(): string[] {
    return devices().flatMap(({ hub, device }) => {
      const text = homeAssistant.topics.get(stateTopic(hub, device));
      if (text === undefined) return [`${device.name} has no state`];
      const shown = JSON.parse(text) as Record<string, unknown>;
      return Object.entries(EXPECTED).flatMap(([field, read]) => {
        const value = read(device.state, device);
        if (value === undefined || value === null || shown[field] === value) return [];
        return [`${device.name}: ${field} is ${JSON.stringify(value)}, and shown as ${String(shown[field])}`];
      });
    });
  }

  const untilSame = (): Promise<unknown> =>
    until('the same state at both ends', () => differences().length === 0).catch((error: unknown) => {
      throw new Error(`${String(error)} ${differences().join('; ')}`);
    });

  /** Waits until nothing has been published and no command has been sent for this long. */
  const untilQuiet = (ms?: number): Promise<void> =>
    bench.untilQuiet(() => `${homeAssistant.messages.length} ${sent()}`, ms);

  /** Returns the number of commands that the hubs have received. */
  const sent = (): number =>
    bench.simulator.hubs.reduce((all, { log }) => all + log.visits.filter(({ method }) => method === 'PUT').length, 0);

  const untilAll = (): Promise<unknown> =>
    until(
      'all devices and scenes',
      () => homeAssistant.configs.length === DEVICES + SCENES + 2 && homeAssistant.entities.every(isAvailable),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} ${homeAssistant.configs.length} discovery messages`);
    });
  const isAvailable = (entity: Entity): boolean => homeAssistant.isAvailable(entity);

  const atBroker = (node: FlowNode): FlowNode =>
    node.type === 'mqtt-broker' ? { ...node, broker: '127.0.0.1', port: String(broker.port) } : node;

  before(async () => {
    [broker, bench] = await Promise.all([Mosquitto.start(), Bench.open()]);
    homeAssistant = await HomeAssistant.connect(broker.port);
    // Makes each device reachable, so that Home Assistant shows it as available.
    for (const { home } of bench.simulator.hubs) for (const { id } of home.devices) home.setReachable(id, true);
    await bench.deploy([HOME_ASSISTANT], undefined, atBroker);
    await bench.logIn();
    await untilAll();
  });
  after(async () => {
    homeAssistant.close();
    await bench.close();
    await broker.stop();
  });

  describe('discovery', () => {
    it('shows every device with its name, room, maker and hub', () => {
      const expected = bench.simulator.hubs.flatMap(({ id: hub, home }) =>
        home.devices.map(({ id, name, manufacturer, model, room }) => {
          const roomName = home.all('rooms').find((one) => one.id === room[0])?.name;
          const defaultNames: Record<string, string> = {
            $LIVINGROOM: 'Living room',
            $KITCHEN: 'Kitchen',
            $BEDROOM: 'Bedroom',
          };
          const area = { ...defaultNames, $HALLWAY: 'Hallway', $BATHROOM: 'Bathroom' }[roomName ?? ''] ?? roomName;
          return {
            ...{ identifiers: [`cozify_${hub}_${id}`], name, via_device: `cozify_${hub}`, manufacturer, model },
            ...(area !== undefined && { suggested_area: area }),
          };
        }),
      );
      const byId = (one: { identifiers: string[] }, other: { identifiers: string[] }) =>
        String(one.identifiers) < String(other.identifiers) ? -1 : 1;
      const shown = homeAssistant.configs
        .filter(([topic]) => topic.includes('/device/') && topic.includes('_'))
        .map(([, text]) => (JSON.parse(text) as { device: { identifiers: string[] } }).device);
      assert.equal(shown.length, DEVICES);
      assert.deepEqual(shown.sort(byId), expected.sort(byId));
    });

    it('shows each hub with its reachability, and its scenes', () => {
      for (const { name, home } of bench.simulator.hubs) {
        assert.equal(homeAssistant.value(homeAssistant.entity(name, 'status').config), 'online');
        const scenes = homeAssistant.entities.filter(
          ({ platform, device }) => platform === 'scene' && device['name'] === name,
        );
        assert.equal(scenes.length, home.all('scenes').length);
      }
    });

    it('uses only keys and values that Home Assistant documents for each component', () => {
      const problems = homeAssistant.configs.flatMap(([topic, text]) =>
        problemsOf(topic, text).map((problem) => `${problem} in ${text}`),
      );
      assert.deepEqual(problems, []);
    });

    it('uses each documented component', () => {
      const platforms = new Set(homeAssistant.entities.map(({ platform }) => platform));
      assert.deepEqual([...platforms].sort(), [
        ...['binary_sensor', 'climate', 'cover', 'event', 'light', 'number', 'scene', 'select', 'sensor', 'switch'],
        'valve',
      ]);
    });
  });

  describe('control', () => {
    const valueOf = (device: string, key: string) => homeAssistant.value(homeAssistant.entity(device, key).config);
    const raw = (device: string) => house().home.device(device).state;

    it('switches, dims and colours a lamp, and shows its new state', async () => {
      const lamp = homeAssistant.entity('Olohuoneen lamppu', 'on');
      const becomes = (fields: Record<string, unknown>) =>
        until(`${JSON.stringify(fields)}`, () => {
          const json = homeAssistant.json(lamp);
          return Object.entries(fields).every(([field, value]) => String(json[field]) === String(value));
        });
      homeAssistant.command(lamp, '{"state":"ON","brightness":42}');
      await becomes({ state: 'ON', brightness: 42 });
      assert.equal(Math.round(Number(raw('Olohuoneen lamppu')['brightness']) * 100), 42);
      homeAssistant.command(lamp, '{"state":"ON","color":{"h":120.5,"s":80}}');
      await until('a colour', () => homeAssistant.json(lamp)['color_mode'] === 'hs');
      const { h, s } = homeAssistant.json(lamp)['color'] as { h: number; s: number };
      assert.ok(Math.abs(h - 120) <= 2 && Math.abs(s - 80) <= 1, `${h} ${s}`);
      homeAssistant.command(lamp, '{"state":"ON","color_temp":3000,"transition":1}');
      await until('a white', () => homeAssistant.json(lamp)['color_mode'] === 'color_temp');
      assert.ok(Math.abs(Number(homeAssistant.json(lamp)['color_temp']) - 3000) <= 10);
      homeAssistant.command(lamp, '{"state":"OFF"}');
      await becomes({ state: 'OFF' });
      assert.equal(raw('Olohuoneen lamppu')['isOn'], false);
    });

    for (const [device, key] of [
      ['Saunan kiuas', 'on'],
      ['Sireeni', 'on'],
      ['Pihakamera', 'on'],
      ['Kaiutin', 'mute'],
    ] as const) {
      it(`switches ${device} (${key})`, async () => {
        const entity = homeAssistant.entity(device, key);
        for (const isOn of [valueOf(device, key) !== 'True', valueOf(device, key) === 'True']) {
          homeAssistant.command(entity, String(entity.config[isOn ? 'payload_on' : 'payload_off']));
          await until(`${device} to change`, () => valueOf(device, key) === (isOn ? 'True' : 'False'));
        }
      });
    }

    for (const [device, key, command, value] of [
      ['Rullaverho', 'position', 'set_position', '37'],
      ['Rullaverho', 'position', 'tilt_command', '55'],
      ['Pääventtiili', 'position', 'command', '20'],
      ['Kylpyhuoneen lattialämmitys', 'targetTemperature', 'temperature_command', '24.5'],
      ['Eteisen lattialämmitys', 'targetTemperature', 'temperature_command', '19'],
      ['Ilmalämpöpumppu', 'targetTemperature', 'mode_command', 'cool'],
      ['Ilmalämpöpumppu', 'targetTemperature', 'preset_mode_command', 'eco'],
      ['Ilmalämpöpumppu', 'targetTemperature', 'fan_mode_command', 'high'],
      ['Ilmanvaihto', 'mode', 'command', 'boost'],
      ['Ilmanvaihto', 'fan', 'command', 'low'],
      ['Kaiutin', 'volume', 'command', '12.0'],
    ] as const) {
      it(`sets ${device} by ${command}`, async () => {
        const entity = homeAssistant.entity(device, key);
        const current = () => homeAssistant.value(entity.config, ...STATE_KEYS[command]);
        const expected = value.replace('.0', '');
        assert.notEqual(current(), expected);
        homeAssistant.commandBy(entity, command, value);
        await until(`${command} ${value}`, () => current() === expected);
      });
    }

    it('opens and closes blinds', async () => {
      const blind = homeAssistant.entity('Rullaverho', 'position');
      for (const [payload, position] of [
        ['payload_open', 100],
        ['payload_close', 0],
      ] as const) {
        homeAssistant.command(blind, String(blind.config[payload]));
        await until(payload, () => raw('Rullaverho')['liftPct'] === position);
      }
      assert.equal(blind.config['payload_stop'], null, 'Cozify has no command that stops them');
    });

    it('runs a scene', async () => {
      const scene =
        homeAssistant.entities.find(({ config }) => config['name'] === 'Elokuva') ?? assert.fail('no scene');
      assert.equal(house().home.find('scenes', 'Elokuva').isOn, false);
      homeAssistant.command(scene, String(scene.config['payload_on']));
      await until('the scene', () => house().home.find('scenes', 'Elokuva').isOn);
    });

    it('reports presses of wall switches, and of the doorbell', async () => {
      const from = homeAssistant.messages.length;
      const events = (device: string, key: string) => {
        const topic = homeAssistant.entity(device, key).config['state_topic'];
        return homeAssistant.messages
          .slice(from)
          .filter((message) => message.topic === topic)
          .map(({ text }) => JSON.parse(text) as Record<string, unknown>);
      };
      house().home.press('Eteisen seinäkytkin', 3);
      await until('the press', () => events('Eteisen seinäkytkin', 'press').length > 0);
      assert.deepEqual(events('Eteisen seinäkytkin', 'press'), [
        { event_type: 'short', button: 3, label: 'Oikea ylös', repeat: false },
      ]);
      house().home.change('Ovikello', { alert: true });
      await until('the bell', () => events('Ovikello', 'ring').length > 0);
      house().home.change('Ovikello', { alert: false });
      await untilQuiet();
      assert.deepEqual(events('Ovikello', 'ring'), [{ event_type: 'ring' }]);
      assert.ok(![...homeAssistant.topics.keys()].some((topic) => topic.endsWith('/event')), 'a press is not retained');
    });

    it('refuses a command that is not JSON or has an unknown field, and changes nothing', async () => {
      const lamp = homeAssistant.entity('Kattovalo', 'on');
      const topic = String(lamp.config['command_topic']);
      await untilQuiet();
      const [from, shown, commands] = [homeAssistant.messages.length, bench.shown().length, sent()];
      homeAssistant.publish(topic, 'dim it');
      homeAssistant.publish(topic, '{"warmth":3}');
      homeAssistant.publish(topic, '7');
      await until(
        'three errors',
        () =>
          bench
            .shown()
            .slice(shown)
            .filter(({ node }) => node === 'Why not').length === 3,
      );
      await untilQuiet();
      assert.equal(sent(), commands);
      assert.equal(homeAssistant.messages.length, from + 3);
    });
  });

  describe('storms', () => {
    it(`has the same state at both ends after ${STORM} commands and ${STORM} changes, without a loop`, async () => {
      await untilQuiet();
      const draw = new Seeded(33);
      const [from, commandsBefore] = [homeAssistant.messages.length, sent()];
      const settable = homeAssistant.entities.filter(({ platform }) => platform in RANDOM);
      const isSet = ({ topic }: { topic: string }): boolean => topic.endsWith('/set');
      for (let made = 0; made < STORM; made++) {
        const entity = draw.pick(settable as [Entity, ...Entity[]]);
        RANDOM[entity.platform]?.(homeAssistant, entity, draw);
        hubAt(made % 2).home.wander(1);
        // Pauses briefly, because people and a home do not send as fast as a loop would.
        await sleep(sized(40, 30));
      }
      await untilSame();
      await untilQuiet(5_000);
      assert.deepEqual(differences(), []);
      const messages = homeAssistant.messages.slice(from);
      assert.equal(messages.filter(isSet).length, STORM, 'no command came from the bridge');
      assert.ok(sent() - commandsBefore <= STORM * 2, `${sent() - commandsBefore} requests for ${STORM} commands`);
      const states = messages.filter(({ topic }) => topic.endsWith('/state')).length;
      assert.ok(states <= STORM * 4, `${states} states`);
      assert.deepEqual(
        messages.filter(({ topic }) => topic.endsWith('/config')),
        [],
        'nothing is announced again',
      );
      say(`${STORM} commands and ${STORM} changes: ${states} states, ${sent() - commandsBefore} requests to the hubs`);
    });
  });

  describe('changes of the home', () => {
    const COPY = 'Vierashuoneen lamppu';

    it('shows a new device, its new name and room, and removes it', async () => {
      const { home } = house();
      const { id } = home.addLike('Lukuvalo', COPY);
      await until('the new lamp', () => homeAssistant.names.includes(COPY));
      await until('its state', () => homeAssistant.topics.has(stateTopic(house().id, { id })));
      home.rename('devices', id, 'Nojatuolin lamppu');
      home.moveTo(id, 'Sauna');
      // The name is not part of the state, so the example notices a new name only when it next reads all devices.
      await until('the new name', async () => {
        await bench.inject('Now, and every hour');
        await sleep(500);
        return homeAssistant.names.includes('Nojatuolin lamppu');
      });
      assert.equal(homeAssistant.entity('Nojatuolin lamppu', 'on').device['suggested_area'], 'Sauna');
      assert.ok(!homeAssistant.names.includes(COPY));
      home.remove('devices', id);
      await until('it to be gone', () => ![...homeAssistant.topics.keys()].some((topic) => topic.includes(id)));
    });

    it('distinguishes devices of two hubs that have the same id', async () => {
      const twin = {
        ...cottage().home.device('Tuvan lamppu'),
        id: house().home.device('Kattovalo').id,
        name: 'Kaksonen',
      };
      cottage().home.put('devices', twin);
      await until('the twin', () => homeAssistant.names.includes('Kaksonen'));
      const [one, other] = [homeAssistant.entity('Kaksonen', 'on'), homeAssistant.entity('Kattovalo', 'on')];
      assert.notEqual(one.config['unique_id'], other.config['unique_id']);
      const was = house().home.device('Kattovalo').state['isOn'];
      const isOn = cottage().home.device(twin.id).state['isOn'] !== true;
      homeAssistant.command(one, JSON.stringify({ state: isOn ? 'ON' : 'OFF' }));
      await until('the right lamp', () => homeAssistant.json(one)['on'] === isOn);
      assert.equal(cottage().home.device(twin.id).state['isOn'], isOn);
      assert.equal(house().home.device('Kattovalo').state['isOn'], was);
      cottage().home.remove('devices', twin.id);
      await until('the twin to be gone', () => !homeAssistant.names.includes('Kaksonen'));
      assert.ok(homeAssistant.names.includes('Kattovalo'));
    });

    it('shows an unreachable device as unavailable', async () => {
      const lamp = homeAssistant.entity('Lukuvalo', 'on');
      house().home.setReachable('Lukuvalo', false);
      await until('the lamp to be unavailable', () => !isAvailable(lamp));
      assert.ok(isAvailable(homeAssistant.entity('Kattovalo', 'on')));
      house().home.setReachable('Lukuvalo', true);
      await until('the lamp to be available', () => isAvailable(lamp));
    });

    it('shows the devices of an offline hub as unavailable, but not the devices of the other hub', async () => {
      await cottage().goOffline();
      const [lost, present] = [homeAssistant.entity('Tuvan lamppu', 'on'), homeAssistant.entity('Kattovalo', 'on')];
      await until('the hub to be offline', () => !isAvailable(lost));
      assert.ok(isAvailable(present));
      cottage().home.change('Mökin ovi', { open: cottage().home.device('Mökin ovi').state['open'] !== true });
      await cottage().goOnline();
      await until('the hub to be back', () => isAvailable(lost));
      await untilSame();
      await untilAll();
    });
  });

  describe('restarts', () => {
    it('shows all as unavailable while Node-RED is stopped, and no duplicate or deleted device afterwards', async () => {
      const before = homeAssistant.entities.map(({ config }) => String(config['unique_id'])).sort();
      // Publishes a retained command, which must not be carried out again after the restart.
      const lamp = homeAssistant.entity('Kattovalo', 'on');
      const command = String(lamp.config['command_topic']);
      homeAssistant.publish(command, '{"state":"ON","brightness":77}', true);
      await until('the lamp to be on', () => homeAssistant.json(lamp)['brightness'] === 77);
      await bench.nodeRed.stop();
      house().home.change('Kattovalo', { isOn: false });
      await until('all to be unavailable', () => !homeAssistant.entities.some(isAvailable));
      const removed = house().home.device('Jouluvalot').id;
      const { id: added } = house().home.addLike('Yövalo', COPY_2);
      house().home.remove('devices', removed);
      house().home.change('Ulko-ovi', { open: house().home.device('Ulko-ovi').state['open'] !== true });
      await bench.nodeRed.launch();
      await until('the new lamp', () => homeAssistant.names.includes(COPY_2));
      await until(
        'the removed one to go',
        () => ![...homeAssistant.topics.keys()].some((topic) => topic.includes(removed)),
      );
      await untilAll();
      await untilSame();
      const ids = homeAssistant.entities.map(({ config }) => String(config['unique_id'])).sort();
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(
        ids.filter((id) => !id.includes(added)),
        before.filter((id) => !id.includes(removed)),
      );
      assert.equal(house().home.device('Kattovalo').state['isOn'], false);
      homeAssistant.publish(command, '', true);
    });

    it('catches up after the broker was killed and restarted', async () => {
      await broker.stop();
      house().home.change('Ulko-ovi', { open: house().home.device('Ulko-ovi').state['open'] !== true });
      const gone = house().home.device(COPY_2).id;
      house().home.remove('devices', gone);
      await broker.launch();
      await until(
        'the removed lamp to go',
        () => ![...homeAssistant.topics.keys()].some((topic) => topic.includes(gone)),
      );
      await untilSame();
      await until('all to be available', () => homeAssistant.entities.every(isAvailable));
    });

    it('shows everything again after the broker lost its messages, except a device that was deleted', async () => {
      const gone = cottage().home.device('Järviveden lämpötila').id;
      const idsOf = () => homeAssistant.entities.map(({ config }) => String(config['unique_id'])).sort();
      const expected = idsOf().filter((id) => !id.includes(gone));
      await broker.stop();
      cottage().home.remove('devices', gone);
      // Home Assistant keeps a discovered device until it receives an empty message for the device.
      for (const topic of [...homeAssistant.topics.keys()])
        if (!topic.includes(gone)) homeAssistant.topics.delete(topic);
      await broker.launch('lost');
      await becomes(() => Promise.resolve(idsOf()), expected);
      await until('all to be available', () => homeAssistant.entities.every(isAvailable));
      await untilSame();
    });

    it('removes a hub that is no longer in the account', async () => {
      const { id } = cottage();
      await bench.simulator.removeHub(id);
      // A hub is removed after it was missing from two complete lists. Each login requests the list.
      await bench.logIn();
      await bench.logIn();
      await until('the hub to go', () => ![...homeAssistant.topics.keys()].some((topic) => topic.includes(id)));
      assert.ok(homeAssistant.names.includes('Kattovalo'));
    });
  });
});

const COPY_2 = 'Ullakon lamppu';

/** Random commands by component, as Home Assistant sends them. */
const RANDOM: Record<string, (homeAssistant: HomeAssistant, entity: Entity, draw: Seeded) => void> = {
  light: (homeAssistant, entity, draw) => {
    const { supported_color_modes: modes } = entity.config as { supported_color_modes: string[] };
    const percent = Math.round(draw.between(1, 100));
    const more: Record<string, unknown>[] = [{}];
    if (!modes.includes('onoff')) more.push({ brightness: percent });
    if (modes.includes('color_temp')) more.push({ color_temp: Math.round(draw.between(2_300, 4_000)) });
    if (modes.includes('hs')) more.push({ color: { h: draw.between(0, 360), s: percent } });
    const command = draw.chance(0.3) ? { state: 'OFF' } : { state: 'ON', ...draw.pick(more as [object, ...object[]]) };
    homeAssistant.command(entity, JSON.stringify(command));
  },
  switch: (homeAssistant, entity, draw) =>
    homeAssistant.command(entity, String(entity.config[draw.chance(0.5) ? 'payload_on' : 'payload_off'])),
  cover: (homeAssistant, entity, draw) =>
    homeAssistant.commandBy(entity, 'set_position', Math.round(draw.between(0, 100))),
  valve: (homeAssistant, entity, draw) => homeAssistant.commandBy(entity, 'command', Math.round(draw.between(0, 100))),
  number: (homeAssistant, entity, draw) => homeAssistant.commandBy(entity, 'command', Math.round(draw.between(0, 100))),
  select: (homeAssistant, entity, draw) =>
    homeAssistant.commandBy(entity, 'command', draw.pick(entity.config['options'] as [string, ...string[]])),
  climate: (homeAssistant, entity, draw) =>
    homeAssistant.commandBy(entity, 'temperature_command', Math.round(draw.between(10, 60)) / 2),
};

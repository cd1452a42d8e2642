import assert from 'node:assert/strict';
import { sized, say } from '../support/size';
import { sleep } from '../support/wait';
import type { FlowNode } from '../live/harness/flow';
import { Bench, HOMEKIT, read, until } from './support';
import { Seeded } from '../../packages/cozify-practice/src/seeded';

/** Number of random commands from the Home app, and also of random changes. */
const STORM = sized(40, 1_000);

/** Properties of the nodes of node-red-contrib-homekit-bridged (1.5 to 2.0), from their definitions for the editor. */
const PROPERTIES: Record<string, string[]> = {
  'homekit-service': [
    ...['isParent', 'hostType', 'bridge', 'accessoryId', 'parentService', 'name', 'serviceName', 'topic', 'filter'],
    ...['manufacturer', 'model', 'serialNo', 'firmwareRev', 'hardwareRev', 'softwareRev', 'characteristicProperties'],
    ...['cameraConfigVideoProcessor', 'cameraConfigSource', 'cameraConfigStillImageSource', 'cameraConfigMaxStreams'],
    ...['cameraConfigMaxWidth', 'cameraConfigMaxHeight', 'cameraConfigMaxFPS', 'cameraConfigMaxBitrate'],
    ...['cameraConfigVideoCodec', 'cameraConfigAudioCodec', 'cameraConfigAudio', 'cameraConfigPacketSize'],
    ...['cameraConfigVerticalFlip', 'cameraConfigHorizontalFlip', 'cameraConfigMapVideo', 'cameraConfigMapAudio'],
    ...['cameraConfigVideoFilter', 'cameraConfigAdditionalCommandLine', 'cameraConfigDebug'],
    ...['cameraConfigSnapshotOutput', 'cameraConfigInterfaceName', 'waitForSetupMsg', 'outputs'],
  ],
  'homekit-bridge': [
    ...['bridgeName', 'hostType', 'pinCode', 'port', 'advertiser', 'allowInsecureRequest', 'manufacturer', 'model'],
    ...['serialNo', 'firmwareRev', 'hardwareRev', 'softwareRev', 'bind', 'bindType', 'customMdnsConfig'],
    ...['mdnsMulticast', 'mdnsInterface', 'mdnsPort', 'mdnsIp', 'mdnsTtl', 'mdnsLoopback', 'mdnsReuseAddr'],
    'allowMessagePassthrough',
  ],
};

/** Characteristics of the services in HomeKit's specification, with the lowest and the highest value. */
const CHARACTERISTICS: Record<string, Record<string, [low: number, high: number]>> = {
  Lightbulb: { On: [0, 1], Brightness: [0, 100], Hue: [0, 360], Saturation: [0, 100], ColorTemperature: [140, 500] },
  Outlet: { On: [0, 1], OutletInUse: [0, 1] },
  Thermostat: {
    ...{ CurrentTemperature: [-100, 100], TargetTemperature: [5, 35] },
    ...{ TargetHeatingCoolingState: [0, 3], CurrentHeatingCoolingState: [0, 2] },
  },
  WindowCovering: { CurrentPosition: [0, 100], TargetPosition: [0, 100], PositionState: [0, 2] },
  TemperatureSensor: { CurrentTemperature: [-100, 100] },
  HumiditySensor: { CurrentRelativeHumidity: [0, 100] },
  MotionSensor: { MotionDetected: [0, 1] },
  ContactSensor: { ContactSensorState: [0, 1] },
  LeakSensor: { LeakDetected: [0, 1] },
  SmokeSensor: { SmokeDetected: [0, 1] },
};

const RADIATOR = 'Thermostat/Makuuhuoneen patteri';
const HEAT_PUMP = 'Thermostat/Ilmalämpöpumppu';

/** Adds a heat pump as the example's page in docs/cookbook describes: a copy of a HomeKit node, with another topic. */
function withHeatPump(node: FlowNode): FlowNode | FlowNode[] {
  if (node.type === 'function') {
    const [toHomeKit = [], ...others] = node.wires ?? [];
    return { ...node, wires: [[...toHomeKit, 'heat-pump'], ...others] };
  }
  return node['topic'] === RADIATOR ? [node, { ...node, id: 'heat-pump', topic: HEAT_PUMP }] : node;
}

/**
 * Replaces a HomeKit node by nodes of Node-RED, because the HomeKit package opens a server for the whole network. A
 * switch node filters by topic, a debug node shows the values for the Home app, and an inject node sends the values
 * that a person sets in the app.
 */
function withoutHomeKit(node: FlowNode): FlowNode | FlowNode[] {
  if (node.type === 'homekit-bridge') return [];
  const { id, z = '', type, topic, wires = [] } = node;
  if (type !== 'homekit-service') return node;
  const [shows, sets] = [`${id}-shows`, `${id}-sets`];
  const rules = [{ t: 'eq', v: topic, vt: 'str' }];
  const filter = { id, z, type: 'switch', property: 'topic', rules, checkall: 'true', outputs: 1, wires: [[shows]] };
  const debug = { active: true, targetType: 'jsonata', wires: [] };
  return [
    filter,
    { ...debug, id: shows, z, type: 'debug', name: String(topic), complete: '$string(payload)' },
    { id: sets, z, type: 'inject', name: `Home app: ${String(topic)}`, props: [], wires: [wires[0] ?? []] },
  ];
}

describe('HomeKit for two rooms', () => {
  const flow = read(HOMEKIT);
  const services = flow.filter(({ type }) => type === 'homekit-service');

  it('has only properties that the HomeKit nodes have, and all properties that they require', () => {
    for (const node of flow.filter(({ type }) => type in PROPERTIES)) {
      const { id, type, z, x, y, wires, ...properties } = node;
      assert.deepEqual(
        Object.keys(properties).filter((key) => !PROPERTIES[type]?.includes(key)),
        [],
        id,
      );
      assert.ok(type !== 'homekit-service' || (z && x && y && wires?.length === properties['outputs']));
      for (const key of ['manufacturer', 'model', 'serialNo']) assert.ok(properties[key], `${id} ${key}`);
    }
    const serials = services.map(({ serialNo }) => serialNo);
    assert.equal(new Set(serials).size, serials.length);
    const bridge = flow.find(({ type }) => type === 'homekit-bridge');
    assert.match(String(bridge?.['pinCode']), /^\d{3}-\d{2}-\d{3}$/);
    assert.equal(bridge?.['allowMessagePassthrough'], false, 'otherwise each state would come back as a command');
  });

  it('has a HomeKit service in each node, which filters messages by the service and the device name', () => {
    for (const { name, serviceName, topic, filter, characteristicProperties } of services) {
      const known = CHARACTERISTICS[String(serviceName)];
      assert.ok(known, `${String(name)}: ${String(serviceName)}`);
      assert.equal(String(topic).split('/')[0], serviceName);
      assert.equal(filter, true);
      for (const key of Object.keys(JSON.parse(String(characteristicProperties)) as object)) {
        assert.ok(key in known, `${String(serviceName)} has ${key}`);
      }
    }
  });

  describe('in Node-RED', () => {
    let bench: Bench;
    const home = () => bench.hub.home;
    const state = (device: string) => home().device(device).state;
    const sent = (): number => bench.hub.log.visits.filter(({ method }) => method === 'PUT').length;
    const all = (topic: string) =>
      bench.shown().flatMap(({ node, text }) => (node === topic ? [JSON.parse(text) as Record<string, unknown>] : []));
    /** Returns the last sent value of each characteristic of a service, as the Home app would show it. */
    const shown = (topic: string): Record<string, unknown> =>
      Object.assign({}, ...all(topic)) as Record<string, unknown>;
    const untilShown = (topic: string, expected: Record<string, unknown>): Promise<unknown> =>
      until(`${topic} ${JSON.stringify(expected)}`, () =>
        Object.entries(expected).every(([key, value]) => shown(topic)[key] === value),
      ).catch((error: unknown) => {
        throw new Error(`${String(error)} Shown: ${JSON.stringify(all(topic).slice(-5))}`);
      });
    /** Sets characteristics, as a person does in the Home app. */
    const set = (topic: string, payload: Record<string, unknown>): Promise<void> =>
      bench.inject(`Home app: ${topic}`, [
        { p: 'topic', v: topic, vt: 'str' },
        { p: 'payload', v: JSON.stringify(payload), vt: 'json' },
        { p: 'hap', v: '{"session":{"sessionID":"1"}}', vt: 'json' },
      ]);

    before(async () => {
      bench = await Bench.open();
      for (const { id } of home().devices) home().setReachable(id, true);
      await bench.deploy([HOMEKIT], undefined, (node) => [withHeatPump(node)].flat().flatMap(withoutHomeKit));
      await bench.logIn();
      for (const { topic } of services)
        await until(`${String(topic)} at the start`, () => all(String(topic)).length > 0);
    });
    after(() => bench.close());

    it('shows the state of each device at the start, within the limits of HomeKit', () => {
      for (const { topic } of services) {
        const known = CHARACTERISTICS[String(topic).split('/')[0] ?? ''] ?? {};
        for (const [key, value] of Object.entries(shown(String(topic)))) {
          const [low, high] = known[key] ?? assert.fail(`${String(topic)} has no ${key}`);
          assert.ok(Number(value) >= low && Number(value) <= high, `${String(topic)} ${key}: ${String(value)}`);
        }
      }
      const { temperature, targetTemp } = state('Makuuhuoneen patteri');
      const { CurrentTemperature, TargetTemperature } = shown(RADIATOR);
      assert.ok(Math.abs(Number(CurrentTemperature) - Number(temperature)) <= 0.05);
      assert.equal(TargetTemperature, targetTemp);
      assert.equal(shown('WindowCovering/Rullaverho')['CurrentPosition'], state('Rullaverho')['liftPct']);
    });

    it('shows changes by hand and by another flow', async () => {
      home().change('Lukuvalo', { isOn: true, brightness: 0.4 });
      await untilShown('Lightbulb/Lukuvalo', { On: true, Brightness: 40 });
      home().change('Makuuhuoneen ilma', { temperature: 23.4, humidity: 45 });
      await untilShown('TemperatureSensor/Makuuhuoneen ilma', { CurrentTemperature: 23.4 });
      await untilShown('HumiditySensor/Makuuhuoneen ilma', { CurrentRelativeHumidity: 45 });
      const { id } = home().device('Lukuvalo');
      const command = {
        targets: [{ hub: bench.hub.id, kind: 'device', id, name: '' }],
        command: 'off',
        field: '',
        value: '',
      };
      await bench.nodeRed.admin('POST', `/cozify/accounts/${bench.accountId}/command`, command);
      await untilShown('Lightbulb/Lukuvalo', { On: false });
    });

    it('carries out the commands of a person in the Home app', async () => {
      await set('Lightbulb/Lukuvalo', { On: true });
      await set('Lightbulb/Lukuvalo', { Brightness: 70 });
      await set('Lightbulb/Lukuvalo', { ColorTemperature: 300 });
      await untilShown('Lightbulb/Lukuvalo', { On: true, Brightness: 70, ColorTemperature: 300 });
      assert.equal(Math.round(Number(state('Lukuvalo')['brightness']) * 100), 70);
      await set('Lightbulb/Olohuoneen lamppu', { Hue: 200 });
      await set('Lightbulb/Olohuoneen lamppu', { Saturation: 60 });
      await until('the colour', () => {
        const { Hue, Saturation } = shown('Lightbulb/Olohuoneen lamppu');
        return Math.abs(Number(Hue) - 200) <= 2 && Math.abs(Number(Saturation) - 60) <= 1;
      });
      await set(RADIATOR, { TargetTemperature: 18.5 });
      await untilShown(RADIATOR, { TargetTemperature: 18.5 });
      await set('WindowCovering/Rullaverho', { TargetPosition: 25 });
      await untilShown('WindowCovering/Rullaverho', { CurrentPosition: 25, TargetPosition: 25 });
      assert.equal(state('Rullaverho')['liftPct'], 25);
      assert.ok(!bench.shown().some(({ node }) => node === 'Not done'));
    });

    it('shows the real state again after a command that failed, and an unreachable lamp as not responding', async () => {
      home().change('Lukuvalo', { isOn: true });
      await untilShown('Lightbulb/Lukuvalo', { On: true });
      home().setReachable('Lukuvalo', false);
      await untilShown('Lightbulb/Lukuvalo', { On: 'NO_RESPONSE' });
      const before = all('Lightbulb/Lukuvalo').length;
      await set('Lightbulb/Lukuvalo', { On: false });
      await until('the answer', () => all('Lightbulb/Lukuvalo').length > before);
      assert.equal(all('Lightbulb/Lukuvalo').at(-1)?.['On'], 'NO_RESPONSE');
      home().setReachable('Lukuvalo', true);
      await until('the lamp to respond', () => typeof shown('Lightbulb/Lukuvalo')['On'] === 'boolean');
    });

    it('shows each device again after a Deploy, because the HomeKit nodes forget all values', async () => {
      const topics = services.map(({ topic }) => String(topic));
      const before = topics.map((topic) => [topic, all(topic).length, all(topic).at(-1)] as const);
      await bench.nodeRed.deploy(bench.flows);
      for (const [topic, count, last] of before) {
        await until(`${topic} after the Deploy`, () => all(topic).length > count);
        assert.deepEqual(all(topic).at(-1), last);
      }
    });

    it('shows a heat pump in a mode that HomeKit does not have as on, and switches it off', async () => {
      home().change('Ilmalämpöpumppu', { mode: 2 });
      await untilShown(HEAT_PUMP, { TargetHeatingCoolingState: 1 });
      home().change('Ilmalämpöpumppu', { mode: 5 });
      await untilShown(HEAT_PUMP, { TargetHeatingCoolingState: 3 });
      await set(HEAT_PUMP, { TargetHeatingCoolingState: 0 });
      await untilShown(HEAT_PUMP, { TargetHeatingCoolingState: 0, CurrentHeatingCoolingState: 0 });
      assert.equal(state('Ilmalämpöpumppu')['mode'], 0);
    });

    it('does nothing for the messages without a value that HomeKit nodes send when the Home app opens', async () => {
      const [commands, errors] = [sent(), bench.shown().length];
      await bench.inject('Home app: Lightbulb/Lukuvalo', [{ p: 'topic', v: '', vt: 'str' }]);
      await set('Lightbulb/Lukuvalo', {});
      await sleep(2_000);
      assert.equal(sent(), commands);
      assert.deepEqual(bench.shown().slice(errors), []);
    });

    it(`has the same state at both ends after ${STORM} commands and ${STORM} changes, without a loop`, async () => {
      const draw = new Seeded(5);
      const before = sent();
      const commands: [topic: string, () => Record<string, unknown>][] = [
        ['Lightbulb/Lukuvalo', () => ({ On: draw.chance(0.5) })],
        ['Lightbulb/Lukuvalo', () => ({ Brightness: Math.round(draw.between(1, 100)) })],
        ['Lightbulb/Olohuoneen lamppu', () => ({ On: draw.chance(0.5) })],
        ['Lightbulb/Olohuoneen lamppu', () => ({ Hue: Math.round(draw.between(0, 360)) })],
        ['Lightbulb/Olohuoneen lamppu', () => ({ Saturation: Math.round(draw.between(10, 100)) })],
        [RADIATOR, () => ({ TargetTemperature: Math.round(draw.between(10, 60)) / 2 })],
        ['WindowCovering/Rullaverho', () => ({ TargetPosition: Math.round(draw.between(0, 100)) })],
      ];
      for (let made = 0; made < STORM; made++) {
        const [topic, payload] = draw.pick(commands as [(typeof commands)[number], ...typeof commands]);
        await set(topic, payload());
        home().wander(1);
        await sleep(30);
      }
      const same = () => {
        const [lamp, blind] = [shown('Lightbulb/Lukuvalo'), shown('WindowCovering/Rullaverho')];
        const { isOn, brightness } = state('Lukuvalo');
        return (
          lamp['On'] === isOn &&
          (isOn !== true || lamp['Brightness'] === Math.max(1, Math.round(Number(brightness) * 100))) &&
          shown('Lightbulb/Olohuoneen lamppu')['On'] === state('Olohuoneen lamppu')['isOn'] &&
          shown(RADIATOR)['TargetTemperature'] === state('Makuuhuoneen patteri')['targetTemp'] &&
          blind['CurrentPosition'] === state('Rullaverho')['liftPct'] &&
          blind['TargetPosition'] === state('Rullaverho')['liftPct']
        );
      };
      await bench.untilQuiet(() => `${bench.shown().length} ${sent()}`);
      await until('the same state at both ends', same);
      const quiet = [sent(), bench.shown().length];
      await sleep(5_000);
      assert.ok(same());
      assert.equal(sent(), quiet[0], 'no command comes from a state');
      assert.ok(sent() - before <= STORM * 2, `${sent() - before} requests`);
      say(`${STORM} commands and ${STORM} changes: ${sent() - before} requests to the hub`);
    });
  });
});

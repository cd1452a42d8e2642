import assert from 'node:assert/strict';
import type { Device } from '../../packages/cozify-practice/src/home/things';
import { Visitor } from './support';

describe('Commands to a simulated hub', () => {
  const visitor = Visitor.forSuite();

  const device = (name: string, room?: string): Device => visitor.hub.home.device(name, room);
  const state = (name: string, room?: string) => device(name, room).state as Record<string, unknown>;
  const on = ({ id }: Device) => ({ id, type: 'CMD_DEVICE_ON' });
  const off = ({ id }: Device) => ({ id, type: 'CMD_DEVICE_OFF' });

  describe('that switch and set', () => {
    beforeEach(() => visitor.come());

    it('change a socket together with its power and its time of change', async () => {
      const sauna = device('Saunan kiuas');
      await visitor.command('devices', [off(sauna)]);
      assert.deepEqual(await visitor.command('devices', [on(sauna)]), { status: 200, body: null });
      const now = state('Saunan kiuas');
      assert.deepEqual([now['isOn'], now['activePower'], now['lastChange']], [true, 6000, now['lastSeen']]);
      await visitor.command('devices', [off(sauna)]);
      assert.deepEqual([state('Saunan kiuas')['isOn'], state('Saunan kiuas')['activePower']], [false, 0]);
    });

    it('change a lamp in its own steps, and ignore null, missing and foreign fields', async () => {
      const lamp = device('Olohuoneen lamppu');
      await visitor.set(lamp, { isOn: true, brightness: 0.6, hue: null, foreign: 1 });
      const now = state('Olohuoneen lamppu');
      assert.deepEqual([now['isOn'], now['brightness'], now['hue']], [true, 152 / 254, lamp.state['hue']]);
      assert.ok(!('foreign' in now));
      await visitor.set(lamp, { brightness: 0 });
      assert.deepEqual([state('Olohuoneen lamppu')['isOn'], state('Olohuoneen lamppu')['brightness']], [true, 0]);
    });

    it('change a lamp in one colour mode at a time, within its range', async () => {
      const lamp = device('Olohuoneen lamppu');
      await visitor.set(lamp, { temperature: 2700 });
      const white = state('Olohuoneen lamppu');
      assert.deepEqual(
        [white['colorMode'], white['temperature'], white['hue'], white['saturation']],
        ['ct', 1e6 / 370, -1, -1],
      );
      await visitor.set(lamp, { hue: 1, saturation: 0.5 });
      const colored = state('Olohuoneen lamppu');
      assert.deepEqual([colored['colorMode'], colored['temperature'], colored['saturation']], ['hs', -1, 0.5]);
      assert.ok(Math.abs(Number(colored['hue']) - 1) < 0.013);
      await visitor.set(lamp, { temperature: 9000 });
      assert.equal(state('Olohuoneen lamppu')['temperature'], 1e6 / 153);
    });

    it('change a thermostat through its own target field only, and change its heating demand', async () => {
      await visitor.set(device('Kylpyhuoneen lattialämmitys'), { targetTemp: 35 });
      const now = state('Kylpyhuoneen lattialämmitys');
      assert.deepEqual([now['targetTemp'], now['heatingDemand']], [35, 1]);
      await visitor.set(device('Eteisen lattialämmitys'), { targetTemp: 5 });
      assert.ok(!('targetTemp' in state('Eteisen lattialämmitys')));
      await visitor.set(device('Eteisen lattialämmitys'), { targetTemperature: 21.3 });
      assert.equal(state('Eteisen lattialämmitys')['targetTemperature'], 21.5);
    });

    it('change a blind with two positions, a heat pump, a valve, a siren and a loudspeaker', async () => {
      await visitor.set(device('Rullaverho'), { position: 0.25 });
      assert.deepEqual([state('Rullaverho')['position'], state('Rullaverho')['liftPct']], [0.25, 25]);
      await visitor.set(device('Rullaverho'), { liftPct: 80 });
      assert.equal(state('Rullaverho')['position'], 0.8);
      await visitor.set(device('Ilmalämpöpumppu'), { mode: 3, fanMode: 1, preset: 2 });
      assert.deepEqual([state('Ilmalämpöpumppu')['mode'], state('Ilmalämpöpumppu')['fanMode']], [3, 1]);
      await visitor.set(device('Pääventtiili'), { openPct: 0 });
      assert.equal(state('Pääventtiili')['openPct'], 0);
      await visitor.command('devices', [on(device('Sireeni'))]);
      assert.equal(state('Sireeni')['sirenOn'], true);
      await visitor.set(device('Kaiutin'), { rcData: { volume: 12, mute: true }, avtData: { state: 'STOPPED' } });
      const { rcData, avtData } = state('Kaiutin') as Record<string, Record<string, unknown>>;
      assert.deepEqual([rcData?.['volume'], rcData?.['mute'], rcData?.['bass']], [12, true, 0]);
      assert.deepEqual(avtData, device('Kaiutin').state['avtData']);
    });

    it('identify a lamp without a change', async () => {
      const before = device('Lukuvalo');
      assert.equal((await visitor.command('devices', [{ id: before.id, type: 'CMD_IDENTIFY' }])).status, 200);
      assert.deepEqual(device('Lukuvalo'), before);
    });

    it('switch each member of a group', async () => {
      const group = visitor.hub.home.find('groups', 'Makuuhuone');
      await visitor.command('groups', [{ id: group.id, type: 'CMD_GROUP_ON' }]);
      assert.deepEqual([state('Kattovalo')['isOn'], state('Lukuvalo')['isOn']], [true, true]);
      await visitor.command('groups', [{ id: group.id, type: 'CMD_GROUP_OFF' }]);
      assert.deepEqual([state('Kattovalo')['isOn'], state('Lukuvalo')['isOn']], [false, false]);
    });

    it('switch a scene and return it; factory scenes exclude each other', async () => {
      const scene = visitor.hub.home.find('scenes', 'Saunailta');
      const { body } = await visitor.command('scenes', [{ id: scene.id, type: 'CMD_SCENE_ON' }]);
      assert.deepEqual(body, [{ ...scene, isOn: true }]);
      assert.equal(state('Saunan kiuas')['isOn'], true);
      assert.equal(state('Olohuoneen lamppu')['brightness'], 64 / 254);
      const away = visitor.hub.home.find('scenes', '$AWAY');
      await visitor.command('scenes', [{ id: away.id, type: 'CMD_SCENE_ON' }]);
      const isOn = (name: string) => visitor.hub.home.find('scenes', name).isOn;
      assert.deepEqual([isOn('$AWAY'), isOn('$HOME'), isOn('Saunailta')], [true, false, true]);
      assert.equal(state('Olohuoneen lamppu')['isOn'], false);
    });

    it('switch a rule and close an alarm', async () => {
      const rule = visitor.hub.home.find('rules', 'Kiuas pois kahden tunnin jälkeen');
      const { body } = await visitor.command('rules', [{ id: rule.id, type: 'RULE_OFF_COMMAND' }]);
      assert.deepEqual(body, [{ ...rule, is_on: false }]);
      const alarm = visitor.hub.home.find('alarms', 'Kiuas on ollut päällä pitkään');
      assert.equal(await visitor.status(`/alarms/close?alarmId=${alarm.id}`, { method: 'PUT' }), 200);
      assert.equal(visitor.hub.home.find('alarms', alarm.id).closed, true);
      assert.equal(await visitor.status('/alarms/close?alarmId=nothing', { method: 'PUT' }), 404);
    });

    it('change nothing if they are invalid', async () => {
      const sauna = device('Saunan kiuas');
      const lamp = device('Olohuoneen lamppu');
      const before = visitor.hub.home.devices;
      for (const elements of [
        on(sauna),
        [{ id: sauna.id, type: 'CMD_SCENE_ON' }],
        [{ id: sauna.id, type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', isOn: true } }],
        [{ id: '__proto__', type: 'CMD_DEVICE_ON' }],
        [on(device('Ulkolämpötila'))],
        [{ id: lamp.id, type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', brightness: 60 } }],
        [{ id: lamp.id, type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', isOn: 'yes' } }],
        [{ id: lamp.id, type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', transitionMsec: -1 } }],
      ]) {
        assert.equal((await visitor.command('devices', elements)).status, 400, JSON.stringify(elements));
      }
      assert.equal(await visitor.status('/devices/command', { method: 'PUT', body: 'no JSON' }), 400);
      assert.equal(await visitor.status('/devices/command', { method: 'POST', body: '[]' }), 405);
      assert.deepEqual(visitor.hub.home.devices, before);
    });
  });

  describe('with an unknown effect on a real hub', () => {
    it('light a lamp by brightness alone, or not', async () => {
      for (const isLitByBrightness of [true, false]) {
        await visitor.leave();
        await visitor.come({ isLitByBrightness });
        const lamp = device('Keittiön kattovalo');
        visitor.hub.home.change(lamp.id, { isOn: false });
        await visitor.set(lamp, { brightness: 0.5 });
        const now = state('Keittiön kattovalo');
        assert.deepEqual([now['isOn'], now['brightness']], [isLitByBrightness, 0.5]);
      }
    });

    it('refuse an array with a bad element, skip the element, or stop there', async () => {
      await visitor.come();
      const { home, behaviour } = visitor.hub;
      const [first, second] = [device('Keittiön kattovalo'), device('Kattovalo')];
      const array = [on(first), { id: 'nothing', type: 'CMD_DEVICE_ON' }, on(second)];
      for (const [refusal, status, isOn] of [
        ['whole', 422, [false, false]],
        ['skip', 200, [true, true]],
        ['stop', 422, [true, false]],
      ] as const) {
        Object.assign(behaviour, { refusal, refusalStatus: 422 });
        for (const { id } of [first, second]) home.change(id, { isOn: false });
        assert.equal((await visitor.command('devices', array)).status, status);
        assert.deepEqual([home.device(first.id).state['isOn'], home.device(second.id).state['isOn']], isOn, refusal);
      }
    });

    it('accept CMD_DEVICE for a group, or refuse it', async () => {
      await visitor.come({ isGroupDimmable: false });
      const group = visitor.hub.home.find('groups', 'Makuuhuone');
      const dim = { id: group.id, type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', isOn: true, brightness: 0.5 } };
      const before = visitor.hub.home.devices;
      assert.equal((await visitor.command('groups', [dim])).status, 400);
      assert.deepEqual(visitor.hub.home.devices, before);
      visitor.hub.behaviour.isGroupDimmable = true;
      assert.equal((await visitor.command('groups', [dim])).status, 200);
      assert.deepEqual([state('Kattovalo')['brightness'], state('Lukuvalo')['brightness']], [0.5, 0.5]);
    });

    it('switch other scenes off, or leave them on', async () => {
      await visitor.come();
      const { home, behaviour } = visitor.hub;
      for (const isSceneExclusive of [false, true]) {
        Object.assign(behaviour, { isSceneExclusive });
        for (const name of ['Saunailta', 'Elokuva']) {
          await visitor.command('scenes', [{ id: home.find('scenes', name).id, type: 'CMD_SCENE_ON' }]);
        }
        assert.equal(home.find('scenes', 'Saunailta').isOn, !isSceneExclusive);
        assert.equal(home.find('scenes', '$HOME').isOn, true);
      }
    });

    it('let a rule follow its scenes, or not', async () => {
      await visitor.come();
      const { home, behaviour } = visitor.hub;
      const rule = home.find('rules', 'Elokuvavalot himmeinä');
      const turnOn = () => visitor.command('rules', [{ id: rule.id, type: 'RULE_ON_COMMAND' }]);
      assert.deepEqual((await turnOn()).body, [rule]);
      await visitor.command('scenes', [{ id: home.find('scenes', 'Elokuva').id, type: 'CMD_SCENE_ON' }]);
      assert.equal(home.find('rules', rule.id).is_on, true);
      await visitor.command('scenes', [{ id: home.find('scenes', 'Elokuva').id, type: 'CMD_SCENE_OFF' }]);
      assert.equal(home.find('rules', rule.id).is_on, false);
      behaviour.isRuleTied = false;
      assert.deepEqual((await turnOn()).body, [{ ...rule, is_on: true }]);
    });

    it('get a null or an empty answer, and list scenes by id or in an array', async () => {
      await visitor.come({ dispatchAnswer: 'empty', commandedAs: 'map' });
      assert.deepEqual(await visitor.command('devices', [on(device('Saunan kiuas'))]), {
        status: 200,
        body: undefined,
      });
      const scene = visitor.hub.home.find('scenes', 'Saunailta');
      const { body } = await visitor.command('scenes', [{ id: scene.id, type: 'CMD_SCENE_ON' }]);
      assert.deepEqual(body, { [scene.id]: { ...scene, isOn: true } });
    });

    it('use one name for the target temperature in the whole house', async () => {
      await visitor.come();
      for (const targetName of ['targetTemp', 'targetTemperature'] as const) {
        visitor.hub.behaviour.targetName = targetName;
        for (const name of ['Kylpyhuoneen lattialämmitys', 'Eteisen lattialämmitys']) {
          const heating = (await visitor.list('devices')).find((listed) => listed.name === name);
          assert.ok(heating);
          const names = Object.keys(heating.state).filter((field) => field.startsWith('target'));
          assert.deepEqual(names, [targetName]);
          await visitor.set(heating, { [targetName]: 19 });
          const after = (await visitor.list('devices')).find((listed) => listed.name === name);
          assert.equal(after?.state[targetName], 19);
        }
      }
    });
  });
});

import assert from 'node:assert/strict';
import { capabilitiesOf, type Device } from '../../packages/cozify-practice/src/home/things';
import { Visitor } from './support';

/**
 * The documented behaviour of the service, on which clients rely. Some tests turn on stricter or less usual behaviour
 * with an option.
 */
describe('Simulated hub, as documented', () => {
  const visitor = Visitor.forSuite();

  const setting = ({ id }: Device, state: Record<string, unknown>) => ({ id, type: 'CMD_DEVICE', state });
  const statusOf = async (device: Device, state: Record<string, unknown>): Promise<number> =>
    (await visitor.command('devices', [setting(device, state)])).status;
  const listed = async (name: string): Promise<Device> => {
    const device = (await visitor.list('devices')).find((candidate) => candidate.name === name);
    assert.ok(device, name);
    return device;
  };

  it('accepts the -1 of the other colour mode, as clients send it', async () => {
    await visitor.come();
    const lamp = visitor.hub.home.device('Olohuoneen lamppu');
    for (const [sent, mode] of [
      [{ temperature: 2700, hue: -1, saturation: -1 }, 'ct'],
      [{ hue: 1, saturation: 0.5, temperature: -1 }, 'hs'],
    ] as const) {
      assert.equal(await statusOf(lamp, { type: 'STATE_LIGHT', isOn: true, ...sent }), 200);
      assert.equal(visitor.hub.home.device(lamp.id).state['colorMode'], mode);
    }
    visitor.hub.behaviour.minusOne = 'refused';
    assert.equal(await statusOf(lamp, { type: 'STATE_LIGHT', hue: -1 }), 400);
    assert.equal(await statusOf(lamp, { type: 'STATE_LIGHT', temperature: -1 }), 400);
  });

  it('accepts a state without a type, also for a group, or requires or ignores the type', async () => {
    await visitor.come();
    const { behaviour, home } = visitor.hub;
    const lamp = home.device('Lukuvalo');
    const group = home.find('groups', 'Makuuhuone');
    const dim = (state: Record<string, unknown>) =>
      visitor.command('groups', [{ ...setting(lamp, state), id: group.id }]);
    const statuses = async () => [
      await statusOf(lamp, { isOn: true }),
      await statusOf(lamp, { type: 'STATE_SOCKET', isOn: true }),
      await statusOf(lamp, { type: 'STATE_LIGHT', isOn: true }),
      (await dim({ isOn: true, brightness: 0.5 })).status,
      await statusOf(home.device('Kaiutin'), { type: 'STATE_MEDIA_RENDERER', rcData: { volume: 4 } }),
      await statusOf(home.device('Kaiutin'), {
        type: 'STATE_MEDIA_RENDERER',
        rcData: { type: 'MR_RC_DATA', volume: 5 },
      }),
    ];
    assert.deepEqual(await statuses(), [200, 400, 200, 200, 200, 200]);
    assert.equal(home.device('Kattovalo').state['brightness'], 0.5);
    behaviour.stateType = 'required';
    assert.deepEqual(await statuses(), [400, 400, 200, 400, 400, 200]);
    behaviour.stateType = 'ignored';
    assert.deepEqual(await statuses(), [200, 200, 200, 200, 200, 200]);
  });

  it('lists capabilities as a set and rooms in a list, or in other forms', async () => {
    await visitor.come();
    const forms = async () => {
      const devices = await visitor.list('devices');
      const roomed = devices.filter(({ room }) => room.length > 0);
      const isAll = (matches: readonly boolean[]) =>
        matches.every(Boolean) ? 'all' : matches.some(Boolean) ? 'some' : 'none';
      return [
        isAll(devices.map((one) => Array.isArray(one.capabilities))),
        isAll(roomed.map((one) => typeof one.room === 'string')),
      ];
    };
    assert.deepEqual(await forms(), ['none', 'none']);
    Object.assign(visitor.hub.behaviour, { capabilitiesAs: 'list', roomAs: 'text' });
    assert.deepEqual(await forms(), ['all', 'all']);
    Object.assign(visitor.hub.behaviour, { capabilitiesAs: 'mixed', roomAs: 'mixed' });
    assert.deepEqual(await forms(), ['some', 'some']);
    const lamp = await listed('Lukuvalo');
    assert.deepEqual(capabilitiesOf(lamp), capabilitiesOf(visitor.hub.home.device('Lukuvalo')));
    const answer = await visitor.poll(0);
    const delta = answer?.polls.find(({ type }) => type === 'DEVICE_DELTA')?.devices ?? {};
    assert.deepEqual(delta[lamp.id], lamp, 'polls have the forms of lists');
  });

  it('switches off the scenes in `excludedIds` of a scene', async () => {
    await visitor.come();
    const { home } = visitor.hub;
    const [evening, film] = [home.find('scenes', 'Saunailta'), home.find('scenes', 'Elokuva')];
    home.put('scenes', { ...evening, isOn: true });
    home.put('scenes', { ...film, excludedIds: [evening.id] });
    await visitor.command('scenes', [{ id: film.id, type: 'CMD_SCENE_ON' }]);
    assert.deepEqual([home.find('scenes', film.id).isOn, home.find('scenes', evening.id).isOn], [true, false]);
    assert.deepEqual(home.find('scenes', '$HOME').excludedIds, [home.find('scenes', '$AWAY').id]);
  });

  it('has presets with targets, and rules with their scenes', async () => {
    await visitor.come();
    const { home } = visitor.hub;
    const [preset] = home.find('scenes', 'Elokuva').presets;
    assert.deepEqual(preset?.targetIds, [home.device('Olohuoneen lamppu').id]);
    assert.deepEqual(preset?.state, { type: 'STATE_LIGHT', isOn: true, brightness: 0.1 });
    const rule = home.find('rules', 'Elokuvavalot himmeinä');
    assert.deepEqual(
      [rule.config, rule.scenes],
      [{ name: rule.config.name }, { [home.find('scenes', 'Elokuva').id]: true }],
    );
  });

  it('has the alarm levels of a real hub', async () => {
    await visitor.come();
    const levels = visitor.hub.home.all('alarms').map(({ level }) => level);
    assert.deepEqual(levels.sort(), ['err', 'warn']);
    assert.equal(visitor.hub.home.raiseAlarm('Palovaroitin', 'Savua').level, 'err');
  });

  it('has pressures in pascals, or in hectopascals', async () => {
    await visitor.come();
    const pressures = async () =>
      (await visitor.list('devices')).map(({ state }) => state['pressure']).filter((one) => typeof one === 'number');
    assert.ok((await pressures()).every((pressure) => pressure > 90_000));
    visitor.hub.behaviour.pressureIn = 'hPa';
    assert.ok((await pressures()).every((pressure) => pressure < 1100));
  });

  it('moves a blind by either field, or by its position only', async () => {
    await visitor.come();
    const blind = visitor.hub.home.device('Rullaverho');
    for (const [isLiftTaken, expected] of [
      [true, 0.3],
      [false, 0.6],
    ] as const) {
      visitor.hub.behaviour.isLiftTaken = isLiftTaken;
      await visitor.set(blind, { position: 0.6 });
      assert.equal(await statusOf(blind, { type: 'STATE_BLINDS', liftPct: 30 }), 200);
      assert.equal(visitor.hub.home.device(blind.id).state['position'], expected);
    }
  });

  it('refuses a value out of range, or ignores it', async () => {
    await visitor.come();
    const lamp = visitor.hub.home.device('Kattovalo');
    const asked = { type: 'STATE_LIGHT', isOn: true, brightness: 60 };
    assert.equal(await statusOf(lamp, asked), 400);
    visitor.hub.behaviour.oddValue = 'ignored';
    await visitor.set(lamp, { isOn: false });
    assert.equal(await statusOf(lamp, asked), 200);
    const { isOn, brightness } = visitor.hub.home.device(lamp.id).state;
    assert.deepEqual([isOn, brightness], [true, lamp.state['brightness']]);
  });
});

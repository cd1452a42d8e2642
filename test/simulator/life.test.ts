import assert from 'node:assert/strict';
import { DEFAULT_BEHAVIOUR, type HubBehaviour } from '../../packages/cozify-practice/src/behaviour';
import { Home } from '../../packages/cozify-practice/src/home/home';
import type { Device, Listing } from '../../packages/cozify-practice/src/home/things';

const START = 1_790_000_000_000;

/** A simulated home with a fake clock. */
class LivedIn {
  now = START;
  readonly behaviour: HubBehaviour;
  readonly home: Home;
  #ts = 0;

  constructor(behaviour: Partial<HubBehaviour> = {}) {
    this.behaviour = { ...DEFAULT_BEHAVIOUR, ...behaviour };
    this.home = new Home('hub', this.behaviour, () => this.now);
  }

  send(listing: Listing, ...elements: object[]): void {
    assert.equal(this.home.execute(listing, elements).isRefused, false);
  }

  set({ id, state }: Device, fields: Record<string, unknown>): void {
    this.send('devices', { id, type: 'CMD_DEVICE', state: { type: state.type, ...fields } });
  }

  /** Polls, and returns the changed devices by name. */
  async changes(): Promise<Record<string, Device>> {
    const answer = await this.home.poll(this.#ts, new AbortController().signal);
    assert.ok(answer);
    this.#ts = answer.timestamp;
    const delta = answer.polls.find(({ type }) => type === 'DEVICE_DELTA');
    const devices = Object.values((delta?.['devices'] ?? {}) as Record<string, Device>);
    return Object.fromEntries(devices.map((device) => [device.name, device]));
  }
}

describe('Devices of a simulated home', () => {
  it('carry out a command some time after its answer', async () => {
    const lived = new LivedIn({ settleMinMs: 50, settleMaxMs: 3000 });
    const lamp = lived.home.device('Lukuvalo');
    lived.home.change(lamp.id, { isOn: false });
    await lived.changes();
    const took = new Set<number>();
    for (let round = 0; round < 30; round++) {
      const isOn = round % 2 === 0;
      lived.set(lamp, { isOn });
      const start = lived.now;
      while (lived.home.device(lamp.id).state['isOn'] !== isOn) lived.now += 10;
      took.add(lived.now - start);
      assert.ok(lived.now - start >= 50 && lived.now - start <= 3010);
      const seen = (await lived.changes())['Lukuvalo'];
      assert.equal(seen?.timestamp, seen?.state.lastSeen);
    }
    assert.ok(took.size > 10, 'different times');
    lived.home.setTraits(lamp.id, { settleMs: 5000 });
    lived.set(lamp, { isOn: true });
    lived.now += 4999;
    assert.equal(lived.home.device(lamp.id).state['isOn'], false);
    lived.now += 1;
    assert.equal(lived.home.device(lamp.id).state['isOn'], true);
  });

  it('carry out commands in order', () => {
    const lived = new LivedIn({ settleMinMs: 0, settleMaxMs: 1000 });
    const lamp = lived.home.device('Lukuvalo');
    for (let round = 0; round < 20; round++) {
      lived.set(lamp, { isOn: true, brightness: 1 });
      lived.set(lamp, { brightness: 0.5 });
      lived.now += 1000;
      assert.equal(lived.home.device(lamp.id).state['brightness'], 0.5);
    }
  });

  it('dim in steps over a transition, which another command ends', () => {
    const lived = new LivedIn({ settleMinMs: 0, settleMaxMs: 0 });
    const lamp = lived.home.device('Lukuvalo');
    const brightness = () => lived.home.device(lamp.id).state['brightness'];
    lived.home.change(lamp.id, { isOn: true, brightness: 0 });
    lived.set(lamp, { brightness: 1, transitionMsec: 4000 });
    const seen = [brightness()];
    for (let second = 0; second < 4; second++) {
      lived.now += 1000;
      seen.push(brightness());
    }
    assert.deepEqual(seen, [0, 64 / 254, 127 / 254, 191 / 254, 1]);
    lived.set(lamp, { brightness: 0, transitionMsec: 4000 });
    lived.now += 2000;
    lived.set(lamp, { isOn: true });
    assert.equal(brightness(), 0.5);
    lived.now += 1000;
    assert.equal(brightness(), 64 / 254, 'ON keeps the transition');
    lived.set(lamp, { brightness: 0.5 });
    lived.now += 60_000;
    assert.equal(brightness(), 0.5);
    lived.set(lamp, { brightness: 1, transitionMsec: 4000 });
    lived.send('devices', { id: lamp.id, type: 'CMD_DEVICE_OFF' });
    lived.now += 60_000;
    assert.equal(lived.home.device(lamp.id).state['isOn'], false);
  });

  it('fade in from dark, change colour immediately, and jump at the end without steps', () => {
    const lived = new LivedIn({ settleMinMs: 0, settleMaxMs: 0 });
    const lamp = lived.home.device('Olohuoneen lamppu');
    const now = () => lived.home.device(lamp.id).state as Record<string, unknown>;
    lived.home.change(lamp.id, { isOn: false, brightness: 1 });
    lived.set(lamp, { temperature: 2700 });
    lived.set(lamp, { isOn: true, brightness: 1, hue: 1, saturation: 1, transitionMsec: 1000 });
    assert.deepEqual([now()['isOn'], now()['brightness'], now()['temperature']], [true, 0, -1]);
    assert.deepEqual([now()['colorMode'], now()['saturation']], ['hs', 1]);
    lived.now += 1000;
    assert.equal(now()['brightness'], 1);
    lived.behaviour.transitionSteps = 0;
    lived.set(lamp, { brightness: 0, transitionMsec: 1000 });
    lived.now += 999;
    assert.equal(now()['brightness'], 1);
    lived.now += 1;
    assert.equal(now()['brightness'], 0);
  });

  it('jump immediately if they can not fade', () => {
    const lived = new LivedIn({ settleMinMs: 0, settleMaxMs: 0 });
    const lamp = lived.home.device('Kattovalo');
    lived.set(lamp, { brightness: 0.5, transitionMsec: 60_000 });
    assert.equal(lived.home.device(lamp.id).state['brightness'], 0.5);
  });

  it('may accept a command and never carry it out', () => {
    const lived = new LivedIn({ settleMinMs: 0, settleMaxMs: 0 });
    const [lamp, sauna] = [lived.home.device('Lukuvalo'), lived.home.device('Saunan kiuas')];
    for (const { id } of [lamp, sauna]) lived.home.change(id, { isOn: false });
    lived.home.setTraits(lamp.id, { isDeaf: true });
    for (const device of [lamp, sauna]) lived.set(device, { isOn: true });
    assert.equal(lived.home.device(lamp.id).state['isOn'], false);
    assert.equal(lived.home.device(sauna.id).state['isOn'], true);
    lived.behaviour.undoneShare = 1;
    lived.set(sauna, { isOn: false });
    assert.equal(lived.home.device(sauna.id).state['isOn'], true);
  });

  it('keep their values while unreachable, and ignore commands', async () => {
    const lived = new LivedIn({ settleMinMs: 100, settleMaxMs: 100 });
    const lamp = lived.home.device('Lukuvalo');
    lived.home.change(lamp.id, { isOn: false, brightness: 0.5 });
    await lived.changes();
    lived.set(lamp, { isOn: true });
    lived.home.setReachable(lamp.id, false);
    lived.set(lamp, { brightness: 1 });
    lived.now += 1000;
    const away = (await lived.changes())['Lukuvalo']?.state;
    assert.deepEqual([away?.reachable, away?.['isOn'], away?.['brightness']], [false, false, 0.5]);
    lived.home.setReachable(lamp.id, true);
    lived.now += 1000;
    assert.deepEqual([(await lived.changes())['Lukuvalo']?.state['isOn']], [false], 'no late effect');
  });

  it('forget pending commands at a restart of the hub', () => {
    const lived = new LivedIn();
    const lamp = lived.home.device('Lukuvalo');
    lived.home.change(lamp.id, { isOn: false });
    lived.set(lamp, { isOn: true });
    lived.home.restart();
    lived.now += 60_000;
    assert.equal(lived.home.device(lamp.id).state['isOn'], false);
  });

  it('show the last command immediately if they use 433 MHz, and are always reachable', async () => {
    const lived = new LivedIn();
    const socket = lived.home.device('Mökin patteri');
    lived.home.change(socket.id, { isOn: false });
    await lived.changes();
    lived.home.setReachable(socket.id, false);
    assert.deepEqual(await lived.changes(), {});
    lived.set(socket, { isOn: true });
    const shown = (await lived.changes())['Mökin patteri']?.state;
    assert.deepEqual([shown?.reachable, shown?.['isOn']], [true, true]);
  });

  it('report presses; a repeated press changes its time only, or nothing', async () => {
    const lived = new LivedIn();
    await lived.changes();
    lived.home.press('Eteisen seinäkytkin', 2, ['longpress']);
    const first = (await lived.changes())['Eteisen seinäkytkin'];
    assert.deepEqual([first?.state['button'], first?.state['modifiers']], [2, ['longpress']]);
    assert.equal(first?.timestamp, first?.state.lastSeen);
    lived.now += 700;
    lived.home.press('Eteisen seinäkytkin', 2, ['longpress']);
    const again = (await lived.changes())['Eteisen seinäkytkin'];
    assert.ok(first && again && again.timestamp > first.timestamp);
    const times = { timestamp: first.timestamp, state: { ...again.state, lastSeen: first.state.lastSeen } };
    assert.deepEqual({ ...again, ...times }, first);
    lived.behaviour.repeatedPress = 'nothing';
    lived.home.press('Eteisen seinäkytkin', 2, ['longpress']);
    assert.deepEqual(await lived.changes(), {});
    lived.home.press('Eteisen seinäkytkin', 2);
    assert.deepEqual((await lived.changes())['Eteisen seinäkytkin']?.state['modifiers'], []);
  });

  it('report their battery and a check-in without a press', async () => {
    const lived = new LivedIn();
    await lived.changes();
    const before = lived.home.device('Yöpöydän painike');
    lived.home.reportBattery('Yöpöydän painike', 2.4);
    const low = (await lived.changes())['Yöpöydän painike'];
    assert.deepEqual([low?.state['batteryV'], low?.state['batteryLow'], low?.state['button']], [2.4, true, 0]);
    lived.now += 60_000;
    lived.home.checkIn('Yöpöydän painike');
    const there = (await lived.changes())['Yöpöydän painike'];
    assert.equal(there?.timestamp, low?.timestamp);
    assert.ok(low && before && Number(there?.state.lastSeen) > low.state.lastSeen);
  });

  it('save the time they were last wet, opened or moved', () => {
    const lived = new LivedIn();
    lived.now += 5000;
    lived.home.change('Astianpesukoneen vuotovahti', { moisture: true });
    lived.home.change('Ulko-ovi', { open: true });
    lived.home.change('Eteisen liiketunnistin', { motion: true });
    const moved = lived.home.device('Eteisen liiketunnistin').state['lastMotion'];
    assert.equal(lived.home.device('Astianpesukoneen vuotovahti').state['moistureAt'], lived.now);
    assert.equal(lived.home.device('Ulko-ovi').state['lastChange'], lived.home.device('Ulko-ovi').timestamp);
    lived.now += 5000;
    lived.home.change('Eteisen liiketunnistin', { motion: false });
    assert.equal(lived.home.device('Eteisen liiketunnistin').state['lastMotion'], moved);
  });

  it('change at random, the same way with the same seed', async () => {
    const days = [new LivedIn(), new LivedIn()];
    for (const { home } of days) home.wander(100);
    const [first, second] = days.map(({ home }) => home.devices);
    assert.deepEqual(first, second);
    const seen = Object.values(await (days[0] as LivedIn).changes()).filter(({ timestamp }) => timestamp > START);
    assert.ok(seen.length > 10);
  });
});

import assert from 'node:assert/strict';
import type { FlowNode } from '../live/harness/flow';
import { sleep } from '../support/wait';
import { Bench, RECIPES, until } from './support';

/** Shortens the times of a recipe to a few seconds. */
function shortened(node: FlowNode): FlowNode {
  if (node.type === 'cozify-changes' && Number(node['for']) > 0) return { ...node, for: 1 };
  if (node.type === 'delay') return { ...node, timeout: '1' };
  if (node.type === 'trigger') return { ...node, duration: '4', units: 's' };
  return node;
}

/** Changes a node as the note on its recipe's page says. Returns the changed node, and any nodes that the note adds. */
function noted(node: FlowNode): FlowNode | FlowNode[] {
  const target = (kind: string, name: string) => ({ hub: '', kind, id: '', name });
  const { z = '', wires: wired = [] } = node;
  const added = { z, x: 0, y: 0 };
  switch (node['name']) {
    case 'For 5 seconds':
      return { ...node, timeout: '20' };
    case 'Open for 10 minutes':
      return { ...node, targets: [target('device', 'Ulko-ovi'), target('device', 'Takaovi')] };
    case 'Button by the bed': {
      const rules = [{ t: 'eq', v: 'long', vt: 'str' }];
      const onlyLong = {
        ...added,
        id: 'only-long',
        type: 'switch',
        property: 'payload.press',
        rules,
        wires: wired,
      };
      return [{ ...node, wires: [[onlyLong.id]] }, onlyLong];
    }
    case 'We are home':
      return { ...node, targets: [target('group', 'Makuuhuone')], command: 'on' };
    case 'We are away':
      return { ...node, targets: [target('group', 'Makuuhuone')], command: 'off' };
    case 'Battery low': {
      const condition = { field: 'battery', op: 'below', value: 20 };
      const second = { ...node, id: 'battery-percent', condition, wires: [['battery-shown'], []] };
      const shown = { ...added, id: 'battery-shown', type: 'debug', name: 'Below 20 %', active: true };
      return [node, second, { ...shown, complete: 'payload', targetType: 'msg', wires: [] }];
    }
    case 'Every Sunday at 18':
      return { ...node, wires: [[...wired.flat(), 'battery-percent']] };
    case 'For an hour': {
      const end = { ...added, id: 'end-the-hour', type: 'inject', name: 'End the hour' };
      const props = [
        { p: 'payload', v: 'false', vt: 'bool' },
        { p: 'reset', v: 'true', vt: 'bool' },
      ];
      const wires = [[node.id, ...wired.flat()]];
      return [
        { ...node, duration: '10', units: 'min' },
        { ...end, props, wires },
      ];
    }
    case 'Wall switch': {
      const rules = [{ t: 'eq', v: '3', vt: 'num' }, { t: 'else' }];
      const [short = [], long = []] = wired;
      const byButton = { ...added, id: 'by-button', type: 'switch', property: 'payload.button', rules, outputs: 2 };
      const terrace = { ...added, id: 'terrace', type: 'cozify-command', account: node['account'], command: 'toggle' };
      return [
        { ...node, wires: [[byButton.id], long] },
        { ...byButton, propertyType: 'msg', checkall: 'false', wires: [['terrace'], short] },
        { ...terrace, targets: [target('device', 'Terassin valot')], wires: [[], []] },
      ];
    }
    default:
      return node;
  }
}

/** Returns the prices of today, for periods of equal length. The price of each period is its number, except now. */
function prices(perDay: number, priceNow: number): { start: string; price: number }[] {
  const now = new Date();
  const minutes = 1_440 / perDay;
  const current = Math.floor((now.getHours() * 60 + now.getMinutes()) / minutes);
  return Array.from({ length: perDay }, (_, period) => ({
    start: new Date(new Date(now).setHours(0, period * minutes, 0, 0)).toISOString(),
    // The next period has the same price, because it may begin at any moment.
    price: [current, current + 1].includes(period) ? priceNow : period + 1,
  }));
}

describe('the recipes of the cookbook', () => {
  let bench: Bench;

  // All recipes run together, as they may in a home.
  before(async () => {
    bench = await Bench.open();
    await bench.deploy(RECIPES, undefined, shortened);
    await bench.logIn();
    await bench.untilPolled();
  });
  after(() => bench.close());

  const hub = () => bench.hub;
  const isOn = (name: string): unknown => hub().home.device(name).state['isOn'];
  const untilOn = (name: string, expected: boolean): Promise<unknown> =>
    until(`${name} to be ${expected ? 'on' : 'off'}`, () => isOn(name) === expected);

  const since = (from: number) => bench.shown().slice(from);
  const untilSent = (from: number, text: RegExp) => bench.untilShown('What would be sent', text, from);

  it('Alert: turns lamps red and restores their former state', async () => {
    const { home } = hub();
    home.change('Olohuoneen lamppu', { isOn: true, brightness: 0.4, colorMode: 'ct', temperature: 2702.7 });
    home.change('Yövalo', {
      isOn: false,
      brightness: 0.6,
      colorMode: 'ct',
      temperature: 2702.7,
      hue: -1,
      saturation: -1,
    });
    const from = bench.shown().length;
    await bench.inject('Alert');
    const red = (name: string) => {
      const { isOn: lit, colorMode, hue } = home.device(name).state;
      return lit === true && colorMode === 'hs' && hue === 0;
    };
    await until('both to be red', () => red('Olohuoneen lamppu') && red('Yövalo'));
    await untilOn('Yövalo', false);
    for (const [name, level] of [
      ['Olohuoneen lamppu', 0.4],
      ['Yövalo', 0.6],
    ] as const) {
      await bench.untilShown('Restored', new RegExp(name), from);
      const { brightness, colorMode } = home.device(name).state;
      assert.equal(colorMode, 'ct');
      assert.ok(Math.abs(Number(brightness) - level) < 0.01, `${name}: ${String(brightness)}`);
    }
  });

  it('Door: reports a door that has been open for long, and its closing', async () => {
    const { home } = hub();
    home.change('Ulko-ovi', { open: false });
    const from = bench.shown().length;
    home.change('Ulko-ovi', { open: true });
    await untilSent(from, /^Ulko-ovi has been open for 10 minutes\.$/);
    home.change('Ulko-ovi', { open: false });
    await untilSent(from, /^Ulko-ovi is closed again\.$/);
  });

  it('Sauna: reports a warm sauna, and switches the heater off', async () => {
    const { home } = hub();
    home.change('Saunan lämpömittari', { temperature: 60 });
    home.change('Saunan kiuas', { isOn: false });
    const from = bench.shown().length;
    await bench.untilPolled();
    home.change('Saunan kiuas', { isOn: true });
    home.change('Saunan lämpömittari', { temperature: 71.5 });
    await untilSent(from, /^The sauna is ready: 71\.5 °C\.$/);
    await untilSent(from, /has been switched off/);
    assert.equal(isOn('Saunan kiuas'), false);
  });

  it('Sauna: reports a heater that does not switch off', async () => {
    const { home } = hub();
    const heater = 'Saunan kiuas';
    home.setTraits(heater, { isDeaf: true });
    const from = bench.shown().length;
    home.change(heater, { isOn: true });
    await untilSent(from, /^The sauna heater could not be switched off\. Please check it\.$/);
    home.setTraits(heater, { isDeaf: false });
    home.change(heater, { isOn: false });
  });

  it('Good night: switches all lights off, and reports open doors', async () => {
    const { home } = hub();
    home.change('Kattovalo', { isOn: true });
    home.change('Ulko-ovi', { open: true });
    let from = bench.shown().length;
    home.press('Yöpöydän painike', 1);
    await untilSent(from, /^Good night\. Still open: Ulko-ovi\.$/);
    await untilOn('Kattovalo', false);
    home.change('Ulko-ovi', { open: false });
    from = bench.shown().length;
    await bench.inject('Good night');
    await untilSent(from, /^Good night\. Everything is closed\.$/);
  });

  it('Water heater: is on in the cheap hours and without a known price, and off otherwise', async () => {
    const heater = 'Lämminvesivaraaja';
    // Begins with a change to off: the flow sends only new values, and may have been asked at a quarter of an hour.
    for (const [known, expected] of [
      [prices(24, -5), true],
      [prices(24, 99), false],
      [[], true],
    ] as const) {
      await bench.inject('Example prices', [{ p: 'payload', v: JSON.stringify(known), vt: 'json' }]);
      await untilOn(heater, expected);
    }
    await bench.inject('Example prices');
  });

  it('Home and away: runs each scene once, when the last phone leaves and when the first is back', async () => {
    const { home } = hub();
    const phones = ['Matin puhelin', 'Liisan puhelin'];
    for (const phone of phones) home.setReachable(phone, true);
    await bench.untilPolled();
    /** Returns the number of commands to run a scene that the hub has received. */
    const runs = (scene: string): number => {
      const { id } = home.find('scenes', scene);
      return hub().log.commands.filter((sent) => sent.type === 'CMD_SCENE_ON' && sent.id === id).length;
    };
    const from = bench.shown().length;
    const awayBefore = runs('$AWAY');
    for (const phone of phones) home.setReachable(phone, false);
    await bench.untilShown('Done', /^away$/, from);
    assert.equal(home.find('scenes', '$AWAY').isOn, true);
    // Counts commands and not messages, because the first message that the phones are at home may arrive late.
    const [back, homeBefore] = [bench.shown().length, runs('$HOME')];
    for (const phone of phones) home.setReachable(phone, true);
    await bench.untilShown('Done', /^home$/, back);
    await until('the scene to be on', () => home.find('scenes', '$HOME').isOn === true);
    assert.deepEqual([runs('$AWAY') - awayBefore, runs('$HOME') - homeBefore], [1, 1]);
  });

  it('Leak and smoke: switches all lights on, reports the place, and closes the open alarms', async () => {
    const { home } = hub();
    const from = bench.shown().length;
    for (const [detector, state, expectedText] of [
      ['Astianpesukoneen vuotovahti', { moisture: true }, /^Water! Astianpesukoneen vuotovahti$/],
      ['Palovaroitin', { alert: true }, /^Smoke! Palovaroitin$/],
    ] as const) {
      home.change('Kattovalo', { isOn: false });
      home.change(detector, state);
      await untilSent(from, expectedText);
      await untilOn('Kattovalo', true);
    }
    home.raiseAlarm('Astianpesukoneen vuotovahti', 'Vettä keittiössä');
    await bench.inject('All is well');
    await until('the alarms to be closed', () => home.all('alarms').every(({ closed }) => closed));
    const closed = bench.shown().length;
    await until('none to be open', async () => {
      await bench.inject('All is well');
      return bench
        .shown()
        .slice(closed)
        .some(({ node }) => node === 'No alarm is open');
    });
  });

  it('Batteries: names devices with a low battery and unreachable devices', async () => {
    const { home } = hub();
    for (const { home: each } of bench.simulator.hubs) {
      for (const { id, state } of each.devices)
        if (state['batteryLow'] === true) each.change(id, { batteryLow: false });
    }
    home.change('Ulko-ovi', { batteryLow: true });
    home.setReachable('Lukuvalo', false);
    const from = bench.shown().length;
    await bench.inject('Every Sunday at 18');
    await untilSent(from, /^Battery low: Ulko-ovi\. Unreachable: (.*\. )?Lukuvalo\./);
    home.setReachable('Lukuvalo', true);
  });

  it('Motion light: leaves the lamp alone after a person has used its switch', async () => {
    const { home } = hub();
    const [lamp, sensor] = ['Eteisen valo', 'Eteisen liiketunnistin'];
    home.change(sensor, { motion: false });
    let from = bench.shown().length;
    home.change(lamp, { isOn: isOn(lamp) !== true });
    await bench.untilShown('By hand', /^true$/, from);
    home.change(lamp, { isOn: false });
    home.change(sensor, { motion: true });
    await bench.untilPolled();
    // On a slow machine, the shortened hour may be over, and the motion has then switched the lamp on.
    const isOver = (): boolean => since(from).some(({ node, text }) => node === 'By hand' && text === 'false');
    assert.ok(isOn(lamp) === false || isOver(), 'it was switched by hand');
    await bench.untilShown('By hand', /^false$/, from);
    from = bench.shown().length;
    home.change(sensor, { motion: false });
    await bench.untilShown('On or off', /^false$/, from);
    home.change(sensor, { motion: true });
    await untilOn(lamp, true);
    await bench.untilShown('On or off', /^true$/, from);
    assert.ok(
      !bench
        .shown()
        .slice(from)
        .some(({ node }) => node === 'By hand'),
      'its own command is nobody’s hand',
    );
  });

  it('Hub: does not report a logout as an offline hub', async () => {
    const from = bench.shown().length;
    await bench.logOut();
    // Waits long enough for three polls to fail.
    await sleep(6_000);
    await bench.logIn();
    await bench.untilPolled();
    assert.deepEqual(
      since(from).filter(({ text }) => /^Koti /.test(text)),
      [],
    );
  });

  // This test is the last one, because nothing else works while the hub is offline.
  it('Hub: reports that the hub is offline, and that it is back', async () => {
    const from = bench.shown().length;
    await hub().goOffline();
    await untilSent(from, /^Koti can't be reached: check its power and network\.$/);
    await hub().goOnline();
    await untilSent(from, /^Koti is back\.$/);
  });

  describe('with the notes of the pages applied', () => {
    const VALVE = 'Pääventtiili';
    const [FRONT, BACK] = ['Ulko-ovi', 'Takaovi'];

    before(async () => {
      hub().home.addLike(FRONT, BACK);
      for (const door of [FRONT, BACK]) hub().home.change(door, { open: false });
      await bench.deploy([...RECIPES, 'Wall switch, short and long'], undefined, (node) => noted(shortened(node)));
      await bench.logIn();
      await bench.untilPolled();
    });

    it('Alert: restores the state before the alert even if a person switches a lamp during the alert', async () => {
      const { home } = hub();
      home.change('Yövalo', { isOn: false });
      const from = bench.shown().length;
      await bench.inject('Alert');
      await untilOn('Yövalo', true);
      home.change('Yövalo', { isOn: true, brightness: 0.77 });
      await untilOn('Yövalo', false);
      await bench.untilShown('Restored', /Yövalo/, from);
    });

    it('Door: watches two doors, each with its own 10 minutes', async () => {
      const { home } = hub();
      const from = bench.shown().length;
      home.change(BACK, { open: true });
      await untilSent(from, /^Takaovi has been open for 10 minutes\.$/);
      home.change(FRONT, { open: true });
      await untilSent(from, /^Ulko-ovi has been open for 10 minutes\.$/);
      const isClosed = (door: string): boolean => since(from).some(({ text }) => text === `${door} is closed again.`);
      assert.deepEqual([FRONT, BACK].filter(isClosed), [], 'both are open');
      home.change(FRONT, { open: false });
      await untilSent(from, /^Ulko-ovi is closed again\.$/);
      assert.equal(isClosed(BACK), false);
      home.change(BACK, { open: false });
      await untilSent(from, /^Takaovi is closed again\.$/);
    });

    it('Good night: reports only a long press, with a switch node for the kind of press', async () => {
      const { home } = hub();
      home.change('Kattovalo', { isOn: true });
      await bench.untilPolled();
      const from = bench.shown().length;
      home.press('Yöpöydän painike', 0);
      await bench.untilPolled();
      assert.equal(isOn('Kattovalo'), true, 'after a short press');
      home.press('Yöpöydän painike', 0, ['longpress']);
      await untilOn('Kattovalo', false);
      await untilSent(from, /^Good night\./);
    });

    it('Home and away: switches groups of lamps instead of running scenes', async () => {
      const { home } = hub();
      const phones = ['Matin puhelin', 'Liisan puhelin'];
      home.change('Lukuvalo', { isOn: true });
      for (const phone of phones) home.setReachable(phone, true);
      await bench.untilPolled();
      for (const phone of phones) home.setReachable(phone, false);
      await untilOn('Lukuvalo', false);
      home.setReachable('Liisan puhelin', true);
      await untilOn('Lukuvalo', true);
    });

    it('Leak: closes the main valve, and reports a valve that does not close', async () => {
      const { home } = hub();
      const leak = (moisture: boolean) => home.change('Astianpesukoneen vuotovahti', { moisture });
      leak(false);
      home.change(VALVE, { openPct: 100 });
      await bench.untilPolled();
      let from = bench.shown().length;
      leak(true);
      await until('the valve to close', () => home.device(VALVE).state['openPct'] === 0);
      await bench.untilShown('Valve is closed', /Pääventtiili/, from);
      assert.ok(!since(from).some(({ text }) => text.includes('could not be closed')));
      home.change(VALVE, { openPct: 100 });
      home.setReachable(VALVE, false);
      leak(false);
      await bench.untilPolled();
      from = bench.shown().length;
      leak(true);
      await untilSent(from, /^The main valve could not be closed\. Close it by hand\.$/);
      await bench.untilShown('Lights are on', /confirmed: true/, from);
      home.setReachable(VALVE, true);
      leak(false);
    });

    it('Batteries: finds devices that report their battery in percent, with a second read node', async () => {
      hub().home.change('Ulkolämpötila', { battery: 12 });
      const from = bench.shown().length;
      await bench.inject('Every Sunday at 18');
      await bench.untilShown('Below 20 %', /Ulkolämpötila/, from);
    });

    it('Motion light: ends the hour early, and starts another hour after a press of the switch', async () => {
      const { home } = hub();
      const lamp = 'Eteisen valo';
      // Waits, because for 10 s after a command of another recipe, a change of the lamp counts as caused by that
      // command.
      await sleep(15_000);
      let from = bench.shown().length;
      home.change(lamp, { isOn: isOn(lamp) !== true });
      await bench.untilShown('By hand', /^true$/, from);
      from = bench.shown().length;
      await bench.inject('End the hour');
      await bench.untilShown('By hand', /^false$/, from);
      from = bench.shown().length;
      home.change(lamp, { isOn: isOn(lamp) !== true });
      await bench.untilShown('By hand', /^true$/, from);
      await bench.inject('End the hour');
    });

    it('Wall switch: distinguishes the buttons of one switch with a switch node', async () => {
      const { home } = hub();
      const [first, second] = ['Eteisen valo', 'Terassin valot'];
      const was = [isOn(first), isOn(second)];
      home.press('Eteisen seinäkytkin', 3);
      await untilOn(second, was[1] !== true);
      assert.equal(isOn(first), was[0]);
      home.press('Eteisen seinäkytkin', 1);
      await untilOn(first, was[0] !== true);
    });

    it('Water heater: takes prices in quarters of an hour', async () => {
      for (const [price, expected] of [
        [999, false],
        [-5, true],
      ] as const) {
        await bench.inject('Example prices', [{ p: 'payload', v: JSON.stringify(prices(96, price)), vt: 'json' }]);
        await untilOn('Lämminvesivaraaja', expected);
      }
    });

    it('Sauna: starts the 2 hours again after a restart', async () => {
      const { home } = hub();
      const [heater, seconds] = ['Saunan kiuas', 15];
      const changed = bench.flows.map((node) => (node['name'] === 'On for 2 hours' ? { ...node, for: seconds } : node));
      await bench.nodeRed.deploy(changed);
      await bench.untilPolled();
      home.change(heater, { isOn: true });
      await bench.untilPolled();
      await bench.nodeRed.stop();
      const stoppedAt = Date.now();
      // On a slow machine, the time may be over before the stop.
      const wasOn = isOn(heater) === true;
      await bench.nodeRed.launch();
      await untilOn(heater, false);
      assert.ok(!wasOn || Date.now() - stoppedAt >= seconds * 1000);
    });
  });
});

import assert from 'node:assert/strict';
import type { FlowNode } from '../live/harness/flow';
import { Bench, RECIPES, until } from './support';

/** Nobody waits for minutes here: a second stands for each time that a recipe takes. */
function shortened(node: FlowNode): FlowNode {
  if (node.type === 'cozify-changes' && Number(node['for']) > 0) return { ...node, for: 1 };
  if (node.type === 'delay') return { ...node, timeout: '1' };
  if (node.type === 'trigger') return { ...node, duration: '4', units: 's' };
  return node;
}

describe('the recipes of the cookbook', () => {
  let bench: Bench;

  // All of them beside each other, which is how they come into a home.
  before(async () => {
    bench = await Bench.open();
    await bench.deploy(RECIPES, undefined, shortened);
    await bench.logIn();
    const { log } = hub();
    await until('them to listen', () => log.count({ path: '/hub/poll' }) >= 3);
  });
  after(() => bench.close());

  const hub = () => bench.simulator.hubs[0] ?? assert.fail('There is no hub.');
  const isOn = (name: string): unknown => hub().home.device(name).state['isOn'];
  const untilOn = (name: string, expected: boolean): Promise<unknown> =>
    until(`${name} to be ${expected ? 'on' : 'off'}`, () => isOn(name) === expected);

  /** Waits until the nodes that listen know what has just changed. */
  const untilHeard = (): Promise<unknown> => {
    const { log } = hub();
    const polls = log.count({ path: '/hub/poll' });
    return until('that to be heard', () => log.count({ path: '/hub/poll' }) >= polls + 2);
  };

  const since = (from: number) => bench.shown().slice(from);

  /** Waits until a debug node shows such a text, after what had been shown before. */
  const untilShown = (from: number, node: string, text: RegExp): Promise<unknown> =>
    until(`${node} to show ${String(text)}`, () =>
      since(from).some((shown) => shown.node === node && text.test(shown.text)),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} Shown: ${JSON.stringify(since(from))}`);
    });
  const untilSent = (from: number, text: RegExp) => untilShown(from, 'What would be sent', text);

  it('Alert: lamps turn red, and get back the state that they had', async () => {
    const { home } = hub();
    home.change('Olohuoneen lamppu', { isOn: true, brightness: 0.4, colorMode: 'ct', temperature: 2702.7 });
    home.change('Yövalo', { isOn: false });
    const from = bench.shown().length;
    await bench.inject('Alert');
    const red = (name: string) => {
      const { isOn: lit, colorMode, hue } = home.device(name).state;
      return lit === true && colorMode === 'hs' && hue === 0;
    };
    await until('both to be red', () => red('Olohuoneen lamppu') && red('Yövalo'));
    await untilOn('Yövalo', false);
    await untilShown(from, 'Restored', /Olohuoneen lamppu/);
    const { brightness, colorMode } = home.device('Olohuoneen lamppu').state;
    assert.equal(colorMode, 'ct');
    assert.ok(Math.abs(Number(brightness) - 0.4) < 0.01, String(brightness));
  });

  it('Door: tells when it has been open for long, and when it is closed again', async () => {
    const { home } = hub();
    home.change('Ulko-ovi', { open: false });
    const from = bench.shown().length;
    home.change('Ulko-ovi', { open: true });
    await untilSent(from, /^Ulko-ovi has been open for 10 minutes\.$/);
    home.change('Ulko-ovi', { open: false });
    await untilSent(from, /^Ulko-ovi is closed again\.$/);
  });

  it('Sauna: tells when it is warm, and switches the heater off', async () => {
    const { home } = hub();
    home.change('Saunan lämpömittari', { temperature: 60 });
    home.change('Saunan kiuas', { isOn: false });
    const from = bench.shown().length;
    await untilHeard();
    home.change('Saunan kiuas', { isOn: true });
    home.change('Saunan lämpömittari', { temperature: 71.5 });
    await untilSent(from, /^The sauna is ready: 71\.5 °C\.$/);
    await untilSent(from, /has been switched off/);
    assert.equal(isOn('Saunan kiuas'), false);
  });

  it('Good night: all lights go off, and what is open is told', async () => {
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

  it('Water heater: is on in the cheap hours and when no price is known, and off otherwise', async () => {
    const heater = 'Lämminvesivaraaja';
    hub().home.change(heater, { isOn: false });
    await bench.inject('Every 15 minutes');
    await untilOn(heater, true);
    const hour = new Date().getHours();
    const prices = (priceNow: number) => {
      const at = (ofDay: number) => new Date(new Date().setHours(ofDay, 0, 0, 0)).toISOString();
      return Array.from({ length: 24 }, (_, ofDay) => ({ start: at(ofDay), price: ofDay === hour ? priceNow : ofDay }));
    };
    for (const [price, expected] of [
      [99, false],
      [-5, true],
    ] as const) {
      await bench.inject('Example prices', [{ p: 'payload', v: JSON.stringify(prices(price)), vt: 'json' }]);
      await untilOn(heater, expected);
    }
    await bench.inject('Example prices');
  });

  it('Home and away: each scene runs once, when the last phone leaves and when the first is back', async () => {
    const { home } = hub();
    const phones = ['Matin puhelin', 'Liisan puhelin'];
    for (const phone of phones) home.setReachable(phone, true);
    await untilHeard();
    const from = bench.shown().length;
    for (const phone of phones) home.setReachable(phone, false);
    await untilShown(from, 'Done', /^away$/);
    assert.equal(home.find('scenes', '$AWAY').isOn, true);
    // Only what comes from now on: that they were at home at first may be told late.
    const back = bench.shown().length;
    for (const phone of phones) home.setReachable(phone, true);
    await untilShown(back, 'Done', /^home$/);
    assert.equal(home.find('scenes', '$HOME').isOn, true);
    const runs = (since: number, scene: string) =>
      bench
        .shown()
        .slice(since)
        .filter(({ node, text }) => node === 'Done' && text === scene).length;
    assert.deepEqual([runs(from, 'away'), runs(back, 'home')], [1, 1]);
  });

  it('Leak and smoke: all lights go on, it is told where, and the open alarms are closed', async () => {
    const { home } = hub();
    const from = bench.shown().length;
    for (const [detector, state, said] of [
      ['Astianpesukoneen vuotovahti', { moisture: true }, /^Water! Astianpesukoneen vuotovahti$/],
      ['Palovaroitin', { alert: true }, /^Smoke! Palovaroitin$/],
    ] as const) {
      home.change('Kattovalo', { isOn: false });
      home.change(detector, state);
      await untilSent(from, said);
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

  it('Batteries: names what is low and what is out of reach', async () => {
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

  it('Motion light: leaves the lamp alone after somebody has used its switch', async () => {
    const { home } = hub();
    const [lamp, sensor] = ['Eteisen valo', 'Eteisen liiketunnistin'];
    home.change(sensor, { motion: false });
    let from = bench.shown().length;
    home.change(lamp, { isOn: isOn(lamp) !== true });
    await untilShown(from, 'By hand', /^true$/);
    home.change(lamp, { isOn: false });
    home.change(sensor, { motion: true });
    await untilHeard();
    assert.equal(isOn(lamp), false, 'it was switched by hand');
    await untilShown(from, 'By hand', /^false$/);
    from = bench.shown().length;
    home.change(sensor, { motion: false });
    await untilShown(from, 'On or off', /^false$/);
    home.change(sensor, { motion: true });
    await untilOn(lamp, true);
    await untilShown(from, 'On or off', /^true$/);
    assert.ok(
      !bench
        .shown()
        .slice(from)
        .some(({ node }) => node === 'By hand'),
      'its own command is nobody’s hand',
    );
  });

  // The last one: while the hub is away nothing else works.
  it('Hub: tells when it is offline, and when it is back', async () => {
    const from = bench.shown().length;
    await hub().goOffline();
    await untilSent(from, /^Koti can't be reached: check its power and network\.$/);
    await hub().goOnline();
    await untilSent(from, /^Koti is back\.$/);
  });
});

import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { Bench, CHART, LAMP, launchBrowser, read, until, userDirWithDashboard, Visit } from './support';

/** The store of the dashboard's page, as an expression for the browser. */
const STORE = "document.querySelector('#app').__vue_app__.config.globalProperties.$store.state";

interface Point {
  series: string;
  payload: number;
}

describe('the dashboard examples', () => {
  let browser: Browser;
  let bench: Bench;
  let here: Visit;

  before(async () => {
    browser = await launchBrowser();
    bench = await Bench.open({ userDir: await userDirWithDashboard() });
    await bench.deploy([CHART, LAMP]);
    await bench.logIn();
    here = await Visit.open(browser, `${bench.nodeRed.url}/dashboard/temperatures`);
  });
  after(async () => {
    await here.close();
    await browser.close();
    await bench.close();
  });

  const chart = read(CHART).find(({ type }) => type === 'ui-chart')?.id ?? '';

  /** Returns the temperatures in the chart on the page, by thermometer. */
  const lines = async (): Promise<Map<string, number[]>> => {
    const points = await here.page.evaluate<Point[]>(
      `(${STORE}.data.messages['${chart}'] ?? []).map(({ series, payload }) => ({ series, payload }))`,
    );
    const all = new Map<string, number[]>();
    for (const { series, payload } of points) all.set(series, [...(all.get(series) ?? []), payload]);
    return all;
  };

  it('draw a line in degrees for each thermometer, add later changes, and keep the legend on one line', async () => {
    const { home } = bench.hub;
    const thermometers = home.devices.filter(({ capabilities }) =>
      JSON.stringify(capabilities).includes('"TEMPERATURE"'),
    );
    assert.ok(thermometers.length >= 5);
    await here.main.locator('canvas').waitFor();
    await until('a line for each', async () => (await lines()).size >= thermometers.length);
    home.change('Saunan lämpömittari', { temperature: 78.24 });
    await until('the sauna to be drawn', async () => (await lines()).get('Saunan lämpömittari')?.at(-1) === 78.2);
    assert.ok([...(await lines()).values()].flat().every((degrees) => typeof degrees === 'number'));
    // The legend is on one line, clear of the curves, on a phone too.
    await here.page.setViewportSize({ width: 390, height: 844 });
    const widget = `JSON.stringify(${STORE}.ui.widgets?.['${chart}'] ?? null)`;
    await until('the legend in one line', async () =>
      (await here.page.evaluate<string>(widget)).includes('"legend":{"type":"scroll"'),
    );
  });

  it('keep switch and slider in step with the lamp, without a loop', async () => {
    const { home, log } = bench.hub;
    const lamp = 'Olohuoneen lamppu';
    const visit = await Visit.open(browser, `${bench.nodeRed.url}/dashboard/lamps`);
    const toggle = visit.main.locator('input[type=checkbox]');
    const slider = visit.main.locator('[role=slider]');
    let shown = '';
    const untilShows = (isOn: boolean, percent: string): Promise<unknown> =>
      until(`${String(isOn)} and ${percent} to be shown`, async () => {
        shown = `${String(await toggle.isChecked())} ${await slider.getAttribute('aria-valuenow')}`;
        return shown === `${String(isOn)} ${percent}`;
      }).catch((error: unknown) => {
        throw new Error(`${String(error)} It shows ${shown}.`);
      });
    home.change(lamp, { isOn: true, brightness: 0.4 });
    await untilShows(true, '40');
    home.change(lamp, { isOn: false });
    await untilShows(false, '40');
    assert.equal(log.commands.length, 0, 'a change by hand is not a command');

    await toggle.click();
    await until('the lamp to be on', () => home.device(lamp).state['isOn'] === true);
    // Waits for the hub's confirmation, because it would set the slider back.
    await bench.untilPolled(3);
    await untilShows(true, '40');
    await slider.focus();
    await visit.page.keyboard.press('ArrowRight');
    await untilShows(true, '41');
    await until(
      'the lamp to be brighter',
      () => Math.round(Number(home.device(lamp).state['brightness']) * 100) === 41,
    );
    await bench.untilPolled(3);
    const sent = log.commands.length;
    await bench.untilPolled(3);
    assert.equal(log.commands.length, sent, 'what the hub confirms is not sent again');
    const levels = log.commands.flatMap(
      ({ state }) => (state as { brightness?: number } | undefined)?.brightness ?? [],
    );
    assert.deepEqual([...new Set(levels.map((level) => Math.round(level * 100)))], [41]);
    await visit.close();
  });
});

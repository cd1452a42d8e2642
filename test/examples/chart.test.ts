import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { Bench, CHART, launchBrowser, read, until, userDirWithDashboard, Visit } from './support';

/** A dashboard's page, as far as this test looks into it: what has come for each widget. */
interface DashboardWindow {
  document: {
    querySelector(selector: string): {
      __vue_app__: {
        config: { globalProperties: { $store: { state: { data: { messages: Record<string, Point[]> } } } } };
      };
    };
  };
}

interface Point {
  series: string;
  payload: number;
}

describe(CHART, () => {
  let browser: Browser;
  let bench: Bench;
  let here: Visit;

  before(async () => {
    browser = await launchBrowser();
    bench = await Bench.open({ userDir: await userDirWithDashboard() });
    await bench.deploy([CHART]);
    await bench.logIn();
    here = await Visit.open(browser, `${bench.nodeRed.url}/dashboard/temperatures`);
  });
  after(async () => {
    await here.close();
    await browser.close();
    await bench.close();
  });

  /** What the page has to draw: the degrees of each thermometer. */
  const lines = async (): Promise<Map<string, number[]>> => {
    const chart = read(CHART).find(({ type }) => type === 'ui-chart')?.id ?? '';
    const points = await here.page.evaluate((id) => {
      const { document } = globalThis as unknown as DashboardWindow;
      const { messages } = document.querySelector('#app').__vue_app__.config.globalProperties.$store.state.data;
      return (messages[id] ?? []).map(({ series, payload }) => ({ series, payload }));
    }, chart);
    const all = new Map<string, number[]>();
    for (const { series, payload } of points) all.set(series, [...(all.get(series) ?? []), payload]);
    return all;
  };

  it('draws a line for each thermometer from the start, and goes on with what changes, in degrees', async () => {
    const [hub] = bench.simulator.hubs;
    assert.ok(hub);
    const { home } = hub;
    const thermometers = home.devices.filter(({ capabilities }) =>
      JSON.stringify(capabilities).includes('"TEMPERATURE"'),
    );
    assert.ok(thermometers.length >= 5);
    await here.main.locator('canvas').waitFor();
    await until('a line for each', async () => (await lines()).size >= thermometers.length);
    home.change('Saunan lämpömittari', { temperature: 78.24 });
    await until('the sauna to be drawn', async () => (await lines()).get('Saunan lämpömittari')?.at(-1) === 78.2);
    assert.ok([...(await lines()).values()].flat().every((degrees) => typeof degrees === 'number'));
  });
});

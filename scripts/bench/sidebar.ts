import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type { CDPSession, Page } from 'playwright-core';
import { EventRing, KEPT_EVENTS } from '../../src/devices/steps/home-events.js';
import { heapInUse } from '../../test/endurance/support/heap';
import { launchBrowser } from '../../test/editor/support/chromium';
import { Editor } from '../../test/editor/support/editor';
import { HomeTab } from '../../test/editor/support/home';
import type { FlowNode } from '../../test/live/harness/flow';
import type { NodeRed } from '../../test/live/harness/node-red';
import { packageRoot } from '../../test/live/harness/packed';
import { until } from '../../test/support/wait';
import { runInChildProcess } from './child-process';
import { accountOf, logIn } from './home';
import { cpuOf, TAB } from './node-red';
import { countRow, type Row, type Section, timesRow } from './report';
import { BenchHub } from './simulated-hub';
import type { Reply } from './simulator-process';

const WORDS = ['sauna', 'kattovalo', 'kiuas'];
const RINGS = 20;
const DEVICES = 40;
const KB = 1024;
const SAYS_MORE =
  'It also shows when and why it is not live, repeats failed requests, and names the nodes that a replacement leaves out.';

/** How long the requests of the home tab are counted, in milliseconds. */
const MINUTE_MS = 60_000;
const BUSY_S = 30;
const CHANGES_A_SECOND = 10;

/** A request that the home tab has sent, and the size of its answer. */
interface TabRequest {
  what: string;
  bytes: number;
}

/** The home tab in the sidebar of a real editor, with its requests. */
class MeasuredTab {
  readonly editor: Editor;
  readonly home: HomeTab;
  readonly #cdp: CDPSession;
  #requests: Promise<TabRequest | undefined>[] = [];

  private constructor(editor: Editor, cdp: CDPSession) {
    this.editor = editor;
    this.home = new HomeTab(editor);
    this.#cdp = cdp;
    editor.page.on('requestfinished', (request) => {
      const what = /\/cozify\/accounts\/[^/?]+(\/\w+)?/.exec(request.url());
      if (what === null) return;
      const weighed = request.sizes().then(({ responseBodySize: bytes }) => ({ what: what[1] ?? '/', bytes }));
      // Ignore the failure: the page may have been closed.
      this.#requests.push(weighed.catch(() => undefined));
    });
  }

  static async open(nodeRed: NodeRed): Promise<{ watched: MeasuredTab; close: () => Promise<void> }> {
    const browser = await launchBrowser();
    const editor = await Editor.open(browser, `${nodeRed.url}/`);
    const cdp = await editor.page.context().newCDPSession(editor.page);
    await cdp.send('Performance.enable');
    return { watched: new MeasuredTab(editor, cdp), close: () => browser.close() };
  }

  get page(): Page {
    return this.editor.page;
  }

  /** Returns the requests that the tab has sent since the last call. */
  async takeRequests(): Promise<TabRequest[]> {
    const all = await Promise.all(this.#requests);
    this.#requests = [];
    return all.filter((one) => one !== undefined);
  }

  /** Returns how long scripts have run in the page, in milliseconds. */
  async scriptMs(): Promise<number> {
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000;
  }
}

function flowOf(account: FlowNode): [FlowNode, ...FlowNode[]] {
  return [account, { id: TAB, type: 'tab', label: 'Bench', disabled: false, info: '' }];
}

/** Script for the editor page: opens the home tab, and returns the milliseconds until its list of devices is drawn. */
const OPENED = `
  new Promise((resolve) => {
    const from = performance.now();
    const look = () => {
      if (!document.querySelector('#cozify-home-list [data-kind=device]')?.offsetParent) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
    };
    const seen = new MutationObserver(look);
    seen.observe(document.querySelector('#cozify-home-list'), { childList: true });
    RED.actions.invoke('cozify:show-home');
  })`;

/** Script for the editor page: records when a key was last pressed, and when the tab's list was last drawn. */
const WATCH_KEYS = `
  window.bench = { pressedAt: 0, drawnAt: 0 };
  document.addEventListener('keydown', () => (bench.pressedAt = performance.now()), true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => (bench.drawnAt = performance.now()))))
    .observe(document.querySelector('#cozify-home-list'), { childList: true });`;
/**
 * Script for the editor page: returns the milliseconds from the last key press until the list for the typed search text
 * is drawn.
 */
const LISTED = `
  new Promise((resolve) => {
    const typed = document.querySelector('#cozify-home-search').value.trim();
    const isIts = ({ name, responseEnd }) =>
      responseEnd > bench.pressedAt && new URL(name).searchParams.get('q') === typed;
    const look = () => {
      const answered = performance.getEntriesByType('resource').find(isIts)?.responseEnd;
      if (answered === undefined || bench.drawnAt < answered) return setTimeout(look, 2);
      resolve(bench.drawnAt - bench.pressedAt);
    };
    look();
  })`;

/** Script for the editor page: records each change in a row of the tab's list, with its time. */
const WATCH_VALUES = `
  window.seen = [];
  new MutationObserver((changes) => {
    const at = Date.now();
    for (const { target } of changes) {
      const id = target.closest?.('[role=treeitem]')?.getAttribute('data-id');
      if (id) seen.push({ id, at });
    }
  }).observe(document.querySelector('#cozify-home-list'), { childList: true, characterData: true, subtree: true });`;

async function timeOpenings(nodeRed: NodeRed, devices: number, count: number): Promise<Row[]> {
  const { hub, reply } = await BenchHub.start({ devices });
  await logIn(nodeRed, reply, flowOf(accountOf(reply)));
  const { watched, close } = await MeasuredTab.open(nodeRed);
  const [times, bytes]: [number[], number[]] = [[], []];
  let most = 0;
  for (let round = 0; round < count; round++) {
    // Select another tab of the sidebar, because a reloaded editor opens the tab that was selected last.
    await watched.page.evaluate("RED.sidebar.show('info')");
    await watched.editor.reload();
    await watched.editor.untilStill();
    await watched.takeRequests();
    times.push(await watched.page.evaluate<number>(OPENED));
    // Wait for the request for the nodes that use each thing. The tab sends it after the request for the list.
    await watched.home.untilFollowing(true);
    await sleep(1_000);
    const requests = await watched.takeRequests();
    most = Math.max(most, requests.length);
    bytes.push(requests.reduce((sum, one) => sum + one.bytes, 0) / KB);
  }
  await close();
  hub.stop();
  const home = `${devices} devices`;
  return [
    timesRow(`from opening to the list, ${home} (ms)`, { median: 500 }, times),
    countRow(`requests until the list, ${home}`, 4, most, 'and one that the server holds'),
    timesRow(`size of the answers until the list, ${home} (KB)`, { median: 25 }, bytes, 1),
  ];
}

async function timeKeys(nodeRed: NodeRed, devices: number): Promise<Row> {
  const { hub, reply } = await BenchHub.start({ devices });
  await logIn(nodeRed, reply, flowOf(accountOf(reply)));
  const { watched, close } = await MeasuredTab.open(nodeRed);
  const { page } = watched;
  const home = await HomeTab.open(watched.editor);
  await page.evaluate(WATCH_KEYS);
  const times: number[] = [];
  for (const word of WORDS) {
    await home.search.fill('');
    await sleep(1_000);
    for (const letter of word) {
      await page.evaluate('performance.clearResourceTimings()');
      await home.search.press(letter);
      times.push(await page.evaluate<number>(LISTED));
    }
  }
  await close();
  hub.stop();
  return timesRow(`from a key to the list, ${devices} devices (ms)`, { median: 300 }, times);
}

/**
 * Measures the time from a change of a device at the hub until its row in the tab is updated. Includes the wait for the
 * next poll, which is at most a second.
 */
async function timeChanges(watched: MeasuredTab, hub: BenchHub, count: number): Promise<Row> {
  const { page } = watched;
  await page.evaluate(WATCH_VALUES);
  const times: number[] = [];
  for (let made = 0; made < count; made++) {
    await sleep(Math.random() * 1_000);
    await page.evaluate('seen.length = 0');
    const { at, ids } = await hub.request({ change: 1 });
    const seen = await until('the row', async () =>
      (await page.evaluate<{ id: string; at: number }[]>('seen')).find(({ id }) => id === ids[0]),
    );
    times.push(seen.at - at);
  }
  return timesRow('a change at the hub to its row, polled each second (ms)', { most: 1_150 }, times);
}

/** Counts the tab's requests while nothing changes. */
async function countQuiet(watched: MeasuredTab, hub: BenchHub): Promise<Row[]> {
  await watched.takeRequests();
  const before = (await hub.request({})).polls;
  await sleep(MINUTE_MS);
  const requests = await watched.takeRequests();
  const polls = (await hub.request({})).polls - before;
  const most = Math.max(0, ...requests.map(({ bytes }) => bytes));
  return [
    {
      ...countRow('requests a minute, nothing happens', 3, requests.length, `${polls} polls of the hub`),
      isCount: false,
    },
    {
      ...{ ...countRow('the largest of these answers (bytes)', 100, most), isCount: false },
      reason: 'It has the state of each hub: id, name, time of the data, and whether the hub is offline.',
    },
  ];
}

/** Measures the requests, the script time in the page and the load of Node-RED at ten changes per second. */
async function timeBusy(nodeRed: NodeRed, watched: MeasuredTab, hub: BenchHub): Promise<Row[]> {
  const change = async (): Promise<void> => {
    for (let second = 0; second < BUSY_S; second++) {
      await hub.request({ change: CHANGES_A_SECOND });
      await sleep(1_000);
    }
  };
  const share = async (): Promise<number> => {
    const [startedAt, before] = [performance.now(), await cpuOf(nodeRed)];
    await change();
    return ((await cpuOf(nodeRed)) - before) / 10 / (performance.now() - startedAt);
  };
  await watched.takeRequests();
  const [scriptBefore, startedAt] = [await watched.scriptMs(), performance.now()];
  const shown = await share();
  const seconds = (performance.now() - startedAt) / 1000;
  const script = ((await watched.scriptMs()) - scriptBefore) / seconds;
  const requests = await watched.takeRequests();
  const kb = requests.reduce((sum, { bytes }) => sum + bytes, 0) / KB / seconds;
  const what = `${CHANGES_A_SECOND} changes a second`;
  return [
    timesRow(`requests a second, ${what}`, { median: 1 }, [requests.length / seconds], 2),
    timesRow(`size of the answers, ${what} (KB a second)`, { median: 4 }, [kb], 1),
    timesRow(`script in the page, ${what} (ms a second)`, { median: 15 }, [script], 1),
    timesRow(`Node-RED, ${what} (% of a core)`, { median: 2 }, [shown], 2),
  ];
}

/** Runs in its own process: returns the size of the heap that the events of one account occupy, in KB. */
export async function heapOfEvents(): Promise<number> {
  // As in a real home, many events belong to the same device and share its name in memory.
  const [hub, room] = [crypto.randomUUID(), 'Olohuone'];
  const devices = Array.from({ length: DEVICES }, (_, index) => {
    const thing = { hub, kind: 'device', id: crypto.randomUUID(), name: `Lamppu ${index}`, room } as const;
    return { thing, node: crypto.randomUUID() };
  });
  const fill = (): EventRing => {
    const ring = new EventRing();
    for (let index = 0; index < 2 * KEPT_EVENTS; index++) {
      const { thing, node } = devices[index % DEVICES] ?? devices[0]!;
      const state = { on: index % 2 === 0, brightness: index % 100, colorTemperature: 2700, reachable: true };
      const at = new Date(index).toISOString();
      const event = { at, event: 'changed', thing: { ...thing }, changed: ['on'], state, press: null } as const;
      ring.add([{ ...event, changed: [...event.changed], by: { node } }]);
    }
    return ring;
  };
  fill();
  const before = await heapInUse();
  const rings = Array.from({ length: RINGS }, fill);
  const taken = (await heapInUse()) - before;
  return taken / KB / rings.filter((ring) => ring.since('', '').events.length === KEPT_EVENTS).length;
}

/** Returns the size of the tab's code in the editor, and the size of all html files that the editor loads. */
async function weigh(): Promise<Row[]> {
  const folder = join(packageRoot, 'nodes', 'editor');
  const { metafile } = await build({
    ...{ entryPoints: [join(folder, 'cozify-account.ts')], bundle: true, format: 'iife', minify: true, write: false },
    ...{ target: 'es2022', metafile: true, outdir: 'out', logLevel: 'silent' },
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([path]) => path.includes('editor/home/'));
  const code = inputs.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const styles = readFileSync(join(packageRoot, 'nodes', 'cozify-account.html'), 'utf8');
  const rules = styles.match(/^ {2}[^{}\n]*cozify-home[^{}]*\{[^}]*\}/gm)?.join('').length ?? 0;
  const nodes = join(packageRoot, 'dist', 'nodes');
  const bytesIn = (path: string): number =>
    readdirSync(path)
      .filter((name) => /^cozify-.*\.html$/.test(name))
      .reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0);
  const html = bytesIn(nodes) + Math.max(...['en-US', 'fi'].map((one) => bytesIn(join(nodes, 'locales', one))));
  return [
    {
      ...countRow('its code and styles in the editor (bytes)', 30_000, code + rules, `${inputs.length} files`),
      ...{ isCount: false, reason: SAYS_MORE },
    },
    countRow('all html that the editor loads (bytes)', 330_000, html, 'with the help in the longer language'),
  ];
}

/**
 * Measures the sidebar tab that shows the home: the size of its code and, if `count` is above 0, its response times and
 * its load in a browser.
 */
export async function measureSidebar(nodeRed: NodeRed, count: number): Promise<Section> {
  const rows = await weigh();
  const heap = await runInChildProcess<number>('sidebar', 'heapOfEvents', {});
  rows.push(timesRow('heap of the events of an account (KB)', { median: 60 }, [heap], 1));
  if (count > 0) {
    for (const devices of [40, 1000, 10_000])
      rows.push(...(await timeOpenings(nodeRed, devices, Math.ceil(count / 6))));
    rows.push(await timeKeys(nodeRed, 10_000));
    for (const devices of [40, 1000]) rows.push(...(await follow(nodeRed, devices, count)));
  }
  return {
    title: 'The home in the sidebar',
    measured: 'editor',
    about: 'In the editor in a real Chromium, by the wall clock. Bytes are those of the answers’ bodies.',
    rows,
  };
}

/**
 * Measures the open tab in a home of this size. Up to 100 devices: single changes, and the requests while nothing
 * changes. Above: ten changes per second.
 */
async function follow(nodeRed: NodeRed, devices: number, count: number): Promise<Row[]> {
  const { hub, reply }: { hub: BenchHub; reply: Reply } = await BenchHub.start({ devices });
  await logIn(nodeRed, reply, flowOf(accountOf(reply)));
  const { watched, close } = await MeasuredTab.open(nodeRed);
  await HomeTab.open(watched.editor);
  await watched.home.untilFollowing(true);
  await sleep(3_000);
  const rows =
    devices < 100
      ? [await timeChanges(watched, hub, count), ...(await countQuiet(watched, hub))]
      : await timeBusy(nodeRed, watched, hub);
  await close();
  hub.stop();
  return rows;
}

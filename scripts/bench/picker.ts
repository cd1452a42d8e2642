import type { Page } from 'playwright-core';
import { launchBrowser } from '../../test/editor/support/chromium';
import { Editor } from '../../test/editor/support/editor';
import { Picker } from '../../test/editor/support/picker';
import type { FlowNode } from '../../test/live/harness/flow';
import type { NodeRed } from '../../test/live/harness/node-red';
import type { ThingPage } from '../../src/devices/steps/thing-list.js';
import { accountOf, logIn } from './home';
import { TAB } from './node-red';
import { countRow, type Row, type Section, timesRow } from './report';
import { BenchHub } from './simulated-hub';

const DEVICES = 10_000;
const PAGE_SIZE = 50;
/** Search texts that are typed letter by letter. */
const WORDS = ['sauna', 'kattovalo', 'kiuas 249', 'zzz'];
const LETTERS = WORDS.flatMap((word) => Array.from(word, (_, index) => word.slice(0, index + 1)));

const COMMAND = 'picker-command';

function flowOf(account: FlowNode): [FlowNode, ...FlowNode[]] {
  const targets = { account: account.id, hub: '', targets: [] };
  const command = { command: 'on', field: '', value: 'payload', valueType: 'msg', transition: '', confirm: 0 };
  const place = { z: TAB, name: '', x: 360, y: 80, wires: [[], []] };
  return [
    account,
    { id: TAB, type: 'tab', label: 'Bench', disabled: false, info: '' },
    { id: COMMAND, type: 'cozify-command', ...targets, ...command, ...place },
  ];
}

/**
 * Script for the editor page: records when a key or button was last pressed, and when the picker's list was last drawn.
 */
const WATCH = `
  window.bench = { pressedAt: 0, drawnAt: 0 };
  for (const type of ['keydown', 'pointerdown']) {
    document.addEventListener(type, ({ timeStamp }) => (bench.pressedAt = timeStamp), true);
  }
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => target.closest?.('#cozify-target-list'))) return;
    requestAnimationFrame(() => setTimeout(() => (bench.drawnAt = performance.now())));
  }).observe(document.body, { childList: true, subtree: true, attributes: true });
`;

/**
 * Script for the editor page: returns the milliseconds from the click until the first items of the picker's list are
 * drawn.
 */
const OPENED = `
  new Promise((resolve) => {
    const look = () => {
      const isThere = document.querySelector('#cozify-target-list [role=option]')?.offsetParent;
      if (isThere && bench.drawnAt > bench.pressedAt) resolve(bench.drawnAt - bench.pressedAt);
      else setTimeout(look, 2);
    };
    look();
  })`;

/**
 * Script for the editor page: returns the milliseconds from the last key press until the list for the typed search text
 * is drawn. If the list does not change, the time ends with the server's answer.
 */
const LISTED = `
  new Promise((resolve) => {
    const typed = document.querySelector('#cozify-target-search').value.trim();
    const isIts = ({ name, responseEnd }) =>
      responseEnd > bench.pressedAt && new URL(name).searchParams.get('q') === typed;
    const look = () => {
      const answered = performance.getEntriesByType('resource').find(isIts)?.responseEnd;
      if (answered === undefined) return setTimeout(look, 2);
      // The page shows the answer at once, but the browser draws it with the next frame. Wait for that.
      setTimeout(() => resolve(Math.max(answered, bench.drawnAt) - bench.pressedAt), 60);
    };
    look();
  })`;

async function timeOpening(editor: Editor): Promise<number> {
  await editor.openNode(COMMAND);
  await new Picker(editor.page).search.click();
  const ms = await editor.page.evaluate<number>(OPENED);
  await editor.closeNode('cancel');
  return ms;
}

async function timeLetters(page: Page): Promise<number[]> {
  const times: number[] = [];
  const { search } = new Picker(page);
  for (const word of WORDS) {
    await search.fill('');
    for (const letter of word) {
      await page.evaluate('performance.clearResourceTimings()');
      await page.keyboard.press(letter === ' ' ? 'Space' : letter);
      // A space at the end does not start a new search.
      if (letter !== ' ') times.push(await page.evaluate<number>(LISTED));
    }
  }
  return times;
}

/** Measures how long the picker takes to open and to list the results of a search, in a real browser. */
async function timePicker(nodeRed: NodeRed, count: number): Promise<Row[]> {
  const browser = await launchBrowser();
  try {
    const editor = await Editor.open(browser, `${nodeRed.url}/`);
    await editor.page.evaluate(WATCH);
    const openings: number[] = [];
    for (let made = 0; made < count; made++) openings.push(await timeOpening(editor));
    await editor.openNode(COMMAND);
    await new Picker(editor.page).search.click();
    const letters: number[] = [];
    while (letters.length < count) letters.push(...(await timeLetters(editor.page)));
    await editor.closeNode('cancel');
    await editor.close();
    return [
      timesRow('from the click to the list (ms)', { median: 300 }, openings),
      timesRow('from a key to the list (ms)', { median: 150 }, letters),
    ];
  } finally {
    await browser.close();
  }
}

/** Measures the picker in a home of 10 000 devices: its requests and, if `count` is above 0, its response times. */
export async function measurePicker(nodeRed: NodeRed, count: number): Promise<Section> {
  const { hub, reply } = await BenchHub.start({ devices: DEVICES });
  const account = accountOf(reply);
  await logIn(nodeRed, reply, flowOf(account));
  const list = async (q: string): Promise<ThingPage> => {
    const query = new URLSearchParams({ q, can: 'on' }).toString();
    const reply = await nodeRed.admin('GET', `/cozify/accounts/${account.id}/things?${query}`);
    if (reply.status !== 200) throw new Error(`Listing things: ${reply.text}`);
    return reply.body as ThingPage;
  };
  await list('');
  const before = (await hub.request({})).others;
  let most = 0;
  for (const q of LETTERS) most = Math.max(most, (await list(q)).things.length);
  const asked = (await hub.request({})).others - before;
  const rows = [
    countRow('things in an answer to a search', PAGE_SIZE, most, `${LETTERS.length} letters`),
    countRow('requests to the hub besides polls', 0, asked),
  ];
  if (count > 0) rows.push(...(await timePicker(nodeRed, count)));
  hub.stop();
  return {
    title: 'The picker',
    measured: 'editor',
    about: `A home of ${DEVICES} devices; by the wall clock, in the editor in a real Chromium, until the list is drawn.`,
    rows,
  };
}

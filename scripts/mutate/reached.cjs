// Records which places of the code each test file executes; mocha loads it for scripts/mutate.mjs. A worker of mocha
// runs one test file after another. For each file, a line is written with its path, its duration and the ids of the
// places. The places that a browser executes count as executed by the test file that opened the browser.
const { appendFileSync } = require('node:fs');
const { relative } = require('node:path');
const { chromium } = require('playwright-core');

/** Code for each page: passes the recorded ids on to the test process. */
const IN_PAGE = `globalThis.cozifyReached = (id) => {
  cozifyReached.ids ??= new Set();
  cozifyReached.ids.add(id);
  if (cozifyReached.ids.size > 1) return;
  queueMicrotask(() => {
    globalThis.cozifySend?.([...cozifyReached.ids]);
    cozifyReached.ids.clear();
  });
};`;

const loaded = new Set();
let reached = loaded;
let startedAt = 0;
let file = '';

globalThis.cozifyReached = (id) => reached.add(id);

const launch = chromium.launch.bind(chromium);
chromium.launch = async (options) => {
  const browser = await launch(options);
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (settings) => {
    const context = await newContext(settings);
    await context.exposeFunction('cozifySend', (ids) => ids.forEach((id) => reached.add(id)));
    await context.addInitScript(IN_PAGE);
    return context;
  };
  return browser;
};

exports.mochaHooks = {
  beforeAll() {
    const { suites, tests } = this.test.parent;
    file = relative(process.cwd(), (suites[0] ?? tests[0]).file).replaceAll('\\', '/');
    startedAt = Date.now();
    reached = new Set();
  },
  afterAll() {
    const line = { file, ms: Date.now() - startedAt, reached: [...reached], loaded: [...loaded] };
    appendFileSync(process.env.REACHED, `${JSON.stringify(line)}\n`);
    reached = loaded;
  },
};

// Records which places of the code each test file executes; mocha loads it for scripts/mutate.mjs. A worker of mocha
// runs one test file after another. For each file, a line is written with its path, its duration and the ids of the
// places.
const { appendFileSync } = require('node:fs');
const { relative } = require('node:path');

const loaded = new Set();
let reached = loaded;
let startedAt = 0;
let file = '';

globalThis.cozifyReached = (id) => reached.add(id);

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

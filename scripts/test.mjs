// Runs the tests, some groups side by side, because much of the time is spent waiting for real processes and timers:
//   node scripts/test.mjs            every test
//   node scripts/test.mjs unit       those that need nothing but node_modules
//   node scripts/test.mjs portable   those that need neither a browser nor a Redis server
// Prints what each group printed once it is done, then what failed, then one line of totals. Exits 0 only if everything
// passed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The tests of these wait for polls most of the time. */
const LISTENING = 'cozify-wait|cozify-button|cozify-changes';

/** The dialogs and the sidebar that know the home, as the browser shows them. */
const OF_THINGS = 'canvas|choosing|command-form|home-*|picker|unchanged|values';

/**
 * Which folders of test/ run in one process, or which `specs` of them, in the order in which they start: what takes
 * longest comes first. A new folder joins a group, or gets one.
 */
const GROUPS = [
  { name: 'live, scorecard', folders: ['live', 'scorecard'] },
  { name: 'several instances', folders: ['shared-store'], needs: 'Redis' },
  {
    name: 'browser, things',
    folders: ['editor'],
    specs: [`dist/test/editor/@(${OF_THINGS}).test.js`],
    needs: 'a browser',
  },
  {
    name: 'browser, a to h',
    folders: ['editor'],
    specs: [`dist/test/editor/!(${OF_THINGS}|[i-z]*).test.js`],
    needs: 'a browser',
  },
  {
    name: 'browser, i to z',
    folders: ['editor'],
    specs: [`dist/test/editor/!(${OF_THINGS}|[a-h]*).test.js`],
    needs: 'a browser',
  },
  { name: 'examples, practice', folders: ['examples', 'practice'], needs: 'a browser' },
  { name: 'endurance', folders: ['endurance'] },
  { name: 'nodes that listen', folders: ['nodes'], specs: [`dist/test/nodes/@(${LISTENING}).test.js`], isUnit: true },
  { name: 'nodes that act', folders: ['nodes'], specs: [`dist/test/nodes/!(${LISTENING}).test.js`], isUnit: true },
  {
    name: 'nodes',
    folders: ['nodes', 'support', '.'],
    specs: ['dist/test/nodes/*/**/*.test.js', 'dist/test/support/**/*.test.js', 'dist/test/*.test.js'],
    isUnit: true,
  },
  { name: 'security', folders: ['security'] },
  { name: 'library, simulator', folders: ['src', 'simulator'], isUnit: true },
  { name: 'faults', folders: ['faults'], isUnit: true },
  { name: 'counts of the benchmark', folders: ['bench'] },
];
const only = process.argv[2];
const isUnitOnly = only === 'unit';
/** More than there are processors for: groups wait for timers and processes, too. */
const AT_A_TIME = 4;
/** A group that says nothing for so long never will: longer than mocha lets any one test take. */
const SILENCE_MS = 15 * 60_000;
/** In which a group that is told to end cleans up after itself. */
const CLEAN_UP_MS = 30_000;

/** Those whose tests no group names, so that none is forgotten. */
function strayFolders() {
  const known = GROUPS.flatMap(({ folders }) => folders);
  return readdirSync(new URL('../dist/test/', import.meta.url), { recursive: true })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => (/[\\/]/.test(path) ? path.split(/[\\/]/)[0] : '.'))
    .filter((folder, place, all) => all.indexOf(folder) === place && !known.includes(folder));
}

function specOf(folder) {
  return folder === '.' ? 'dist/test/*.test.js' : `dist/test/${folder}/**/*.test.js`;
}

async function runNext(waiting, results) {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) results.push(await run(group));
}

async function run({ name, folders, specs = folders.map(specOf) }) {
  const startedAt = Date.now();
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...specs], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const silence = setTimeout(() => giveUp(child), SILENCE_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
      silence.refresh();
    });
  }
  const progress = setInterval(() => console.log(`... ${name}: ${count(output, /✔/g)} passed so far`), 60_000);
  // What it has started may outlive it and keep its streams open, so that they are not waited for without end.
  const closed = once(child, 'close');
  const [status, signal] = await once(child, 'exit');
  await Promise.race([closed, sleep(CLEAN_UP_MS, undefined, { ref: false })]);
  clearInterval(progress);
  clearTimeout(silence);
  console.log(`\n=== ${name} (${Math.round((Date.now() - startedAt) / 1000)} s)\n${output}`);
  return resultOf(name, output, status === 0 ? undefined : `ended with ${status ?? signal}`);
}

function giveUp(child) {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), CLEAN_UP_MS).unref();
}

/** A group that ended badly without a failed test, such as one cut off, counts as a failure; so does one without tests. */
function resultOf(name, output, badEnd) {
  const passed = total(output, 'passing') || count(output, /✔/g);
  const failed = total(output, 'failing');
  const trouble = failed > 0 ? undefined : (badEnd ?? (passed === 0 ? 'passed no test' : undefined));
  return {
    passed,
    failed: trouble === undefined ? failed : 1,
    pending: total(output, 'pending'),
    failures: trouble === undefined ? failuresIn(output) : `  ${name} ${trouble}, after:\n${output.slice(-2000)}\n`,
  };
}

function count(text, pattern) {
  return text.match(pattern)?.length ?? 0;
}

/** What mocha says at the end, such as "12 passing (3s)". */
function total(output, word) {
  const found = [...output.matchAll(new RegExp(`^ +(\\d+) ${word}`, 'gm'))].at(-1);
  return Number(found?.[1] ?? 0);
}

/** What mocha tells of the failed tests, which is the end of what it prints. Nothing if none failed. */
function failuresIn(output) {
  const at = output.search(/^ +\d+ failing/m);
  return at < 0 ? '' : output.slice(at);
}

const stray = strayFolders();
if (stray.length > 0) {
  console.error(`scripts/test.mjs has no group for these folders of test/: ${stray.join(', ')}`);
  process.exit(1);
}
const waiting = GROUPS.filter(({ isUnit, needs }) =>
  isUnitOnly ? isUnit : only !== 'portable' || needs === undefined,
);
const results = [];
await Promise.all(Array.from({ length: AT_A_TIME }, () => runNext(waiting, results)));
const sum = (key) => results.reduce((all, result) => all + result[key], 0);
const failures = results.map((result) => result.failures).join('');
if (failures !== '') console.log(`\n=== failed\n${failures}`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('pending')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

// Changes the code in one place at a time, and reports whether a test notices. A change that no test notices shows a
// behaviour that has no test.
//   npm run mutate -- --count 60 [--seed 1] [--only src,nodes|editor] [--tests unit|essentials|all]
// Builds and tests a copy of the repository in the temporary folder, so that the working tree does not change. The
// places are drawn at random from the lines that the unit tests execute; the same seed draws the same places. With
// `--tests essentials`, a change that no unit test notices is also run against the other tests of `npm test`. With
// `--tests all`, the places are drawn from all lines, and such a change is also run against all other tests. A change in
// nodes/editor is run only against the test files that execute it, in the process or in the browser, and the tests of
// the package.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformSync } from 'esbuild';
import { sitesOf, withMarks, withMutation } from './mutate/sites.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders of the sources for each value of `--only`. */
const FOLDERS = { src: ['src'], nodes: ['nodes'], editor: ['nodes/editor'] };
/** The paths, below dist/test, of the unit tests: they run within the mocha process. */
const UNIT = /^(src|simulator|nodes|support|faults)\/|^(docs|expressions|house|words)\./;
/** The paths of the only unit tests that load the code of nodes/editor: it is bundled with each of them. */
const UNIT_OF_EDITOR = /^nodes\/editor\//;
/** The paths, below dist/test, of the tests that open the editor in a browser. */
const OPENS_EDITOR = /^editor\//;
/** The paths, below dist/test, of the other tests that load the code of nodes/editor: they check the defaults of dialogs. */
const CHECKS_DEFAULTS = /^package\./;
/** The paths, below dist/test, of the tests of `npm test` that are not unit tests. */
const OTHER_ESSENTIALS = /^(live\/node-red|editor\/essentials)\./;
/** A test that takes longer than this counts as failed. */
const TEST_MS = 60_000;
/** A run without output for this long counts as failed. */
const SILENCE_MS = 180_000;
/** Number of workers in a run of unit tests. It may exceed the number of processors, because many tests wait. */
const JOBS = 3;
/** Number of other test files that run at the same time. */
const PROCESSES = 2;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'src,nodes' },
    tests: { type: 'string', default: 'unit' },
  },
});
const count = wholeNumber('count');
const random = randomFrom(wholeNumber('seed'));
const folders = options.only.split(',').flatMap((name) => FOLDERS[name] ?? refuse('only', 'src, nodes or editor'));
if (!['unit', 'essentials', 'all'].includes(options.tests)) refuse('tests', 'unit, essentials or all');

const copy = mkdtempSync(join(tmpdir(), 'cozify-mutate-'));
/** The processes of the current test run. */
const running = new Set();
process.once('exit', () => {
  running.forEach(endGroup);
  rmSync(copy, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
copyRepository();
const sites = shuffled(sources().flatMap((path) => sitesOf(path, readFileSync(join(copy, path), 'utf8'))));
console.log(`${sites.length} places in ${options.only}; running the tests to see which places they execute ...`);
const reach = await reachOfTests();

let tried = 0;
let noticed = 0;
for (const site of sites) {
  if (tried === count) break;
  const tests = testsFor(site);
  const units = tests.filter((file) => unitTests().includes(file));
  const source = readFileSync(join(copy, site.path), 'utf8');
  const mutated = withMutation(source, site);
  if (units.length === 0 && options.tests !== 'all') continue;
  if (!changesTheCode(source, mutated)) continue;
  tried += 1;
  const others = options.tests === 'unit' ? [] : otherTestsFor(site.path, tests);
  const by = await noticedBy(site.path, source, mutated, units, others);
  if (by !== undefined) noticed += 1;
  console.log(`${tried}. ${by === undefined ? 'LIVED  ' : 'noticed'} ${site.path}:${site.line} (${site.kind})`);
  console.log(`     before: ${oneLine(site.before)}\n     after:  ${oneLine(site.after)}`);
  if (by !== undefined) console.log(`     by:     ${by}`);
}
console.log(`${noticed} of ${tried} mutants noticed`);

function copyRepository() {
  const left = ['.git', 'node_modules', 'dist', 'coverage'];
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
}

function sources() {
  return folders.flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .filter((path) => folder !== 'nodes' || !path.startsWith('nodes/editor/'))
      .sort(),
  );
}

/**
 * Determines which places each test file executes: inserts a recording call at each place, builds, and runs the unit
 * tests, and unless `--tests` is `unit` also the tests that open the editor if places in nodes/editor are drawn. Returns
 * the test files, quickest first. `reached` are the places that the file's tests execute, `loaded` those that run when
 * its modules load.
 */
async function reachOfTests() {
  const originals = new Map(sources().map((path) => [path, readFileSync(join(copy, path), 'utf8')]));
  for (const [path, text] of originals) {
    const own = sites.map((site, id) => ({ ...site, id })).filter((site) => site.path === path);
    writeFileSync(join(copy, path), withMarks(text, own));
  }
  run('build');
  for (const [path, text] of originals) writeFileSync(join(copy, path), text);
  const record = join(copy, 'reached.jsonl');
  const opensEditor = options.tests !== 'unit' && folders.includes('nodes/editor');
  const browserTests = opensEditor
    ? testFiles().filter((file) => OPENS_EDITOR.test(belowTest(file)) && isSelected(file))
    : [];
  const args = ['--require', './scripts/mutate/reached.cjs'];
  const env = { REACHED: record };
  const failure = (await failureOf(unitTests(), JOBS, args, env)) ?? (await failureOfEach(browserTests, args, env));
  if (failure !== undefined) throw new Error(`A test fails without any change:\n${failure}`);
  const lines = readFileSync(record, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).sort((one, other) => one.ms - other.ms);
}

/**
 * Returns the test files that execute a place, because only they can notice a change there. If the place runs when
 * modules load, returns all tests whose places are known.
 */
function testsFor(site) {
  const id = sites.indexOf(site);
  const atLoad = reach.some(({ loaded }) => loaded.includes(id));
  const files = reach.filter(({ reached }) => atLoad || reached.includes(id)).map(({ file }) => file);
  // The source file's own tests are the most likely to notice.
  const own = `/${site.path.replace(/\.ts$/, '.test.js')}`;
  return [...files.filter((file) => file.endsWith(own)), ...files.filter((file) => !file.endsWith(own))];
}

function changesTheCode(source, mutated) {
  const compiled = (text) => transformSync(text, { loader: 'ts', minify: true }).code;
  try {
    return compiled(source) !== compiled(mutated);
  } catch {
    return false;
  }
}

/** Returns the first test that fails after the change, or `the build` if that fails; undefined if all tests pass. */
async function noticedBy(path, source, mutated, units, others) {
  writeFileSync(join(copy, path), mutated);
  const built = run('build');
  // Restore the source. Some tests read the sources, but only changed behaviour should make a test fail.
  writeFileSync(join(copy, path), source);
  if (!built) return 'the build';
  const failure = units.length === 0 ? undefined : await failureOf(units, JOBS);
  if (failure !== undefined || others.length === 0) return failure;
  // A build deletes the type declarations, and the tests of the package need them.
  run('types');
  return failureOfEach(others);
}

/**
 * Returns the tests that `--tests` adds to the unit tests; for nodes/editor, only those of `reaching`, and those of
 * {@link CHECKS_DEFAULTS}. The tests whose paths have the most words in common with the path of the source file come
 * first.
 */
function otherTestsFor(path, reaching) {
  const words = path.split(/\W/);
  const shared = (file) => file.split(/\W/).filter((word) => words.includes(word)).length;
  const isEditor = path.startsWith('nodes/editor/');
  return testFiles()
    .filter((file) => !unitTests().includes(file) && isSelected(file))
    .filter((file) => !isEditor || reaching.includes(file) || CHECKS_DEFAULTS.test(belowTest(file)))
    .sort((one, other) => shared(other) - shared(one));
}

/** Runs an npm script in the copy of the repository. Returns whether it succeeds. */
function run(script) {
  return spawnSync('npm', ['run', script, '--silent'], { cwd: copy, shell: process.platform === 'win32' }).status === 0;
}

function testFiles() {
  return readdirSync(join(copy, 'dist/test'), { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => `dist/test/${path}`)
    .sort();
}

function unitTests() {
  const paths = options.only === 'editor' ? UNIT_OF_EDITOR : UNIT;
  return testFiles().filter((file) => paths.test(belowTest(file)));
}

/** Whether `--tests` selects a test that is not a unit test. */
function isSelected(file) {
  return options.tests === 'all' || (options.tests === 'essentials' && OTHER_ESSENTIALS.test(belowTest(file)));
}

function belowTest(file) {
  return file.slice('dist/test/'.length);
}

/** Runs each test file in its own process until one fails. Returns what failed; undefined if all pass. */
async function failureOfEach(files, args, env) {
  const queue = [...files];
  let failure;
  const runNext = async () => {
    while (queue.length > 0 && failure === undefined) {
      const found = await failureOf([queue.shift()], 1, args, env);
      failure ??= found;
      if (failure !== undefined) running.forEach(endGroup);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, runNext));
  return failure;
}

/** Runs test files until one fails. Returns what failed; undefined if all pass. */
async function failureOf(files, jobs, args = ['--timeout', String(TEST_MS)], env = {}) {
  const parallel = jobs > 1 && files.length > 1 ? ['--parallel', '--jobs', String(jobs)] : [];
  const mocha = ['node_modules/mocha/bin/mocha.js', '--bail', ...parallel, ...args, ...files];
  const child = spawn(process.execPath, mocha, {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Start a process group, so that the workers and servers of a hanging run end with it.
    detached: true,
  });
  running.add(child);
  let output = '';
  let silent = false;
  const silence = setTimeout(() => {
    silent = true;
    endGroup(child);
  }, SILENCE_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
      silence.refresh();
    });
  }
  const status = await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(silence);
  endGroup(child);
  running.delete(child);
  if (silent) return `a run without output for ${SILENCE_MS / 1000} s, after: ${oneLine(output.slice(-120))}`;
  if (status === 0) return undefined;
  const report = output.slice(Math.max(0, output.search(/^ +\d+ failing/m)));
  return oneLine(report.replace(/^ +\d+ failing/, '')) || `mocha ended with ${status}`;
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Ignore the failure: the process group has already ended.
  }
}

function oneLine(text) {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 160)} ...` : line;
}

function wholeNumber(name) {
  return /^\d{1,9}$/.test(options[name]) ? Number(options[name]) : refuse(name, 'a whole number');
}

function refuse(name, expected) {
  console.error(`--${name} must be ${expected}, not "${options[name]}".`);
  process.exit(2);
}

/** Returns a function that returns random numbers from 0 to 1, excluding 1 (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(list) {
  return list
    .map((item) => [random(), item])
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);
}

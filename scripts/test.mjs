// Runs the tests. Each group runs in its own process. Several groups run at the same time, because they spend much of
// their time waiting.
//   node scripts/test.mjs            the essentials: unit and node tests, one Node-RED, one browser
//   node scripts/test.mjs all        every test
//   node scripts/test.mjs unit       the tests that need only node_modules
//   node scripts/test.mjs portable   the tests that need neither a browser nor a Redis server
// Writes temporary files to memory if there is room, on Linux.
// Prints the output of each group when the group ends, then the failures, then a line of totals. The exit status is 0
// only if every test passed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The groups, in the order in which they start: roughly the longest first. A test file belongs to the group whose `files`
 * matches its path below dist/test. `in`: the selections that include the group, besides `all`. `jobs`: the number of
 * workers that share the files of the group, if its tests need nothing outside their process.
 */
const GROUPS = [
  { name: 'examples', files: /^examples\// },
  {
    name: 'browser, more',
    files:
      /^editor\/(accessibility|admin|broken-setting|dialog-buttons|first-flows|flows-stopped|harness|node-red-[35]|other-site|palette|recording|simple-dialogs|unchanged)/,
  },
  {
    name: 'library and nodes',
    files: /^(src|simulator|nodes|support|faults)\/|^(?!package|workflows)[^/]+$/,
    jobs: 5,
    in: ['essentials', 'unit', 'portable'],
  },
  {
    name: 'browser, logins',
    files: /^editor\/(account-names|deployed-account|login-problems|lost-login|new-account)/,
  },
  { name: 'several instances', files: /^shared-store\/(kill-storm|one-login|suspended)\./ },
  { name: 'shared stores', files: /^shared-store\/(?!kill-storm|one-login|suspended)/ },
  { name: 'browser, home', files: /^editor\/home-/ },
  { name: 'security', files: /^security\//, in: ['portable'] },
  { name: 'browser, dialogs', files: /^editor\/(axe|canvas|command-form|examples|picker|values)/ },
  { name: 'endurance', files: /^endurance\//, in: ['portable'] },
  { name: 'practice home', files: /^practice\// },
  { name: 'packages', files: /^(package|workflows)\.|^(scorecard|bench)\//, in: ['portable'] },
  { name: 'Node-RED, other versions', files: /^live\/versions\./, in: ['portable'] },
  { name: 'browser, essentials', files: /^editor\/essentials\./, in: ['essentials'] },
  { name: 'Node-RED', files: /^live\/node-red\./, in: ['essentials', 'portable'] },
  { name: 'Node-RED, more', files: /^live\/(?!node-red\.|versions\.)/, in: ['portable'] },
];

const SELECTIONS = {
  all: 'every test',
  essentials: 'the essentials',
  unit: 'the tests that need only node_modules',
  portable: 'the tests that need neither a browser nor a Redis server',
};

/**
 * Number of groups that run at the same time. It may exceed the number of processors, because tests wait for timers and
 * processes.
 */
const AT_A_TIME = 5;
/** A group without output for this long counts as hung, because mocha ends each test sooner. */
const SILENCE_MS = 15 * 60_000;
/** How long a group may take to clean up after the signal to end. */
const CLEAN_UP_MS = 30_000;

/** The file system in memory of Linux. */
const MEMORY = '/dev/shm';
/** Room that the temporary files of the tests need, in bytes, with a reserve. */
const ROOM_BYTES = 2 ** 31;

const selection = process.argv[2] ?? 'essentials';
if (!Object.hasOwn(SELECTIONS, selection)) {
  console.error(`scripts/test.mjs knows no selection "${selection}"; it knows ${Object.keys(SELECTIONS).join(', ')}.`);
  process.exit(2);
}
const filesOf = new Map(GROUPS.map((group) => [group, []]));
for (const path of readdirSync(`${root}dist/test`, { recursive: true }).filter((path) => path.endsWith('.test.js'))) {
  const file = path.replaceAll('\\', '/');
  const groups = GROUPS.filter(({ files }) => files.test(file));
  if (groups.length !== 1)
    throw new Error(`${file} belongs to ${groups.length} groups of scripts/test.mjs, not to one.`);
  filesOf.get(groups[0]).push(`dist/test/${file}`);
}
const selected = GROUPS.filter((group) => selection === 'all' || group.in?.includes(selection));
const leftOut = GROUPS.filter((group) => !selected.includes(group));

const temporary = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'cozify-test-'));
process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const queue = [...selected];
const results = [];
await Promise.all(Array.from({ length: AT_A_TIME }, runNext));
report();

/** Whether the temporary files of the tests fit into a folder. In memory, writing them takes less time than on a disk. */
function hasRoom(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false;
  }
}

async function runNext() {
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) results.push(await run(group));
}

async function run(group) {
  const { name, jobs } = group;
  const startedAt = Date.now();
  const parallel = jobs === undefined ? [] : ['--parallel', '--jobs', String(jobs)];
  const mocha = ['node_modules/mocha/bin/mocha.js', ...parallel, ...filesOf.get(group).sort()];
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, mocha, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const silence = setTimeout(() => giveUp(child), SILENCE_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
      silence.refresh();
    });
  }
  const progress = setInterval(() => console.log(`... ${name}: ${count(output, /✔/g)} passed so far`), 60_000);
  const closed = once(child, 'close');
  const [status, signal] = await once(child, 'exit');
  // Do not wait forever, because a process that the group left running may keep the streams open.
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

/**
 * Returns the result of a group. The group has failed if no test passed, or if it ended badly without a failed test,
 * for example because it was killed.
 */
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

/** Returns a total that mocha prints at the end, such as the 12 in "12 passing (3s)". */
function total(output, word) {
  const found = [...output.matchAll(new RegExp(`^ +(\\d+) ${word}`, 'gm'))].at(-1);
  return Number(found?.[1] ?? 0);
}

/** Returns mocha's report of the failed tests, which is at the end of the output; an empty string if none failed. */
function failuresIn(output) {
  const at = output.search(/^ +\d+ failing/m);
  return at < 0 ? '' : output.slice(at);
}

function report() {
  const sum = (key) => results.reduce((all, result) => all + result[key], 0);
  const failures = results.map((result) => result.failures).join('');
  if (failures !== '') console.log(`\n=== failed\n${failures}`);
  if (leftOut.length > 0) {
    const names = leftOut.map(({ name }) => name).join('; ');
    console.log(`\nThese were ${SELECTIONS[selection]}. Left out: ${names}.\n"npm run test:all" runs every test.`);
  }
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('pending')} skipped`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

// Runs every test: two lanes side by side, because much of the time is spent waiting for real processes and timers.
// Prints what each group printed once it is done, then what failed, then one line of totals. Exits 0 only if everything
// passed.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The groups of a lane run one after the other. Those of the second mostly wait, so the first has a processor. */
const LANES = [
  {
    'browser, examples': ['editor/*', 'examples/*'],
    'library, nodes, live': ['src/**/*', 'nodes/**/*', 'faults/*', 'simulator/*', 'live/*', 'scorecard/*', '*'],
  },
  {
    'several instances, security': ['shared-store/*', 'security/*'],
    endurance: ['endurance/*'],
  },
];

async function runLane(groups) {
  const results = [];
  for (const [name, folders] of Object.entries(groups)) results.push(await run(name, folders));
  return results;
}

function run(name, folders) {
  const specs = folders.map((folder) => `dist/test/${folder}.test.js`);
  const startedAt = Date.now();
  const child = spawn(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '120000', ...specs],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const progress = setInterval(() => console.log(`... ${name}: ${count(output, /✔/g)} passed so far`), 60_000);
  return new Promise((resolve) => {
    child.once('close', (status) => {
      clearInterval(progress);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.log(`\n=== ${name} (${seconds} s)\n${output}`);
      resolve({
        status,
        passed: total(output, 'passing'),
        failed: total(output, 'failing'),
        pending: total(output, 'pending'),
        failures: failuresIn(output),
      });
    });
  });
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

const results = (await Promise.all(LANES.map(runLane))).flat();
const sum = (key) => results.reduce((all, result) => all + result[key], 0);
const isGood = results.every(({ status, passed }) => status === 0 && passed > 0);
const failures = results.map((result) => result.failures).join('');
if (failures !== '') console.log(`\n=== failed\n${failures}`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('pending')} skipped`);
process.exitCode = isGood ? 0 : 1;

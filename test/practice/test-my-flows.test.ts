import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../live/harness/hooks';
import { keepTrackOf, tempFolder } from '../live/harness/leftovers';
import { installedUserDir, packageRoot, plainEnv } from '../live/harness/packed';
import { DEFAULT_BEHAVIOUR, Home, recordHome } from '../simulator';
import { practiceFolder } from './support';

const SCOPE = '@cozify-community';
/** What the page tells to install beside the two packages. */
const TOOLS = ['node-red', 'node-red-node-test-helper', 'mocha'];

describe('docs/test-my-flows.md', () => {
  it('has tests that pass, in a folder where what it names is installed', async () => {
    const folder = tempFolder('my-flows');
    mkdirSync(join(folder, 'node_modules', SCOPE), { recursive: true });
    const link = (from: string, name: string) =>
      symlinkSync(join(from, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
    for (const tool of TOOLS) link(packageRoot, tool);
    link(await installedUserDir(), `${SCOPE}/node-red-cozify`);
    link(await practiceFolder(), `${SCOPE}/cozify-practice`);
    const page = readFileSync(join(packageRoot, 'docs', 'test-my-flows.md'), 'utf8');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'my-flows', private: true }));
    writeFileSync(join(folder, 'flows.test.js'), /^```js\n([^]*?)^```/m.exec(page)?.[1] ?? '');
    writeFileSync(join(folder, 'my-day.json'), JSON.stringify(await dayOfThreeVisits()));
    const printed = await run(folder, ['node_modules/mocha/bin/mocha.js', '--exit', '--no-config', 'flows.test.js']);
    assert.match(printed, /2 passing/);
    assert.doesNotMatch(printed, /failing|pending/, printed);
  });
});

/** Two hours stand for a day, on which the front door is opened three times. */
async function dayOfThreeVisits() {
  let time = Date.UTC(2026, 10, 1);
  const home = new Home('home', { ...DEFAULT_BEHAVIOUR }, () => time);
  const never = new AbortController().signal;
  let polls = 0;
  const sleep = (ms: number): Promise<void> => {
    time += ms;
    polls += 1;
    if (polls % 40 === 10 && polls < 120) home.change('Ulko-ovi', { open: true });
    if (polls % 40 === 11) home.change('Ulko-ovi', { open: false });
    if (polls % 9 === 0) home.change('Ulkolämpötila', { temperature: polls / 10 });
    return Promise.resolve();
  };
  const ask = (path: string) => home.poll(Number(new URL(`http://hub${path}`).searchParams.get('ts')), never);
  const clock = { now: () => time, sleep };
  const what = { hubVersion: '1.14.9.124', names: 'kept', lastsMs: 7_200_000, everyMs: 60_000 } as const;
  return recordHome({ ...what, ask, clock });
}

async function run(cwd: string, args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, env: plainEnv() });
  keepTrackOf(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  await new Promise((resolve) => child.once('close', resolve));
  return printed;
}

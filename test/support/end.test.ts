import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../live/harness/leftovers';

const MOCHA = require.resolve('mocha/bin/mocha.js');

/** Runs each test as a file in a separate mocha with a grace period after the last test. */
async function run(
  tests: string | string[],
  graceMs: number,
  ...args: string[]
): Promise<{ status: number | null; printed: string }> {
  const folder = tempFolder('end');
  const end = JSON.stringify(join(__dirname, 'end.js'));
  writeFileSync(join(folder, 'hooks.cjs'), `exports.mochaHooks = require(${end}).endAfter(${graceMs});`);
  const files = [tests].flat().map((test, number) => {
    writeFileSync(join(folder, `it-${number}.cjs`), `it('is a test', async () => { ${test} });`);
    return `it-${number}.cjs`;
  });
  // These tests may themselves run in a worker of mocha. The child process must not inherit the id of that worker.
  const env = { ...process.env };
  delete env['MOCHA_WORKER_ID'];
  const child = spawn(process.execPath, [MOCHA, '--no-config', '--require', './hooks.cjs', ...args, ...files], {
    cwd: folder,
    env,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, printed };
}

const LISTEN = "require('node:net').createServer().listen(0, '127.0.0.1');";

describe('End of a run', () => {
  it('fails and names the server that a test left open', async () => {
    const { status, printed } = await run(LISTEN, 100);
    assert.match(printed, /1 passing[^]*Still open 0\.1 s after the last test: .*TCPServerWrap/);
    assert.equal(status, 1);
  });

  it('reports a failed test before the server it left open', async () => {
    const { status, printed } = await run(`${LISTEN} throw new Error('it is broken');`, 100);
    assert.match(printed, /1 failing[^]*it is broken[^]*Still open/);
    assert.equal(status, 1);
  });

  it('comes immediately if nothing is open', async () => {
    const { status, printed } = await run('', 3_600_000);
    assert.match(printed, /1 passing/);
    assert.doesNotMatch(printed, /Still open/);
    assert.equal(status, 0);
  });

  it('does not end an idle worker while another still works', async () => {
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 1_500));';
    const { status, printed } = await run(['', slow], 100, '--parallel', '--jobs', '2');
    assert.match(printed, /2 passing/);
    assert.equal(status, 0, printed);
  });
});

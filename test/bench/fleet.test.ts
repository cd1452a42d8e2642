import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot, plainEnv } from '../live/harness/packed.js';

describe('Benchmark of many homes', () => {
  it('finds no homes in step with each other, and none with too many calls', async () => {
    const bench = join(packageRoot, 'dist', 'scripts', 'bench.js');
    const child = spawn(process.execPath, [bench, 'fleet', '--quick'], {
      env: plainEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0, output);
    assert.match(output, /logins lost +met /);
  });
});

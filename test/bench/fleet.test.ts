import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot, plainEnv } from '../live/harness/packed.js';

describe('the benchmark of many homes', () => {
  it('finds none in step with others, whatever happens to all, and no home that asks too much', async () => {
    const bench = join(packageRoot, 'dist', 'scripts', 'bench.js');
    const child = spawn(process.execPath, [bench, 'fleet', '--quick'], {
      env: plainEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0, said);
    assert.match(said, /logins lost +met /);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot, plainEnv } from '../live/harness/packed.js';

describe('Benchmark', () => {
  it('stays within the limits of connections, calls, saves and timers', async () => {
    const bench = join(packageRoot, 'dist', 'scripts', 'bench.js');
    const child = spawn(process.execPath, [bench, '--quick'], { env: plainEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0, output);
    assert.match(output, /calls a day.* met /);
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../live/harness/package-root';
import { run } from '../support/program';

describe('Benchmark of many homes', () => {
  it('finds no homes in step with each other, and none with too many calls', async () => {
    const { status, printed } = await run([join(packageRoot, 'dist', 'scripts', 'bench.js'), 'fleet', '--quick']);
    assert.equal(status, 0, printed);
    assert.match(printed, /logins lost +met /);
  });
});

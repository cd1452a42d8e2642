import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../live/harness/hooks';
import { keepTrackOf, tempFolder } from '../live/harness/leftovers';
import { installedUserDir, packageRoot, plainEnv } from '../live/harness/packed';
import { practiceFolder } from './support';

const SCOPE = '@cozify-community';
/** The packages that a user installs beside the practice home, according to docs/test-my-flows.md. */
const TOOLS = ['node-red', 'node-red-node-test-helper', 'mocha'];

describe('docs/test-my-flows.md', () => {
  it('has tests that pass in a folder with the packages that it names', async () => {
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
    const printed = await run(folder, ['node_modules/mocha/bin/mocha.js', '--exit', '--no-config', 'flows.test.js']);
    assert.match(printed, /2 passing/);
    assert.doesNotMatch(printed, /failing|pending/, printed);
  });
});

async function run(cwd: string, args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, env: plainEnv() });
  keepTrackOf(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  await new Promise((resolve) => child.once('close', resolve));
  return printed;
}

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../live/harness/hooks';
import { tempFolder } from '../live/harness/leftovers';
import { installedUserDir, packageRoot } from '../live/harness/packed';
import { run } from '../support/program';
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
    const args = ['node_modules/mocha/bin/mocha.js', '--exit', '--no-config', 'flows.test.js'];
    const { printed } = await run(args, { cwd: folder });
    assert.match(printed, /2 passing/);
    assert.doesNotMatch(printed, /failing|pending/, printed);
  });
});

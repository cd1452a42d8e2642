import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { shape } from '../../src/schema.js';
import { Simulator } from '../simulator/index.js';

const EMAIL = 'owner@example.fi';

/**
 * A program that sets a token, pings and renews. Prints the modules of other packages that are loaded after each step.
 */
const program = `
const { createAccount } = require(process.argv[1]);
const loaded = (step) => {
  const files = Object.keys(require.cache).filter((path) => /node_modules/.test(path));
  console.log(step, JSON.stringify(files.map((path) => path.replace(/^.*node_modules./, '').replaceAll('\\\\', '/'))));
};
async function main() {
  const account = createAccount({ cloudUrl: process.argv[2] });
  await account.ready;
  await account.token(process.argv[3], { commit: false });
  await account.ping({ autorefresh: false });
  loaded('ping');
  await account.refresh({ force: true });
  loaded('refresh');
  await account.close();
}
void main();
`;

describe('Schemas', () => {
  it('do not load axios or the schema compiler before they are needed', async () => {
    const simulator = await Simulator.start();
    const library = join(__dirname, '../../src/index.js');
    const args = ['-e', program, library, simulator.cloudUrl, simulator.issueToken(EMAIL)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    await once(child, 'close');
    await simulator.stop();
    const modulesOf = (step: string): string[] =>
      JSON.parse(new RegExp(`^${step} (.*)$`, 'm').exec(output)?.[1] ?? 'null') as string[];
    assert.deepEqual(
      modulesOf('ping').filter((path) => !path.startsWith('ajv/dist/runtime/')),
      [],
    );
    assert.ok(modulesOf('refresh').some((path) => path.startsWith('axios/')));
  });

  it('are compiled when needed if the build has not compiled them', () => {
    const odd = shape<number>({ type: 'number', multipleOf: 7 });
    assert.equal(odd.fits(21), true);
    assert.equal(odd.fits(22), false);
    assert.equal(odd.why(), 'the whole must be multiple of 7');
  });

  it('name the place of a mismatch without its value', () => {
    const pair = shape({ type: 'object', required: ['one'], properties: { one: { type: 'string', maxLength: 3 } } });
    assert.equal(pair.fits({ one: 'secret' }), false);
    assert.equal(pair.why(), '/one must NOT have more than 3 characters');
    assert.equal(pair.fits({ one: 'one' }), true);
    assert.equal(pair.why(), 'fits');
  });

  it('coerce nothing', () => {
    for (const value of ['1', true, null, [1]]) assert.equal(shape({ type: 'number' }).fits(value), false);
  });
});

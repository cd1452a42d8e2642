// Compiles what Node-RED and the tests run, checks the dialogs' code, and writes the library's types: at the same time,
// for none needs another.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

async function compile(project) {
  const child = spawn(process.execPath, [compiler, '-p', project], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'close');
  return status === 0;
}

const results = await Promise.all(
  ['tsconfig.json', 'nodes/editor', 'packages/cozify-practice/page', 'tsconfig.types.json'].map(compile),
);
process.exitCode = results.every(Boolean) ? 0 : 1;

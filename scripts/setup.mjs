// Installs the packages of the lock file unless they are installed, then builds. `npm run demo`, `npm test` and most other
// scripts run this first, so that a fresh clone needs no other command.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(what, args) {
  console.log(`${what} ...`);
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(`${what} failed: npm ${args.join(' ')}`);
    process.exit(result.status ?? 1);
  }
}

const installed = new URL('../node_modules/.package-lock.json', import.meta.url);
const lockFile = new URL('../package-lock.json', import.meta.url);
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockFile).mtimeMs) {
  run('Installing dependencies', ['ci', '--no-audit', '--no-fund']);
}
run('Building', ['run', 'build', '--silent']);

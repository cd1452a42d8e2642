import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from '../../live/harness/cache';
import { tempFolder } from '../../live/harness/leftovers';
import { installedUserDir } from '../../live/harness/packed';

const OURS = '@cozify-community/node-red-cozify';
const THEIRS = '@flowfuse/node-red-dashboard';
const THEIR_VERSION = '1.31.0';

/** Returns a new user directory with this package and Dashboard 2.0, which is installed on first use. */
export async function userDirWithDashboard(): Promise<string> {
  const [ours, theirs] = await Promise.all([installedUserDir(), installed(`${THEIRS}@${THEIR_VERSION}`)]);
  const userDir = tempFolder('dashboard');
  const dependencies = { [OURS]: '*', [THEIRS]: THEIR_VERSION };
  writeFileSync(
    join(userDir, 'package.json'),
    JSON.stringify({ name: 'node-red-project', private: true, dependencies }),
  );
  link(OURS, ours, userDir);
  link(THEIRS, theirs, userDir);
  return userDir;
}

/** Links a package by its real path, so that Node.js finds the package's own dependencies beside it. */
function link(name: string, from: string, to: string): void {
  const place = join(to, 'node_modules', name);
  mkdirSync(join(place, '..'), { recursive: true });
  symlinkSync(realpathSync(join(from, 'node_modules', name)), place, 'junction');
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the repository: the nearest parent folder that has a package-lock.json. */
export const packageRoot = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package-lock.json')) ? folder : rootAbove(dirname(folder));
}

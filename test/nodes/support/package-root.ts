import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const PACKAGE = '@cozify-community/node-red-cozify';

/** Folder of the package's own package.json, above the compiled tests. */
export const packageRoot = rootAbove(__dirname);

function rootAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === PACKAGE) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json of ${PACKAGE} above ${__dirname}`);
  return rootAbove(parent);
}

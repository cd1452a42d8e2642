// The packed package, installed for Node-RED as a user would install it.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledFolder } from './cache';
import { tempFolder } from './leftovers';
import { plainEnv } from '../../support/program';
import { npm } from './npm';
import { packageRoot } from './package-root';

export { npm, packageRoot, plainEnv };

/**
 * Returns a new Node-RED user directory in a temporary folder, with the packed package installed. All user
 * directories share one installation, because a copy takes a second.
 */
export async function installedUserDir(): Promise<string> {
  // Installs into dist/, because a build removes dist/. No test can then use the installation of an earlier build.
  const installed = await filledFolder(join(packageRoot, 'dist', 'installed'), install);
  const userDir = join(tempFolder('node-red'), 'user-dir');
  mkdirSync(userDir);
  writeFileSync(join(userDir, 'package.json'), readFileSync(join(installed, 'package.json')));
  symlinkSync(join(installed, 'node_modules'), join(userDir, 'node_modules'), 'junction');
  return userDir;
}

async function install(folder: string): Promise<void> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
  // Packs and installs in one step.
  const packed = ['--install-links', '--ignore-scripts'];
  const quick = ['--no-audit', '--no-fund', '--prefer-offline'];
  await npm(folder, ['install', packageRoot, '--prefix', folder, ...packed, ...quick]);
}

/** Packs the current build of the package in this folder. Returns the path of the tarball. */
export async function pack(from = packageRoot): Promise<string> {
  const folder = tempFolder('pack');
  const printed = await npm(from, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const fileName = /"filename": *"([^"]+)"/.exec(printed)?.[1];
  if (fileName === undefined) throw new Error(`npm pack in ${from} named no file: ${printed}`);
  return join(folder, fileName);
}

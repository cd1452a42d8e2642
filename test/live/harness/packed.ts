import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keepTrackOf, tempFolder } from './leftovers';

/** The package's own folder: the nearest one above with a package.json. */
export const packageRoot = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

let template: Promise<string> | undefined;

/**
 * A new Node-RED user directory, alone in a temporary folder, in which the packed package is installed, as a user
 * would do it. Packing and installing happen once in a run: all user directories share those `node_modules`, which
 * nobody writes to. Copying them would cost a second each time.
 */
export async function installedUserDir(): Promise<string> {
  template ??= installTemplate();
  const installed = await template;
  const userDir = join(tempFolder('node-red'), 'user-dir');
  mkdirSync(userDir);
  writeFileSync(join(userDir, 'package.json'), readFileSync(join(installed, 'package.json')));
  symlinkSync(join(installed, 'node_modules'), join(userDir, 'node_modules'), 'junction');
  return userDir;
}

async function installTemplate(): Promise<string> {
  const folder = tempFolder('template');
  const tarball = await pack();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
  await npm(folder, ['install', tarball, '--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline']);
  return folder;
}

/** Packs what is built (without building again) and gives the tarball's path. */
export async function pack(): Promise<string> {
  const { name } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { name: string };
  const folder = tempFolder('pack');
  const printed = await npm(packageRoot, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const fileName = /"filename": *"([^"]+)"/.exec(printed)?.[1];
  if (fileName === undefined) throw new Error(`npm pack of ${name} named no file: ${printed}`);
  return join(folder, fileName);
}

/** Runs npm as if started by hand in `cwd`, whatever npm script we are part of, and gives what it printed. */
export function npm(cwd: string, args: string[]): Promise<string> {
  const child = spawn('npm', args, { cwd, env: plainEnv(), shell: process.platform === 'win32' });
  keepTrackOf(child);
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`npm ${args.join(' ')} failed with ${code}:\n${printed}${complaints}`));
    });
  });
}

/** The environment without what npm scripts and coverage put there for their own children. */
export function plainEnv(): NodeJS.ProcessEnv {
  const mine =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD$|NODE_V8_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !mine.test(name)));
}

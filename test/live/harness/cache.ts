// Folders that are filled once: npm packages, and other files of the tests.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm';
import { packageRoot } from './package-root';
import { until } from '../../support/wait';

/** How long to wait for the lock, in milliseconds: more than npm needs for an installation on a slow connection. */
const LOCK_DEADLINE_MS = 300_000;

/**
 * Returns the folder with an npm package that is not in devDependencies: a second Node-RED or Node.js would shadow the
 * first, and a browser would slow down every `npm ci`. Installs it on first use into `node_modules/.cache/cozify-test`
 * of this package.
 */
export function installed(spec: string): Promise<string> {
  return cacheFolder(spec, async (folder) => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    // Skips scripts and checks, because the tests only run the package, possibly with another version of Node.js.
    const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--engine-strict=false'];
    await npm(folder, ['install', spec, '--prefix', folder, ...quick]);
  });
}

/** Returns a folder of `node_modules/.cache` that is filled once and kept for later runs. */
export function cacheFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  return filledFolder(join(packageRoot, 'node_modules', '.cache', 'cozify-test', name), fill);
}

/** Fills a folder once, while other processes wait. The folder appears only when it is complete. */
export async function filledFolder(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const unlock = await locked(`${folder}.lock`);
  const unfinished = `${folder}.${process.pid}`;
  try {
    if (existsSync(folder)) return folder;
    mkdirSync(unfinished, { recursive: true });
    await fill(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    unlock();
  }
  return folder;
}

/** Waits for the lock and takes it. Returns a function that releases the lock. Locks of ended processes are removed. */
async function locked(file: string): Promise<() => void> {
  await until(`${file}, which another process holds`, () => canLock(file), LOCK_DEADLINE_MS);
  return () => rmSync(file, { force: true });
}

function canLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

function isHeld(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    // If the file is empty, the process that created it is about to write its id.
    return holder === 0 || process.kill(holder, 0);
  } catch (error) {
    // EPERM: a process of another user holds the lock. ENOENT: it was released just now.
    return ['EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

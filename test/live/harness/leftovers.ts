// Clean-up of processes and folders that tests leave behind.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/wait';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Makes a temporary folder that is removed at exit. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cozify-${name}-`));
  folders.add(folder);
  return folder;
}

/** Removes a folder that {@link tempFolder} has made, before the process exits. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  folders.delete(folder);
}

/** Removes a folder. Tries again while a running process adds files to it. */
export async function removeBusyFolder(folder: string): Promise<void> {
  await until(`${folder} to be removed`, () => {
    try {
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}

/** Registers a child process, so that it is killed at exit. */
export function keepTrackOf(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** Kills all registered processes and removes all folders. Synchronous, for use at exit. */
export function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of [...folders]) removeFolder(folder);
}

process.once('exit', cleanUp);

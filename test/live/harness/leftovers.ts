import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Makes a temporary folder that is gone when the process is. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cozify-${name}-`));
  folders.add(folder);
  return folder;
}

/** Removes a folder made by {@link tempFolder} early. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  folders.delete(folder);
}

/** Remembers a child process, so that it can't outlive this one. */
export function keepTrackOf(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** Ends every process and removes every folder that is still there. Synchronous, so it can be called while exiting. */
export function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of [...folders]) removeFolder(folder);
}

process.once('exit', cleanUp);

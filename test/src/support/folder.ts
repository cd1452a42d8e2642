import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/** Makes a folder for a test; {@link removeFolders} removes all of them. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cozify-src-'));
  made.add(folder);
  return folder;
}

/** Removes the folders of {@link makeFolder}, with retries because a save of a closed account may still run. */
export async function removeFolders(): Promise<void> {
  const gone = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 };
  await Promise.all([...made].map((folder) => rm(folder, gone)));
  made.clear();
}

/** File names in a folder, sorted. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

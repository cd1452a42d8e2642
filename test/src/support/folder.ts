import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/** A folder of its own for one test; {@link removeFolders} takes them all away. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cozify-src-'));
  made.add(folder);
  return folder;
}

/** A save that was under way when its account closed may still be writing there. */
export async function removeFolders(): Promise<void> {
  const gone = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 };
  await Promise.all([...made].map((folder) => rm(folder, gone)));
  made.clear();
}

/** The files in a folder, by name. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

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

export async function removeFolders(): Promise<void> {
  await Promise.all([...made].map((folder) => rm(folder, { recursive: true, force: true })));
  made.clear();
}

/** The files in a folder, by name. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

import type { FileHandle } from 'node:fs/promises';
import type { FileSystem } from '../../../src/store/durable-directory.js';
import type { FaultyFs } from '../../src/support/faulty-fs.js';

/**
 * Returns the file system of a process that dies at the disk operation with number `place`: this operation and all
 * later ones fail without an effect. If `isTorn` is set and the operation is a write, the first half of its text is
 * still written.
 */
export function crashFs(disk: FaultyFs, place: number, isTorn: boolean): FileSystem {
  disk.failAt(place, 'kill');
  if (!isTorn) return disk.fs;

  async function open(...args: Parameters<FileSystem['open']>): Promise<FileHandle> {
    const file = await disk.fs.open(...args);
    const write = file.writeFile.bind(file);
    file.writeFile = async (text) => {
      if (disk.steps.length !== place) return write(text);
      disk.heal();
      await write(String(text).slice(0, String(text).length / 2));
      disk.failAt(place + 1, 'kill');
      return disk.fs.chmod('', 0);
    };
    return file;
  }
  return { ...disk.fs, open };
}

import * as promises from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileSystem } from '../../../../src/store/durable-directory.js';
import { StateDirectory } from '../../../../src/store/file-store.js';
import { Lines } from '../../support/stage.js';
import { storeIn } from './content.js';

/** A task for a child process: save the state of an account into a directory, as after a first start. */
export interface FirstSave {
  path: string;
  id: string;
}

const refused = (): Promise<never> => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));

/** A disk without hard links, on which a file is half written for a moment. */
export const slowDisk: FileSystem = {
  ...promises,
  link: refused,
  open: async (...args) => {
    const file = await promises.open(...args);
    const write = file.writeFile.bind(file);
    file.writeFile = async (content) => {
      const bytes = Buffer.from(content as string | Buffer);
      await write(bytes.subarray(0, bytes.length / 2));
      await sleep(Math.random() * 3);
      await write(bytes.subarray(bytes.length / 2));
    };
    return file;
  },
};

/** When run as a program, saves on the slow disk at each message. */
if (require.main === module) {
  process.on('message', ({ path, id }: FirstSave) => {
    const directory = new StateDirectory(path, new Lines(), slowDisk);
    void storeIn(directory, `${id}.json`)
      .save({ token: `of ${id}` })
      .then(
        () => process.send?.('saved'),
        (error: unknown) => process.send?.(String(error)),
      );
  });
  process.send?.('ready');
}

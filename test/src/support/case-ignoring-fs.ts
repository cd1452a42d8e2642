import * as promises from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '../../../src/store/file-system.js';

type AnyFunction = (...args: never[]) => Promise<unknown>;

/** The real file system as macOS and Windows have it: a name finds what has it in any case, and keeps the case it had. */
export const caseIgnoringFs: FileSystem = {
  open: finding(1, promises.open),
  readFile: finding<typeof promises.readFile>(1, promises.readFile),
  rename: finding(2, promises.rename),
  link: finding(2, promises.link),
  unlink: finding(1, promises.unlink),
  mkdir: promises.mkdir,
  lstat: finding<typeof promises.lstat>(1, promises.lstat),
  chmod: finding(1, promises.chmod),
  readdir: promises.readdir,
};

/** `real`, whose first `count` arguments are paths. */
function finding<F extends AnyFunction>(count: number, real: F): F {
  const wrapped = async (...args: never[]): Promise<unknown> => {
    const found = await Promise.all(args.slice(0, count).map(find));
    return real(...(found as never[]), ...args.slice(count));
  };
  return wrapped as F;
}

async function find(path: string): Promise<string> {
  const names = await promises.readdir(dirname(path)).catch(() => []);
  const wanted = basename(path).toLowerCase();
  return join(dirname(path), names.find((name) => name.toLowerCase() === wanted) ?? basename(path));
}

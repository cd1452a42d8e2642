import { randomInt } from 'node:crypto';
import type * as promises from 'node:fs/promises';

/** The functions of the file system that are used. Tests replace them, for example to simulate a full disk. */
export type FileSystem = Pick<
  typeof promises,
  'open' | 'readFile' | 'rename' | 'link' | 'unlink' | 'mkdir' | 'lstat' | 'chmod' | 'readdir'
>;

/** Whether an error has one of these codes, such as `ENOENT`. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as { code?: string } | undefined)?.code ?? '');
}

/** Returns a name under which a damaged file is kept, such as `key.bad-1772000000000-12345`. */
export function asideNameOf(name: string): string {
  return `${name}.bad-${Date.now()}-${randomInt(1e9)}`;
}

import { randomInt } from 'node:crypto';
import type * as promises from 'node:fs/promises';

/** The file system, handed in so that tests can fill the disk. */
export type FileSystem = Pick<
  typeof promises,
  'open' | 'readFile' | 'rename' | 'link' | 'unlink' | 'mkdir' | 'lstat' | 'chmod' | 'readdir'
>;

/** Whether something that was thrown carries one of these codes of the file system. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as { code?: string } | undefined)?.code ?? '');
}

/** A name for what is of no use but must not be lost, such as `key.bad-1772000000000-12345`. */
export function asideNameOf(name: string): string {
  return `${name}.bad-${Date.now()}-${randomInt(1e9)}`;
}

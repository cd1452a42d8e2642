// The contents of all stores, for checks of stored and deleted data.
import { createHash, scryptSync } from 'node:crypto';
import { unseal } from '../../../../src/store/envelope.js';
import type { MemoryDisk } from '../memory-fs.js';
import { IDS } from './host.js';
import type { SharedContexts } from './store-behaviours.js';
import { DIRECTORY, SECRET } from './node-red.js';

const CONTEXT_KEY = scryptSync(SECRET, 'cozify context store', 32);

/** A stored item, in plain text. */
export interface Kept {
  /** The file or key, such as `/user/cozify/one.json.last` or `red:cozify_one`. */
  location: string;
  text: string;
  /** The disk that has the file; `undefined` for a key in a context store. */
  disk?: MemoryDisk;
}

/**
 * An account's entry in the ledger (the package's file of used stores): the stores that the account uses, and the
 * stores (`owed`) from which its data must still be deleted.
 */
interface Noted {
  id: string;
  stores: string[];
  owed: string[];
}

/** Whether the ledger lists the stores of all these locations for deletion of the account's data. */
export function areOwed(kept: readonly Kept[], id: string, locations: readonly string[]): boolean {
  const owed = notedOf(kept, id).flatMap((noted) => noted.owed);
  return locations.every((location) => owed.includes(location.startsWith('/') ? '' : (location.split(':')[0] ?? '')));
}

/** Returns the stores that the ledger lists for an account, including those with pending deletions. */
export function storesNoted(kept: readonly Kept[], id: string): string[] {
  return notedOf(kept, id).flatMap(({ stores, owed }) => [...stores, ...owed]);
}

function notedOf(kept: readonly Kept[], id: string): Noted[] {
  const ledgers = kept.filter(({ location }) => location.endsWith('/stores'));
  return ledgers.flatMap(({ text }) =>
    ((JSON.parse(text) as { accounts?: Noted[] }).accounts ?? []).filter((one) => one.id === id),
  );
}

/**
 * Returns the key of an account in a context store. The key contains a hash if the id has characters other than a to z,
 * because a store could confuse such ids.
 */
export function contextKeyOf(id: string): string {
  const name = /^[a-z]+$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `cozify_${name}`;
}

/** Returns the prefix of the names of an account's files. Encodes capital letters, because a disk may ignore case. */
export function filePathOf(id: string): string {
  return `/${id.replace(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`)}.json`;
}

/** Returns the decrypted content of all stores and disks. A half-written file is returned unchanged. */
export function contents(contexts: SharedContexts, disks: readonly MemoryDisk[]): Kept[] {
  const inContexts = Object.entries(contexts).flatMap(([name, context]) =>
    [...context].flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [{ location: `${name}:${key}`, text: contextText(key, value) }],
    ),
  );
  return [...inContexts, ...disks.flatMap((disk) => filesOf(disk))];
}

function contextText(key: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const id = IDS.find((one) => key === contextKeyOf(one));
  const found = unseal(value, CONTEXT_KEY, `context ${id}`);
  // The test must be able to open all content, otherwise it would miss secrets.
  if (found.is !== 'good') throw new Error(`the value of ${key} does not open`);
  return JSON.stringify(found.content);
}

function filesOf(disk: MemoryDisk): Kept[] {
  const key = Buffer.from(disk.read(`${DIRECTORY}/key`) ?? '', 'base64');
  return [...disk.files.keys()].map((location) => {
    const name = location.slice(DIRECTORY.length + 1).replace(/=[a-z]/g, ([, letter = '']) => letter.toUpperCase());
    const base = /^(.*?)(\.last|\.\d+-\d+\.tmp|\.bad-[\d-]+)?$/.exec(name)?.[1] ?? name;
    const text = disk.read(location) ?? '';
    const found = unseal(text, key, base);
    return { location, text: found.is === 'good' ? JSON.stringify(found.content) : text, disk };
  });
}

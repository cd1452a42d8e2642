import { createHash, scryptSync } from 'node:crypto';
import { unseal } from '../../../../src/store/envelope.js';
import type { MemoryDisk } from '../memory-fs.js';
import { IDS } from './host.js';
import type { Shelves } from './moods.js';
import { DIRECTORY, SECRET } from './node-red.js';

const CONTEXT_KEY = scryptSync(SECRET, 'cozify context store', 32);

/** One thing that is kept, in plain text. */
export interface Kept {
  /** Such as `/user/cozify/one.json.last` or `red:cozify_one`. */
  place: string;
  text: string;
  /** Which disk it is on; `undefined` for a context store. */
  disk?: MemoryDisk;
}

/** What is noted of where an account lies. */
interface Noted {
  id: string;
  stores: string[];
  owed: string[];
}

/** Whether all that is kept of an account in these places is noted as to be deleted. */
export function areOwed(kept: readonly Kept[], id: string, places: readonly string[]): boolean {
  const owed = notedOf(kept, id).flatMap((noted) => noted.owed);
  return places.every((place) => owed.includes(place.startsWith('/') ? '' : (place.split(':')[0] ?? '')));
}

/** The context stores that are noted as those of an account. */
export function storesNoted(kept: readonly Kept[], id: string): string[] {
  return notedOf(kept, id).flatMap(({ stores, owed }) => [...stores, ...owed]);
}

function notedOf(kept: readonly Kept[], id: string): Noted[] {
  const ledgers = kept.filter(({ place }) => place.endsWith('/stores'));
  return ledgers.flatMap(({ text }) =>
    ((JSON.parse(text) as { accounts?: Noted[] }).accounts ?? []).filter((one) => one.id === id),
  );
}

/** The key under which an account lies in a context store: its id itself, where no store may take it for another. */
export function contextKeyOf(id: string): string {
  const name = /^[a-z]+$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `cozify_${name}`;
}

/** Where a file of an account begins, on a disk that takes capital letters for small ones. */
export function filePlaceOf(id: string): string {
  return `/${id.replace(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`)}.json`;
}

/** Everything that stores and disks hold, opened. A half-written file is given as it is. */
export function contents(shelves: Shelves, disks: readonly MemoryDisk[]): Kept[] {
  const shelved = Object.entries(shelves).flatMap(([name, shelf]) =>
    [...shelf].flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [{ place: `${name}:${key}`, text: shelvedText(key, value) }],
    ),
  );
  return [...shelved, ...disks.flatMap((disk) => filesOf(disk))];
}

function shelvedText(key: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const id = IDS.find((one) => key === contextKeyOf(one));
  const found = unseal(value, CONTEXT_KEY, `context ${id}`);
  // What is never damaged and does not open has been looked at wrongly, and nothing of it would be seen.
  if (found.is !== 'good') throw new Error(`what lies under ${key} does not open`);
  return JSON.stringify(found.content);
}

function filesOf(disk: MemoryDisk): Kept[] {
  const key = Buffer.from(disk.read(`${DIRECTORY}/key`) ?? '', 'base64');
  return [...disk.files.keys()].map((place) => {
    const name = place.slice(DIRECTORY.length + 1).replace(/=[a-z]/g, ([, letter = '']) => letter.toUpperCase());
    const base = /^(.*?)(\.last|\.\d+-\d+\.tmp|\.bad-[\d-]+)?$/.exec(name)?.[1] ?? name;
    const text = disk.read(place) ?? '';
    const found = unseal(text, key, base);
    return { place, text: found.is === 'good' ? JSON.stringify(found.content) : text, disk };
  });
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileStore, StateDirectory } from '../../src/store/file-store.js';
import {
  type AccountRecord,
  accountShape,
  cloudOf,
  emptyAccount,
  withCloud,
  newLogin,
} from '../../src/state/account-record.js';
import { Lines } from '../src/support/stage.js';
import { MemoryDisk } from './support/memory-fs.js';
import { runs } from './support/runs.js';
import { ownProcess } from '../src/support/own-process.js';

const PATH = '/state/cozify';
const NAME = 'a1.json';
const ORIGIN = 'https://api.cozify.fi';
const FILES = [NAME, `${NAME}.last`, 'key'] as const;

function recordOf(token: string): AccountRecord {
  const login = newLogin(token, 1_772_000_000_000, null);
  return withCloud(emptyAccount, { ...cloudOf(emptyAccount, ORIGIN), login, revision: 1 });
}

const open = (disk: MemoryDisk, log = new Lines()): FileStore<AccountRecord> =>
  new FileStore(new StateDirectory(PATH, log, disk.mount(), ownProcess()), NAME, accountShape);

/** Returns a disk after two saves. The newer state is in the state file, the older one in its backup (`.last`). */
async function saved(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  for (const token of ['the-older-token', 'the-newer-token']) await open(disk).save(recordOf(token));
  return disk;
}

type Damage = (bytes: Buffer) => Buffer;

/** A position in a file, as a fraction of the file's length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, part: number): number => Math.floor(part * bytes.length);

const change: fc.Arbitrary<Damage> = fc
  .tuple(place, fc.integer({ min: 0, max: 255 }))
  .map(([part, value]) => (bytes) => {
    const changed = Buffer.from(bytes);
    if (bytes.length > 0) changed[Math.min(at(bytes, part), bytes.length - 1)] = value;
    return changed;
  });
const cut: fc.Arbitrary<Damage> = place.map((part) => (bytes) => bytes.subarray(0, at(bytes, part)));
const range = fc.tuple(place, place).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const zero: fc.Arbitrary<Damage> = range.map(([from, to]) => (bytes) => {
  return Buffer.from(bytes).fill(0, at(bytes, from), at(bytes, to));
});
const drop: fc.Arbitrary<Damage> = range.map(([from, to]) => (bytes) => {
  return Buffer.concat([bytes.subarray(0, at(bytes, from)), bytes.subarray(at(bytes, to))]);
});
const duplicate: fc.Arbitrary<Damage> = range.map(([from, to]) => (bytes) => {
  return Buffer.concat([bytes.subarray(0, at(bytes, to)), bytes.subarray(at(bytes, from))]);
});
const replace: fc.Arbitrary<Damage> = fc.uint8Array({ maxLength: 500 }).map((bytes) => () => Buffer.from(bytes));
const rewrite: fc.Arbitrary<Damage> = fc.json().map((text) => () => Buffer.from(text));

/** Replaces a field of the JSON object around the encrypted state with any JSON value. */
const refit: fc.Arbitrary<Damage> = fc
  .tuple(fc.constantFrom('cozify', 'sequence', 'key', 'iv', 'tag', 'data', '__proto__'), fc.jsonValue())
  .map(([field, value]) => (bytes) => {
    try {
      const envelope = JSON.parse(bytes.toString()) as Record<string, unknown>;
      const fields = Object.entries({ ...envelope }).filter(([name]) => name !== field);
      const texts = [...fields, [field, value] as const].map(([name, is]) => `"${name}":${JSON.stringify(is)}`);
      return Buffer.from(`{${texts.join()}}`);
    } catch {
      return bytes;
    }
  });

const damage = fc.oneof(change, change, cut, zero, drop, duplicate, replace, rewrite, refit);

/** Loads the state. Returns the token or the error code; `null` if there is no state. */
async function load(disk: MemoryDisk, log: Lines): Promise<string | null> {
  try {
    const record = await open(disk, log).load();
    return record === null ? null : (cloudOf(record, ORIGIN).login?.token ?? 'a record without a login');
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'COZIFY_STORE', String(error));
    return 'COZIFY_STORE';
  }
}

describe('properties of the state file', () => {
  /** Damages the files of a valid saved state, and loads the state. Returns the result. */
  async function afterDamage(damages: readonly (readonly [string, Damage])[]): Promise<{
    token: string | null;
    disk: MemoryDisk;
    log: Lines;
    damaged: Map<string, string>;
  }> {
    const disk = await saved();
    const damaged = new Map<string, string>();
    for (const [name, work] of damages) {
      const bytes = disk.files.get(`${PATH}/${name}`)?.bytes ?? Buffer.alloc(0);
      // Writes a new file, because both names may be links to one file, and only this name must get the damage.
      disk.write(`${PATH}/${name}`, work(bytes));
      damaged.set(name, disk.read(`${PATH}/${name}`) ?? '');
    }
    const log = new Lines();
    return { token: await load(disk, log), disk, log, damaged };
  }

  for (const name of FILES) {
    it(`loads a good copy or reports the damage, but never loads a wrong token, after any damage to ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(damage, async (work) => {
          const { token, log } = await afterDamage([[name, work]]);
          if (name === 'key') assert.ok([null, 'the-newer-token', 'COZIFY_STORE'].includes(token), String(token));
          // The other file is undamaged, so a token is loaded, unless the damaged file seems to be from a later
          // version.
          else assert.ok(['the-newer-token', 'the-older-token', 'COZIFY_STORE'].includes(token ?? ''), String(token));
          if (token === 'the-older-token') assert.equal(name, NAME);
          if (token !== 'the-newer-token' && token !== 'COZIFY_STORE')
            assert.ok(log.all.length > 0, 'a line in the log');
        }),
        runs(100),
      );
    });
  }

  it('loads a good copy after damage to any one byte, which never looks like a later version', async () => {
    const { length } = (await saved()).files.get(`${PATH}/${NAME}`)?.bytes ?? [];
    assert.ok(length !== undefined && length > 100);
    for (let at = 0; at < length; at++) {
      for (const value of ['0', '9', '"']) {
        const flip: Damage = (bytes) =>
          Buffer.concat([bytes.subarray(0, at), Buffer.from(value), bytes.subarray(at + 1)]);
        const { token } = await afterDamage([[NAME, flip]]);
        assert.ok(['the-newer-token', 'the-older-token'].includes(token ?? ''), `${token} with ${value} at ${at}`);
      }
    }
  });

  it('never crashes or loads a wrong token after damage to several files', async () => {
    const damages = fc.array(fc.tuple(fc.constantFrom(...FILES), damage), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(damages, async (all) => {
        const { token, log } = await afterDamage(all);
        assert.ok([null, 'the-newer-token', 'the-older-token', 'COZIFY_STORE'].includes(token), String(token));
        if (token === null) assert.ok(log.all.some((line) => line.startsWith('error')));
      }),
      runs(100),
    );
  });

  it('loads the same state again after any damage, saves again, and keeps the files that were set aside', async () => {
    const damages = fc.array(fc.tuple(fc.constantFrom(...FILES), damage), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(damages, async (all) => {
        const { token, disk, log, damaged } = await afterDamage(all);
        assert.equal(await load(disk, log), token);
        if (token === 'COZIFY_STORE') return;
        await open(disk).save(recordOf('the-next-token'));
        assert.equal(await load(disk, log), 'the-next-token');
        const texts = [...disk.files.values()].map(({ bytes }) => bytes.toString('utf8'));
        if (token === null) assert.ok(texts.includes(damaged.get(NAME) ?? texts[0] ?? ''), 'the bad file is kept');
      }),
      runs(50),
    );
  });

  it('has the old or the new state after a save that stops at any step, even if a file was damaged', async () => {
    const where = fc.tuple(fc.constantFrom(...FILES), damage, fc.nat(30));
    await fc.assert(
      fc.asyncProperty(where, async ([name, work, steps]) => {
        const { token, disk, log } = await afterDamage([[name, work]]);
        let left = steps;
        const dying = disk.mount(() => {
          if (left-- <= 0) throw Object.assign(new Error('killed'), { code: 'EDEAD' });
        });
        await new FileStore(new StateDirectory(PATH, log, dying, ownProcess()), NAME, accountShape)
          .save(recordOf('the-next-token'))
          .catch(() => undefined);
        const after = await load(disk, log);
        assert.ok([token, 'the-next-token'].includes(after), `${token} became ${after}`);
      }),
      runs(80),
    );
  });
});

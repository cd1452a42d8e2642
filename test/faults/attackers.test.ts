import assert from 'node:assert/strict';
import * as promises from 'node:fs/promises';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseCloudUrl } from '../../src/input.js';
import type { FileSystem } from '../../src/store/durable-directory.js';
import { FileStore, StateDirectory } from '../../src/store/file-store.js';
import { accountShape } from '../../src/state/account-record.js';
import { MINUTE } from '../src/support/fake-clock.js';
import { failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { FILE, Home } from './support/home.js';
import { faultTable, noWorld, type Row, type World } from './support/table.js';

const BASES = [
  'http://api.cozify.fi/ui/0.2',
  'https://user@api.cozify.fi/',
  'https://user:secret@api.cozify.fi/ui/0.2',
  'https://:secret@api.cozify.fi/ui/0.2',
  'https://api.cozify.fi@evil.example@/',
  'http://127.0.0.1.evil.example/',
  'http://127.0.0.1@evil.example/',
  'http://localhost.evil.example/',
  'http://192.168.1.5/',
  'http://[::2]/',
  'https://api.cozify.fi/ui/0.2?next=//evil.example',
  'https://api.cozify.fi/ui/0.2#',
  'https:\\\\evil.example\\',
  'https://api.cozify.fi/\nHost: evil.example',
  '//evil.example/',
  'ftp://api.cozify.fi/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'evil.example',
];
const bases = BASES.map((url): Row<World> => ({
  fault: `${JSON.stringify(url)} as the address of the cloud`,
  expected: 'COZIFY_BAD_INPUT, without repeating it',
  run: () => {
    assert.throws(
      () => parseCloudUrl(url),
      (error: Error & { code?: string }) => error.code === 'COZIFY_BAD_INPUT' && !error.message.includes(url),
    );
  },
}));

const links: Row<Home>[] = [
  {
    fault: 'a state directory that is a link',
    expected: 'refused (COZIFY_STORE): nothing is read or written there',
    run: async (home) => {
      await home.close();
      const elsewhere = join(dirname(home.path), 'elsewhere');
      await rename(home.path, elsewhere);
      await symlink(elsewhere, home.path);
      const before = await readdir(elsewhere);
      await failure(home.begin().ping(), 'COZIFY_STORE');
      await failure(home.account.token('foobar'), 'COZIFY_STORE');
      assert.deepEqual(await readdir(elsewhere), before);
    },
  },
  {
    fault: 'a state directory that becomes a link while we run',
    expected: 'saved false: the token is not written there',
    run: async (home) => {
      const elsewhere = join(dirname(home.path), 'elsewhere');
      await rename(home.path, join(dirname(home.path), 'moved'));
      await mkdir(elsewhere);
      await symlink(elsewhere, home.path);
      await home.account.refresh({ force: true });
      assert.equal(home.account.snapshot().saved, false);
      assert.deepEqual(await readdir(elsewhere), []);
    },
  },
  {
    fault: 'a link in place of a temporary file of ours, put there in advance',
    expected: 'keep: never written through; saved once it is gone',
    run: async (home) => {
      const victim = join(dirname(home.path), 'victim');
      await writeFile(victim, 'precious');
      let isPlanting = true;
      const open: FileSystem['open'] = async (path, flags, mode) => {
        if (isPlanting && flags === 'wx') await symlink(victim, path);
        return promises.open(path, flags, mode);
      };
      await home.close();
      const directory = new StateDirectory(home.path, home.log, { ...promises, open });
      await home.start({ store: new FileStore(directory, FILE, accountShape) });
      await home.account.refresh({ force: true });
      home.token = (await home.account.token()).value;
      assert.equal(home.account.snapshot().saved, false);
      assert.equal(await readFile(victim, 'utf8'), 'precious');
      isPlanting = false;
      await home.clock.advance(MINUTE);
      await until('saving again', () => home.account.snapshot().saved);
      assert.equal(await readFile(victim, 'utf8'), 'precious');
    },
  },
];

faultTable('Attackers', noWorld, bases);
faultTable('Attackers', () => Home.open(), links);

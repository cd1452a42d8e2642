import assert from 'node:assert/strict';
import * as promises from 'node:fs/promises';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseHubAddress } from '../../src/hub/hub-address.js';
import { parseCloudUrl } from '../../src/input.js';
import type { FileSystem } from '../../src/store/file-system.js';
import { FileStore, StateDirectory } from '../../src/store/file-store.js';
import { accountShape } from '../../src/state/account-record.js';
import { MINUTE } from '../src/support/fake-clock.js';
import { failure, Lines } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { refused } from './support/calls.js';
import { FakeHome } from './support/fake-home.js';
import { FILE, Home } from './support/home.js';
import { faultTable, nothing, type Row, type World } from './support/table.js';

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
  fault: `${JSON.stringify(url)} for the address of the cloud`,
  expected: 'COZIFY_BAD_INPUT, without repeating it',
  run: () => {
    assert.throws(
      () => parseCloudUrl(url),
      (error: Error & { code?: string }) => error.code === 'COZIFY_BAD_INPUT' && !error.message.includes(url),
    );
  },
}));

const NOT_LOCAL = [
  '8.8.8.8',
  'http://8.8.8.8:8893',
  'evil.example',
  'http://evil.example:8893',
  'http://192.168.1.5.evil.example/',
  'http://192.168.1.5@8.8.8.8/',
  'http://user:secret@192.168.1.5/',
  'https://192.168.1.5/',
  '//8.8.8.8/',
  'http://192.168.1.5/../admin',
  'http://192.168.1.5/?q',
  'http://192.168.1.5/#x',
  '172.15.255.255',
  '172.32.0.1',
  '169.253.255.255',
  '11.0.0.1',
  '128.0.0.1',
  '192.169.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '2130706433',
  '0x7f000001',
  '0300.0250.1.5',
  '127.1',
  '2001:4860:4860::8888',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  'ff02::1',
  '192.168.1.5:99999',
  '192.168.1.5\r\nHost: evil.example',
];
const notLocal = NOT_LOCAL.map((address): Row<World> => ({
  fault: `${JSON.stringify(address)} for the address of a hub`,
  expected: 'not asked: it is no address of the LAN',
  run: () => assert.equal(parseHubAddress(address), undefined),
}));

const notAsked: Row<Home> = {
  fault: 'a cloud that names only addresses outside the LAN',
  expected: 'keep: nobody is asked there',
  run: async (home) => {
    await home.simulator.addHub({ onLan: false });
    home.simulator.fault('lan_ip', { body: JSON.stringify(NOT_LOCAL) });
    await home.account.authenticate({ trustHub: false });
    assert.deepEqual(
      home.sent.filter(({ isLan }) => isLan),
      [],
    );
  },
};

const otherCloud: Row<FakeHome> = {
  fault: 'the address of the cloud changed to another host',
  expected: 'keep: no token or hub key ever goes there, and the login is there when it is changed back',
  run: async (home) => {
    await home.stage.close(home.player);
    const stranger = await home.stage.open({ cloudUrl: 'https://evil.example/ui/0.2' });
    await stranger.account.ping();
    await stranger.account.refresh({ force: true });
    await home.clock.advance(60 * MINUTE);
    assert.equal(stranger.account.snapshot().state, 'otp-required');
    await home.stage.close(stranger);
    const strange = home.cloud.requests.filter(({ request }) => request.url.includes('evil.example'));
    assert.ok(strange.every(({ request }) => request.headers?.['Authorization'] === undefined));
    home.player = await home.stage.open();
  },
};

/** Ids come from imported flows: whatever they are, they name a file in the directory and nothing else. */
const IDS = [
  '../../../etc/cron.d/x',
  '..',
  '/etc/passwd',
  'a/../../b',
  'C:\\windows\\x',
  'a\u0000b',
  '%2e%2e%2f',
  'con',
];
const ids = IDS.map((id): Row<Home> => ({
  fault: `${JSON.stringify(id)} as the id of an account`,
  expected: 'a file of its own in the directory, nothing outside',
  run: async (home) => {
    const before = await readdir(dirname(home.path));
    const name = `${encodeURIComponent(id)}.json`;
    const store = new FileStore(new StateDirectory(home.path, new Lines()), name, accountShape);
    await home.start({ id, store });
    await home.account.email('maija@example.fi');
    assert.deepEqual(await readdir(dirname(home.path)), before);
    assert.ok((await readdir(home.path)).includes(name));
    assert.doesNotMatch(name, /[/\\\0]/);
  },
}));

const EVIL_NAMES = ['Koti\n2 Mar 06:00:00 - [error] forged', '\u001b[2K\rforged', 'Koti\u2028forged'];
const injections = EVIL_NAMES.flatMap((text): Row<Home>[] => [
  {
    fault: `log injection by an error text of the cloud (${JSON.stringify(text)})`,
    expected: 'keep: no text of the cloud gets into a log or an error',
    run: async (home) => {
      home.simulator.fault('cloud', { status: 500, body: JSON.stringify({ code: 1, message: text }) });
      const error = await refused(home, home.account.ping(), 'COZIFY_API');
      assert.ok(!`${error.stack} ${home.log.all.join('|')}`.includes('forged'));
    },
  },
  {
    fault: `log injection by a header of the cloud (${JSON.stringify(text.replace(/[^ -~]/g, ' '))})`,
    expected: 'keep: no text of the cloud gets into a log or an error',
    run: async (home) => {
      const header = text.replace(/[^ -~]/g, ' ');
      home.simulator.fault('cloud', { status: 429, headers: { 'retry-after': header, location: header } });
      const error = await refused(home, home.account.ping(), 'COZIFY_RATE_LIMITED');
      assert.ok(!`${error.stack} ${home.log.all.join('|')}`.includes('forged'));
    },
  },
]);

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
    fault: 'a temporary file of ours that is a link, put there in advance',
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

faultTable('Attackers', nothing, [...bases, ...notLocal]);
faultTable('Attackers', () => Home.open(), [notAsked, ...ids, ...injections, ...links]);
faultTable('Attackers', () => FakeHome.open(), [otherCloud]);

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { accountNode, type CozifyReport, Stage, TAB } from '../live/harness';

const IDS = [
  ...['../../x', '..', '.', '../cozify/key', 'key', 'codes', 'key.json', 'a/b', 'a\\b', 'C:\\x', '/etc/passwd'],
  ...['%2e%2e%2f', '..%2f..%2fx', '%00', 'a\0b', 'a\r\nb', '\u001b[2J', 'CON', 'nul.txt', 'a:b', 'a|b<c>d?e*f"g'],
  ...['__proto__', 'constructor', 'toString', 'pending+pending', 'x.json.last', ' ', 'ä ö 漢 🏠'],
  ...['x'.repeat(80), 'x'.repeat(300), '\u{1F3E0}'.repeat(60)],
];

describe('account ids chosen by a stranger', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.newAccount();
    await stage.logIn();
    writeFileSync(join(stage.nodeRed.userDir, 'bystander.json'), 'untouched');
  });
  after(() => stage.close());

  /** Returns the file names in the user directory and its parent folder, except the folder with the state. */
  const around = (): string[] => {
    const { userDir } = stage.nodeRed;
    return [userDir, dirname(userDir)].flatMap((folder) => readdirSync(folder)).filter((name) => name !== 'cozify');
  };
  const url = (id: string, below = ''): string => `/cozify/accounts/${encodeURIComponent(id)}${below}`;

  it('keep the dialog within its own files, without a leftover', async () => {
    for (const [index, id] of IDS.entries()) {
      const [before, inside] = [around(), readdirSync(stage.nodeRed.stateFile(''))];
      const body = { email: `id${index}@example.fi`, cloudUrl: stage.simulator.cloudUrl };
      // HTTP clients resolve the ids `.` and `..` like relative paths, so these requests reach only routes of Node-RED.
      for (const reply of [
        await stage.nodeRed.admin('GET', url(id)),
        await stage.nodeRed.admin('GET', url(id, '/diagnostics')),
        await stage.nodeRed.admin('POST', url(id, '/otp'), body),
        await stage.nodeRed.admin('POST', url(id, '/authenticate'), { ...body, otp: 'P7BQ8E' }),
        await stage.nodeRed.admin('POST', url(id, '/reset'), {}),
      ]) {
        assert.ok(reply.status < 500 || reply.status === 503, `${id}: ${reply.status} ${reply.text}`);
        assert.doesNotMatch(reply.text, /\bat .*\.js:|node_modules|ENAMETOOLONG: /, 'no stack');
      }
      assert.deepEqual(around(), before, id);
      assert.deepEqual(
        readdirSync(stage.nodeRed.stateFile('')).filter((name) => !inside.includes(name) && !name.startsWith('codes')),
        [],
        id,
      );
    }
  });

  it('allow no path out of the folder in the address of an endpoint', async () => {
    for (const path of [
      '/../../settings',
      '/%2e%2e/%2e%2e/flows',
      '//evil.example/',
      '/..;/..;/x',
      '/%c0%ae%c0%ae/',
      '/%zz',
    ]) {
      const reply = await rawGet(stage.nodeRed.url, `/cozify/accounts${path}`);
      assert.ok(reply.status >= 200 && reply.status < 500, `${path}: ${reply.status}`);
      assert.ok(!reply.text.includes('credentialSecret') && !reply.text.includes(stage.email), path);
    }
  });

  it('give each imported account a login of its own, which survives a restart', async () => {
    // Omits the ids `__proto__` and `constructor`, because Node-RED itself can't deploy nodes with these ids.
    const ids = ['../../x', 'toJSON', 'key', 'codes', 'stores', 'ä ö 🏠', 'x'.repeat(80), 'x'.repeat(300)];
    const before = around();
    const { cloudUrl } = stage.simulator;
    const accounts = ids.map((id, index) => accountNode({ id, email: `imported${index}@example.fi`, cloudUrl }));
    await stage.deploy([{ id: TAB, type: 'tab', label: 'Imported' }, ...accounts]);
    const stateOf = async (id: string) => ((await stage.nodeRed.admin('GET', url(id))).body as CozifyReport).state;
    for (const [index, id] of ids.entries()) {
      assert.equal(await stateOf(id), 'otp-required', id);
      await stage.nodeRed.admin('POST', url(id, '/otp'), {});
      const otp = stage.simulator.latestCode(`imported${index}@example.fi`);
      assert.equal((await stage.nodeRed.admin('POST', url(id, '/authenticate'), { otp })).status, 200, id);
    }
    await stage.nodeRed.restart('SIGKILL');
    for (const id of ids) assert.equal(await stateOf(id), 'authenticated', id);
    assert.deepEqual(
      around().filter((name) => !before.includes(name) && !name.startsWith('.')),
      [],
    );
    for (const name of readdirSync(stage.nodeRed.stateFile(''))) assert.doesNotMatch(name, /[/\\:*?"<>|]/, name);
  });
});

/** Sends a request for exactly this path, because `URL` would normalize the path. */
function rawGet(origin: string, path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Stage } from '../live/harness';

const IDS = [
  ...['../../x', '..', '.', '../cozify/key', 'key', 'codes', 'key.json', 'a/b', 'a\\b', 'C:\\x', '/etc/passwd'],
  ...['%2e%2e%2f', '..%2f..%2fx', '%00', 'a\0b', 'a\r\nb', '\u001b[2J', 'CON', 'nul.txt', 'a:b', 'a|b<c>d?e*f"g'],
  ...['__proto__', 'constructor', 'toString', 'pending+pending', 'x.json.last', ' ', 'ä ö 漢 🏠'],
  ...['x'.repeat(80), 'x'.repeat(300), '\u{1F3E0}'.repeat(60)],
];

describe('account ids chosen by a stranger', () => {
  const stage = Stage.forSuite();

  before(() => stage.newLogin());

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
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import { accountNode, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';
import { until } from '../../support/wait';

/**
 * Ids, as in an imported flow, that need care in the name of a file or of a property, or that are not valid file names
 * even when encoded.
 */
const ODD: [string, string][] = [
  ['that is a path', '../../x'],
  ['that is the name of a method', 'toJSON'],
  ['that is the name of the file with the key', 'key'],
  ['that is the name of the file with the code limits', 'codes'],
  ['that is the name of the file with the stores', 'stores'],
  ['with spaces and an emoji', 'ä ö 🏠'],
  ['with half of a surrogate pair', 'koti\ud83c'],
  ['with the other half of a surrogate pair', 'koti\udfe1'],
  ['of 244 characters', 'x'.repeat(244)],
  ['of 90 characters that take nine each when encoded', '\u20ac'.repeat(90)],
  ['of 5000 characters', 'y'.repeat(5000)],
];

describe('Accounts with odd ids', () => {
  const stage = Stage.forSuite();

  const files = (): string[] => {
    const folder = join(stage.userDir, 'cozify');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const states = (): string[] => files().filter((name) => /\.json(\.|$)/.test(name));

  for (const [kind, id] of ODD) {
    it(`keep their login over a restart, and lose it with the account: an id ${kind}`, async () => {
      const credentials = { [id]: { email: 'one@example.fi' }, [`${id}2`]: { email: 'two@example.fi' } };
      const flow = (...ids: string[]): FlowNode[] => testFlow(...ids.map((one) => accountNode({ id: one })));
      await stage.load(flow(id, `${id}2`), { credentials });
      const tokens: string[] = [];
      for (const one of [id, `${id}2`]) {
        const account = await stage.logIn(one);
        assert.equal(account.snapshot().saved, true);
        await account.refresh({ force: true });
        tokens.push((await account.token()).value);
      }
      await stage.load(flow(id, `${id}2`), { credentials, isKept: true });
      assert.equal((await stage.account(id).token()).value, tokens[0]);
      assert.equal((await stage.account(`${id}2`).token()).value, tokens[1]);
      await stage.deploy(flow(`${id}2`), 'full', credentials);
      await until('the files of one to go', () => states().length === 2);
      assert.doesNotMatch(JSON.stringify(helper.log().args), /still there/);
      assert.equal((await stage.account(`${id}2`).ping()).value, true);
    });
  }
});

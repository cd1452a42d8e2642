import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { parseSelection } from '../../src/devices/targets/selection';
import { parseNodeTargets, parsePressConfig } from '../../src/homes-api';
import { assertRefused, EDITOR, post, POSTS } from '../nodes/support/admin-client';
import { accountNode, testFlow } from '../nodes/support/flow';
import { Stage } from '../nodes/support/stage';

/** The maximum number of items in a list of a request, such as targets or rooms. */
const MAX_ITEMS = 1000;
/** The maximum number of items in a list of things to resolve. */
const MAX_RESOLVED = 2000;
/**
 * The CPU time that one request may take, in milliseconds, including the test's client and Node-RED's parser. Far more
 * than it takes on a slow machine, and far less than work that grows with the square of the items.
 */
const MAX_CPU_MS = 5000;

const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => item(n));
const nobody = (index: number) => ({ hub: '', kind: 'device', id: '', name: `Valaisin ${index}` });

/** Returns the CPU time that this process uses during `work`, in milliseconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('a large request', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });

  before(async () => {
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
    await post('resolve', { targets: [nobody(0)] });
  });

  it('is answered with 1000 targets of a command, and 2000 to resolve', async () => {
    const command = await post('command', { targets: many(MAX_ITEMS, nobody), command: 'on' });
    assertRefused(command, 404, 'COZIFY_NOT_FOUND');
    const lists = {
      targets: many(MAX_RESOLVED, nobody),
      rooms: many(MAX_RESOLVED, String),
      hubs: many(MAX_RESOLVED, String),
    };
    assert.equal((await post('resolve', lists)).status, 200);
  });

  it('is refused with more than 1000 targets of a command, and more than 2000 targets, rooms or hubs to resolve', async () => {
    const targets = many(MAX_ITEMS + 1, nobody);
    assertRefused(await post('command', { targets, command: 'on' }), 400, 'COZIFY_BAD_INPUT');
    assertRefused(await post('resolve', { targets: many(MAX_RESOLVED + 1, nobody) }), 400, 'COZIFY_BAD_INPUT');
    for (const name of ['rooms', 'hubs']) {
      assertRefused(await post('resolve', { [name]: many(MAX_RESOLVED + 1, String) }), 400, 'COZIFY_BAD_INPUT');
    }
  });

  for (const [action, max] of [
    ['command', MAX_ITEMS],
    ['resolve', MAX_RESOLVED],
  ] as const) {
    for (const count of [max, 60_000]) {
      it(`takes less than 5 s of CPU with ${count} targets for ${action}`, async () => {
        const body = JSON.stringify({ targets: many(count, nobody), command: 'on' });
        const spent = await cpuOf(() => post(action, body));
        assert.ok(spent < MAX_CPU_MS, `${spent} ms`);
      });
    }
  }

  for (const action of POSTS) {
    it(`is refused by ${action} without an effect`, async () => {
      const requests = stage.simulator.count('*');
      const text = 'x'.repeat(1_100_000);
      const deep = `{"deep":${'['.repeat(300_000)}${']'.repeat(300_000)}}`;
      for (const body of [JSON.stringify({ otp: 'P7BQ8E', padding: text }), deep]) {
        assertRefused(await post(action, body), 413, 'COZIFY_BAD_INPUT');
      }
      assert.equal(stage.simulator.count('*'), requests);
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });
  }

  it('is refused by the test of a node', async () => {
    const request = helper
      .request()
      .post('/cozify/nodes/some-node/test')
      .set({ ...EDITOR, 'Content-Type': 'application/json' });
    const { status, text } = await request.send(JSON.stringify({ padding: 'x'.repeat(1_100_000) }));
    assert.equal(status, 413, text);
  });
});

describe('a node with more than 1000 items in one of its lists', () => {
  const refused = { code: 'COZIFY_BAD_INPUT', message: /at most 1000/ };

  it('is refused', () => {
    assert.throws(() => parseNodeTargets(many(MAX_ITEMS + 1, nobody)), refused);
    for (const name of ['rooms', 'capabilities', 'kinds']) {
      assert.throws(() => parseSelection({ [name]: many(MAX_ITEMS + 1, () => 'device') }), refused, name);
    }
    assert.throws(() => parsePressConfig({ presses: many(MAX_ITEMS + 1, () => ({})) }), refused);
  });
});

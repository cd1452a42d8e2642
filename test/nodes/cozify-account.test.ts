import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { Snapshot } from '../../src/index.js';
import { ACCOUNT, accountNode, actionNode, EMAIL, placed, testFlow, type FlowNode } from './support/flow';
import { assertFailure, Stage } from './support/stage';
import { until } from '../support/wait';

const WARN = 30;
const ERROR = 20;

describe('Account node', () => {
  const stage = Stage.forSuite();

  const load = (properties: Record<string, unknown> = {}, email: string | null = EMAIL): Promise<void> =>
    stage.load(testFlow(accountNode(properties), actionNode('ping'), actionNode('token')), {
      credentials: email === null ? {} : { [ACCOUNT]: { email } },
    });

  /** The lines that the account node has logged at this level. */
  const logged = (level: number): string[] => {
    const lines = helper.log().args.map(([line]) => line);
    return lines.filter((line) => line.level === level && line.id === ACCOUNT).map(({ msg }) => String(msg));
  };

  const BAD_URLS: unknown[] = [
    ...['http://api.cozify.fi/ui/0.2', 'ftp://api.cozify.fi', 'api.cozify.fi', 'https://user@api.cozify.fi/'],
    ...['https://user:pass@api.cozify.fi/', 'https://api.cozify.fi/?a=1', 'https://api.cozify.fi/#x', 'not a url'],
    ...['http://127.0.0.1.evil.example/', 'http://localhost.evil.example', 'https://', 5, null, {}, true],
  ];
  it('refuses a cloudUrl that must not get a token, and logs an error without the URL', async () => {
    for (const cloudUrl of BAD_URLS) {
      await load({ cloudUrl });
      assert.equal(stage.accountNode().problem?.code, 'COZIFY_BAD_INPUT', String(cloudUrl));
      assert.equal(stage.accountNode().account, undefined);
      assertFailure(await stage.ask('ping'), 'COZIFY_BAD_INPUT');
      assert.equal(logged(ERROR).filter((line) => line.includes('cloudUrl')).length, 1);
      assert.ok(!logged(ERROR).join().includes('pass@'));
    }
  });

  it('accepts an https cloud, a cloud on this machine, and an empty URL for the default cloud', async () => {
    const GOOD = [
      '',
      undefined,
      ' https://api.cozify.fi/ui/0.2/ ',
      'http://localhost:1',
      'http://127.1.2.3',
      'http://[::1]',
    ];
    for (const cloudUrl of GOOD) {
      await load({ cloudUrl });
      assert.equal(stage.accountNode().problem, undefined, cloudUrl);
      assert.ok(stage.accountNode().account);
    }
  });

  const INVALID: [unknown, unknown][] = [
    ['0', 'days'],
    ['-1', 'hours'],
    ['soon', 'days'],
    ['', 'days'],
    ['1', 'weeks'],
    ['1', 'toString'],
    [null, 'days'],
    [{}, 'days'],
    ['Infinity', 'days'],
  ];
  it('treats an invalid expiry as 1 day, with a warning', async () => {
    for (const [expiry, expiryUnit] of INVALID) {
      await load({ expiry, expiryUnit, autorefresh: true });
      const account = await stage.logIn();
      assertRenewedAfter(account.snapshot(), 86_400_000);
      if (expiry !== null) assert.equal(logged(WARN).filter((line) => /1 day/.test(line)).length, 1);
    }
  });

  it('plans renewals by its expiry if autorefresh is on', async () => {
    const after = async (properties: Record<string, unknown>): Promise<Snapshot> => {
      await load(properties);
      return (await stage.logIn()).snapshot();
    };
    assertRenewedAfter(await after({ autorefresh: true, expiry: '90', expiryUnit: 'minutes' }), 5_400_000);
    assertRenewedAfter(await after({ autorefresh: 'true', expiry: 2, expiryUnit: 'hours' }), 7_200_000);
    const unset = { autorefresh: undefined, expiry: undefined, expiryUnit: undefined };
    assertRenewedAfter(await after(unset), 86_400_000);
    assert.equal((await after({ autorefresh: false })).nextRefresh, null);
    assert.equal((await after({ autorefresh: 'false' })).nextRefresh, null);
    assert.deepEqual(logged(WARN), []);
  });

  /**
   * Asserts that the next renewal is `ms` after the last one. Allows a second of difference, because the clock runs
   * between the two times.
   */
  function assertRenewedAfter({ lastRefresh, nextRefresh }: Snapshot, ms: number): void {
    const age = Date.parse(nextRefresh ?? '') - Date.parse(lastRefresh ?? '');
    assert.ok(Math.abs(age - ms) < 1000, `${age} ms`);
  }

  it('warns of an invalid e-mail address without its text, and works without it', async () => {
    for (const email of ['nobody', 5, true, {}, ['a@b.fi'], { trim: 'me' }]) {
      await stage.load(testFlow(accountNode(), actionNode('ping')), { credentials: { [ACCOUNT]: { email } } });
      assert.equal((await stage.account().readSnapshot()).email, null, JSON.stringify(email));
      assert.equal(logged(WARN).filter((line) => /e-mail/.test(line)).length, 1, JSON.stringify(email));
      assert.ok(!logged(WARN).join().includes('nobody'));
      assert.equal((await stage.ask('ping')).output, 2);
    }
  });

  it('trims the e-mail address, reads it from the environment, and works without one', async () => {
    await load({}, `  ${EMAIL} `);
    assert.equal((await stage.account().readSnapshot()).email, EMAIL);
    process.env['COZIFY_TEST_EMAIL'] = 'env@example.fi';
    await load({}, '${COZIFY_TEST_EMAIL}');
    delete process.env['COZIFY_TEST_EMAIL'];
    assert.equal((await stage.account().readSnapshot()).email, 'env@example.fi');
    await load({}, null);
    assert.deepEqual([(await stage.account().readSnapshot()).email, logged(WARN)], [null, []]);
  });

  it('keeps its state in memory without a user directory, with saved: false', async () => {
    const flow = testFlow(accountNode(), actionNode('email', { mode: 'set' }));
    await stage.load(flow, { settings: { userDir: undefined } });
    await stage.logIn();
    assert.deepEqual([stage.account().snapshot().state, stage.account().snapshot().saved], ['authenticated', false]);
    assertFailure(await stage.ask('email', { payload: 'other@example.fi' }), 'COZIFY_STORE');
    assert.equal(stage.account().snapshot().email, EMAIL);
    assert.ok(!existsSync(join(stage.userDir, 'cozify')));
  });

  it('stops its account when disabled: pending steps and new steps fail with COZIFY_CLOSED', async () => {
    await load();
    const account = await stage.logIn();
    stage.simulator.fault('hubkeys', { hang: true });
    const asked = assert.rejects(account.ping(), { code: 'COZIFY_CLOSED' });
    await stage.deploy(testFlow(accountNode({ d: true })));
    await asked;
    await assert.rejects(account.ping(), { code: 'COZIFY_CLOSED' });
    stage.simulator.clearFaults();
    await stage.deploy(testFlow(accountNode()));
    assert.equal((await stage.account().ping()).value, true);
  });

  describe('in a subflow', () => {
    /** A subflow with an account and two instances. */
    const subflow = (): FlowNode[] => [
      { id: 'sub', type: 'subflow', name: 'Cozify', in: [{ x: 1, y: 1, wires: [{ id: 'in-sub' }] }], out: [] },
      { ...accountNode(), z: 'sub' },
      placed({ id: 'in-sub', type: 'cozify-ping', z: 'sub', account: ACCOUNT, wires: [[], []] }),
      placed({ id: 'first', type: 'subflow:sub', wires: [] }),
      placed({ id: 'second', type: 'subflow:sub', wires: [] }),
    ];

    const accounts = (): unknown[] => {
      const found = new Set<unknown>();
      for (const id of ['first', 'second']) {
        const node = helper.getNode(`${id}-${ACCOUNT}`) as { account?: unknown } | null;
        if (node?.account !== undefined) found.add(node.account);
      }
      return [...found];
    };

    it('shares the login among all instances', async () => {
      await stage.load(testFlow(...subflow()));
      const shared = accounts();
      assert.equal(shared.length, 1);
      assert.equal((shared[0] as { id: string }).id, ACCOUNT);
    });

    it('refuses an instance with an invalid address, which then shares no login', async () => {
      const flow = subflow().map((node) =>
        node.type === 'subflow:sub' ? { ...node, env: [{ name: 'MAIL', type: 'str', value: 'matti' }] } : node,
      );
      await stage.load(testFlow(...flow), { credentials: { [ACCOUNT]: { email: '${MAIL}' } } });
      assert.deepEqual(accounts(), []);
      const { problem } = helper.getNode(`first-${ACCOUNT}`) as unknown as {
        problem?: { code: string; message: string };
      };
      assert.equal(problem?.code, 'COZIFY_BAD_INPUT');
      assert.match(problem.message, /e-mail address/);
      assert.ok(!problem.message.includes('matti'));
    });

    it('keeps the login open until the last instance closes', async () => {
      await stage.load(testFlow(...subflow()));
      const [account] = accounts() as { readSnapshot(): Promise<unknown> }[];
      assert.ok(account);
      await stage.deploy(testFlow(...subflow().filter(({ id }) => id !== 'second')), 'nodes');
      await account.readSnapshot();
      assert.deepEqual(accounts(), [account]);
      await stage.deploy(testFlow(...subflow().filter(({ id }) => id !== 'second' && id !== 'first')), 'nodes');
      await until('the account to close', async () => {
        const error: unknown = await account.readSnapshot().catch((thrown: unknown) => thrown);
        return (error as { code?: string }).code === 'COZIFY_CLOSED';
      });
    });
  });
});

import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { Account } from '../../../src/index.js';
import { ACCOUNT, accountNode, actionNode, OPERATIONS, testFlow } from '../support/flow';
import { assertFailure, Stage } from '../support/stage';

type Operation = (typeof OPERATIONS)[number];

/** Boolean parameters of the README's node table, with their defaults. */
const FLAGS: [Operation, string, boolean][] = [
  ['authenticate', 'trustCloud', true],
  ['authenticate', 'trustHub', true],
  ['authenticate', 'remote', false],
  ['authenticate', 'autoremote', true],
  ['authenticate', 'autorefresh', true],
  ['ping', 'autorefresh', true],
  ['refresh', 'force', false],
  ['token', 'commit', true],
  ['reset', 'logout', false],
];
const WITH_EXPIRY: Operation[] = ['authenticate', 'ping', 'refresh'];

const WRONG_FLAGS: unknown[] = [null, 'true', 'false', '', 0, 1, NaN, {}, [], [true]];
const GOOD_EXPIRIES: [unknown, number | undefined][] = [
  [90, 90_000],
  [0.5, 500],
  ['90s', 90_000],
  ['15m', 900_000],
  ['12h', 43_200_000],
  ['20d', 1_728_000_000],
  ['2w', 1_209_600_000],
  ['', undefined],
];
const WRONG_EXPIRIES: unknown[] = [
  ...[null, NaN, Infinity, 0, -1, true, {}, [], ['90s']],
  ...['90', 'soon', '-5m', '0s', '5y', '5 m x', '1e3s', `${'9'.repeat(400)}d`],
];

/** Parameters from environment variables, whose values are always strings, with the expected parsed values. */
const FROM_ENV: [string, unknown, number | boolean | undefined][] = [
  ['autorefresh', 'true', true],
  ['autorefresh', 'false', false],
  ['expiry', '45', 45_000],
  ['expiry', '45s', 45_000],
  ['expiry', ' 45m ', 2_700_000],
  ['expiry', '', undefined],
];

const URLS = ['cloudUrl', 'url', 'baseURL', 'host', 'proxy', 'origin', 'responseUrl'];
/**
 * Message properties that neither ping nor authenticate reads: parameters of other action nodes, properties of the
 * account, and options of other nodes, such as http request.
 */
const OTHERS = {
  ...{ force: null, commit: 5, logout: 'no', mode: 'set', email: 5, token: 5, account: 'nobody', name: 'x' },
  ...{ id: 'another-account', store: 'x', state: 'authenticated', statusCode: 401, method: 'DELETE', agent: 'evil' },
  ...{ requestTimeout: 1, followRedirects: true, rejectUnauthorized: false, data: 'evil' },
  ...{ headers: { Authorization: 'stolen', Host: 'evil.example' }, cookies: { session: 'stolen' } },
  ...{ auth: { username: 'a', password: 'b' }, params: { email: 'evil@example.fi' } },
  ...Object.fromEntries(URLS.map((name) => [name, 'http://evil.example'])),
};

describe('Parameters of action nodes', () => {
  const stage = Stage.forSuite();
  let given: Record<Operation, sinon.SinonStub>;

  afterEach(() => {
    sinon.restore();
    delete process.env['COZIFY_TEST_VALUE'];
  });

  /** Loads one action node with an account that only records its calls. */
  async function load(operation: Operation, properties: Record<string, unknown> = {}): Promise<void> {
    const mode = operation === 'token' ? { mode: 'set' } : {};
    await stage.load(testFlow(accountNode(), actionNode(operation, { ...mode, ...properties })));
    const account: Account = stage.account();
    const value = operation === 'token' ? 'a-token' : true;
    const stub = (name: Operation): sinon.SinonStub =>
      sinon.stub(account, name).resolves({ value, isRefreshed: false } as never);
    given = Object.fromEntries(OPERATIONS.map((name) => [name, stub(name)])) as typeof given;
  }

  /** The parameters of the last call. */
  function params(operation: Operation): Record<string, unknown> {
    return given[operation].lastCall.args.at(-1) as Record<string, unknown>;
  }

  for (const [operation, name, normal] of FLAGS) {
    it(`make ${name} of ${operation} ${normal} by default, the node's or the message's value otherwise`, async () => {
      for (const property of [undefined, true, false]) {
        await load(operation, property === undefined ? {} : { [name]: property });
        for (const override of [undefined, true, false]) {
          const { output } = await stage.ask(operation, { payload: 'text', [name]: override });
          assert.equal(output, 1);
          assert.equal(params(operation)[name], override ?? property ?? normal, `${property} ${override}`);
        }
      }
    });

    it(`refuse a msg.${name} of ${operation} that is not a boolean`, async () => {
      await load(operation);
      for (const value of WRONG_FLAGS) {
        const outcome = await stage.ask(operation, { payload: 'left alone', [name]: value });
        assertFailure(outcome, 'COZIFY_BAD_INPUT');
        assert.match(outcome.msg.cozify.error?.message ?? '', new RegExp(name), 'the message names the parameter');
        assert.equal(outcome.msg['payload'], 'left alone');
      }
      sinon.assert.notCalled(given[operation]);
    });

    it(`refuse a property ${name} of ${operation} that is not a boolean`, async () => {
      for (const value of ['maybe', 1, {}, null]) {
        await load(operation, { [name]: value });
        assertFailure(await stage.ask(operation, { payload: 'text' }), 'COZIFY_BAD_INPUT');
        sinon.assert.notCalled(given[operation]);
        assert.equal(
          (await stage.ask(operation, { payload: 'text', [name]: true })).output,
          1,
          'the message overrides',
        );
      }
    });
  }

  for (const operation of WITH_EXPIRY) {
    it(`read the expiry of ${operation} from the message, in seconds or with a unit`, async () => {
      await load(operation, { expiry: '7s' });
      assert.equal((await stage.ask(operation)).output, 1);
      assert.equal(params(operation)['expiryMs'], 7_000);
      for (const [expiry, ms] of GOOD_EXPIRIES) {
        assert.equal((await stage.ask(operation, { expiry })).output, 1, String(expiry));
        assert.equal(params(operation)['expiryMs'], ms, String(expiry));
      }
    });

    it(`read the expiry of ${operation} from the node`, async () => {
      for (const [expiry, ms] of GOOD_EXPIRIES) {
        await load(operation, { expiry });
        assert.equal((await stage.ask(operation, { expiry: undefined })).output, 1, String(expiry));
        assert.equal(params(operation)['expiryMs'], ms, String(expiry));
      }
    });

    it(`refuse an invalid expiry of ${operation}`, async () => {
      await load(operation, { expiry: '7s' });
      for (const expiry of WRONG_EXPIRIES) {
        const outcome = await stage.ask(operation, { expiry, payload: 'left alone' });
        assertFailure(outcome, 'COZIFY_BAD_INPUT');
        assert.equal(outcome.msg['payload'], 'left alone');
      }
      for (const expiry of ['soon', '0', '-5', 0, null]) {
        await load(operation, { expiry });
        assertFailure(await stage.ask(operation), 'COZIFY_BAD_INPUT');
        sinon.assert.notCalled(given[operation]);
      }
    });
  }

  it('read values from the environment', async () => {
    for (const [name, text, value] of FROM_ENV) {
      process.env['COZIFY_TEST_VALUE'] = String(text);
      await load('ping', { [name]: '${COZIFY_TEST_VALUE}' });
      assert.equal((await stage.ask('ping')).output, 1, `${name} ${String(text)}`);
      assert.equal(params('ping')[name === 'expiry' ? 'expiryMs' : name], value, `${name} ${String(text)}`);
    }
    await load('ping', { autorefresh: '${COZIFY_TEST_UNSET}' });
    assertFailure(await stage.ask('ping'), 'COZIFY_BAD_INPUT');
  });

  for (const [operation, foreign] of [
    ['ping', { trustCloud: 'x' }],
    ['authenticate', {}],
  ] as const) {
    it(`ignore other properties of a message to ${operation}`, async () => {
      const others = { ...OTHERS, ...foreign };
      await load(operation);
      await stage.ask(operation);
      const plain = params(operation);
      const { output, msg } = await stage.ask(operation, { ...others });
      assert.deepEqual([output, msg.cozify.id, given[operation].callCount], [1, ACCOUNT, 2]);
      assert.deepEqual(params(operation), plain);
      for (const [name, value] of Object.entries(others)) assert.equal(msg[name], value, name);
    });
  }
});

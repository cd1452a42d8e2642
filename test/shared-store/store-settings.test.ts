import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { assertFailure, changed, NodeRed, Stage, until } from '../live/harness';
import type { SettingsOptions } from '../live/harness/settings';
import { USUAL_STORE_KINDS } from './support/store-kinds';
import { openState, RedisPlace, SECRET, tokenIn } from './support/shared-places';

for (const kind of USUAL_STORE_KINDS) {
  describe(`the settings of a shared store of the kind ${kind}`, () => {
    let place: RedisPlace;
    let stage: Stage;

    before(async () => {
      place = await RedisPlace.open(kind);
      stage = await Stage.open({ nodeRed: { settings: settings() } });
    });
    after(async () => {
      await stage.close();
      await place.close();
    });

    const settings = (more: SettingsOptions = {}): SettingsOptions => ({
      credentialSecret: SECRET,
      contextStorage: { default: { module: 'memory' }, shared: place.storage('settings'), spare: { module: 'memory' } },
      ...more,
    });
    /** Asserts that each action node and each endpoint fails with COZIFY_STORE, without a request to the cloud. */
    async function assertStoreRefused(stage: Stage, reason: RegExp): Promise<void> {
      const requests = stage.simulator.count('*');
      for (const action of ['authenticate', 'ping', 'refresh', 'token', 'set-token', 'email', 'set-email', 'reset']) {
        const answer = await stage.ask(action, { payload: 'x@example.fi' });
        assertFailure(answer, 'COZIFY_STORE');
        assert.match(answer.cozify.error?.message ?? '', reason);
      }
      const id = stage.accountId;
      assert.equal((await stage.nodeRed.admin('GET', `/cozify/accounts/${id}`)).status, 503);
      assert.equal((await stage.nodeRed.admin('POST', `/cozify/accounts/${id}/otp`, {})).status, 503);
      assert.equal(stage.simulator.count('*'), requests);
      assert.deepEqual(stage.topics(), [], 'no event either');
      const context = await stage.nodeRed.admin('GET', '/context/global');
      assert.doesNotMatch(context.text, /cozify_/, 'nothing was put into another store instead');
    }

    it('refuse credentialSecret: false, because the login would be saved unprotected', async () => {
      const opened = await Stage.open({ nodeRed: { settings: settings({ extra: { credentialSecret: false } }) } });
      try {
        await opened.newAccount({ id: 'unprotected', store: 'shared' });
        await assertStoreRefused(opened, /credentialSecret: false/);
        assert.equal(await place.sealed('unprotected'), undefined);
      } finally {
        await opened.close();
      }
    });

    it('refuse a store that settings.js does not name, without a fallback to the default store', async () => {
      await stage.newAccount({ id: 'unknown', store: 'no_such_store' });
      await assertStoreRefused(stage, /no context store "no_such_store"/);
    });

    it('report a changed secret, keep the value, and work again with the old secret', async () => {
      const { simulator, nodeRed } = stage;
      // A flow without credentials starts with any secret.
      await stage.newAccount({ id: 'kept', email: undefined, store: 'shared' });
      await stage.ask('set-email', { payload: stage.email });
      const answer = await stage.logIn();
      assert.equal(answer.cozify.saved, true);
      const token = (await stage.ask('token')).payload;
      await nodeRed.stop();
      // Read after the stop, because the account may still save the addresses of its hubs.
      const before = await place.sealed('kept');

      const secret = { credentialSecret: 'another secret' };
      const second = await NodeRed.start({ userDir: nodeRed.userDir, settings: settings(secret) });
      await until('the line in the log', () => /another credentialSecret: it is kept/.test(second.log));
      const reply = await second.admin('GET', '/cozify/accounts/kept');
      assert.deepEqual([reply.status, (reply.body as { code: string }).code], [503, 'COZIFY_STORE']);
      assert.equal((await second.admin('POST', '/cozify/accounts/kept/reset', {})).status, 503);
      assert.equal(await place.sealed('kept'), before, 'not a byte has changed');
      assert.equal(simulator.count('logout'), 0);
      await second.stop();

      await nodeRed.launch();
      assert.equal((await stage.ask('ping')).output, 1);
      assert.equal((await stage.ask('token')).payload, token);
    });

    it('move the login to each store that a Deploy chooses, leave no copy, and delete it with the account', async () => {
      const mails = stage.simulator.mails.length;
      await stage.newLogin({ id: 'mover' });
      const token = String((await stage.ask('token')).payload);
      const file = stage.nodeRed.stateFile('mover.json');
      assert.ok(existsSync(file));
      for (const [type, store] of [
        ['full', 'shared'],
        ['nodes', ''],
        ['flows', 'shared'],
        ['full', 'spare'],
        ['nodes', 'shared'],
      ] as const) {
        await stage.deploy(changed(stage.flows, 'mover', { store }), type);
        const answer = await stage.ask('ping');
        assert.deepEqual([answer.output, answer.cozify.saved], [1, true], `to "${store}" by ${type}`);
        assert.equal((await stage.ask('token')).payload, token);
        const isInRedis = tokenIn(await place.sealed('mover'), 'mover') === token;
        assert.deepEqual([isInRedis, existsSync(file)], [store === 'shared', store === ''], `to "${store}" by ${type}`);
      }
      await stage.nodeRed.restart('SIGKILL');
      assert.equal((await stage.ask('ping')).output, 1);
      assert.equal(stage.simulator.mails.length, mails + 1);
      await stage.deploy([]);
      await until('the login to be deleted with its account', async () => (await place.sealed('mover')) === undefined);
      assert.doesNotMatch(stage.log(), /is still there/);
    });

    it('prefer the login in the shared store to the login in the files of a new instance', async () => {
      await stage.newLogin({ id: 'joiner' });
      await stage.deploy(changed(stage.flows, 'joiner', { store: 'shared' }));
      assert.equal((await stage.ask('ping')).output, 1);
      const shared = await place.sealed('joiner');
      assert.ok(shared);
      const { simulator } = stage;
      const second = await Stage.open({ nodeRed: { settings: settings() } });
      try {
        await second.newAccount({ id: 'joiner', cloudUrl: simulator.cloudUrl, email: 'someone@example.fi' });
        await second.ask('set-token', { payload: 'an-older-login-of-its-own' });
        await second.deploy(changed(second.flows, 'joiner', { store: 'shared' }));
        assert.equal((await second.ask('ping')).output, 1);
        const record = openState((await place.sealed('joiner')) ?? '', 'joiner');
        assert.equal(record.clouds[0]?.login?.token, tokenIn(shared, 'joiner'));
      } finally {
        await second.close();
      }
    });
  });
}

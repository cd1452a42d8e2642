import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { assertFailure, changed, NodeRed, Stage, until } from '../live/harness';
import { installedUserDir } from '../live/harness/packed';
import type { SettingsOptions } from '../live/harness/settings';
import { USUAL_STORE_KINDS } from './support/store-kinds';
import { openState, RedisPlace, SECRET, tokenIn } from './support/shared-places';

for (const kind of USUAL_STORE_KINDS) {
  describe(`the settings of a shared store of the kind ${kind}`, () => {
    let place: RedisPlace;
    let stage: Stage | undefined;

    before(async () => {
      place = await RedisPlace.open(kind);
    });
    after(() => place.close());
    afterEach(async () => {
      await stage?.close();
      stage = undefined;
    });

    const settings = (more: SettingsOptions = {}): SettingsOptions => ({
      credentialSecret: SECRET,
      contextStorage: { default: { module: 'memory' }, shared: place.storage('settings'), spare: { module: 'memory' } },
      ...more,
    });
    const open = async (more: SettingsOptions = {}, userDir?: string): Promise<Stage> =>
      (stage = await Stage.open({
        nodeRed: { settings: settings(more), ...(userDir === undefined ? {} : { userDir }) },
      }));

    /** Asserts that each action node and each endpoint fails with COZIFY_STORE, without a request to the cloud. */
    async function assertStoreRefused(reason: RegExp): Promise<void> {
      assert.ok(stage);
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
      const opened = await open({ extra: { credentialSecret: false } });
      await opened.newAccount({ id: 'unprotected', store: 'shared' });
      await assertStoreRefused(/credentialSecret: false/);
      assert.equal(await place.sealed('unprotected'), undefined);
    });

    it('refuse a store that settings.js does not name, without a fallback to the default store', async () => {
      const opened = await open();
      await opened.newAccount({ id: 'unknown', store: 'no_such_store' });
      await assertStoreRefused(/no context store "no_such_store"/);
    });

    it('report a changed secret, keep the value, and work again with the old secret', async () => {
      const userDir = await installedUserDir();
      const first = await open({}, userDir);
      // A flow without credentials starts with any secret.
      await first.newAccount({ id: 'kept', email: undefined, store: 'shared' });
      await first.ask('set-email', { payload: first.email });
      const answer = await first.logIn();
      assert.equal(answer.cozify.saved, true);
      const { simulator } = first;
      const token = (await first.ask('token')).payload;
      await first.nodeRed.stop();
      // Read after the stop, because the account may still save the addresses of its hubs.
      const before = await place.sealed('kept');

      const second = await NodeRed.start({ userDir, settings: settings({ credentialSecret: 'another secret' }) });
      await until('the line in the log', () => /another credentialSecret: it is kept/.test(second.log));
      const reply = await second.admin('GET', '/cozify/accounts/kept');
      assert.deepEqual([reply.status, (reply.body as { code: string }).code], [503, 'COZIFY_STORE']);
      assert.equal((await second.admin('POST', '/cozify/accounts/kept/reset', {})).status, 503);
      assert.equal(await place.sealed('kept'), before, 'not a byte has changed');
      assert.equal(simulator.count('logout'), 0);
      await second.stop();

      await first.nodeRed.launch();
      assert.equal((await first.ask('ping')).output, 1);
      assert.equal((await first.ask('token')).payload, token);
    });

    it('move the login to each store that a Deploy chooses, and leave no copy in Redis or the files', async () => {
      const opened = await open();
      await opened.newLogin({ id: 'mover' });
      const token = String((await opened.ask('token')).payload);
      const file = opened.nodeRed.stateFile('mover.json');
      assert.ok(existsSync(file));
      for (const [type, store] of [
        ['full', 'shared'],
        ['nodes', ''],
        ['flows', 'shared'],
        ['full', 'spare'],
        ['nodes', 'shared'],
      ] as const) {
        await opened.deploy(changed(opened.flows, 'mover', { store }), type);
        const answer = await opened.ask('ping');
        assert.deepEqual([answer.output, answer.cozify.saved], [1, true], `to "${store}" by ${type}`);
        assert.equal((await opened.ask('token')).payload, token);
        const isInRedis = tokenIn(await place.sealed('mover'), 'mover') === token;
        assert.deepEqual([isInRedis, existsSync(file)], [store === 'shared', store === ''], `to "${store}" by ${type}`);
      }
      await opened.nodeRed.restart('SIGKILL');
      assert.equal((await opened.ask('ping')).output, 1);
      assert.equal(opened.simulator.mails.length, 1);
    });

    it('delete the login of an account that a Deploy removed from the flows', async () => {
      const opened = await open();
      await opened.newLogin({ id: 'leaver' });
      await opened.deploy(changed(opened.flows, 'leaver', { store: 'shared' }));
      assert.equal((await opened.ask('ping')).output, 1);
      assert.ok(await place.sealed('leaver'));
      await opened.deploy([]);
      await until('nothing to be there', async () => (await place.sealed('leaver')) === undefined);
      assert.doesNotMatch(opened.nodeRed.log, /is still there/);
    });

    it('prefer the login in the shared store to the login in the files of a new instance', async () => {
      const opened = await open();
      await opened.newLogin({ id: 'joiner' });
      await opened.deploy(changed(opened.flows, 'joiner', { store: 'shared' }));
      assert.equal((await opened.ask('ping')).output, 1);
      const shared = await place.sealed('joiner');
      assert.ok(shared);
      const { simulator } = opened;
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

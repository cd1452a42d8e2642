import assert from 'node:assert/strict';
import { Stage, type NodeRedVersion } from '../harness';

export function tokenEmailAndResetTests(version: NodeRedVersion): void {
  describe('cozify-token, cozify-email and cozify-reset', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    describe('token', () => {
      it('returns a token that the cloud accepts', async () => {
        await stage.newLogin();
        const answer = await stage.ask('token');
        assert.equal(answer.output, 1);
        assert.ok(stage.simulator.isValid(String(answer.payload)));
      });

      it('fails without a token, and returns a rejected one', async () => {
        await stage.newAccount();
        stage.assertFailure(await stage.ask('token'), 'COZIFY_OTP_REQUIRED');
        await stage.logIn();
        const { payload } = await stage.ask('token');
        stage.simulator.revokeAll();
        assert.equal((await stage.ask('ping')).output, 2);
        assert.equal((await stage.ask('token')).payload, payload);
      });

      it('sets foobar, which the next ping finds rejected and a reset removes', async () => {
        await stage.newAccount();
        const answer = await stage.ask('set-token', { payload: 'foobar' });
        assert.equal(answer.payload, 'foobar');
        assert.equal(answer.cozify.lastRefresh, null);
        assert.equal(answer.cozify.saved, true);
        assert.equal((await stage.ask('token')).payload, 'foobar');
        assert.equal((await stage.ask('ping')).output, 2);
        assert.equal((await stage.ask('reset')).payload, true);
        stage.assertFailure(await stage.ask('token'), 'COZIFY_OTP_REQUIRED');
      });

      it('sets a valid token, which logs in', async () => {
        await stage.newAccount();
        const token = stage.simulator.issueToken(stage.email);
        const answer = await stage.ask('set-token', { payload: token });
        assert.equal(answer.cozify.state, 'authenticated');
        assert.ok(answer.cozify.expiresAt);
        assert.equal((await stage.ask('ping')).output, 1);
      });

      it('keeps a token with commit false in memory only', async () => {
        await stage.newLogin();
        const before = (await stage.ask('token')).payload;
        const token = stage.simulator.issueToken(stage.email);
        const answer = await stage.ask('set-token', { payload: token, commit: false });
        assert.equal(answer.cozify.saved, false);
        assert.equal((await stage.ask('token')).payload, token);
        await stage.nodeRed.restart('SIGKILL');
        assert.equal((await stage.ask('token')).payload, before);
      });

      it('reads the token from a typed input', async () => {
        await stage.newAccount(
          {},
          { typed: { type: 'cozify-token', mode: 'set', token: 'typed-in-the-editor', tokenType: 'str' } },
        );
        assert.equal((await stage.ask('typed', { payload: 'not this' })).payload, 'typed-in-the-editor');
      });

      for (const payload of [
        '',
        '  ',
        'två-öre',
        'with space',
        'line\nbreak',
        17,
        null,
        true,
        { token: 'x' },
        undefined,
      ]) {
        it(`refuses to set ${JSON.stringify(payload)}`, async () => {
          await stage.newAccount();
          stage.assertFailure(await stage.ask('set-token', { payload }), 'COZIFY_BAD_INPUT');
          stage.assertFailure(await stage.ask('token'), 'COZIFY_OTP_REQUIRED');
        });
      }
    });

    describe('email', () => {
      it('returns the configured address, and fails without one', async () => {
        await stage.newAccount();
        assert.equal((await stage.ask('email')).payload, stage.email);
        await stage.newAccount({ email: undefined });
        stage.assertFailure(await stage.ask('email'), 'COZIFY_NO_EMAIL');
      });

      it('sets another address for the next code, and keeps the login', async () => {
        await stage.newLogin();
        const other = `Other+${stage.email}`;
        const answer = await stage.ask('set-email', { payload: ` ${other} ` });
        assert.equal(answer.payload, other, 'trimmed, case kept');
        assert.equal(answer.cozify.email, other);
        assert.equal(answer.cozify.state, 'authenticated');
        assert.equal((await stage.ask('authenticate', { trustCloud: false })).output, 2);
        assert.ok(stage.simulator.latestCode(other));
      });

      for (const payload of [
        '',
        'nobody',
        '@b.fi',
        'a@',
        'a@b@c.fi',
        'a b@c.fi',
        'a\r\n@b.fi',
        `${'a'.repeat(250)}@b.fi`,
        7,
        null,
        undefined,
      ]) {
        it(`refuses to set ${JSON.stringify(payload)?.slice(0, 30)}`, async () => {
          await stage.newAccount();
          stage.assertFailure(await stage.ask('set-email', { payload }), 'COZIFY_BAD_INPUT');
          assert.equal((await stage.ask('email')).payload, stage.email);
        });
      }
    });

    describe('reset', () => {
      it('deletes the login and an address set at run time, and keeps the hubs', async () => {
        const login = await stage.newLogin();
        await stage.ask('set-email', { payload: 'other@example.fi' });
        const answer = await stage.ask('reset');
        assert.equal(answer.output, 1);
        assert.equal(answer.payload, true);
        assert.equal(answer.cozify.state, 'otp-required');
        assert.equal(answer.cozify.email, stage.email, 'the configured address');
        assert.equal(answer.cozify.lastRefresh, null);
        assert.deepEqual(
          answer.cozify.hubs.map(({ id }) => id),
          login.cozify.hubs.map(({ id }) => id),
        );
        assert.equal((await stage.ask('ping')).output, 2);
      });

      it('revokes the token first with logout', async () => {
        await stage.newLogin();
        const token = String((await stage.ask('token')).payload);
        const answer = await stage.ask('reset', { logout: true });
        assert.equal(answer.payload, true);
        assert.equal(stage.simulator.isValid(token), false);
      });

      it('succeeds with logout if the cloud has rejected the token already', async () => {
        await stage.newLogin();
        stage.simulator.revokeAll();
        assert.equal((await stage.ask('reset', { logout: true })).payload, true);
      });

      it('changes nothing with logout if the cloud fails', async () => {
        await stage.newLogin();
        stage.simulator.fault('logout', { status: 500 });
        const answer = await stage.ask('reset', { logout: true });
        stage.assertFailure(answer, 'COZIFY_API');
        assert.equal(answer.cozify.state, 'authenticated');
        assert.equal((await stage.ask('ping')).output, 1);
      });
    });
  });
}

import assert from 'node:assert/strict';
import { Stage, sleep, type NodeRedVersion } from '../harness';

export function authenticateTests(version: NodeRedVersion): void {
  describe('cozify-authenticate', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    it('requests a code at output 2, and logs in with the code at output 1', async () => {
      await stage.newAccount();
      const asked = await stage.ask('authenticate');
      assert.equal(asked.output, 2);
      assert.equal(asked.payload, false);
      assert.equal(asked.cozify.state, 'otp-sent');
      assert.ok(asked.cozify.otpSentAt);

      const answer = await stage.ask('authenticate', { otp: stage.code() });
      assert.equal(answer.output, 1);
      assert.equal(answer.payload, true);
      const { cozify } = answer;
      assert.equal(cozify.state, 'authenticated');
      assert.equal(cozify.operation, 'authenticate');
      assert.equal(cozify.email, stage.email);
      assert.equal(cozify.otpSentAt, null);
      assert.equal(cozify.reachable, true);
      assert.equal(cozify.saved, true);
      assert.ok(cozify.lastRefresh !== null && cozify.expiresAt !== null && cozify.nextRefresh !== null);
      assert.equal(cozify.hubs.length, stage.simulator.hubs.length);
      assert.equal(cozify.error, undefined);
    });

    it('reports the whole snapshot, and names the account by name, address or id', async () => {
      const { cozify } = await stage.newLogin();
      const times = ['otpSentAt', 'lastRefresh', 'expiresAt', 'nextRefresh'];
      assert.deepEqual(
        Object.keys(cozify).sort(),
        [
          ...['id', 'account', 'state', 'email', 'loginEmail', 'reachable', 'saved', 'hubs', ...times],
          ...['operation', 'refreshed'],
        ].sort(),
      );
      for (const hub of cozify.hubs) {
        assert.deepEqual(Object.keys(hub).sort(), [
          'autoremote',
          'default',
          'host',
          'id',
          'name',
          'reachable',
          'remote',
          'role',
          'version',
        ]);
      }
      for (const time of [cozify.lastRefresh, cozify.expiresAt, cozify.nextRefresh]) {
        assert.match(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      }
      assert.equal(cozify.id, stage.accountId);
      assert.equal(cozify.account, stage.email);
      await stage.newAccount({ name: 'Koti' });
      assert.equal((await stage.ask('ping')).cozify.account, 'Koti');
      await stage.newAccount({ email: undefined });
      const { account, email } = (await stage.ask('ping')).cozify;
      assert.deepEqual([account, email], [stage.accountId, null]);
    });

    it('accepts a code with spaces around it, also when logged in already', async () => {
      await stage.newLogin();
      const again = await stage.ask('authenticate', { trustCloud: false });
      assert.equal(again.output, 2);
      assert.equal(again.cozify.state, 'authenticated', 'the token stays until the new login has succeeded');
      assert.ok(again.cozify.otpSentAt, 'a code was sent');
      const logins = stage.simulator.count('emaillogin');
      const answer = await stage.ask('authenticate', { otp: `  ${stage.code()}\n` });
      assert.equal(answer.output, 1);
      assert.equal(stage.simulator.count('emaillogin'), logins + 1);
    });

    it('asks the cloud about the token, and sends no e-mail', async () => {
      await stage.newLogin();
      const mails = stage.simulator.mails.length;
      const pings = stage.simulator.count('hubkeys');
      const answer = await stage.ask('authenticate');
      assert.equal(answer.output, 1);
      assert.equal(answer.payload, true);
      assert.equal(answer.cozify.refreshed, false);
      assert.ok(stage.simulator.count('hubkeys') > pings);
      assert.equal(stage.simulator.mails.length, mails);
    });

    it('renews a due token, but not with autorefresh false', async () => {
      await stage.newLogin();
      await sleep(250);
      assert.equal((await stage.ask('authenticate', { expiry: 0.2, autorefresh: false })).cozify.refreshed, false);
      const answer = await stage.ask('authenticate', { expiry: 0.2 });
      assert.equal(answer.output, 1);
      assert.equal(answer.cozify.refreshed, true);
    });

    it('requests a code when the cloud has rejected the token', async () => {
      await stage.newLogin();
      stage.simulator.revokeAll();
      const mails = stage.simulator.mails.length;
      const answer = await stage.ask('authenticate');
      assert.equal(answer.output, 2);
      assert.equal(answer.cozify.state, 'otp-sent');
      assert.equal(stage.simulator.mails.length, mails + 1);
    });

    it('fails without an e-mail when the cloud gives no verdict on the token', async () => {
      await stage.newLogin();
      const mails = stage.simulator.mails.length;
      stage.simulator.fault('hubkeys', { status: 500, body: 'out of order' });
      const answer = await stage.ask('authenticate');
      stage.assertFailure(answer, 'COZIFY_API');
      assert.equal(answer.cozify.error?.statusCode, 500);
      assert.equal(answer.cozify.state, 'authenticated');
      assert.equal(stage.simulator.mails.length, mails);
    });

    it('does not use the LAN with remote true', async () => {
      await stage.newAccount();
      await stage.ask('authenticate');
      const before = stage.simulator.count('lan_ip');
      const answer = await stage.ask('authenticate', { otp: stage.code(), remote: true, autoremote: false });
      assert.equal(stage.simulator.count('lan_ip'), before);
      assert.ok(answer.cozify.hubs.length > 0);
      assert.deepEqual(
        answer.cozify.hubs.map(({ remote, autoremote }) => ({ remote, autoremote })),
        answer.cozify.hubs.map(() => ({ remote: true, autoremote: false })),
      );
    });

    it('discovers all hubs again with trustHub false, and only new ones otherwise', async () => {
      await stage.newLogin();
      const before = stage.simulator.count('lan_ip');
      const trusted = await stage.ask('authenticate', { remote: true });
      assert.ok(
        trusted.cozify.hubs.every(({ remote }) => !remote),
        'known hubs are unchanged',
      );
      assert.equal(stage.simulator.count('lan_ip'), before);
      const renewed = await stage.ask('authenticate', { trustHub: false, remote: true });
      assert.ok(renewed.cozify.hubs.every(({ remote }) => remote));
    });

    it('fails with COZIFY_NO_EMAIL without an address', async () => {
      await stage.newAccount({ email: undefined });
      const requests = stage.simulator.count('*');
      stage.assertFailure(await stage.ask('authenticate'), 'COZIFY_NO_EMAIL');
      stage.assertFailure(await stage.ask('authenticate', { otp: 'P7BQ8E' }), 'COZIFY_NO_EMAIL');
      assert.equal(stage.simulator.count('*'), requests);
    });

    it('logs in although no hub answers', async () => {
      await stage.newAccount();
      await stage.ask('authenticate');
      stage.simulator.fault('hubkeys', { status: 500 });
      stage.simulator.fault('lan_ip', { status: 500 });
      const answer = await stage.ask('authenticate', { otp: stage.code() });
      assert.equal(answer.output, 1);
      assert.equal(answer.cozify.state, 'authenticated');
    });
  });
}

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import type { Fault } from '../../simulator';
import { type AdminReply, assertRefused, assertSnapshot, get, post } from '../support/admin-client';
import { ACCOUNT, accountNode, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';

const EMAIL = 'new@example.fi';

describe('Dialog login during a Deploy', () => {
  const stage = Stage.forSuite();
  const target = (): { email: string; cloudUrl: string } => ({ email: EMAIL, cloudUrl: stage.simulator.cloudUrl });
  const withoutAccount = (): FlowNode[] => testFlow(accountNode({ id: 'other' }));
  /** Deploys the account and waits for its first snapshot. By then, the account has adopted any pending login. */
  async function deploy(properties: Record<string, unknown> = {}, email = EMAIL): Promise<void> {
    const flow = testFlow(accountNode({ id: 'other' }), accountNode(properties));
    await stage.deploy(flow, 'full', { [ACCOUNT]: { email } });
    await stage.account().readSnapshot();
  }
  const pendingLoginFiles = (): string[] =>
    readdirSync(join(stage.userDir, 'cozify')).filter((name) => name.includes('pending'));

  beforeEach(async () => {
    stage.simulator.clearFaults();
    await stage.load(withoutAccount());
  });

  /** Sends the code, runs `during` before the cloud answers, and returns the reply to the dialog. */
  async function logIn(during: () => Promise<void>, answer: Fault = {}): Promise<AdminReply> {
    const held = stage.simulator.hold('emaillogin', answer);
    const reply = post('authenticate', { ...target(), otp: stage.simulator.latestCode(EMAIL) });
    await until('the question to the cloud', () => held.isAsked);
    await during();
    held.release();
    return reply;
  }

  describe('of an account that was not deployed before', () => {
    beforeEach(async () => assertSnapshot(await post('otp', target()), 202, 'otp-sent'));

    for (const [count, deploys] of [
      ['one Deploy', [() => deploy()]],
      ['two Deploys', [() => deploy(), () => deploy({ name: 'New' })]],
    ] as const) {
      it(`is adopted by the account, and answered with its snapshot, after ${count}`, async () => {
        const reply = await logIn(async () => {
          for (const next of deploys) await next();
        });
        assertSnapshot(reply, 200, 'authenticated');
        assert.equal(reply.body.loginEmail, EMAIL);
        assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
        assert.equal((await stage.account().ping()).value, true);
        assert.deepEqual(pendingLoginFiles(), []);
      });
    }

    it('emits authenticated in flows, and is kept over a restart', async () => {
      const topics: string[] = [];
      await logIn(async () => {
        await deploy();
        stage.account().onEvent((topic) => void topics.push(topic));
      });
      assert.equal(topics.at(-1), 'authenticated', topics.join(', '));
      const { value: token } = await stage.account().token();
      await stage.load(testFlow(accountNode()), { credentials: { [ACCOUNT]: { email: EMAIL } }, isKept: true });
      assert.equal((await stage.account().token()).value, token);
    });

    it('waits for a Deploy with its address if the first Deploy has another', async () => {
      assertSnapshot(await logIn(() => deploy({}, 'someone-else@example.fi')), 200, 'authenticated');
      assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
      await deploy();
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });

    it('leaves the pending code to the account if the cloud rejects it', async () => {
      assertRefused(await logIn(() => deploy(), { status: 401 }), 422, 'COZIFY_OTP_REJECTED');
      assertSnapshot(await get(), 200, 'otp-sent');
      const otp = stage.simulator.latestCode(EMAIL);
      assertSnapshot(await post('authenticate', { ...target(), otp }), 200, 'authenticated');
      assert.deepEqual(pendingLoginFiles(), []);
    });

    it('ends with COZIFY_CLOSED after a Cancel, and is not saved', async () => {
      const reply = await logIn(async () => assertSnapshot(await post('reset', {}), 200, 'otp-required'));
      assertRefused(reply, 409, 'COZIFY_CLOSED');
      await deploy();
      assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
      assert.deepEqual(pendingLoginFiles(), []);
    });
  });

  it('hands a code that is being requested to the account', async () => {
    const held = stage.simulator.hold('requestlogin');
    const asked = post('otp', target());
    await until('the question to the cloud', () => held.isAsked);
    await deploy();
    held.release();
    assertSnapshot(await asked, 202, 'otp-sent');
    assertSnapshot(await get(), 200, 'otp-sent');
    assert.deepEqual(pendingLoginFiles(), []);
  });

  describe('of a deployed account', () => {
    beforeEach(async () => {
      await deploy();
      assertSnapshot(await post('otp', {}), 202, 'otp-sent');
    });

    it('is answered with the snapshot of the redeployed account', async () => {
      const reply = await logIn(() => deploy({ name: 'New' }));
      assertSnapshot(reply, 200, 'authenticated');
      assert.equal(reply.body.account, 'New');
      assert.equal((await stage.account().ping()).value, true);
    });

    it('ends with COZIFY_CLOSED if the Deploy deletes the account', async () => {
      assertRefused(await logIn(() => stage.deploy(withoutAccount())), 409, 'COZIFY_CLOSED');
    });
  });

  it('fails with COZIFY_CLOSED after the account was closed', async () => {
    await deploy();
    await stage.account().close();
    assertRefused(await get(), 409, 'COZIFY_CLOSED');
  });
});

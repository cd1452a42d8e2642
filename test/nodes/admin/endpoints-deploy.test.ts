import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/wait';
import type { Fault } from '../../simulator';
import { type AdminReply, assertRefused, assertSnapshot, get, post } from '../support/admin-client';
import { ACCOUNT, accountNode, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';

const EMAIL = 'new@example.fi';

describe('a login in the dialog while a Deploy comes', () => {
  let stage: Stage;
  const target = (): { email: string; cloudUrl: string } => ({ email: EMAIL, cloudUrl: stage.simulator.cloudUrl });
  const withoutAccount = (): FlowNode[] => testFlow(accountNode({ id: 'other' }));
  /** Deploys the account, and waits until it has read its state: what waits then is taken up. */
  async function deploy(properties: Record<string, unknown> = {}, email = EMAIL): Promise<void> {
    const flow = testFlow(accountNode({ id: 'other' }), accountNode(properties));
    await stage.deploy(flow, 'full', { [ACCOUNT]: { email } });
    await stage.account().readSnapshot();
  }
  const waitingFiles = (): string[] =>
    readdirSync(join(stage.userDir, 'cozify')).filter((name) => name.includes('waiting'));

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());
  beforeEach(async () => {
    stage.simulator.clearFaults();
    await stage.load(withoutAccount());
  });

  /** Sends the code, does `meanwhile` before the cloud answers, and gives what the dialog gets. */
  async function logIn(meanwhile: () => Promise<void>, answer: Fault = {}): Promise<AdminReply> {
    const held = stage.simulator.hold('emaillogin', answer);
    const reply = post('authenticate', { ...target(), otp: stage.simulator.latestCode(EMAIL) });
    await until('the question to the cloud', () => held.isAsked);
    await meanwhile();
    held.release();
    return reply;
  }

  describe('of an account that was not deployed before', () => {
    beforeEach(async () => assertSnapshot(await post('otp', target()), 202, 'otp-sent'));

    for (const [what, deploys] of [
      ['one', [() => deploy()]],
      ['two', [() => deploy(), () => deploy({ name: 'New' })]],
    ] as const) {
      it(`is taken up by the account, and answered with its snapshot, after ${what}`, async () => {
        const reply = await logIn(async () => {
          for (const next of deploys) await next();
        });
        assertSnapshot(reply, 200, 'authenticated');
        assert.equal(reply.body.loginEmail, EMAIL);
        assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
        assert.equal((await stage.account().ping()).value, true);
        assert.deepEqual(waitingFiles(), []);
      });
    }

    it('is there after a restart too, and told to flows', async () => {
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

    it('waits on for a Deploy with its address when this one has another', async () => {
      assertSnapshot(await logIn(() => deploy({}, 'someone-else@example.fi')), 200, 'authenticated');
      assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
      await deploy();
      assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    });

    it('that is refused leaves the code on its way to the account', async () => {
      assertRefused(await logIn(() => deploy(), { status: 401 }), 422, 'COZIFY_OTP_REJECTED');
      assertSnapshot(await get(), 200, 'otp-sent');
      const otp = stage.simulator.latestCode(EMAIL);
      assertSnapshot(await post('authenticate', { ...target(), otp }), 200, 'authenticated');
      assert.deepEqual(waitingFiles(), []);
    });

    it('is over with a Cancel, and nothing is kept of it', async () => {
      const reply = await logIn(async () => assertSnapshot(await post('reset', {}), 200, 'otp-required'));
      assertRefused(reply, 409, 'COZIFY_CLOSED');
      await deploy();
      assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
      assert.deepEqual(waitingFiles(), []);
    });
  });

  it('a code that is asked for meanwhile is on its way to the account', async () => {
    const held = stage.simulator.hold('requestlogin');
    const asked = post('otp', target());
    await until('the question to the cloud', () => held.isAsked);
    await deploy();
    held.release();
    assertSnapshot(await asked, 202, 'otp-sent');
    assertSnapshot(await get(), 200, 'otp-sent');
    assert.deepEqual(waitingFiles(), []);
  });

  describe('of a deployed account', () => {
    beforeEach(async () => {
      await deploy();
      assertSnapshot(await post('otp', {}), 202, 'otp-sent');
    });

    it('is had by its successor, whose snapshot is the answer', async () => {
      const reply = await logIn(() => deploy({ name: 'New' }));
      assertSnapshot(reply, 200, 'authenticated');
      assert.equal(reply.body.account, 'New');
      assert.equal((await stage.account().ping()).value, true);
    });

    it('is over when the Deploy deletes the account', async () => {
      assertRefused(await logIn(() => stage.deploy(withoutAccount())), 409, 'COZIFY_CLOSED');
    });
  });

  it('is answered with an error where the account has ended and no other is there', async () => {
    await deploy();
    await stage.account().close();
    assertRefused(await get(), 409, 'COZIFY_CLOSED');
  });
});

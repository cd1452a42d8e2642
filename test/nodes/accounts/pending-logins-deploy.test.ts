import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertRefused, assertSnapshot, get, post } from '../support/admin-client';
import { ACCOUNT, accountNode, actionNode, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

describe('Pending logins at a Deploy', () => {
  const stage = Stage.forSuite();
  const target = (): { email: string; cloudUrl: string } => ({
    email: 'new@example.fi',
    cloudUrl: stage.simulator.cloudUrl,
  });
  const flow = (properties: object = {}) =>
    testFlow(accountNode({ id: 'other' }), accountNode(properties as Record<string, unknown>), actionNode('token'));
  const deploy = (email: string, properties: object = {}): Promise<void> =>
    stage.deploy(flow(properties), 'full', { [ACCOUNT]: { email } });

  beforeEach(async () => {
    await stage.load(testFlow(accountNode({ id: 'other' })));
    assertSnapshot(await post('otp', target()), 202, 'otp-sent');
  });
  const logIn = async (): Promise<void> => {
    const otp = stage.simulator.latestCode(target().email);
    assertSnapshot(await post('authenticate', { ...target(), otp }), 200, 'authenticated');
  };
  const files = (): string[] => readdirSync(join(stage.userDir, 'cozify'));

  it('are adopted by an account with the same address and cloud', async () => {
    await logIn();
    await deploy(target().email);
    assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
    assert.equal((await stage.account().ping()).value, true);
    assert.ok(files().includes(`${ACCOUNT}.json`));
    assert.deepEqual(
      files().filter((name) => name.includes('pending')),
      [],
    );
  });

  it('are adopted after a restart', async () => {
    await logIn();
    await stage.load(flow(), { credentials: { [ACCOUNT]: { email: target().email } }, isKept: true });
    assert.equal((await stage.account().readSnapshot()).state, 'authenticated');
  });

  it('are not adopted by an account with another address or cloud', async () => {
    await logIn();
    await deploy('someone-else@example.fi');
    assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
    await deploy(target().email, { cloudUrl: stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost') });
    assert.equal((await stage.account().readSnapshot()).state, 'otp-required');
  });

  describe('at a changed cloud', () => {
    const otherUrl = (): string => stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
    /** Logs in at the other cloud in the dialog of a deployed account. */
    async function logInAhead(body: object, email: string): Promise<void> {
      assertSnapshot(await post('otp', { cloudUrl: otherUrl(), ...body }), 202, 'otp-sent');
      const otp = stage.simulator.latestCode(email);
      assertSnapshot(await post('authenticate', { cloudUrl: otherUrl(), ...body, otp }), 200, 'authenticated');
    }

    it('are adopted if an email node has set their address', async () => {
      const email = 'by-node@example.fi';
      await stage.load(flow(), { credentials: {} });
      await stage.account().email(email);
      await logInAhead({}, email);
      await stage.deploy(flow({ cloudUrl: otherUrl() }), 'full', {});
      const { state, email: current } = await stage.account().readSnapshot();
      assert.deepEqual([state, current], ['authenticated', email]);
    });

    it('are adopted if they have the configured address, which then replaces the current address', async () => {
      const [email, another] = ['configured@example.fi', 'another@example.fi'];
      await stage.load(flow(), { credentials: { [ACCOUNT]: { email } } });
      await stage.account().email(another);
      await logInAhead({ email }, email);
      await deploy(email, { cloudUrl: otherUrl() });
      const { state, email: current } = await stage.account().readSnapshot();
      assert.deepEqual([state, current], ['authenticated', email]);
      await stage.load(flow({ cloudUrl: otherUrl() }), { credentials: { [ACCOUNT]: { email } }, isKept: true });
      assert.equal((await stage.account().readSnapshot()).email, email, 'after a restart too');
    });
  });

  it('are not dropped by a refused request', async () => {
    const { cloudUrl } = stage.simulator;
    for (let number = 0; number < 19; number += 1) {
      const email = `guest${number}@example.fi`;
      assertSnapshot(await post('otp', { email, cloudUrl }, `guest-${number}`), 202, 'otp-sent');
    }
    assertRefused(await post('otp', { cloudUrl }, 'one-more'), 400, 'COZIFY_NO_EMAIL');
    assertSnapshot(await get(), 200, 'otp-sent');
  });
});

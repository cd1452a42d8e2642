import assert from 'node:assert/strict';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import helper from 'node-red-node-test-helper';
import { assertSnapshot, get, post } from '../support/admin-client';
import { ACCOUNT, accountNode, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

const ADDRESSES = { first: 'first@example.fi', second: 'second@example.fi' };

describe('Dialog of an account in a subflow with an address for each instance', () => {
  const stage = Stage.forSuite();
  beforeEach(async () => {
    const instances = Object.entries(ADDRESSES).map(([id, value]) =>
      placed({ id, type: 'subflow:sub', wires: [], env: [{ name: 'MAIL', type: 'str', value }] }),
    );
    const subflow = { id: 'sub', type: 'subflow', name: 'Cozify', in: [], out: [] };
    const flow = testFlow(subflow, { ...accountNode({ cloudUrl: stage.simulator.cloudUrl }), z: 'sub' }, ...instances);
    await stage.load(flow, { credentials: { [ACCOUNT]: { email: '${MAIL}' } } });
  });

  const stateOf = async (instance: string): Promise<unknown> => {
    const { account } = helper.getNode(`${instance}-${ACCOUNT}`) as unknown as AccountNode;
    const { state, loginEmail } = (await account?.readSnapshot()) ?? {};
    return [state, loginEmail];
  };
  /** Logs in, and returns the id of the account that has the login. */
  const logIn = async (email: string): Promise<string | undefined> => {
    assertSnapshot(await post('otp', { email }), 202, 'otp-sent');
    const otp = stage.simulator.latestCode(email);
    const reply = await post('authenticate', { email, otp });
    assertSnapshot(reply, 200, 'authenticated');
    return reply.body.id;
  };

  it('logs in the instance with the address', async () => {
    await logIn(ADDRESSES.second);
    assert.deepEqual(await stateOf('first'), ['otp-required', null]);
    assert.deepEqual(await stateOf('second'), ['authenticated', ADDRESSES.second]);
  });

  it('starts a pending login for an address that no instance has', async () => {
    await logIn('third@example.fi');
    for (const instance of ['first', 'second'])
      assert.equal(((await stateOf(instance)) as string[])[0], 'otp-required');
  });

  it('logs out only the shown instance', async () => {
    await logIn(ADDRESSES.first);
    const second = await logIn(ADDRESSES.second);
    assertSnapshot(await get(second), 200, 'authenticated');
    assertSnapshot(await post('reset', { logout: true }, second), 200, 'otp-required');
    assert.deepEqual(await stateOf('first'), ['authenticated', ADDRESSES.first]);
    assert.deepEqual(await stateOf('second'), ['otp-required', null]);
  });

  it("logs out a pending login by the template's id, and none of the instances", async () => {
    for (const email of Object.values(ADDRESSES)) await logIn(email);
    assert.equal(await logIn('third@example.fi'), ACCOUNT);
    const revoked = stage.simulator.count('logout');
    for (const logout of [true, false]) assert.equal((await post('reset', { logout })).status, 200);
    assert.equal(stage.simulator.count('logout'), revoked + 1);
    for (const [instance, email] of Object.entries(ADDRESSES))
      assert.deepEqual(await stateOf(instance), ['authenticated', email]);
  });
});

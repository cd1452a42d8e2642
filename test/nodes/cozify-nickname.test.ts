import assert from 'node:assert/strict';
import { accountNode, actionNode, testFlow } from './support/flow';
import { assertFailure, Stage } from './support/stage';

const TEXTS = { nickname: 'Mummola', nicknameType: 'str', fallback: 'nobody', fallbackType: 'msg' };

describe('Nickname node', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const load = (properties: Record<string, unknown> = {}): Promise<void> =>
    stage.load(testFlow(accountNode({ name: 'Koti' }), actionNode('nickname', { ...TEXTS, ...properties })));

  it('returns the other text without a login, and the nickname with a login', async () => {
    await load();
    const msg = { nobody: 'Ei kukaan' };
    assert.equal((await stage.ask('nickname', msg)).msg['payload'], 'Ei kukaan');
    await stage.logIn();
    const { output, msg: got } = await stage.ask('nickname', msg);
    assert.deepEqual([output, got['payload'], got.cozify.operation], [1, 'Mummola', 'nickname']);
  });

  it('adds the name of the account if the node or the message says so', async () => {
    await load({ withName: true });
    await stage.logIn();
    assert.equal((await stage.ask('nickname', { nobody: '' })).msg['payload'], 'Mummola (Koti)');
    assert.equal((await stage.ask('nickname', { nobody: '', withName: false })).msg['payload'], 'Mummola');
  });

  it('refuses a value that is not a text', async () => {
    await load();
    assertFailure(await stage.ask('nickname', { nobody: 5 }), 'COZIFY_BAD_INPUT');
  });
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { Stage, type Reply } from '../live/harness';

/** Attacks by a user who may use the dialog of any account, with any id and any address. */
describe('guessing codes and flooding the disk', () => {
  let stage: Stage;
  let ids = 0;
  const freshId = (): string => `attacker-${(ids += 1)}`;
  const post = (id: string, action: string, body: object): Promise<Reply> =>
    stage.nodeRed.admin('POST', `/cozify/accounts/${id}/${action}`, { cloudUrl: stage.simulator.cloudUrl, ...body });

  before(async () => {
    stage = await Stage.open();
    await stage.newAccount();
  });
  after(() => stage.close());

  it('checks a code five times at most, even for simultaneous requests under many ids', async () => {
    const email = 'guessed@example.fi';
    assert.equal((await post(freshId(), 'otp', { email })).status, 202);
    const tried = stage.simulator.count('emaillogin');
    const guesses = Array.from({ length: 40 }, (_, number) =>
      post(freshId(), 'authenticate', { email: number % 2 === 0 ? email : email.toUpperCase(), otp: `GUESS${number}` }),
    );
    for (const { status } of await Promise.all(guesses)) assert.equal(status, 422);
    assert.equal(stage.simulator.count('emaillogin') - tried, 5);
    const reply = await post(freshId(), 'authenticate', { email, otp: stage.simulator.latestCode(email) });
    assert.equal(reply.status, 422, 'the code is dead, for its owner too');
  });

  it('leaves no file behind and uses up no limit for requests that fail at the cloud', async () => {
    const email = 'unlucky@example.fi';
    stage.simulator.fault('requestlogin', { status: 500 });
    const before = readdirSync(stage.nodeRed.stateFile(''))
      .filter((name) => name.includes('+pending'))
      .sort();
    for (let number = 0; number < 30; number += 1) assert.equal((await post(freshId(), 'otp', { email })).status, 502);
    const after = readdirSync(stage.nodeRed.stateFile(''))
      .filter((name) => name.includes('+pending'))
      .sort();
    assert.deepEqual(after, before);
    stage.simulator.clearFaults();
    assert.equal((await post(freshId(), 'otp', { email })).status, 202);
  });
});

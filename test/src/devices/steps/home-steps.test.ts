import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { createAccount } from '../../../../src/account/create-account.js';
import type { ThingTarget } from '../../../../src/devices/steps/home-steps.js';
import { Simulator } from '../../../simulator/index.js';
import { failure } from '../../support/stage.js';

const EMAIL = 'owner@example.fi';
const LAMP = 'Olohuoneen lamppu';

describe('things at home, for programs', () => {
  let simulator: Simulator;
  let account: Account;

  before(async () => {
    simulator = await Simulator.start();
    account = createAccount({ email: EMAIL, cloudUrl: simulator.cloudUrl });
    await account.authenticate();
    await account.authenticate({ otp: simulator.latestCode(EMAIL) });
  });
  after(async () => {
    await account?.close();
    await simulator?.stop();
  });

  const puts = () => simulator.hubs[0]?.log.count({ method: 'PUT' });

  it('are read by name, by room, or all at once', async () => {
    const { things, asOf, stale } = await account.read({ targets: LAMP });
    assert.deepEqual(
      things.map(({ name, type, room }) => ({ name, type, room })),
      [{ name: LAMP, type: 'LIGHT', room: 'Living room' }],
    );
    assert.equal(typeof things[0]?.['on'], 'boolean');
    assert.deepEqual([Number.isNaN(Date.parse(asOf ?? '')), stale], [false, false]);
    const sauna = await account.read({ rooms: ['Sauna'] });
    assert.ok(sauna.things.length >= 2 && sauna.things.every(({ room }) => room === 'Sauna'));
    assert.ok((await account.read()).things.length > sauna.things.length);
    const ofBoth = { capabilities: ['temperature', 'CONTROL_LIGHT'] };
    assert.deepEqual((await account.read(ofBoth)).things, []);
    assert.ok((await account.read({ ...ofBoth, capabilitiesMatch: 'any' })).things.length > sauna.things.length);
  });

  it('do what they are told, and it is seen', async () => {
    const { isDone, results } = await account.command(LAMP, { on: true, brightness: 35 }, { confirmMs: 60_000 });
    assert.deepEqual([isDone, results.map(({ sent, confirmed }) => [sent, confirmed])], [true, [[true, true]]]);
    assert.equal((await account.read({ targets: [LAMP], fresh: true })).things[0]?.['brightness'], 35);
    const off = await account.command([LAMP, { name: 'Kattovalo', room: 'Bedroom' }], false, { confirmMs: 60_000 });
    assert.deepEqual(
      off.results.map(({ confirmed }) => confirmed),
      [true, true],
    );
  });

  it('are found by their name, or that is said', async () => {
    await failure(account.read({ targets: 'Uimahallin kello' }), 'COZIFY_NOT_FOUND');
    await failure(account.command('Uimahallin kello', true), 'COZIFY_NOT_FOUND');
  });

  for (const [what, targets, value, params] of [
    ['something that is no order', LAMP, 'perhaps', {}],
    ['something that is no target', 5, true, {}],
    ['no target', undefined, true, {}],
    ['to wait for no time that there is', LAMP, true, { confirmMs: -1 }],
    ['to wait too long', LAMP, true, { confirmMs: 60_001 }],
    ['to wait for a text', LAMP, true, { confirmMs: 'long' as unknown as number }],
  ] as const) {
    it(`are not told ${what}`, async () => {
      const before = puts();
      await failure(account.command(targets as ThingTarget, value, params), 'COZIFY_BAD_INPUT');
      assert.equal(puts(), before);
    });
  }
});

import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { createAccount } from '../../../../src/account/create-account.js';
import type { ThingTarget } from '../../../../src/devices/steps/home-services.js';
import { Simulator } from '../../../simulator/index.js';
import { failure } from '../../support/stage.js';

const EMAIL = 'owner@example.fi';
const LAMP = 'Olohuoneen lamppu';

describe('The read and command methods of an account', () => {
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

  it('read devices by name, by room, by capability, or all', async () => {
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

  it('send commands and confirm them', async () => {
    const { isDone, results } = await account.command(LAMP, { on: true, brightness: 35 }, { confirmMs: 60_000 });
    assert.deepEqual([isDone, results.map(({ sent, confirmed }) => [sent, confirmed])], [true, [[true, true]]]);
    assert.equal((await account.read({ targets: [LAMP], fresh: true })).things[0]?.['brightness'], 35);
    const off = await account.command([LAMP, { name: 'Kattovalo', room: 'Bedroom' }], false, { confirmMs: 60_000 });
    assert.deepEqual(
      off.results.map(({ confirmed }) => confirmed),
      [true, true],
    );
  });

  it('fail with COZIFY_NOT_FOUND for an unknown name', async () => {
    await failure(account.read({ targets: 'Uimahallin kello' }), 'COZIFY_NOT_FOUND');
    await failure(account.command('Uimahallin kello', true), 'COZIFY_NOT_FOUND');
  });

  for (const [label, targets, value, params] of [
    ['an invalid command', LAMP, 'perhaps', {}],
    ['an invalid target', 5, true, {}],
    ['a missing target', undefined, true, {}],
    ['a negative confirmation time', LAMP, true, { confirmMs: -1 }],
    ['a confirmation time over 60 s', LAMP, true, { confirmMs: 60_001 }],
    ['a confirmation time that is a string', LAMP, true, { confirmMs: 'long' as unknown as number }],
  ] as const) {
    it(`reject ${label}`, async () => {
      const before = puts();
      await failure(account.command(targets as ThingTarget, value, params), 'COZIFY_BAD_INPUT');
      assert.equal(puts(), before);
    });
  }
});

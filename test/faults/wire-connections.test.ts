import assert from 'node:assert/strict';
import type { CloudCall } from '../simulator/index.js';
import { countOf, refused } from './support/calls.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

/** Makes the account discover its hubs, on the LAN or through the cloud. */
const lookUp = (home: Home): Promise<unknown> => home.account.authenticate({ trustHub: false });

const REPLAYED: [CloudCall | 'hub', boolean, (home: Home) => Promise<unknown>][] = [
  ['hubkeys', true, (home) => home.account.ping()],
  ['lan_ip', true, lookUp],
  ['hub', true, lookUp],
  ['remote', false, lookUp],
];

/** Rows with a reset of a connection that was kept alive. */
const replays = REPLAYED.map(([call, onLan, work]): Row<Home> => ({
  fault: `a reset of the reused connection on ${call}`,
  expected: 'keep: the request is sent once more, and succeeds',
  run: async (home) => {
    const hub = await home.simulator.addHub({ onLan });
    await lookUp(home);
    const before = home.simulator.count(call);
    home.simulator.fault(call, { reset: true, times: 1 });
    await work(home);
    assert.equal(home.simulator.count(call), before + 2);
    const [found] = home.account.snapshot().hubs;
    assert.deepEqual([found?.id, found?.name, found?.remote], [hub.id, hub.name, !onLan]);
  },
}));

const once: Row<Home> = {
  fault: 'a reset of the reused connection and of the next one on hubkeys',
  expected: 'keep: asked once more, not twice (COZIFY_UNREACHABLE)',
  run: async (home) => {
    await home.account.ping();
    home.simulator.fault('hubkeys', { reset: true });
    await refused(home, home.account.ping(), 'COZIFY_UNREACHABLE');
    assert.equal(countOf(home, 'hubkeys'), 3);
  },
};

const NEVER: [CloudCall, (home: Home) => Promise<unknown>][] = [
  ['refreshsession', (home) => home.account.refresh({ force: true })],
  ['emaillogin', (home) => home.account.authenticate({ otp: 'P7BQ8E' })],
  ['requestlogin', (home) => home.account.requestOtp()],
  ['logout', (home) => home.account.reset({ logout: true })],
];

const neverReplayed = NEVER.map(([call, work]): Row<Home> => ({
  fault: `a reset on ${call}, after another call on the same connection`,
  expected: 'keep: never sent twice (COZIFY_UNREACHABLE)',
  run: async (home) => {
    await home.account.ping();
    home.simulator.fault(call, { reset: true });
    await refused(home, work(home), 'COZIFY_UNREACHABLE');
    assert.equal(countOf(home, call), 1);
  },
}));

faultTable('The wire', () => Home.open(), [...replays, once, ...neverReplayed]);

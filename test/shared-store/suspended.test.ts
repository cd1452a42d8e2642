import assert from 'node:assert/strict';
import { sleep, until } from '../live/harness';
import { Fleet } from './support/fleet';
import { FolderPlace } from './support/shared-places';

/** Milliseconds of sleep: longer than the deadline of a call, so that its timer is overdue when the process wakes. */
const ASLEEP_MS = 17_000;

describe('a Node-RED on a machine that sleeps during a renewal', () => {
  let fleet: Fleet;

  before(async () => {
    fleet = await Fleet.open({ place: new FolderPlace(), instances: 1, simulator: { graceRequests: 0 } });
    await fleet.logIn(0);
  });
  after(() => fleet.close());

  it('adopts the late answer, because the old token is no longer valid', async () => {
    const { pid } = fleet.at(0);
    assert.ok(pid);
    const held = fleet.simulator.hold('refreshsession', { after: true });
    const renewal = fleet.ask(0, 'refresh', { force: true });
    await until('the renewal', () => held.isAsked);
    process.kill(pid, 'SIGSTOP');
    held.release();
    await sleep(ASLEEP_MS);
    process.kill(pid, 'SIGCONT');
    const { output, cozify } = await renewal;
    assert.deepEqual([output, cozify.refreshed], [1, true], JSON.stringify(cozify.error));
    assert.ok(fleet.simulator.isValid((await fleet.storedToken()) ?? ''));
    assert.equal((await fleet.ask(0, 'ping')).output, 1);
  });
});

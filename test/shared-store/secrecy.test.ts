import assert from 'node:assert/strict';
import { Canaries } from '../security/support/canaries';
import { ACCOUNT, Fleet, OWNER } from './support/fleet';
import { USUAL_STORE_KINDS } from './support/store-kinds';
import { Monitor } from './support/monitor';
import { FolderPlace, RedisPlace, SECRET, type SharedPlace } from './support/shared-places';

describe('secrets in a shared store', () => {
  /** Lets an account use, renew and replace all its secrets. Returns all secrets that it had. */
  async function live(fleet: Fleet): Promise<Canaries> {
    const { simulator } = fleet;
    const canaries = new Canaries();
    canaries.add(SECRET, OWNER);
    await fleet.logInEverywhere();
    for (const index of [0, 1]) {
      canaries.add(await fleet.token(index));
      await fleet.ask(index, 'refresh', { force: true });
      canaries.add(await fleet.token(index));
      assert.equal((await fleet.ask(1 - index, 'ping')).output, 1, 'the other instance uses the new token');
      await fleet.ask(index, 'authenticate', { trustHub: false });
    }
    simulator.hubs[0]?.rotateKey();
    await fleet.ask(0, 'ping');
    await fleet.ask(1, 'authenticate', { otp: 'WRONG1' });
    await fleet.ask(0, 'set-token', { payload: 'a-token-that-was-set-by-hand' });
    canaries.add('a-token-that-was-set-by-hand', 'WRONG1');
    for (const { token, hubKey } of simulator.requests) canaries.add(token, hubKey);
    for (const { code } of simulator.mails) canaries.add(code);
    for (const hub of simulator.hubs) canaries.add(hub.key(OWNER));
    assert.ok(canaries.count >= 8, `${canaries.count} secrets to look for`);
    return canaries;
  }

  /** Fails if the context sidebar of the editor, or its API, shows a secret. */
  async function assertEditorShowsNone(fleet: Fleet, canaries: Canaries): Promise<void> {
    for (const index of fleet.instances.keys()) {
      for (const path of [
        '/context/global',
        `/context/global/cozify_${ACCOUNT}?store=shared`,
        '/context/global?store=shared',
      ]) {
        const { status, text } = await fleet.at(index).admin('GET', path);
        assert.equal(status, 200, path);
        canaries.assertNoneIn(`${path} of instance ${index + 1}`, text);
      }
      const { text } = await fleet.at(index).admin('GET', '/context/global');
      assert.ok(text.includes(`cozify_${ACCOUNT}`), 'the state is there to be seen, encrypted');
    }
  }

  async function withFleet(place: SharedPlace, work: (fleet: Fleet) => Promise<void>): Promise<void> {
    const fleet = await Fleet.open({ place, instances: 2, simulator: { graceRequests: 0 } });
    try {
      await work(fleet);
    } finally {
      await fleet.close();
      await place.close();
    }
  }

  for (const kind of USUAL_STORE_KINDS) {
    it(`are never in plain text in Redis (${kind}), on the wire or in the editor`, async () => {
      const place = await RedisPlace.open(kind);
      const monitor = await Monitor.start(place);
      await withFleet(place, async (fleet) => {
        const canaries = await live(fleet);
        canaries.assertNoneIn('Redis', await place.everything());
        canaries.assertNoneIn('what Redis was asked', monitor.lines.join('\n'));
        assert.ok(monitor.accesses.filter(({ what }) => what === 'saved').length >= 5, 'it was watched');
        await assertEditorShowsNone(fleet, canaries);
      });
      monitor.stop();
    });
  }

  it('are never in plain text in the files of localfilesystem or in the editor', async () => {
    const place = new FolderPlace();
    await withFleet(place, async (fleet) => {
      const canaries = await live(fleet);
      await assertEditorShowsNone(fleet, canaries);
      // Stops the instances first, because a temporary file of a save could disappear during the search.
      await Promise.all(fleet.instances.map((instance) => instance.stop()));
      assert.ok(canaries.assertNoneBelow(place.folder) > 0);
    });
  });
});

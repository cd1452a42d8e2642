import assert from 'node:assert/strict';
import { until } from '../live/harness';
import { sized } from '../support/size';
import { Fleet, OWNER } from './support/fleet';
import { USUAL_STORE_KINDS } from './support/store-kinds';
import { FolderPlace, RedisPlace, type SharedPlace } from './support/shared-places';

/** A folder differs from Redis only in the code of the store. `secrecy.test.ts` shares a login in a folder too. */
const FOLDER: [string, () => Promise<SharedPlace>][] = [
  ['a folder (localfilesystem without cache)', () => Promise.resolve(new FolderPlace())],
];
const PLACES: typeof FOLDER = [
  ...USUAL_STORE_KINDS.map((kind): (typeof FOLDER)[number] => [`Redis (${kind})`, () => RedisPlace.open(kind)]),
  ...sized<typeof FOLDER>([], FOLDER),
];

for (const [name, openPlace] of PLACES) {
  describe(`one login for three Node-RED that share ${name}`, () => {
    let fleet: Fleet;

    before(async () => {
      const place = await openPlace();
      fleet = await Fleet.open({ place, instances: 3, simulator: { graceRequests: 0 } });
    });
    after(async () => {
      await fleet.close();
      await fleet.place.close();
    });
    beforeEach(() => fleet.simulator.clearFaults());

    /** Returns the current length of an instance's log. Events after this position are new. */
    const now = (index: number): number => fleet.at(index).log.length;
    const assertNeverOut = (index: number, from: number): void =>
      assert.ok(!fleet.topics(index, from).includes('otp-required'), fleet.topics(index, from).join(', '));

    /**
     * Whether an instance already uses the token of another instance. A forced refresh would then renew this token
     * instead of adopting a newer one.
     */
    const hasRead = async (index: number, of: number): Promise<boolean> =>
      (await fleet.token(index)) === (await fleet.token(of));

    /**
     * Waits until a forced refresh of an instance adopts the newer token of another instance without a renewal. Repeats
     * the refresh, because an instance that has read the store in the background a moment before renews the token.
     */
    const untilAdopted = (index: number, of: number): Promise<true> =>
      until('the newer token to be adopted without a renewal', async () => {
        while (await hasRead(index, of)) await fleet.ask(of, 'refresh', { force: true });
        const renewals = fleet.simulator.count('refreshsession');
        const answer = await fleet.ask(index, 'refresh', { force: true });
        assert.equal(answer.output, 1);
        const isAdopted = answer.cozify.refreshed === false && (await hasRead(index, of));
        if (isAdopted && fleet.simulator.count('refreshsession') === renewals) return true;
        // If `index` has renewed the token, `of` adopts it here, and is the first to renew in the next attempt.
        await fleet.ask(of, 'refresh', { force: true });
        return false;
      });

    it('is used immediately by a step of another instance, and by a third one later', async () => {
      const from = now(2);
      await fleet.logIn(0);
      const answer = await fleet.ask(1, 'ping');
      assert.equal(answer.output, 1);
      assert.equal(answer.cozify.email, OWNER);
      assert.equal(await fleet.token(1), await fleet.token(0));
      await fleet.untilTopic(2, 'authenticated', from);
      assert.equal(await fleet.token(2), await fleet.token(0));
      assert.equal(fleet.simulator.mails.length, 1);
    });

    it('is renewed on one instance, and adopted by a step of another, and by a third without a step', async () => {
      const [from, third, requests] = [now(1), now(2), fleet.simulator.count('refreshsession')];
      const old = await fleet.token(1);
      assert.equal((await fleet.ask(0, 'refresh', { force: true })).cozify.refreshed, true);
      assert.equal(fleet.simulator.isValid(old), false);
      assert.equal((await fleet.ask(1, 'ping')).output, 1);
      assert.equal(await fleet.token(1), await fleet.token(0));
      assert.equal(fleet.simulator.count('refreshsession'), requests + 1);
      assertNeverOut(1, from);
      await fleet.untilTopic(2, 'refreshed', third);
      // The step `token` does not read the store.
      await until('the newest token', () => hasRead(2, 0));
      assertNeverOut(2, third);
    });

    it('is not renewed by a step after a renewal on another instance', async () => {
      assert.equal((await fleet.ask(0, 'refresh', { force: true })).cozify.refreshed, true);
      await untilAdopted(1, 0);
    });

    it('survives simultaneous renewals on all instances, round after round', async () => {
      const starts = fleet.instances.map((_instance, index) => now(index));
      for (let round = 0; round < 3; round += 1) {
        const answers = await Promise.all(
          fleet.instances.map((_instance, index) => fleet.ask(index, 'refresh', { force: true })),
        );
        assert.deepEqual(
          answers.map(({ output }) => output),
          [1, 1, 1],
          JSON.stringify(answers.map(({ cozify }) => cozify)),
        );
        for (const index of fleet.instances.keys()) assert.equal((await fleet.ask(index, 'ping')).output, 1);
      }
      for (const [index, from] of starts.entries()) assertNeverOut(index, from);
      assert.ok(fleet.simulator.isValid((await fleet.storedToken()) ?? ''));
    });

    it('does not count as lost on another instance during a slow renewal', async () => {
      await fleet.ask(1, 'ping');
      const from = now(1);
      const held = fleet.simulator.hold('refreshsession', { after: true });
      const renewal = fleet.ask(0, 'refresh', { force: true });
      await until('the renewal', () => held.isAsked);
      const pings = fleet.simulator.count('hubkeys');
      const ping = fleet.ask(1, 'ping');
      await until('the old token to be refused', () => fleet.simulator.count('hubkeys') > pings);
      held.release();
      assert.equal((await ping).output, 1, 'it waits for the renewal of the other');
      assert.equal((await renewal).cozify.refreshed, true);
      assert.equal(await fleet.token(1), await fleet.token(0));
      assertNeverOut(1, from);
    });

    it('immediately uses an address that was set on another instance', async () => {
      for (const [index, address] of ['first@example.fi', 'second@example.fi', OWNER].entries()) {
        const others = [0, 1, 2].filter((other) => other !== index);
        assert.equal((await fleet.ask(index, 'set-email', { payload: address })).payload, address);
        for (const other of others) assert.equal((await fleet.ask(other, 'email')).payload, address);
      }
    });

    it('is replaced on all instances by a new login on one', async () => {
      await fleet.logIn(2);
      for (const index of [0, 1]) await untilAdopted(index, 2);
    });

    it('is up to date after a restart, even if another instance renewed it before', async () => {
      await fleet.at(2).stop();
      // Refreshes twice, because the first refresh may adopt a newer token of another instance instead of renewing.
      await fleet.ask(0, 'refresh', { force: true });
      assert.equal((await fleet.ask(0, 'refresh', { force: true })).cozify.refreshed, true);
      const from = now(2);
      await fleet.at(2).launch();
      assert.equal((await fleet.ask(2, 'ping')).output, 1);
      assert.equal(await fleet.token(2), await fleet.token(0));
      assertNeverOut(2, from);
    });

    it('is ended for all instances by a logout on one, also for an instance that runs no step', async () => {
      await fleet.ask(1, 'ping');
      await fleet.ask(2, 'ping');
      const from = now(2);
      assert.equal((await fleet.ask(0, 'reset', { logout: true })).payload, true);
      assert.equal((await fleet.ask(1, 'ping')).output, 2);
      assert.equal((await fleet.snapshot(1)).state, 'otp-required');
      await fleet.untilTopic(2, 'otp-required', from);
      assert.equal((await fleet.snapshot(2)).state, 'otp-required');
      assert.equal(await fleet.storedToken(), null, 'nothing brings it back');
    });
  });
}

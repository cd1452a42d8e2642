import assert from 'node:assert/strict';
import { isLong } from '../support/size';
import { Fleet } from './support/fleet';
import { assertAllIn, KillStorm } from './support/kill-storm';
import { type StoreKindName } from './support/store-kinds';
import { Monitor } from './support/monitor';
import { RedisPlace } from './support/shared-places';

/**
 * Number of kills in each test, by the kind of context store that is imitated. A short storm finds little.
 */
const KILLS: [StoreKindName, number][] = isLong
  ? [
      ['hash', 240],
      ['redis', 80],
      ['valkey', 80],
    ]
  : [['hash', 6]];
/**
 * Number of further requests for which a replaced token stays valid. If the instance that replaced the token is killed,
 * another instance can still renew it.
 */
const GRACE_REQUESTS = 30;
/**
 * The grace requests of each test, and its title. In the normal size, only the first one runs, because
 * `endurance/kill-storm.test.ts` checks the other one for a single instance.
 */
const STORMS: readonly [number, string][] = [
  [GRACE_REQUESTS, `keep the login if a replaced token works for ${GRACE_REQUESTS} more requests`],
  [0, 'lose the login only by a kill between a renewal and its save, if a replaced token is refused immediately'],
];

for (const [kind, times] of KILLS) {
  describe(`five Node-RED instances that share Redis (${kind}) and are killed at random`, () => {
    let fleet: Fleet;
    let place: RedisPlace;
    let monitor: Monitor;

    before(async () => {
      place = await RedisPlace.open(kind);
      monitor = await Monitor.start(place);
      fleet = await Fleet.open({ place, instances: 5, expirySeconds: 3, simulator: { latencyMs: 20 } });
      await fleet.logInEverywhere();
    });
    after(async () => {
      await fleet.close();
      monitor.stop();
      await place.close();
    });

    const outs = (from: number[]): number =>
      from.flatMap((start, index) => fleet.topics(index, start)).filter((topic) => topic === 'otp-required').length;

    for (const [graceRequests, title] of STORMS.slice(0, isLong ? undefined : 1)) {
      it(title, async () => {
        fleet.simulator.graceRequests = graceRequests;
        fleet.simulator.latencyMs = 20;
        const from = fleet.instances.map(({ log }) => log.length);
        const { kills, renewals, killsInTheWindow, lost } = await new KillStorm(fleet, monitor).run(times);
        console.log(
          `      ${kills} kills, ${renewals} renewals, ${lost.length} logins lost; ` +
            `${killsInTheWindow} kills between the cloud's answer and the finished save`,
        );
        assert.deepEqual(lost, []);
        await assertAllIn(fleet);
        assert.ok(renewals >= kills / 4, `${renewals} renewals`);
        if (graceRequests > 0) assert.equal(killsInTheWindow, 0, 'the old token bridges the gap');
        if (killsInTheWindow === 0) assert.equal(outs(from), 0, 'no event otp-required');
        assert.equal(fleet.simulator.mails.length, 1, 'nobody asked for another code');
      });
    }
  });
}

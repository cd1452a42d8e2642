import assert from 'node:assert/strict';
import { DAY } from '../src/support/fake-clock.js';
import { Seeded } from './support/seeded.js';
import { isLong, say } from '../support/size.js';
import { StormLife } from './support/storm-life.js';

const SEEDS = isLong ? [1, 2, 3, 4, 5] : [1];
const DAYS = Number(process.env['DAYS'] ?? (isLong ? 20 : 0.06));

describe(`a storm of ${DAYS} days over a home of two hubs and twelve nodes`, () => {
  const chosen = process.env['SEED'];
  for (const seed of chosen === undefined ? SEEDS : [Number(chosen)]) {
    it(`keeps each node up to date and reports each message and each press once (seed ${seed})`, async () => {
      const life = new StormLife(new Seeded(seed));
      await life.live(DAYS * DAY);
      const { storm } = life;
      const [everything] = [...storm.followers.values()];
      say(`${everything?.messages} messages, ${storm.presses.received} presses, ${JSON.stringify(storm.ends.count)}`);
      say(`checks ${JSON.stringify(storm.checks)}, ${life.acts.uncertain} commands with an unknown result`);
      say(JSON.stringify(life.eventCounts));
      assert.ok(storm.presses.received > 0 && storm.checks.lan > 10 && storm.checks.cloud > 0, 'enough has happened');
    });
  }
});

import assert from 'node:assert/strict';
import { BenchCloud } from '../../scripts/bench/cloud';
import { measureConnections } from '../../scripts/bench/connections';
import { countIdle } from '../../scripts/bench/idle';
import { countLargeHome } from '../../scripts/bench/large-home';
import { measureNodeRedStart } from '../../scripts/bench/node-red-start';
import { countPolls } from '../../scripts/bench/polls';
import { isMissed, type Section } from '../../scripts/bench/report';
import { countSaves } from '../../scripts/bench/saves';
import '../live/harness/hooks';

describe('Benchmark', () => {
  let cloud: BenchCloud;

  before(async () => {
    cloud = await BenchCloud.start();
  });
  after(() => cloud.stop());

  // Leaves out the sections whose counts other tests check: Deploys, steps and calls.
  const SECTIONS: Record<string, () => Promise<Section>> = {
    'timers at rest': () => countIdle(),
    'polls of an hour': () => countPolls(1),
    saves: () => countSaves(cloud),
    'a large home': () => countLargeHome(),
    'files that Node-RED loads': () => measureNodeRedStart(cloud, 1),
    'TLS connections': () => measureConnections(0.4),
  };
  for (const [what, measure] of Object.entries(SECTIONS)) {
    it(`meets the aims for “${what}”`, async () => {
      const counted = (await measure()).rows.filter(({ isCount }) => isCount === true);
      assert.notEqual(counted.length, 0);
      assert.deepEqual(counted.filter(isMissed), []);
    });
  }
});

import { deletionTests } from './essentials/deletions';
import { deployTests } from './essentials/deploys';
import { errorTests } from './essentials/errors';
import { hubNodeTests } from './essentials/hub-nodes';
import { persistenceTests } from './essentials/persistence';
import { NODE_RED_3, NODE_RED_5, Stage } from './harness';

// Versions of Node-RED differ in starts, Deploys, Catch nodes and credentials. All other tests run
// on 4.1 only.
for (const version of [NODE_RED_3, NODE_RED_5]) {
  describe(`The package on Node-RED ${version.name}`, () => {
    before(async () => {
      // The first run installs this Node-RED.
      await version.programs();
    });

    persistenceTests(version);
    deployTests(version);
    deletionTests(version);
    errorTests(version);
    hubNodeTests(version);

    after(() => Stage.closeShared());
  });
}

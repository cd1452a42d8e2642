import { type NodeRedVersion, Stage } from '../harness';
import { deletionTests } from './deletions';
import { deployTests } from './deploys';
import { errorTests } from './errors';
import { hubNodeTests } from './hub-nodes';
import { persistenceTests } from './persistence';

/** The tests that run on each version of Node-RED, because versions differ in starts, Deploys, Catch nodes and credentials. */
export function essentials(version: NodeRedVersion): void {
  describe(`The package on Node-RED ${version.name}`, () => {
    before(async () => {
      // The first run installs this Node-RED.
      await version.programs();
    });

    errorTests(version);
    persistenceTests(version);
    deployTests(version);
    deletionTests(version);
    hubNodeTests(version);

    after(() => Stage.closeShared());
  });
}

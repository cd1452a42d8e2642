import { deletionTests } from './essentials/deletions';
import { deployTests } from './essentials/deploys';
import { errorTests } from './essentials/errors';
import { hubNodeTests } from './essentials/hub-nodes';
import { persistenceTests } from './essentials/persistence';
import { NODE_RED_4, Stage } from './harness';

describe('The package on Node-RED 4.1', () => {
  errorTests(NODE_RED_4);
  persistenceTests(NODE_RED_4);
  deployTests(NODE_RED_4);
  deletionTests(NODE_RED_4);
  hubNodeTests(NODE_RED_4);

  after(() => Stage.closeShared());
});

import { authenticateTests } from './essentials/authenticate';
import { deletionTests } from './essentials/deletions';
import { deployTests } from './essentials/deploys';
import { endpointTests } from './essentials/endpoints';
import { errorTests } from './essentials/errors';
import { eventTests } from './essentials/events';
import { hubNodeTests } from './essentials/hub-nodes';
import { persistenceTests } from './essentials/persistence';
import { pingAndRefreshTests } from './essentials/ping-refresh';
import { requestTests } from './essentials/request';
import { statusTests } from './essentials/statuses';
import { subflowTests } from './essentials/subflows';
import { tokenEmailAndResetTests } from './essentials/token-email-reset';
import { NODE_RED_4, Stage } from './harness';

describe('The package on Node-RED 4.1', () => {
  authenticateTests(NODE_RED_4);
  pingAndRefreshTests(NODE_RED_4);
  tokenEmailAndResetTests(NODE_RED_4);
  requestTests(NODE_RED_4);
  errorTests(NODE_RED_4);
  eventTests(NODE_RED_4);
  statusTests(NODE_RED_4);
  persistenceTests(NODE_RED_4);
  deployTests(NODE_RED_4);
  deletionTests(NODE_RED_4);
  subflowTests(NODE_RED_4);
  endpointTests(NODE_RED_4);
  hubNodeTests(NODE_RED_4);

  after(() => Stage.closeShared());
});

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
import { VERSIONS } from './harness';

// What holds on every Node-RED. The other live tests run on the one in devDependencies only.
for (const version of VERSIONS) {
  describe(`on Node-RED ${version.name}`, () => {
    before(async () => {
      // The first run installs it.
      await version.programs();
    });

    authenticateTests(version);
    pingAndRefreshTests(version);
    tokenEmailAndResetTests(version);
    requestTests(version);
    errorTests(version);
    eventTests(version);
    statusTests(version);
    persistenceTests(version);
    deployTests(version);
    deletionTests(version);
    subflowTests(version);
    endpointTests(version);
    hubNodeTests(version);
  });
}

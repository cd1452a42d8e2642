// Shared parts of the example tests, in reading order.
import '../../live/harness/hooks';

export { Bench, type Shown } from './bench';
export {
  CHART,
  DASHBOARD,
  HOME_ASSISTANT,
  HOMEKIT,
  LAMP,
  NAMES,
  neededNodes,
  PAGE,
  read,
  RECIPES,
  SMALL,
} from './files';
export { Visit } from './visit';
export { userDirWithDashboard } from './dashboard';
export { launchBrowser } from '../../editor/support/chromium';
export { VERSIONS } from '../../live/harness/versions';
export { request, type Reply } from '../../live/harness/request';
export { PATIENCE_MS, until } from '../../support/wait';

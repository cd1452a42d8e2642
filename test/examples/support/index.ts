// Exports of the support code for the example tests, in the order in which to read the modules.
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
export { EDITOR_VERSIONS } from '../../live/harness/versions';
export { request, type Reply } from '../../live/harness/request';
export { until } from '../../support/wait';

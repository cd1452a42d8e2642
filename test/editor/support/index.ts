// Exports of the support code for the editor tests, in the order in which to read the modules.
import '../../live/harness/hooks';
import { closeShared } from './shared';

// Runs after the tests of all files, because the files share one browser and one Node-RED.
after(closeShared);

export { describeInEach, Desk } from './desk';
export { Editor, type EditorOptions } from './editor';
export { AccountDialog } from './account-dialog';
export { LANGUAGES, LOCALES, rawKeys, text, type Language } from './texts';
export { intercept } from './intercept';
export { changed, TAB, without } from '../../live/harness/flow';
export { ask } from '../../live/harness/ask';
export { until } from '../../support/wait';

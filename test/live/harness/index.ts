// Exports of the live harness, in the order in which to read the modules.
import './hooks';

export { assertFailure, Stage } from './stage';
export { NODE_RED_3, NODE_RED_4, NODE_RED_5, type NodeRedVersion } from './versions';
export { NodeRed } from './node-red';
export { recorded, type Answer, type CozifyReport } from './ask';
export { accountNode, changed, STANDARD_ACTIONS, TAB, testFlow, without } from './flow';
export { request, type Reply } from './request';
export { tempFolder } from './leftovers';
export { sleep, until } from '../../support/wait';

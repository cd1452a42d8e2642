/**
 * The internal API that the nodes use to read, command and watch the devices of a home. The nodes load this module when
 * the first step or subscription needs it, see `homesApi`.
 */
export { ChangeFeed } from './devices/steps/change-feed.js';
export { type ChangeConfig, parseChangeConfig } from './devices/steps/change-config.js';
export { type CommandOutcome, CommandStep, lookAgain, type TargetResult } from './devices/steps/command-step.js';
export { type Condition, parseCondition } from './devices/things/condition.js';
export { type DeviceFilter, parseFilter } from './devices/targets/device-filter.js';
export { type Reading, readThings, type ReadQuery, showThing } from './devices/steps/reading.js';
export type { FeedAnswer, FeedQuery } from './devices/steps/sidebar-feed.js';
export { blink } from './devices/steps/command-step.js';
export { FILTER_KINDS, type ThingFilter } from './devices/targets/thing-search.js';
export { type ListedState, listThings, type ListQuery, type ThingPage } from './devices/steps/thing-list.js';
export { resolveAll, type Resolved, type ResolveQuery } from './devices/steps/resolving.js';
export { isReachable } from './devices/things/device.js';
export { fieldOf } from './devices/things/fields.js';
export { shortFieldName, wordText } from './devices/things/field-words.js';
export { type Kind, KINDS } from './devices/things/kinds.js';
export type { ListedThing } from './devices/across-hubs/homes.js';
export {
  countText,
  isMeasured,
  pressText,
  informativeField,
  thingsText,
  thingText,
  valueText,
} from './devices/things/live-value.js';
export { PressFeed } from './devices/steps/press-feed.js';
export { parsePressConfig, type PressConfig } from './devices/steps/press-feed.js';
export type { Press } from './devices/things/presses.js';
export { type WaitEnd, WaitStep, type WaitOptions } from './devices/steps/wait-step.js';
export { type CommandProperties, parseCommand } from './devices/commands/parse-command.js';
export { parseHub, parseMessageTargets, parseNodeTargets, type Target } from './devices/targets/target.js';
export type { RecordingOptions, RecordingState } from './devices/steps/home-recording.js';

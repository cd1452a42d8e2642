/**
 * The internal API for the nodes, beyond the public one (index.ts): accounts inside Node-RED, and the steps of the hub
 * nodes. It changes with the nodes.
 */
export type { Account } from './account/account.js';
export { ManagedAccount } from './account/managed-account.js';
export type { AccountOptions, AccountSettings, AdoptableLogin } from './account/account-options.js';
export { maskEmail } from './account/diagnostics.js';
export { OtpLimiter, otpLimiterShape } from './login/otp-limiter.js';
export { ChangeFeed } from './devices/steps/change-feed.js';
export { type ChangeConfig, parseChangeConfig } from './devices/steps/change-config.js';
export { type CommandOutcome, CommandStep, lookAgain, type TargetResult } from './devices/steps/command-step.js';
export { type Condition, parseCondition } from './devices/things/condition.js';
export { type DeviceFilter, parseFilter } from './devices/targets/device-filter.js';
export { type Reading, readThings, type ReadQuery, showThing } from './devices/steps/reading.js';
export type { FeedAnswer, FeedQuery } from './devices/steps/event-feed.js';
export { parseRecordingOptions, type RecordingState } from './devices/steps/home-recording.js';
export { blink } from './devices/steps/command-step.js';
export { type ListedState, listThings, type ListQuery, type ThingPage } from './devices/steps/thing-list.js';
export { resolveAll, type Resolved, type ResolveQuery } from './devices/steps/resolving.js';
export { isReachable } from './devices/things/device.js';
export { type Kind, KINDS } from './devices/things/kinds.js';
export type { ListedThing } from './devices/homes/homes.js';
export { fieldOf } from './devices/things/fields.js';
export { shortFieldName, wordText } from './devices/things/field-words.js';
export {
  countText,
  isMeasured,
  pressText,
  tellingField,
  thingsText,
  thingText,
  valueText,
} from './devices/things/live-value.js';
export { PressFeed } from './devices/steps/press-feed.js';
export { parsePressConfig, type PressConfig } from './devices/steps/press-feed.js';
export type { Press } from './devices/things/presses.js';
export { type WaitEnd, WaitStep, type WaitOptions } from './devices/steps/wait-step.js';
export { parseRequestBody } from './hub/free-request.js';
export { type Language, languageOf } from './devices/things/names.js';
export { type CommandProperties, parseCommand } from './devices/commands/command.js';
export { parseHub, parseMessageTargets, parseNodeTargets, type Target } from './devices/targets/target.js';
export { accountShape, completeRecord } from './state/account-record.js';
export { isSamePerson, mergeCopies } from './state/merge-records.js';
export { type Opened, seal, unseal } from './store/envelope.js';
export { fileStemOf } from './store/file-stem.js';
export { openFile, StateDirectory } from './store/file-store.js';
export { MigratingStore, type PreviousStore } from './store/migrating-store.js';
export { Saved } from './store/saved.js';
export { type SaveOptions, storeError } from './store/store.js';
export { HttpPool } from './http/http-client.js';
export type { Ticket } from './async/locks.js';
export { type BackoffRange, backoffMs } from './async/backoff.js';
export { Timer } from './async/timers.js';
export { settlesWithin, systemClock } from './async/clock.js';
export { Elapsed } from './async/clock.js';
export { KeyedMutex } from './async/locks.js';
export { Subscribers } from './async/subscribers.js';
export { RateLimiter } from './async/rate-limiter.js';
export {
  DEFAULT_EXPIRY_MS,
  DEFAULT_POLL_S,
  isWithin,
  expectFew,
  kindOf,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  parseExpiry,
  parseOtp,
  rangeInWords,
  SECONDS,
  type SecondsRange,
  typedNumber,
} from './input.js';
export { badInput, printable, toCozifyError } from './errors.js';
export { listOf, objectOf, schemas, shape, type Shape } from './schema.js';

/**
 * What the nodes need of the library beyond its public API (index.ts): how accounts are wired, kept and handed on inside
 * a Node-RED, and what the nodes read, watch and command homes with. Promised to nobody else; it changes with the nodes.
 */
export { Account } from './account/account.js';
export type { AccountOptions } from './account/account-options.js';
export { OtpLimiter, otpLimiterShape } from './login/otp-limiter.js';
export { ChangeFeed } from './devices/change-feed.js';
export type { ChangeWishes } from './devices/change-feed.js';
export { parseChangeWishes } from './devices/change-wishes.js';
export { CommandStep } from './devices/command-step.js';
export type { CommandOutcome, TargetResult } from './devices/command-step.js';
export { type Condition, parseCondition } from './devices/condition.js';
export { type DeviceFilter, parseFilter } from './devices/device-filter.js';
export { type Reading, readThings, type ReadWishes } from './devices/reading.js';
export { blink } from './devices/blink.js';
export { listThings } from './devices/thing-list.js';
export type { ListedState, ListWishes, ThingPage } from './devices/thing-list.js';
export { type Kind, KINDS } from './devices/device.js';
export { HomeHandover } from './devices/home-handover.js';
export type { Home } from './devices/home.js';
export type { ListedThing } from './devices/homes.js';
export { isMeasured, pressText, shortName, tellingField, thingsText } from './devices/live-value.js';
export { PressFeed } from './devices/press-feed.js';
export { parsePressWishes } from './devices/press-wishes.js';
export type { PressWishes } from './devices/press-wishes.js';
export type { Press } from './devices/presses.js';
export { WaitStep } from './devices/wait-step.js';
export type { WaitEnd, WaitWishes } from './devices/wait-step.js';
export { showThing } from './devices/reading.js';
export { parseRequestBody } from './hub/free-request.js';
export { languageOf } from './devices/names.js';
export type { Language } from './devices/names.js';
export { parseOrder } from './devices/orders.js';
export type { CommandProperties } from './devices/orders.js';
export { parseHub, parseMessageTargets, parseNodeTargets } from './devices/targets.js';
export type { Target } from './devices/targets.js';
export { accountShape, completeRecord } from './state/account-record.js';
export { Handover } from './state/handover.js';
export type { AccountHandover } from './state/account-state.js';
export { isSamePerson, mergeCopies } from './state/merge-records.js';
export { seal, unseal } from './store/envelope.js';
export type { Opened } from './store/envelope.js';
export { fileStemOf, idOfStem } from './store/file-stem.js';
export { openFile, StateDirectory } from './store/file-store.js';
export { MigratingStore } from './store/migrating-store.js';
export type { PreviousStore } from './store/migrating-store.js';
export { storeError } from './store/store.js';
export type { SaveOptions } from './store/store.js';
export { HttpPool } from './http/http-client.js';
export { settlesWithin, systemClock } from './async/clock.js';
export { Elapsed } from './async/elapsed.js';
export { KeyedMutex } from './async/keyed-mutex.js';
export { Listeners } from './async/listeners.js';
export { RateLimiter } from './async/rate-limiter.js';
export {
  DEFAULT_EXPIRY_MS,
  kindOf,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  parseExpiry,
  parseOtp,
} from './input.js';
export { badInput, printable, toCozifyError } from './errors.js';
export { shape } from './schema.js';
export type { Shape } from './schema.js';

/** Cozify for programs: an account that stays logged in, and below it the calls of the cloud and of hubs, 1:1. */
export { Account } from './account/account.js';
export { createAccount } from './account/create-account.js';
export type { CreateAccountOptions } from './account/create-account.js';
export type { AccountOptions } from './account/account-parts.js';
export type { AuthenticateParams, StepResult } from './account/account-operations.js';
export type { AccountListener } from './account/account-events.js';
export type { LoginState } from './login/login-state.js';
export { toIso } from './account/snapshot.js';
export { ACCOUNT_TOPICS } from './state/account-topics.js';
export type { AccountTopic } from './state/account-topics.js';
export type { HubSnapshot, Snapshot } from './account/snapshot.js';
export { CozifyError, ERROR_CODES, printable, toCozifyError } from './errors.js';
export type { ErrorCode } from './errors.js';
export {
  DEFAULT_CLOUD_URL,
  DEFAULT_EXPIRY_MS,
  kindOf,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  parseExpiry,
  parseOtp,
} from './input.js';
export { fileStemOf, idOfStem } from './store/file-stem.js';
export { FileStore, StateDirectory } from './store/file-store.js';
export { MigratingStore } from './store/migrating-store.js';
export type { PreviousStore } from './store/migrating-store.js';
export { createNoStore, storeError } from './store/store.js';
export type { Log, SaveOptions, Store } from './store/store.js';
export type { AccountHandover } from './state/account-state.js';
export { Handover } from './state/handover.js';
export { isSamePerson, mergeCopies } from './state/merge-records.js';
export { accountShape, cloudOf, completeRecord } from './state/account-record.js';
export type { AccountRecord } from './state/account-record.js';
export { type Opened, seal, unseal } from './store/envelope.js';
export { shape } from './schema.js';
export type { Shape } from './schema.js';
export { OtpLimiter, otpLimiterShape } from './login/otp-limiter.js';
export type { OtpLimiterRecord } from './login/otp-limiter.js';
export { Elapsed } from './async/elapsed.js';
export { RateLimiter } from './async/rate-limiter.js';
export { settlesWithin, systemClock } from './async/clock.js';
export type { Clock } from './async/clock.js';
export { createHttp } from './http/http-client.js';
export type { Http, HttpResponse, HttpRequest } from './http/http-client.js';
export { emailLogin, hubKeys, lanIp, logOut, refreshSession, remote, requestLogin } from './cloud/cloud-api.js';
export type { Cloud, HubKeys } from './cloud/cloud-api.js';
export { apiVersion, getHub, getTimeZone, lanRoute, remoteRoute } from './hub/hub-api.js';
export type { HubInfo, HubRoute } from './hub/hub-api.js';
export { type FreeAnswer, parseRequestBody } from './hub/free-request.js';
export type { HubAnswer, HubClient, HubRequest } from './hub/hub-client.js';
export { ChangeFeed, type ChangeMessage, type ChangeWishes } from './devices/change-feed.js';
export { parseChangeWishes } from './devices/change-wishes.js';
export { HomeHandover } from './devices/home-handover.js';
export type { Home } from './devices/home.js';
export type { HomeListener, Homes, ListedThing } from './devices/homes.js';
export { isMeasured, shortName, stateText, tellingField, thingsText, valueText } from './devices/live-value.js';
export type { LiveHome } from './devices/live-home.js';
export { type CommandOutcome, CommandStep, type CommandWishes, type TargetResult } from './devices/command-step.js';
export { type CommandProperties, parseOrder } from './devices/orders.js';
export { parseMessageTargets, parseNodeTargets, type Target } from './devices/targets.js';
export { type Language, languageOf } from './devices/names.js';
export { decodeToken } from './cloud/token.js';
export type { TokenClaims } from './cloud/token.js';
export { Listeners } from './async/listeners.js';
export { KeyedMutex } from './async/keyed-mutex.js';

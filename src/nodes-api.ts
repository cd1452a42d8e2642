/**
 * The API that the nodes use for accounts inside Node-RED, in addition to the public API (index.ts). Node-RED loads
 * this module when it starts. It loads homes-api.ts only when a node needs it. This API may change whenever the nodes
 * do.
 */
import { createRequire } from 'node:module';
import type * as HomesApi from './homes-api.js';

export type { Account } from './account/account.js';
export { createManagedAccount } from './account/lazy-account.js';
export type { ManagedAccount } from './account/managed-account.js';
export type { AccountOptions, AccountSettings, AdoptableLogin } from './account/account-options.js';
export { lengthOf, maskEmail, nameForNode, shortened } from './text.js';
export { OtpLimiter, otpLimiterShape } from './login/otp-limiter.js';
export { parseRequestBody } from './hub/free-request.js';
export { type Language, languageOf } from './devices/things/names.js';
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
  parseText,
  parseEmail,
  parseExpiry,
  parseOtp,
  rangeInWords,
  SECONDS,
  type SecondsRange,
  typedNumber,
} from './input.js';
export { badInput, CozifyError, printable, toCozifyError } from './errors.js';
export { listOf, objectOf, schemas, shape, type Shape } from './schema.js';

const load = createRequire(__filename);

/**
 * Returns the module homes-api.ts. The module is loaded at the first call, because Node-RED does not need it if the
 * flows have no node for the devices of a home.
 */
export function homesApi(): typeof HomesApi {
  return load('./homes-api.js') as typeof HomesApi;
}

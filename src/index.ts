/**
 * Cozify for programs: an account that stays logged in, and its hubs. This file is the public API. Exports for the
 * nodes are in nodes-api.ts.
 *
 * @packageDocumentation
 */
export { createAccount } from './account/create-account.js';
export type { CreateAccountOptions } from './account/create-account.js';
export type { Account } from './account/account.js';
export type { AuthenticateParams, StepResult } from './account/account-operations.js';
export type { HubSnapshot, Snapshot } from './account/snapshot.js';
export type {
  CommandParams,
  CommandReport,
  ReadParams,
  ReadResult,
  ThingState,
  ThingTarget,
} from './devices/steps/home-services.js';
export type { LoginState } from './login/otp-login.js';
export { ACCOUNT_TOPICS } from './state/account-topics.js';
export type { AccountTopic } from './state/account-topics.js';
export type { AccountSubscriber } from './account/account-events.js';
export type { FreeAnswer, FreeRequest } from './hub/free-request.js';
export { CozifyError, ERROR_CODES } from './errors.js';
export type { ErrorCode } from './errors.js';
export { DEFAULT_CLOUD_URL } from './input.js';
export type { Log, Store } from './store/store.js';
export type { AccountRecord } from './state/account-record.js';
export type { Clock } from './async/clock.js';
export type { Http } from './http/http-exchange.js';

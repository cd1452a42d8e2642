import { settlesWithin } from '../async/clock.js';
import { type AccountRecord, cloudOf } from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import { AccountLoader } from './account-loader.js';
import { AccountOperations } from './account-operations.js';
import type { AccountOptions } from './account-options.js';
import { type AccountParts, createParts, type LastingParts } from './account-parts.js';
import { StepRunner } from './step-runner.js';

/** How long a closing account waits for a token that it has requested, in milliseconds. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * How much longer a closing account waits for a slow store to save a received token, in milliseconds. Node-RED allows
 * 15 s for closing.
 */
const SAVE_TIMEOUT_MS = 10_000;

/**
 * How long a new run waits for a token that an earlier run has requested from the same cloud, in milliseconds. Longer
 * than the timeout of a call, because two simultaneous renewals may each invalidate the other's token.
 */
const EARLIER_RUN_TIMEOUT_MS = 16_000;

/**
 * The work of an account at one cloud. Begins when the state is loaded, and ends when the account is stopped, closed or
 * moved to another cloud.
 */
export class AccountRun {
  readonly parts: AccountParts;
  readonly loader: AccountLoader;
  readonly operations: AccountOperations;
  readonly steps: StepRunner;
  readonly #options: AccountOptions;
  #unsubscribe: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  /**
   * `unfinished`: closed runs that still wait for the cloud to send a token or a login code. The new run loads its
   * state when their tokens have arrived, or after {@link EARLIER_RUN_TIMEOUT_MS}.
   */
  constructor(options: AccountOptions, lasting: LastingParts, unfinished: readonly AccountRun[] = []) {
    this.#options = options;
    this.parts = createParts(options, lasting);
    this.loader = new AccountLoader(options, this.parts, {
      whenFree: () => this.#waitFor(unfinished),
      onReady: () => this.#start(),
    });
    this.operations = new AccountOperations(options, this.parts);
    this.steps = new StepRunner(this.parts, this.loader);
  }

  /**
   * Settles when the token requests in progress have settled; `undefined` if there are none. Such requests may continue
   * after the run has closed.
   */
  get tokenRequests(): Promise<unknown> | undefined {
    return this.parts.session.pendingRequests;
  }

  /** Whether a request for a token or a login code is in progress. */
  get isBusy(): boolean {
    return this.tokenRequests !== undefined || this.parts.otpLogin.isBusy;
  }

  /** Whether the run has closed or is closing. Queued commands may still be sent. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  get isClosed(): boolean {
    return this.parts.shutdown.signal.aborted;
  }

  /**
   * Closes the run. Stops the background tasks at once, waits up to 2 s for queued commands, up to 2 s for requested
   * tokens and up to 10 s for their save, then up to 10 s for saves of running steps. Steps that are still running
   * reject with `COZIFY_CLOSED`. A token that arrives later is still saved.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Resolves when requested tokens have arrived and all changes are saved, but after 12 s at the latest. */
  async settled(): Promise<void> {
    const { clock } = this.#options;
    const { session, accountState } = this.parts;
    await settlesWithin(clock, Promise.allSettled([this.tokenRequests, accountState.settled()]), ANSWER_TIMEOUT_MS);
    if (session.pendingSaves !== undefined) await settlesWithin(clock, session.pendingSaves, SAVE_TIMEOUT_MS);
  }

  /** Applies changed settings. `isMoved`: whether the store has changed. */
  noteSettings(isMoved: boolean): void {
    const { homes, backgroundTasks, events } = this.parts;
    this.loader.noteSettings(isMoved);
    homes.loaded?.homes.noteLanguage();
    backgroundTasks.plan();
    events.notifyChange();
  }

  /**
   * Informs the session, the homes, the background tasks and the event subscribers about a change of the account's
   * state.
   */
  noteChange(before: AccountRecord, announced: readonly AccountTopic[]): void {
    if (!this.loader.isReady || this.isClosed) return;
    const { state, session, homes, hubClients, backgroundTasks, events } = this.parts;
    const { login, hubs } = cloudOf(before, state.origin);
    const isNewToken = login?.token !== session.login?.token;
    const isReceived = announced.includes('refreshed') || announced.includes('authenticated');
    if (isNewToken && isReceived) backgroundTasks.noteRenewed();
    if (isNewToken) session.adoptDropped();
    if (hubs !== state.cloud.hubs) homes.loaded?.homes.noteHubs();
    // A logout deletes the keys of all hubs. This condition also detects a logout in another process.
    const isLogOut = hubs.some(({ key }) => key !== null) && state.cloud.hubs.every(({ key }) => key === null);
    const isReachabilityForgotten = isLogOut && hubClients.forgetReachability();
    if (isLogOut) homes.loaded?.homes.noteLogOut();
    if (isReceived || (isNewToken && session.login !== null)) homes.loaded?.homes.wake();
    backgroundTasks.plan();
    void this.loader.removeAdopted();
    events.noteChange(before, state.record, announced);
    if (isReachabilityForgotten) this.parts.noteHubReachability();
  }

  async #close(): Promise<void> {
    const { backgroundTasks, timers, shutdown, homes, hubClients, accountState } = this.parts;
    this.steps.close();
    this.loader.close();
    backgroundTasks.stop();
    timers.stop();
    this.#unsubscribe();
    homes.close();
    // Wait for queued commands to be sent before the signal aborts all requests.
    const open = homes.loaded?.homes;
    if (open?.isSending === true) await settlesWithin(this.#options.clock, open.drain(), ANSWER_TIMEOUT_MS);
    const { isChanging } = accountState;
    shutdown.abort();
    hubClients.close();
    await this.settled();
    // Wait for the saves of strict changes (changes that throw if their save fails), so that the steps that made them
    // settle with a result instead of `COZIFY_CLOSED`.
    await settlesWithin(this.#options.clock, accountState.strictSettled(), SAVE_TIMEOUT_MS);
    if (isChanging) await new Promise(setImmediate);
    this.parts.state.isAnswered = true;
    this.steps.settleAll();
  }

  async #waitFor(unfinished: readonly AccountRun[]): Promise<void> {
    const isSameCloud = ({ parts }: AccountRun): boolean => parts.state.origin === this.parts.state.origin;
    const work = Promise.allSettled(unfinished.filter(isSameCloud).map(async ({ tokenRequests }) => tokenRequests));
    await settlesWithin(this.#options.clock, work, EARLIER_RUN_TIMEOUT_MS);
  }

  #start(): void {
    const { events, homes, backgroundTasks } = this.parts;
    events.start();
    homes.loaded?.homes.noteHubs();
    // Another account with the same e-mail address may use up the login code that this account has requested. This
    // account then needs a new code.
    this.#unsubscribe = this.#options.otpLimiter.onChange(() => {
      backgroundTasks.plan();
      events.noteState();
    });
  }
}

import { settlesWithin } from '../async/clock.js';
import { LastRenewal } from '../login/last-renewal.js';
import type { AccountRecord } from '../state/account-record.js';
import { AccountState, type Announced } from '../state/account-state.js';
import { SaveRetry } from '../state/save-retry.js';
import type { Log } from '../store/store.js';
import { Account, type AccountCore } from './account.js';
import { AccountEvents } from './account-events.js';
import type { AccountOptions, AccountSettings } from './account-options.js';
import type { LastingParts } from './account-parts.js';
import { AccountRun } from './account-run.js';
import { CallLog } from './call-log.js';
import { describeAccount } from './diagnostics.js';
import type { Snapshot } from './snapshot.js';
import { takeSnapshot } from './take-snapshot.js';

/** How long a closing account waits for the retry of a failed save, in milliseconds. */
const SAVE_TIMEOUT_MS = 2_000;

/**
 * An account with its state, its event subscribers and its current run (its work at one cloud). A change of cloud
 * starts a new run, and a change of store moves the state. A closed account stays closed.
 */
export class ManagedAccount implements AccountCore {
  readonly id: string;
  /** The interface that flows and programs use. */
  readonly account: Account;
  readonly #options: AccountOptions;
  readonly #lasting: LastingParts;
  readonly #saveRetry: SaveRetry;
  readonly #unsubscribe: () => void;
  #log: Log;
  #run: AccountRun;
  /** Closed runs that still wait for the cloud to send a token or a login code. */
  #endedRuns: AccountRun[] = [];
  #hasStarted = false;
  #closing: Promise<void> | undefined;

  constructor(options: AccountOptions) {
    const { id, clock, otpLimiter, store } = options;
    this.id = id;
    this.#log = options.log;
    this.#options = { ...options, log: forwardTo(() => this.#log) };
    const accountState = new AccountState(store, (before, announced) => this.#noteChange(before, announced));
    const events = new AccountEvents({
      log: this.#options.log,
      origin: () => this.#run.parts.state.origin,
      snapshot: () => this.snapshot(),
      state: () => this.#run.parts.otpLogin.loginState,
    });
    this.#lasting = { accountState, events, callLog: new CallLog(clock), lastRenewal: new LastRenewal(clock) };
    this.#saveRetry = new SaveRetry([accountState, otpLimiter], clock);
    this.#unsubscribe = otpLimiter.onChange(() => this.#saveRetry.plan());
    this.#run = new AccountRun(this.#options, this.#lasting);
    this.account = new Account(this);
  }

  get run(): AccountRun {
    return this.#run;
  }

  get events(): AccountEvents {
    return this.#lasting.events;
  }

  get cloudUrl(): string {
    return this.#options.cloudUrl;
  }

  /** The current state, which may include a login that is never saved. */
  get record(): AccountRecord {
    return this.#lasting.accountState.record;
  }

  /**
   * Whether the account is stopped, with no request in progress and nothing left to save. The object can then be
   * dropped, because the account can be loaded again from its store.
   */
  get isIdle(): boolean {
    const { isChanging } = this.#lasting.accountState;
    return this.#run.isClosed && this.#busyRuns.length === 0 && !isChanging && !this.#saveRetry.isNeeded;
  }

  /**
   * Loads the saved state and starts the background tasks, unless the account has started already. Needs no network.
   */
  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    if (this.#run.isClosing) this.#renewRun();
    else this.#run.loader.start();
  }

  /** Applies settings. Unchanged settings cause no request to the cloud and no save. */
  configure({ log, store, ...settings }: AccountSettings): void {
    const { cloudUrl } = this.#options;
    this.#log = log;
    Object.assign(this.#options, settings);
    const isMoved = store.identity !== this.#options.store.identity;
    if (isMoved) {
      this.#options.store = store;
      void this.#lasting.accountState.move(store);
    }
    if (settings.cloudUrl !== cloudUrl) {
      this.#lasting.lastRenewal = new LastRenewal(this.#options.clock);
      this.#renewRun();
    } else if (this.#hasStarted) this.#run.noteSettings(isMoved);
  }

  /**
   * Adopts a login that the user has made in the dialog since this account was loaded. Resolves to `false` if there is
   * none.
   */
  adoptLogin(): Promise<boolean> {
    const { steps, loader } = this.#run;
    return steps.run('adoptLogin', () => loader.adoptLogin());
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#options, this.#run.parts);
  }

  diagnose(): object {
    return describeAccount(this.#options, this.#run);
  }

  /**
   * Resolves when requested tokens have arrived and are saved, and failed saves were retried. Gives up after a few
   * seconds.
   */
  async settled(): Promise<void> {
    await this.#run.settled();
    await this.#retrySave();
  }

  /** Retries a failed save once. */
  async #retrySave(): Promise<void> {
    if (this.#saveRetry.isNeeded) await settlesWithin(this.#options.clock, this.#saveRetry.now(), SAVE_TIMEOUT_MS);
  }

  /**
   * Stops the account until {@link start} is called again. A token that still arrives is saved, and a failed save is
   * retried.
   */
  async stop(): Promise<void> {
    this.#hasStarted = false;
    await this.#run.close();
  }

  /** Closes the account for good, see {@link Account.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /**
   * Closes the account. Nothing is saved any more, so that the caller can delete the state. Resolves when a save that
   * is already in progress has ended.
   */
  delete(): Promise<unknown> {
    this.#lasting.accountState.delete();
    void this.close();
    return this.#lasting.accountState.settled();
  }

  /** Closes the account. Resolves when all saves have ended, however long they take. */
  async closedAndSaved(): Promise<unknown> {
    await this.close();
    return this.#lasting.accountState.settled();
  }

  async #finish(): Promise<void> {
    await this.stop();
    await this.#retrySave();
    this.#saveRetry.stop();
    this.#unsubscribe();
    this.events.close();
    this.#options.http.close();
  }

  #renewRun(): void {
    const previous = this.#run;
    void previous.close();
    this.#endedRuns = [...this.#endedRuns, previous];
    this.#run = new AccountRun(this.#options, this.#lasting, this.#busyRuns);
    const { state, homes } = this.#run.parts;
    if (state.origin === previous.parts.state.origin) homes.adopt(previous.parts.homes);
    if (this.#hasStarted) this.#run.loader.start();
  }

  /** Runs that still wait for the cloud to send a token or a login code, including the current run. */
  get #busyRuns(): AccountRun[] {
    this.#endedRuns = this.#endedRuns.filter(({ isBusy }) => isBusy);
    return !this.#run.isBusy ? this.#endedRuns : [...this.#endedRuns, this.#run];
  }

  #noteChange(before: AccountRecord, announced: Announced): void {
    this.#saveRetry.plan();
    const { parts, loader } = this.#run;
    if (!loader.isReady) return;
    this.events.noteSaving(!this.#lasting.accountState.needsSave);
    this.#run.noteChange(before, announced(parts.state.origin));
  }
}

/** Returns a log that forwards each line to the account's current log, because a Deploy may replace the log. */
function forwardTo(current: () => Log): Log {
  return {
    info: (line) => current().info(line),
    warn: (line) => current().warn(line),
    error: (line) => current().error(line),
  };
}

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

/** How long the end waits for what could not be saved before. */
const SAVING_PATIENCE_MS = 2_000;

/**
 * An account for as long as it lives: its state, what has happened to it, and who follows it. While it is wanted it runs;
 * its settings are read when they are used, and another cloud or store is a change that it goes through. It ends once.
 */
export class LivingAccount implements AccountCore {
  readonly id: string;
  /** What flows and programs have of it. */
  readonly account: Account;
  readonly #options: AccountOptions;
  readonly #lasting: LastingParts;
  readonly #saveRetry: SaveRetry;
  readonly #unfollow: () => void;
  #log: Log;
  #run: AccountRun;
  /** Runs that are over, and whose last work is not. */
  #past: AccountRun[] = [];
  #hasStarted = false;
  #end: Promise<void> | undefined;

  constructor(options: AccountOptions) {
    const { id, clock, codes, store } = options;
    this.id = id;
    this.#log = options.log;
    this.#options = { ...options, log: throughTo(() => this.#log) };
    const accountState = new AccountState(store, (before, announced) => this.#noteChange(before, announced));
    const events = new AccountEvents({
      log: this.#options.log,
      origin: () => this.#run.parts.state.origin,
      snapshot: () => this.snapshot(),
      state: () => this.#run.parts.otpLogin.loginState,
    });
    this.#lasting = { accountState, events, callLog: new CallLog(clock), lastRenewal: new LastRenewal(clock) };
    this.#saveRetry = new SaveRetry([accountState, codes], clock);
    this.#unfollow = codes.onChange(() => this.#saveRetry.plan());
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

  /** Everything that is kept of it. */
  get record(): AccountRecord {
    return this.#lasting.accountState.record;
  }

  /** Whether it rests, and nothing of it is under way or waits to be saved: it can be opened anew from its store. */
  get isAtRest(): boolean {
    const { isChanging } = this.#lasting.accountState;
    return this.#run.isOver && this.#unfinished.length === 0 && !isChanging && !this.#saveRetry.isNeeded;
  }

  /** Wakes from the saved state and starts the background, unless that is done. Needs no network. */
  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    if (this.#run.isEnding) this.#renewRun();
    else this.#run.loader.start();
  }

  /** Takes over settings. Where they are the same nothing happens, and nothing is asked or saved. */
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

  /** Takes up a login that the dialog has finished only now. Gives whether there was one. */
  takeWaiting(): Promise<boolean> {
    const { steps, loader } = this.#run;
    return steps.run('takeWaiting', () => loader.takeWaiting());
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#options, this.#run.parts);
  }

  diagnose(): object {
    return describeAccount(this.#options, this.#run);
  }

  /** Resolves once tokens that were asked for are there and kept and nothing waits to be saved, or it is too late for that. */
  async settled(): Promise<void> {
    await this.#run.settled();
    await this.#saveOnce();
  }

  /** Tries once more to save what could not be. */
  async #saveOnce(): Promise<void> {
    if (this.#saveRetry.isNeeded) await settlesWithin(this.#options.clock, this.#saveRetry.now(), SAVING_PATIENCE_MS);
  }

  /** Does nothing any more until it starts again, except for keeping what comes late of a login or could not be saved. */
  async rest(): Promise<void> {
    this.#hasStarted = false;
    await this.#run.end();
  }

  /** Ends it for good, see {@link Account.close}. */
  close(): Promise<void> {
    this.#end ??= this.#finish();
    return this.#end;
  }

  /** As {@link close}, for an account of which nothing is to be kept. Resolves as {@link closedAndSaved}. */
  delete(): Promise<unknown> {
    this.#lasting.accountState.delete();
    void this.close();
    return this.#lasting.accountState.settled();
  }

  /** As {@link close}. Resolves once nothing is being saved any more, however long that takes. */
  async closedAndSaved(): Promise<unknown> {
    await this.close();
    return this.#lasting.accountState.settled();
  }

  async #finish(): Promise<void> {
    await this.rest();
    await this.#saveOnce();
    this.#saveRetry.stop();
    this.#unfollow();
    this.events.end();
    this.#options.http.close();
  }

  #renewRun(): void {
    const before = this.#run;
    void before.end();
    this.#past = [...this.#past, before];
    this.#run = new AccountRun(this.#options, this.#lasting, this.#unfinished);
    const { state, homes } = this.#run.parts;
    if (state.origin === before.parts.state.origin) homes.goOnFrom(before.parts.homes);
    if (this.#hasStarted) this.#run.loader.start();
  }

  /** The runs of which something is still under way. */
  get #unfinished(): AccountRun[] {
    this.#past = this.#past.filter(({ isBusy }) => isBusy);
    return !this.#run.isBusy ? this.#past : [...this.#past, this.#run];
  }

  #noteChange(before: AccountRecord, announced: Announced): void {
    this.#saveRetry.plan();
    const { parts, loader } = this.#run;
    if (!loader.isReady) return;
    this.events.noteSaving(!this.#lasting.accountState.needsSave);
    this.#run.noteChange(before, announced(parts.state.origin));
  }
}

/** A log that is always the newest one: that of the node which the account has now. */
function throughTo(newest: () => Log): Log {
  return {
    info: (line) => newest().info(line),
    warn: (line) => newest().warn(line),
    error: (line) => newest().error(line),
  };
}

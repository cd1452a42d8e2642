import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import type { Timer } from '../async/clock.js';
import { type CozifyError, toCozifyError } from '../errors.js';
import { isSameUser } from '../login/renewal-rules.js';
import { type LoginRecord, cloudOf, withCloud, withLogin } from '../state/account-record.js';
import type { AccountOptions } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** How long a state that can't be read is left before it is tried again. */
const RELOAD_MS = 10_000;

/**
 * Wakes an account from its saved state: reads it, again and again while it can't be read, and takes up what a Deploy
 * has changed (docs/rules.md, "A state that can't be read is not an empty one").
 */
export class AccountLoader {
  /** Resolves when the state has been read; never when that stays impossible. */
  readonly ready: Promise<void>;
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #onReady: () => void;
  readonly #loads = new SingleFlight<void>();
  readonly #mutex = new KeyedMutex();
  #markReady: () => void = () => undefined;
  #error: CozifyError | undefined;
  #timer: Timer | undefined;
  #isReady = false;
  #isClosed = false;
  /** A login that waited was taken up and not let go of yet. */
  #hasWaiting = false;

  /** `onReady` is called once, when the state has been read. */
  constructor(options: AccountOptions, parts: AccountParts, onReady: () => void) {
    this.#options = options;
    this.#parts = parts;
    this.#onReady = onReady;
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why the state can't be read, while that is so. */
  get error(): CozifyError | undefined {
    return this.#error;
  }

  /** Reads the state, without anybody waiting for it. */
  start(): void {
    void this.load().catch(() => undefined);
  }

  /** Reads the state unless that is done. Throws `COZIFY_STORE`; it is then tried again by itself. */
  load(): Promise<void> {
    return this.#loads.run('load', () => this.#load());
  }

  /**
   * Takes up a login that was made in the dialog before this account was deployed so, for the address in force or the
   * configured one. The address of that login is the one set last. Gives whether there was one.
   */
  takeWaiting(): Promise<boolean> {
    return this.#mutex.runExclusive('waiting', () => this.#takeWaiting());
  }

  /** Once a login taken up is saved here, it is nowhere else: it would come back at the next start. */
  async letGoOfWaiting(): Promise<void> {
    if (!this.#hasWaiting || !this.#parts.state.isSaved) return;
    this.#hasWaiting = false;
    await this.#options.waiting?.letGo().catch(() => (this.#hasWaiting = true));
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    if (this.#isReady) return;
    const { state, backgroundTasks } = this.#parts;
    try {
      await this.#options.codes.load();
      await state.load();
    } catch (error) {
      throw this.#noteFailure(toCozifyError(error, 'COZIFY_STORE'));
    }
    if (this.#isClosed) return;
    if (state.needsSave) await state.retrySave();
    await this.#takeConfigured();
    await this.takeWaiting();
    if (this.#isClosed) return;
    this.#error = undefined;
    this.#isReady = true;
    if (this.#options.isResting !== true) backgroundTasks.start();
    this.#markReady();
    this.#onReady();
  }

  #noteFailure(problem: CozifyError): CozifyError {
    const { log, clock, isResting = false } = this.#options;
    if (this.#error === undefined) log.error(problem.message);
    this.#error = problem;
    this.#parts.events.tell();
    if (!this.#isClosed && !isResting) {
      this.#timer ??= clock.setTimeout(() => {
        this.#timer = undefined;
        this.start();
      }, RELOAD_MS);
    }
    return problem;
  }

  /** A Deploy that changed the configured address puts it in force. */
  async #takeConfigured(): Promise<void> {
    const { email } = this.#options;
    const { state } = this.#parts;
    if (email === undefined || email === state.record.configuredEmail) return;
    await state.change((record) => ({ ...record, email, configuredEmail: email }));
  }

  /** As {@link takeWaiting}, one after another. */
  async #takeWaiting(): Promise<boolean> {
    const { waiting, email: configured } = this.#options;
    const { state } = this.#parts;
    const addresses = [state.record.email, configured].filter((address) => typeof address === 'string');
    const record = (await waiting?.read(addresses).catch(() => null)) ?? null;
    if (record === null) return false;
    const { login, otp, hubs, defaultHub } = cloudOf(record, state.origin);
    await state.change(
      (own) => {
        const cloud = cloudOf(own, state.origin);
        if (login === null) return withCloud(own, { ...cloud, otp });
        // It was taken up before: its file could not be deleted.
        if (isOlder(login, cloud.login)) return undefined;
        const email = record.email ?? own.email;
        return withCloud({ ...own, email }, { ...withLogin(cloud, login), otp, hubs, defaultHub });
      },
      { announce: () => (this.#isReady ? [login === null ? 'otp-sent' : 'authenticated'] : []) },
    );
    this.#hasWaiting = true;
    await this.letGoOfWaiting();
    return true;
  }
}

/** Whether a login is one that its user has renewed since. */
function isOlder(login: LoginRecord, inForce: LoginRecord | null): boolean {
  if (inForce === null || inForce.isRejected || !isSameUser(inForce, login.token)) return false;
  return (login.lastRefresh ?? 0) < (inForce.lastRefresh ?? 0);
}

import { Timer } from '../async/timers.js';
import { KeyedMutex } from '../async/locks.js';
import { SingleFlight } from '../async/in-flight.js';
import { type CozifyError, toCozifyError } from '../errors.js';
import { isSameUser, withLoginOf } from '../login/token-rules.js';
import { type CloudRecord, type HubRecord, type LoginRecord, cloudOf, withCloud } from '../state/account-record.js';
import type { AccountOptions, AdoptableLogin } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** Delay before another attempt to read the state, in milliseconds. */
const RELOAD_MS = 10_000;

/** Hooks of {@link AccountLoader}. */
export interface AccountLoaderHooks {
  /**
   * Resolves when no earlier run of the account is waiting for a new token. The state is read after that, so that it
   * contains the token.
   */
  whenFree: () => Promise<void>;
  /** Called once, when the state has been read. */
  onReady: () => void;
}

/**
 * Loads the saved state of an account, retries while it can't be read, and applies changes of the settings
 * (docs/dev/rules.md, "A state that can't be read is not an empty one").
 */
export class AccountLoader {
  /** Resolves when the state has been read. Stays pending while the state can't be read. */
  readonly ready: Promise<void>;
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #hooks: AccountLoaderHooks;
  readonly #loads = new SingleFlight<void>();
  readonly #mutex = new KeyedMutex();
  readonly #retryTimer: Timer;
  #markReady: () => void = () => undefined;
  #error: CozifyError | undefined;
  #isReady = false;
  /** The version of the settings, raised by each change. */
  #settingsVersion = 1;
  /** The version of the settings that was applied last. */
  #appliedVersion = 0;
  #isClosed = false;
  #hasStarted = false;
  /** The login that this account has adopted from its dialog (see {@link adoptLogin}) but not saved yet. */
  #unsavedAdoption: AdoptableLogin | undefined;

  constructor(options: AccountOptions, parts: AccountParts, hooks: AccountLoaderHooks) {
    this.#options = options;
    this.#parts = parts;
    this.#hooks = hooks;
    this.#retryTimer = new Timer(options.clock, { keepsAlive: true });
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The error of the last attempt to read the state; `undefined` if that attempt did not fail. */
  get error(): CozifyError | undefined {
    return this.#error;
  }

  /** Loads the state in the background. */
  start(): void {
    void this.load().catch(() => undefined);
  }

  /**
   * Applies changed settings in the background. If `isMoved` is `true`, the store has changed, so the state is read
   * again.
   */
  noteSettings(isMoved: boolean): void {
    if (isMoved) this.#isReady = false;
    this.#settingsVersion += 1;
    this.start();
  }

  /** Whether the state has been read and the current settings are applied. */
  get isUpToDate(): boolean {
    return this.#isReady && this.#appliedVersion === this.#settingsVersion;
  }

  /**
   * Reads the state and applies the settings, unless both are done. If the state can't be read, throws `COZIFY_STORE`
   * and tries again later.
   */
  load(): Promise<void> {
    return this.#loads.run('load', () => this.#load());
  }

  /**
   * Adopts a pending login: one that the user made in the account's dialog before this account was deployed. Looks for
   * a login with the current or the configured e-mail address. Its address becomes the current one. Resolves to `false`
   * if there is no such login.
   */
  adoptLogin(): Promise<boolean> {
    return this.#mutex.runExclusive('pending login', () => this.#adoptPending());
  }

  /**
   * Deletes the pending login (see {@link adoptLogin}) once this account has saved it. Otherwise the next start would
   * adopt it again.
   */
  async removeAdopted(): Promise<void> {
    const adoption = this.#unsavedAdoption;
    if (adoption === undefined || this.#parts.accountState.needsSave) return;
    this.#unsavedAdoption = undefined;
    await adoption.remove().catch(() => (this.#unsavedAdoption = adoption));
  }

  close(): void {
    this.#isClosed = true;
    this.#retryTimer.clear();
  }

  async #load(): Promise<void> {
    if (this.isUpToDate) return;
    if (this.#isReady) await this.#applySettings();
    // `#isReady` is `false` again if another store was chosen while the settings were applied.
    if (this.#isReady || this.#isClosed) return;
    let store: AccountOptions['store'];
    do {
      ({ store } = this.#options);
      try {
        await this.#hooks.whenFree();
        await this.#options.otpLimiter.load();
        await this.#parts.accountState.load();
      } catch (error) {
        throw this.#noteFailure(toCozifyError(error, 'COZIFY_STORE'));
      }
      if (this.#isClosed) return;
      await this.#applySettings();
      if (this.#isClosed) return;
      // Read the state again if another store was chosen during the read.
    } while (store !== this.#options.store);
    this.#error = undefined;
    this.#isReady = true;
    if (this.#hasStarted) {
      this.#parts.backgroundTasks.plan();
      return this.#parts.events.noteState();
    }
    this.#hasStarted = true;
    if (this.#options.isPassive !== true) this.#parts.backgroundTasks.start();
    this.#hooks.onReady();
    this.#markReady();
  }

  async #applySettings(): Promise<void> {
    while (this.#appliedVersion !== this.#settingsVersion) {
      const version = this.#settingsVersion;
      await this.#applyAddress();
      await this.adoptLogin();
      this.#appliedVersion = version;
    }
  }

  #noteFailure(problem: CozifyError): CozifyError {
    const { log, isPassive = false } = this.#options;
    if (this.#error === undefined) log.error(problem.message);
    this.#error = problem;
    this.#parts.events.notifyChange();
    if (!this.#isClosed && !isPassive && !this.#retryTimer.isSet) this.#retryTimer.set(RELOAD_MS, () => this.start());
    return problem;
  }

  /** Makes the configured e-mail address the current one, if a Deploy has changed it. */
  async #applyAddress(): Promise<void> {
    const { state } = this.#parts;
    const configured = this.#options.email;
    const email = configured === '' ? null : configured;
    if (email === undefined || email === state.record.configuredEmail) return;
    // If the user has removed the configured e-mail address, login codes still go to the current address.
    await state.change((record) => ({ ...record, email: email ?? record.email, configuredEmail: email }));
  }

  /** Does the work of {@link adoptLogin}. The caller holds the mutex. */
  async #adoptPending(): Promise<boolean> {
    const { findPendingLogin, email: configured, cloudUrl, clock } = this.#options;
    const { state } = this.#parts;
    const addresses = [state.record.email, configured].filter((address) => typeof address === 'string');
    const offer = await findPendingLogin?.(cloudUrl, addresses).catch(() => undefined);
    if (offer === undefined) return false;
    const { record } = offer;
    const { login, otp, hubs, defaultHub } = cloudOf(record, state.origin);
    await state[login === null ? 'change' : 'changeLogin'](
      (own) => {
        const cloud = cloudOf(own, state.origin);
        const isSameCode = cloud.otp?.sentAt === otp?.sentAt && cloud.otp?.email === otp?.email;
        if (login === null) return isSameCode ? undefined : withCloud(own, { ...cloud, otp });
        // Skip a login that was adopted before (and perhaps renewed since). The pending login could not be deleted
        // then.
        if (login.token === cloud.login?.token || isOlder(login, cloud.login)) return undefined;
        const email = record.email ?? own.email;
        const next = withLoginOf(cloud, login, clock.now());
        const known = { otp, hubs: withAdoptedHubs(next, hubs), defaultHub: cloud.defaultHub ?? defaultHub };
        return withCloud({ ...own, email }, { ...next, ...known });
      },
      { announce: () => (this.#isReady ? [login === null ? 'otp-sent' : 'authenticated'] : []) },
    );
    this.#unsavedAdoption = offer;
    await this.removeAdopted();
    return true;
  }
}

/** Merges the hubs of an adopted login into the known hubs. */
function withAdoptedHubs({ hubs }: CloudRecord, found: readonly HubRecord[]): HubRecord[] {
  const known = hubs.map((hub) => {
    const same = found.find(({ id }) => id === hub.id);
    if (same === undefined) return hub;
    return { ...hub, name: same.name, key: same.key ?? hub.key, missedLists: same.missedLists };
  });
  return [...known, ...found.filter(({ id }) => hubs.every((hub) => hub.id !== id))];
}

/**
 * Whether `login` is older than the current login: both belong to the same user, and the current login was received
 * later. `false` if the current login is rejected.
 */
function isOlder(login: LoginRecord, current: LoginRecord | null): boolean {
  if (current === null || current.isRejected || !isSameUser(current, login.token)) return false;
  return (login.lastRefresh ?? 0) < (current.lastRefresh ?? 0);
}

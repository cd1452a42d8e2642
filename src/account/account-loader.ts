import { Alarm } from '../async/alarm.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import { type CozifyError, toCozifyError } from '../errors.js';
import { isSameUser, withLoginOf } from '../login/renewal-rules.js';
import { type CloudRecord, type HubRecord, type LoginRecord, cloudOf, withCloud } from '../state/account-record.js';
import type { AccountOptions, WaitingOffer } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** How long a state that can't be read is left before it is tried again. */
const RELOAD_MS = 10_000;

/** What the loader waits for, and whom it tells. */
export interface AccountLoaderHooks {
  /** Resolves once nothing of an earlier run is under way. */
  whenFree: () => Promise<void>;
  /** Called once, when the state has been read. */
  onReady: () => void;
}

/**
 * Wakes an account from its saved state: reads it, again and again while it can't be read, and takes up what a Deploy
 * has changed (docs/dev/rules.md, "A state that can't be read is not an empty one").
 */
export class AccountLoader {
  /** Resolves when the state has been read; never when that stays impossible. */
  readonly ready: Promise<void>;
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #hooks: AccountLoaderHooks;
  readonly #loads = new SingleFlight<void>();
  readonly #mutex = new KeyedMutex();
  readonly #alarm: Alarm;
  #markReady: () => void = () => undefined;
  #error: CozifyError | undefined;
  #isReady = false;
  /** How often settings have come, and up to which of them all is taken up. */
  #wanted = 1;
  #taken = 0;
  #isClosed = false;
  #hasBegun = false;
  /** A login that waited, was taken up, and is not saved here yet. */
  #unsavedOffer: WaitingOffer | undefined;

  constructor(options: AccountOptions, parts: AccountParts, hooks: AccountLoaderHooks) {
    this.#options = options;
    this.#parts = parts;
    this.#hooks = hooks;
    this.#alarm = new Alarm(options.clock, { keepsAlive: true });
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

  /** The settings are others: takes up what that changes, and reads the state anew where it is kept elsewhere now. */
  noteSettings(isMoved: boolean): void {
    if (isMoved) this.#isReady = false;
    this.#wanted += 1;
    this.start();
  }

  /** Whether the state has been read, and has taken up what the settings say. */
  get isUpToDate(): boolean {
    return this.#isReady && this.#taken === this.#wanted;
  }

  /** Reads the state and takes up what the settings say, unless that is done. Throws `COZIFY_STORE`; it is tried again then. */
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
    const taken = this.#unsavedOffer;
    if (taken === undefined || this.#parts.accountState.needsSave) return;
    this.#unsavedOffer = undefined;
    await taken.letGo().catch(() => (this.#unsavedOffer = taken));
  }

  close(): void {
    this.#isClosed = true;
    this.#alarm.clear();
  }

  async #load(): Promise<void> {
    if (this.isUpToDate) return;
    if (this.#isReady) await this.#takeSettings();
    // Meanwhile another store may have been chosen.
    if (this.#isReady || this.#isClosed) return;
    let store: AccountOptions['store'];
    do {
      ({ store } = this.#options);
      try {
        await this.#hooks.whenFree();
        await this.#options.codes.load();
        await this.#parts.accountState.load();
      } catch (error) {
        throw this.#noteFailure(toCozifyError(error, 'COZIFY_STORE'));
      }
      if (this.#isClosed) return;
      await this.#takeSettings();
      if (this.#isClosed) return;
      // Another may have been chosen meanwhile.
    } while (store !== this.#options.store);
    this.#error = undefined;
    this.#isReady = true;
    if (this.#hasBegun) {
      this.#parts.backgroundTasks.plan();
      return this.#parts.events.noteState();
    }
    this.#hasBegun = true;
    if (this.#options.isResting !== true) this.#parts.backgroundTasks.start();
    this.#hooks.onReady();
    this.#markReady();
  }

  async #takeSettings(): Promise<void> {
    while (this.#taken !== this.#wanted) {
      const wanted = this.#wanted;
      await this.#takeConfigured();
      await this.takeWaiting();
      this.#taken = wanted;
    }
  }

  #noteFailure(problem: CozifyError): CozifyError {
    const { log, isResting = false } = this.#options;
    if (this.#error === undefined) log.error(problem.message);
    this.#error = problem;
    this.#parts.events.tell();
    if (!this.#isClosed && !isResting && !this.#alarm.isSet) this.#alarm.set(RELOAD_MS, () => this.start());
    return problem;
  }

  /** A Deploy that changed the configured address puts it in force. */
  async #takeConfigured(): Promise<void> {
    const { state } = this.#parts;
    const configured = this.#options.email;
    const email = configured === '' ? null : configured;
    if (email === undefined || email === state.record.configuredEmail) return;
    // One that was taken away is not in force any more for a reset; where codes go stays as it is.
    await state.change((record) => ({ ...record, email: email ?? record.email, configuredEmail: email }));
  }

  /** As {@link takeWaiting}, one after another. */
  async #takeWaiting(): Promise<boolean> {
    const { waiting, email: configured, cloudUrl, clock } = this.#options;
    const { state } = this.#parts;
    const addresses = [state.record.email, configured].filter((address) => typeof address === 'string');
    const offer = await waiting?.(cloudUrl, addresses).catch(() => undefined);
    if (offer === undefined) return false;
    const { record } = offer;
    const { login, otp, hubs, defaultHub } = cloudOf(record, state.origin);
    await state[login === null ? 'change' : 'changeLogin'](
      (own) => {
        const cloud = cloudOf(own, state.origin);
        const isSameCode = cloud.otp?.sentAt === otp?.sentAt && cloud.otp?.email === otp?.email;
        if (login === null) return isSameCode ? undefined : withCloud(own, { ...cloud, otp });
        // It was taken up before, and waits still.
        if (login.token === cloud.login?.token || isOlder(login, cloud.login)) return undefined;
        const email = record.email ?? own.email;
        const next = withLoginOf(cloud, login, clock.now());
        const known = { otp, hubs: withFound(next, hubs), defaultHub: cloud.defaultHub ?? defaultHub };
        return withCloud({ ...own, email }, { ...next, ...known });
      },
      { announce: () => (this.#isReady ? [login === null ? 'otp-sent' : 'authenticated'] : []) },
    );
    this.#unsavedOffer = offer;
    await this.letGoOfWaiting();
    return true;
  }
}

/** The hubs that are known, with the keys and names of those found, and new ones. */
function withFound({ hubs }: CloudRecord, found: readonly HubRecord[]): HubRecord[] {
  const known = hubs.map((hub) => {
    const same = found.find(({ id }) => id === hub.id);
    if (same === undefined) return hub;
    return { ...hub, name: same.name, key: same.key ?? hub.key, missedLists: same.missedLists };
  });
  return [...known, ...found.filter(({ id }) => hubs.every((hub) => hub.id !== id))];
}

/** Whether a login is one that its user has renewed since. */
function isOlder(login: LoginRecord, inForce: LoginRecord | null): boolean {
  if (inForce === null || inForce.isRejected || !isSameUser(inForce, login.token)) return false;
  return (login.lastRefresh ?? 0) < (inForce.lastRefresh ?? 0);
}

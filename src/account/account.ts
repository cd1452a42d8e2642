import { settlesWithin } from '../async/clock.js';
import type { CozifyError } from '../errors.js';
import { type FreeAnswer, type FreeRequest, requestFreely } from '../hub/free-request.js';
import type { HubClient } from '../hub/hub-client.js';
import type { Homes } from '../devices/home/homes.js';
import { type AccountRecord, cloudOf } from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import type { AccountListener } from './account-events.js';
import { AccountLoader } from './account-loader.js';
import {
  AccountOperations,
  type AuthenticateParams,
  type RenewalParams,
  type StepResult,
} from './account-operations.js';
import type { AccountOptions } from './account-options.js';
import { type AccountParts, createParts } from './account-parts.js';
import { describeAccount } from './diagnostics.js';
import type { CommandParams, CommandReport, ReadParams, ReadResult, ThingTarget } from './home-steps.js';
import { type Snapshot, toIso } from './snapshot.js';
import { StepRunner } from './step-runner.js';
import { takeSnapshot } from './take-snapshot.js';

const CLOSE_PATIENCE_MS = 2_000;

/** How much longer for a token that has come to be kept, by a slow store: a few of its calls. Node-RED waits 15 s. */
const KEEPING_PATIENCE_MS = 10_000;

/**
 * A Cozify account: what flows and the dialog call. Each step answers only after the state it reports is saved, or
 * could not be; each fails with a {@link CozifyError}, `COZIFY_STORE` while the state can't be read and
 * `COZIFY_CLOSED` when the account is closed meanwhile.
 */
export class Account {
  readonly id: string;
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #loader: AccountLoader;
  readonly #operations: AccountOperations;
  readonly #steps: StepRunner;
  #unfollow: () => void = () => undefined;

  constructor(options: AccountOptions) {
    this.id = options.id;
    this.#options = options;
    this.#parts = createParts(options, {
      snapshot: () => this.snapshot(),
      onChange: (before, announced) => this.#noteChange(before, announced),
    });
    this.#loader = new AccountLoader(options, this.#parts, () => this.#begin());
    this.#operations = new AccountOperations(options, this.#parts);
    this.#steps = new StepRunner(options, this.#parts, this.#loader);
  }

  /** The base URL of its cloud. */
  get cloudUrl(): string {
    return this.#options.cloudUrl;
  }

  /** Resolves when the state has been read; never when that stays impossible. */
  get ready(): Promise<void> {
    return this.#loader.ready;
  }

  /** Takes up a login that the dialog has finished only now, after this account was deployed. Gives whether there was one. */
  takeWaiting(): Promise<boolean> {
    return this.#steps.run('takeWaiting', () => this.#loader.takeWaiting());
  }

  /** Wakes from the saved state and starts the background. Needs no network. */
  start(): void {
    this.#loader.start();
  }

  /** Logs in by code, or checks the login there is: `true` when logged in, `false` when a code is needed and has been e-mailed. */
  authenticate(params: AuthenticateParams = {}): Promise<StepResult<boolean>> {
    return this.#steps.run('authenticate', () => this.#operations.authenticate(params));
  }

  /** Whether the cloud takes the token; renews it on the way unless `autorefresh` is `false`, if due. */
  ping(params: RenewalParams & { autorefresh?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#steps.run('ping', () => this.#operations.ping(params));
  }

  /** `true` when the token was renewed or is not due, `false` when it is too late or there is none. */
  refresh(params: RenewalParams & { force?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#steps.run('refresh', () => this.#operations.refresh(params));
  }

  /**
   * The token, after putting `newToken` in force if given; with `commit` false in memory only. Throws
   * `COZIFY_OTP_REQUIRED` when there is none and `COZIFY_BAD_INPUT` for what can't be sent as one.
   */
  token(newToken?: string, { commit = true }: { commit?: boolean } = {}): Promise<StepResult<string>> {
    return this.#steps.run('token', () => this.#operations.token(newToken, commit));
  }

  /** The address in force, after setting `newEmail` if given. Throws `COZIFY_NO_EMAIL` when there is none. */
  email(newEmail?: string): Promise<StepResult<string>> {
    return this.#steps.run('email', () => this.#operations.email(newEmail));
  }

  /** Forgets the login; with `logout` revokes the token at the cloud first. Hubs stay. */
  reset({ logout = false }: { logout?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#steps.run('reset', () => this.#operations.reset(logout));
  }

  /** Has a code e-mailed, to `email` or the address in force. */
  requestOtp(email?: string): Promise<StepResult<boolean>> {
    return this.#steps.run('requestOtp', () => this.#operations.requestOtp(email));
  }

  /**
   * A hub of the account: the default one for `''`, and the only one there is for an id that nobody knows. Throws
   * `COZIFY_NOT_FOUND`, or `COZIFY_OTP_REQUIRED` when a login would tell which hubs there are.
   */
  hub(id = ''): Promise<HubClient> {
    return this.#steps.run('hub', () => Promise.resolve(this.#parts.hubClients.get(id)));
  }

  /**
   * Sends a request to a hub as it is, by the way that there is; which hub is found as by {@link hub}. Throws `COZIFY_API`
   * for an answer that is no success, `COZIFY_HUB_OFFLINE`, `COZIFY_FORBIDDEN` for what the hub's key does not allow, and
   * `COZIFY_UNREACHABLE` where something that changes the hub was sent and not answered: it may have been done.
   */
  request(hub: string, request: FreeRequest): Promise<StepResult<FreeAnswer>> {
    return this.#steps.run('request', async () => {
      const client = this.#parts.hubClients.get(hub);
      try {
        return { value: await requestFreely(client, request), isRefreshed: false };
      } finally {
        if (request.method !== 'GET') this.#parts.homes.noteRequest(client.id);
      }
    });
  }

  /**
   * How things at home are now: from memory where that is fresh enough, else from the hub, and from memory again where
   * that is away. Throws `COZIFY_NOT_FOUND` for a name that nothing has, and `COZIFY_HUB_OFFLINE` where memory has nothing.
   */
  read(params: ReadParams = {}): Promise<ReadResult> {
    return this.#steps.run('read', () => this.#parts.homes.steps.read(params));
  }

  /**
   * Has things do something: `true` or "on", `false` or "off", "toggle", a number (the brightness of a lamp, the position of
   * a blind, the target of a thermostat), or fields such as `{ brightness: 40, colorTemperature: 2700 }`. Throws
   * `COZIFY_BAD_INPUT` for what makes no sense, and the error by which nothing at all could be sent.
   */
  command(
    targets: ThingTarget | readonly ThingTarget[],
    value: boolean | number | string | Readonly<Record<string, unknown>>,
    params: CommandParams = {},
  ): Promise<CommandReport> {
    return this.#steps.run('command', () => this.#parts.homes.steps.command(targets, value, params));
  }

  /**
   * Does something with the homes behind the account's hubs, once the state is there; ends with the account. What is to be
   * heard all the time is listened to by {@link homes}.
   */
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T> {
    return this.#steps.run(operation, () => work(this.homes));
  }

  get homes(): Homes {
    return this.#parts.homes.homes;
  }

  /** The snapshot, once the state has been read and all changes under way are made. */
  readSnapshot(): Promise<Snapshot> {
    return this.#steps.run('readSnapshot', () => Promise.resolve(this.snapshot()));
  }

  /** How the login stands now. Before the state has been read this is an account that never logged in. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#options, this.#parts);
  }

  /** Whether the state has been read. */
  get isReady(): boolean {
    return this.#loader.isReady;
  }

  /** Why the state can't be read, while that is so. */
  get loadError(): CozifyError | undefined {
    return this.#loader.error;
  }

  /** Everything worth handing on to another account: for a login that waited. */
  get record(): AccountRecord {
    return this.#parts.state.record;
  }

  /**
   * What helps to find out why something does not work: state, times, counters and the last errors by code. Holds no
   * secret; the address is masked.
   */
  diagnose(): object {
    return describeAccount(this.#options, this.#parts, this.#loader);
  }

  /** The login that the cloud has ended, as long as its token is kept and asked about; `at`: ISO 8601 UTC, if known. */
  get lostLogin(): { at: string | null } | undefined {
    const { login } = this.#parts.session;
    return login?.isRejected === true ? { at: toIso(login.rejectedAt) } : undefined;
  }

  /**
   * The login by code that is under way, or was when the account closed: a code can be used only once, so that it goes
   * on, and its successor has what comes of it once this has resolved.
   */
  get loginUnderWay(): Promise<void> | undefined {
    return this.#operations.loginUnderWay;
  }

  /** Calls `listener` with each thing that happens. Gives the way to stop that. */
  onEvent(listener: AccountListener): () => void {
    return this.#parts.events.onEvent(listener);
  }

  /** Calls `watcher` whenever the snapshot may have changed. Gives the way to stop that. */
  onChange(watcher: () => void): () => void {
    return this.#parts.events.onChange(watcher);
  }

  /**
   * Ends all steps with `COZIFY_CLOSED` and stops the background. Waits at most 2 s, and only for a token that has
   * been asked for already; should it come later still, it is saved all the same. One that has come is waited for until
   * it is saved, 10 s more at most.
   */
  async close(): Promise<void> {
    if (this.#steps.isClosed) return;
    const { clock, http } = this.#options;
    this.#steps.close();
    this.#operations.close();
    this.#loader.close();
    this.#parts.backgroundTasks.stop();
    this.#parts.timers.stop();
    this.#parts.events.close();
    this.#unfollow();
    this.#parts.ending.end();
    this.#parts.homes.close();
    this.#parts.hubClients.close();
    this.#steps.endAll();
    await settlesWithin(clock, this.#lastWork(), CLOSE_PATIENCE_MS);
    const { keeping } = this.#parts.session;
    if (keeping !== undefined) await settlesWithin(clock, keeping, KEEPING_PATIENCE_MS);
    this.#parts.state.detach();
    this.#parts.events.end();
    http.close();
  }

  /** What a close waits for: a token that was asked for already, and the saving of what has changed. */
  async #lastWork(): Promise<void> {
    // A code in small letters may be tried a second time.
    await this.#operations.loginUnderWay?.catch(() => undefined);
    await this.#parts.session.pending;
    await this.#parts.state.settled();
    await this.#parts.saveRetry.now();
  }

  /** The state has been read. */
  #begin(): void {
    this.#parts.events.begin();
    this.#parts.homes.noteHubs();
    this.#parts.saveRetry.plan();
    // Another account may use up the code that this one has sent to the same address.
    this.#unfollow = this.#options.codes.onChange(() => {
      this.#parts.backgroundTasks.plan();
      this.#parts.saveRetry.plan();
      this.#parts.events.noteState();
    });
  }

  #noteChange(before: AccountRecord, announced: readonly AccountTopic[]): void {
    if (!this.isReady) return;
    const { login, hubs } = cloudOf(before, this.#parts.state.origin);
    const isNewToken = login?.token !== this.#parts.session.login?.token;
    const isReceived = announced.includes('refreshed') || announced.includes('authenticated');
    if (isNewToken && isReceived) this.#parts.backgroundTasks.noteRenewed();
    if (hubs !== this.#parts.state.cloud.hubs) this.#parts.homes.noteHubs();
    if (isReceived) this.#parts.homes.wake();
    this.#parts.backgroundTasks.plan();
    this.#parts.saveRetry.plan();
    void this.#loader.letGoOfWaiting();
    this.#parts.events.noteSaving(!this.#parts.state.needsSave);
    this.#parts.events.noteChange(before, this.#parts.state.record, announced);
  }
}

import type { CozifyError } from '../errors.js';
import { type FreeAnswer, type FreeRequest, requestFreely } from '../hub/free-request.js';
import type { HubClient } from '../hub/hub-client.js';
import type { Homes } from '../devices/home/homes.js';
import type { CommandParams, CommandReport, ReadParams, ReadResult, ThingTarget } from '../devices/steps/home-steps.js';
import type { FeedAnswer, FeedWishes } from '../devices/steps/event-feed.js';
import type { HomeRecording } from '../devices/steps/home-recording.js';
import type { AccountEvents, AccountListener } from './account-events.js';
import type { AuthenticateParams, RenewalParams, StepResult } from './account-operations.js';
import type { AccountRun } from './account-run.js';
import { type Snapshot, toIso } from './snapshot.js';

/** The account that an {@link Account} gives access to. */
export interface AccountCore {
  readonly id: string;
  readonly cloudUrl: string;
  /** What it does now: after another cloud was chosen, another. */
  readonly run: AccountRun;
  readonly events: AccountEvents;
  snapshot(): Snapshot;
  diagnose(): object;
  close(): Promise<void>;
}

/**
 * A Cozify account: what flows and the dialog call. Each step answers only after the state it reports is saved, or
 * could not be; each fails with a {@link CozifyError}, `COZIFY_STORE` while the state can't be read and
 * `COZIFY_CLOSED` when the account is closed meanwhile.
 */
export class Account {
  readonly id: string;
  readonly #core: AccountCore;

  constructor(core: AccountCore) {
    this.id = core.id;
    this.#core = core;
  }

  /** The base URL of its cloud. */
  get cloudUrl(): string {
    return this.#core.cloudUrl;
  }

  /** Resolves when the state has been read; never when that stays impossible. */
  get ready(): Promise<void> {
    return this.#core.run.loader.ready;
  }

  /** Logs in by code, or checks the login there is: `true` when logged in, `false` when a code is needed and has been e-mailed. */
  authenticate(params: AuthenticateParams = {}): Promise<StepResult<boolean>> {
    return this.#step('authenticate', ({ operations }) => operations.authenticate(params));
  }

  /** Whether the cloud takes the token; renews it on the way unless `autorefresh` is `false`, if due. */
  ping(params: RenewalParams & { autorefresh?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('ping', ({ operations }) => operations.ping(params));
  }

  /** `true` when the token was renewed or is not due, `false` when it is too late or there is none. */
  refresh(params: RenewalParams & { force?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('refresh', ({ operations }) => operations.refresh(params));
  }

  /**
   * The token, after putting `newToken` in force if given; with `commit` false in memory only. Throws
   * `COZIFY_OTP_REQUIRED` when there is none and `COZIFY_BAD_INPUT` for what can't be sent as one.
   */
  token(newToken?: string, { commit = true }: { commit?: boolean } = {}): Promise<StepResult<string>> {
    return this.#step('token', ({ operations }) => operations.token(newToken, commit));
  }

  /** The address in force, after setting `newEmail` if given. Throws `COZIFY_NO_EMAIL` when there is none. */
  email(newEmail?: string): Promise<StepResult<string>> {
    return this.#step('email', ({ operations }) => operations.email(newEmail));
  }

  /** Forgets the login; with `logout` revokes the token at the cloud first. Hubs stay. */
  reset({ logout = false }: { logout?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('reset', ({ operations }) => operations.reset(logout));
  }

  /** Has a code e-mailed, to `email` or the address in force. */
  requestOtp(email?: string): Promise<StepResult<boolean>> {
    return this.#step('requestOtp', ({ operations }) => operations.requestOtp(email));
  }

  /**
   * A hub of the account: the default one for `''`. Throws `COZIFY_NOT_FOUND` for an id that nobody knows, or
   * `COZIFY_OTP_REQUIRED` when a login would tell which hubs there are.
   */
  hub(id = ''): Promise<HubClient> {
    return this.#step('hub', ({ parts }) => Promise.resolve(parts.hubClients.get(id)));
  }

  /**
   * Sends a request to a hub as it is, by the way that there is; which hub is found as by {@link hub}. Throws `COZIFY_API`
   * for an answer that is no success, `COZIFY_HUB_OFFLINE`, `COZIFY_FORBIDDEN` for what the hub's key does not allow, and
   * `COZIFY_UNREACHABLE` where something that changes the hub was sent and not answered: it may have been done.
   */
  request(hub: string, request: FreeRequest): Promise<StepResult<FreeAnswer>> {
    return this.#step('request', async ({ parts }) => {
      const client = parts.hubClients.get(hub);
      try {
        return { value: await requestFreely(client, request), isRefreshed: false };
      } finally {
        if (request.method !== 'GET') parts.homes.noteRequest(client.id);
      }
    });
  }

  /**
   * How things at home are now: from memory where that is fresh enough, else from the hub, and from memory again where
   * that is away. Throws `COZIFY_NOT_FOUND` for a name that nothing has, and `COZIFY_HUB_OFFLINE` where memory has nothing.
   */
  read(params: ReadParams = {}): Promise<ReadResult> {
    return this.#step('read', ({ parts }) => parts.homes.steps.read(params));
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
    return this.#step('command', ({ parts }) => parts.homes.steps.command(targets, value, params));
  }

  /**
   * Does something with the homes behind the account's hubs, once the state is there; ends with the account. What is to be
   * heard all the time is listened to by {@link homes}.
   */
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T> {
    return this.#step(operation, ({ parts }) => work(parts.homes.homes));
  }

  /** The recording of what happens at home; it ends with the account. */
  recording(): Promise<HomeRecording> {
    return this.#step('recording', ({ parts }) => Promise.resolve(parts.homes.steps.recording));
  }

  /**
   * What has happened at home since `after` (`last` of the answer before), held until something does or `waitMs` are over.
   * The end of the account is no failure of one that is held: it is answered with what there is.
   */
  async feed(wishes: FeedWishes, signal?: AbortSignal): Promise<FeedAnswer> {
    const feed = await this.#step('feed', ({ parts }) => {
      // What asks for the hubs says best why there is none.
      void parts.homes.homes.hubs;
      return Promise.resolve(parts.homes.steps.feed);
    });
    return feed.read(wishes, signal);
  }

  get homes(): Homes {
    return this.#core.run.parts.homes.homes;
  }

  /** The snapshot, once the state has been read and all changes under way are made. */
  readSnapshot(): Promise<Snapshot> {
    return this.#step('readSnapshot', () => Promise.resolve(this.snapshot()));
  }

  /** How the login stands now. Before the state has been read this is an account that never logged in. */
  snapshot(): Snapshot {
    return this.#core.snapshot();
  }

  /** Whether the state has been read. */
  get isReady(): boolean {
    return this.#core.run.loader.isReady;
  }

  /** Why the state can't be read, while that is so. */
  get loadError(): CozifyError | undefined {
    return this.#core.run.loader.error;
  }

  /**
   * What helps to find out why something does not work: state, times, counters and the last errors by code. Holds no
   * secret; the address is masked.
   */
  diagnose(): object {
    return this.#core.diagnose();
  }

  /** The login that the cloud has ended, as long as its token is kept and asked about; `at`: ISO 8601 UTC, if known. */
  get lostLogin(): { at: string | null } | undefined {
    const { login } = this.#core.run.parts.session;
    return login?.isRejected === true ? { at: toIso(login.rejectedAt) } : undefined;
  }

  /** Calls `listener` with each thing that happens. Gives the way to stop that. */
  onEvent(listener: AccountListener): () => void {
    return this.#core.events.onEvent(listener);
  }

  /** Calls `watcher` whenever the snapshot may have changed. Gives the way to stop that. */
  onChange(watcher: () => void): () => void {
    return this.#core.events.onChange(watcher);
  }

  /**
   * Ends the account: its steps end with `COZIFY_CLOSED`, and its background. Waits at most 2 s, and only for a token that
   * has been asked for already or for what is being saved; should a token come later still, it is saved all the same. One
   * that has come is waited for until it is saved, 10 s more at most.
   */
  close(): Promise<void> {
    return this.#core.close();
  }

  #step<T>(operation: string, work: (run: AccountRun) => Promise<T>): Promise<T> {
    const { run } = this.#core;
    return run.steps.run(operation, () => work(run));
  }
}

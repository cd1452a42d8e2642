import type { CozifyError } from '../errors.js';
import { type FreeAnswer, type FreeRequest, requestFreely } from '../hub/free-request.js';
import type { HubClient } from '../hub/hub-client.js';
import type { Homes } from '../devices/across-hubs/homes.js';
import type {
  CommandParams,
  CommandReport,
  ReadParams,
  ReadResult,
  ThingTarget,
} from '../devices/steps/home-services.js';
import type { FeedAnswer, FeedQuery } from '../devices/steps/sidebar-feed.js';
import type { HomeRecording } from '../devices/steps/home-recording.js';
import type { AccountEvents, AccountSubscriber } from './account-events.js';
import type { AuthenticateParams, RenewalParams, StepResult } from './account-operations.js';
import type { AccountRun } from './account-run.js';
import { type Snapshot, toIso } from './snapshot.js';

/** The internals of an account. {@link Account} is its public interface. */
export interface AccountCore {
  readonly id: string;
  readonly cloudUrl: string;
  /** The account at its current cloud. A change of cloud starts a new run. */
  readonly run: AccountRun;
  readonly events: AccountEvents;
  snapshot(): Snapshot;
  diagnose(): object;
  close(): Promise<void>;
}

/**
 * The public interface of a Cozify account, for flows, programs and the dialog. Each asynchronous method is a step. A
 * step resolves after its changes are saved or the save has failed. It rejects with a {@link CozifyError}, for example
 * `COZIFY_STORE` while the state can't be read, or `COZIFY_CLOSED` when the account is closed.
 */
export class Account {
  readonly id: string;
  readonly #core: AccountCore;

  constructor(core: AccountCore) {
    this.id = core.id;
    this.#core = core;
  }

  /** The base URL of the cloud. */
  get cloudUrl(): string {
    return this.#core.cloudUrl;
  }

  /** Resolves when the state has been read. Stays pending while the state can't be read. */
  get ready(): Promise<void> {
    return this.#core.run.loader.ready;
  }

  /**
   * Logs in with the login code `otp`, or checks the current login. Resolves to `true` if the account is logged in.
   * Resolves to `false` if a code is needed; the cloud has then sent one by e-mail.
   */
  authenticate(params: AuthenticateParams = {}): Promise<StepResult<boolean>> {
    return this.#step('authenticate', ({ operations }) => operations.authenticate(params));
  }

  /** Resolves to whether the cloud accepts the token. Renews a token that is due unless `autorefresh` is `false`. */
  ping(params: RenewalParams & { autorefresh?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('ping', ({ operations }) => operations.ping(params));
  }

  /**
   * Renews the token if it is due or rejected, or if `force` is `true`. Resolves to `false` if there is no token or the
   * cloud rejects it, otherwise to `true`.
   */
  refresh(params: RenewalParams & { force?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('refresh', ({ operations }) => operations.refresh(params));
  }

  /**
   * Resolves to the current token. If `newToken` is given, sets it first; with `commit: false`, only in memory. Throws
   * `COZIFY_OTP_REQUIRED` if there is no token, and `COZIFY_BAD_INPUT` if `newToken` can't be sent in a header.
   */
  token(newToken?: string, { commit = true }: { commit?: boolean } = {}): Promise<StepResult<string>> {
    return this.#step('token', ({ operations }) => operations.token(newToken, commit));
  }

  /**
   * Resolves to the current e-mail address. If `newEmail` is given, sets it first. Throws `COZIFY_NO_EMAIL` if there is
   * no address.
   */
  email(newEmail?: string): Promise<StepResult<string>> {
    return this.#step('email', ({ operations }) => operations.email(newEmail));
  }

  /** Deletes the login from this account. With `logout: true`, revokes the token at the cloud first. Keeps the hubs. */
  reset({ logout = false }: { logout?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('reset', ({ operations }) => operations.reset(logout));
  }

  /** Requests a login code, which the cloud sends to `email` or, if that is omitted, to the current e-mail address. */
  requestOtp(email?: string): Promise<StepResult<boolean>> {
    return this.#step('requestOtp', ({ operations }) => operations.requestOtp(email));
  }

  /**
   * Returns a hub of the account, or the default hub for `''`. Throws `COZIFY_OTP_REQUIRED` if the account has neither
   * hubs nor a login, and `COZIFY_NOT_FOUND` if it has no hub with this id.
   */
  hub(id = ''): Promise<HubClient> {
    return this.#step('hub', ({ parts }) => Promise.resolve(parts.hubClients.get(id)));
  }

  /**
   * Sends a request unchanged to a hub. `hub`: the id of the hub, or `''` for the default hub. Throws `COZIFY_API` for
   * an error status, `COZIFY_HUB_OFFLINE`, `COZIFY_FORBIDDEN` if the hub's key does not allow the request, and
   * `COZIFY_UNREACHABLE` if a request that changes something was sent and got no answer: the hub may have carried it
   * out.
   */
  request(hub: string, request: FreeRequest): Promise<StepResult<FreeAnswer>> {
    return this.#step('request', async ({ parts }) => {
      const client = parts.hubClients.get(hub);
      try {
        return { value: await requestFreely(client, request), isRefreshed: false };
      } finally {
        if (request.method !== 'GET') parts.homes.loaded?.homes.noteRequest(client.id);
      }
    });
  }

  /**
   * Returns the state of devices and other things at home: from the cache if it is fresh enough or the hub is offline,
   * otherwise from the hub. Throws `COZIFY_NOT_FOUND` for an unknown name, and `COZIFY_HUB_OFFLINE` if the hub is
   * offline and the cache is empty.
   */
  read(params: ReadParams = {}): Promise<ReadResult> {
    return this.#step('read', ({ parts }) => parts.homes.services.read(params));
  }

  /**
   * Sends a command to things: `true` or "on", `false` or "off", "toggle", a number (the brightness of a lamp, the
   * position of a blind, the target of a thermostat), or fields such as `{ brightness: 40, colorTemperature: 2700 }`.
   * Throws `COZIFY_BAD_INPUT` for an invalid value, and the error of the hub or the network if no command at all could
   * be sent.
   */
  command(
    targets: ThingTarget | readonly ThingTarget[],
    value: boolean | number | string | Readonly<Record<string, unknown>>,
    params: CommandParams = {},
  ): Promise<CommandReport> {
    return this.#step('command', ({ parts }) => parts.homes.services.command(targets, value, params));
  }

  /**
   * Runs `work` with the account's homes, after the state is loaded. There is one home for each hub. Rejects when the
   * account closes. Use {@link homes} for lasting subscriptions.
   */
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T> {
    return this.#step(operation, ({ parts }) => work(parts.homes.services.homes));
  }

  /** Resolves to the recording of the home's events. The recording stops when the account closes. */
  recording(): Promise<HomeRecording> {
    return this.#step('recording', ({ parts }) => Promise.resolve(parts.homes.services.recording));
  }

  /**
   * Resolves to the events at home since `after`, which is the `last` value of the previous answer. Waits up to
   * `waitMs` for an event. If the account closes during the wait, resolves to the events so far.
   */
  async feed(query: FeedQuery, signal?: AbortSignal): Promise<FeedAnswer> {
    const feed = await this.#step('feed', ({ parts }) => {
      // Reading `hubs` throws if there is no hub, with an error that says why.
      void parts.homes.services.homes.hubs;
      return Promise.resolve(parts.homes.services.feed);
    });
    return feed.read(query, signal);
  }

  get homes(): Homes {
    return this.#core.run.parts.homes.services.homes;
  }

  /** Resolves to the snapshot, after the state has been read and changed settings are applied. */
  readSnapshot(): Promise<Snapshot> {
    return this.#step('readSnapshot', () => Promise.resolve(this.snapshot()));
  }

  /**
   * Returns the current snapshot. Before the state has been read, the snapshot is that of an account that has never
   * logged in.
   */
  snapshot(): Snapshot {
    return this.#core.snapshot();
  }

  /** Whether the state has been read. */
  get isReady(): boolean {
    return this.#core.run.loader.isReady;
  }

  /** The error of the last attempt to read the state; `undefined` if that attempt did not fail. */
  get loadError(): CozifyError | undefined {
    return this.#core.run.loader.error;
  }

  /**
   * Returns diagnostics: state, times, counters and the codes of the last errors. Contains no secret; the e-mail
   * address is masked.
   */
  diagnose(): object {
    return this.#core.diagnose();
  }

  /**
   * The cloud's rejection of the login; `undefined` if the login is not rejected. `at`: the time of the rejection as
   * ISO 8601 UTC, or `null` if the time is not known. A rejected token is kept and checked again.
   */
  get lostLogin(): { at: string | null } | undefined {
    const { login } = this.#core.run.parts.session;
    return login?.isRejected === true ? { at: toIso(login.rejectedAt) } : undefined;
  }

  /** Calls `subscriber` for each event of the account. Returns a function that unsubscribes. */
  onEvent(subscriber: AccountSubscriber): () => void {
    return this.#core.events.onEvent(subscriber);
  }

  /** Calls `watcher` when the snapshot may have changed. Returns a function that unsubscribes. */
  onChange(watcher: () => void): () => void {
    return this.#core.events.onChange(watcher);
  }

  /**
   * Closes the account. Stops the background tasks, waits a few seconds for queued commands, requested tokens and saves
   * in progress, and then rejects running steps with `COZIFY_CLOSED`. A token that arrives later is still saved.
   */
  close(): Promise<void> {
    return this.#core.close();
  }

  #step<T>(operation: string, work: (run: AccountRun) => Promise<T>): Promise<T> {
    const { run } = this.#core;
    return run.steps.run(operation, () => work(run));
  }
}

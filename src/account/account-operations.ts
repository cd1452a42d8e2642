import { settlesWithin } from '../async/clock.js';
import { isHeaderSafe } from '../cloud/token.js';
import { badInput, CozifyError } from '../errors.js';
import type { DiscoveryOptions } from '../hub/hub-discovery.js';
import { parseEmail } from '../input.js';
import { isSameUser, withLoginOf } from '../login/token-rules.js';
import type { Renewal, Verdict } from '../login/session.js';
import { type CloudRecord, cloudOf, newLogin, withCloud } from '../state/account-record.js';
import type { AccountOptions } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** Options of {@link Account.authenticate}. The defaults are the same as in the authenticate node. */
export interface AuthenticateParams {
  /** The login code from the e-mail. If given, the account logs in with it, even if it is logged in already. */
  otp?: string;
  /**
   * The e-mail address that the code was sent to. Defaults to the address of the last code, or to the account's current
   * address if no code is pending.
   */
  email?: string;
  /**
   * Whether to keep a login that the cloud still accepts. `false` requests a new login code in any case. Defaults to
   * `true`.
   */
  trustCloud?: boolean;
  /** Whether to look for new hubs only; `false` looks for all hubs again. Defaults to `true`. */
  trustHub?: boolean;
  /** Whether to call the discovered hubs through the cloud instead of the LAN. Defaults to `false`. */
  remote?: boolean;
  /** Whether the discovered hubs may be called through the cloud while the LAN connection fails. Defaults to `true`. */
  autoremote?: boolean;
  /** Whether to renew the token if it is due. Defaults to `true`. */
  autorefresh?: boolean;
  /** The age at which the token is renewed, in milliseconds. Defaults to the account's `expiry`. */
  expiryMs?: number | undefined;
}

/**
 * Options of a step that may renew the token, such as `ping`. `expiryMs` is the same as in {@link AuthenticateParams}.
 */
export interface RenewalParams {
  expiryMs?: number | undefined;
}

/**
 * The result of a step (an asynchronous method of `Account`). `isRefreshed`: the token was renewed during the
 * step.
 */
export interface StepResult<T> {
  value: T;
  isRefreshed: boolean;
}

/**
 * How long `authenticate` waits for the discovery of hubs, in milliseconds. A longer discovery continues in the
 * background.
 */
const DISCOVERY_TIMEOUT_MS = 15_000;

const STRICT = { isStrict: true };

/**
 * Implements the steps of an account (for example `ping`), which run after the account's state is loaded.
 * `Account` documents each step.
 */
export class AccountOperations {
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;

  constructor(options: AccountOptions, parts: AccountParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async authenticate(params: AuthenticateParams): Promise<StepResult<boolean>> {
    const { otp, email, expiryMs } = params;
    const { trustCloud = true, trustHub = true, remote = false, autoremote = true, autorefresh = true } = params;
    const { session, otpLogin, events } = this.#parts;
    const hubOptions = { isTrusting: trustHub, isRemote: remote, isAutoremote: autoremote };
    if (otp !== undefined) {
      await otpLogin.logIn(otp, email).finally(() => events.noteState());
      await this.#updateHubs(hubOptions);
      return { value: true, isRefreshed: false };
    }
    if (trustCloud && session.login !== null) {
      const { isAccepted, keys, epoch } = await session.ask();
      const renewal = isAccepted && autorefresh ? await this.#renewIfDue(expiryMs) : undefined;
      if (isAccepted && (renewal !== 'dropped' || session.isAuthenticated)) {
        await this.#updateHubs(hubOptions, keys === undefined ? undefined : { isAccepted, keys, epoch });
        return { value: true, isRefreshed: renewal === 'renewed' };
      }
    }
    await otpLogin.request(email);
    return { value: false, isRefreshed: false };
  }

  async ping({
    autorefresh = true,
    expiryMs,
  }: RenewalParams & { autorefresh?: boolean }): Promise<StepResult<boolean>> {
    const { session, hubs, backgroundTasks } = this.#parts;
    const { isAccepted, keys } = await session.ask();
    if (!isAccepted) return { value: false, isRefreshed: false };
    if (keys !== undefined && hubs.hasNew(keys)) backgroundTasks.checkSoon();
    const renewal = autorefresh ? await this.#renewIfDue(expiryMs) : undefined;
    return { value: renewal === 'dropped' ? session.isAuthenticated : true, isRefreshed: renewal === 'renewed' };
  }

  async refresh({ force = false, expiryMs }: RenewalParams & { force?: boolean }): Promise<StepResult<boolean>> {
    const { session } = this.#parts;
    const { login } = session;
    if (login === null) return { value: false, isRefreshed: false };
    const isDue = session.dueIn(expiryMs ?? this.#options.expiryMs) === 0;
    if (!force && !login.isRejected && !isDue) return { value: true, isRefreshed: false };
    const renewal = await session.renew();
    const isAccepted = renewal === 'dropped' ? session.isAuthenticated : renewal !== 'rejected';
    return { value: isAccepted, isRefreshed: renewal === 'renewed' };
  }

  async token(newToken: string | undefined, commit: boolean): Promise<StepResult<string>> {
    if (newToken !== undefined) await this.#setToken(newToken, commit);
    const { login } = this.#parts.session;
    if (login === null) throw new CozifyError('COZIFY_OTP_REQUIRED', 'There is no token: log in with a one-time code.');
    return { value: login.token, isRefreshed: false };
  }

  async email(newEmail: string | undefined): Promise<StepResult<string>> {
    const { state, otpLogin } = this.#parts;
    if (newEmail !== undefined) {
      const email = parseEmail(newEmail);
      await state.change((record) => (record.email === email ? undefined : { ...record, email }), STRICT);
    }
    return { value: otpLogin.address, isRefreshed: false };
  }

  async reset(logout: boolean): Promise<StepResult<boolean>> {
    const { session } = this.#parts;
    await (logout ? session.logOut() : session.forget());
    return { value: true, isRefreshed: false };
  }

  async requestOtp(email: string | undefined): Promise<StepResult<boolean>> {
    await this.#parts.otpLogin.request(email);
    return { value: false, isRefreshed: false };
  }

  /**
   * Discovers the hubs of the account. Resolves after {@link DISCOVERY_TIMEOUT_MS} at the latest; the discovery then
   * continues in the background.
   */
  async #updateHubs(hubOptions: DiscoveryOptions, known?: Verdict): Promise<void> {
    const { session, hubs, backgroundTasks } = this.#parts;
    const look = async (): Promise<boolean> => {
      const { keys, epoch } = known ?? (await session.ask());
      return keys === undefined || (await hubs.discover(keys, epoch, hubOptions));
    };
    const update = look().catch(() => true);
    const isScheduled = update.then((hasFailed) => hasFailed && backgroundTasks.checkSoon());
    await settlesWithin(this.#options.clock, isScheduled, DISCOVERY_TIMEOUT_MS);
  }

  /** Renews the token if it is due. Ignores a failed renewal, because the old token still works. */
  async #renewIfDue(expiryMs: number | undefined): Promise<Renewal | undefined> {
    const { session } = this.#parts;
    if (session.dueIn(expiryMs ?? this.#options.expiryMs) !== 0) return undefined;
    return session.renew().catch(() => undefined);
  }

  async #setToken(token: string, commit: boolean): Promise<void> {
    const { state, session, lastRenewal, backgroundTasks } = this.#parts;
    if (typeof token !== 'string' || !isHeaderSafe(token)) {
      throw badInput('token should be printable ASCII without spaces, at most 8192 characters.');
    }
    const isSame = isSameUser(session.login, token);
    const put = (cloud: CloudRecord): CloudRecord =>
      withLoginOf(cloud, newLogin(token, null, null), this.#options.clock.now());
    if (commit) await state.changeLogin((record) => withCloud(record, put(cloudOf(record, state.origin))), STRICT);
    else await state.putTemporary(put);
    lastRenewal.forget();
    backgroundTasks.noteTokenSet(isSame);
  }
}

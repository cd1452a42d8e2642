import { settlesWithin } from '../async/clock.js';
import { isHeaderSafe } from '../cloud/token.js';
import { badInput, CozifyError } from '../errors.js';
import type { HubWishes } from '../hub/hub-discovery.js';
import { parseEmail } from '../input.js';
import { isSameUser, withLoginOf } from '../login/renewal-rules.js';
import type { Renewal, Verdict } from '../login/session.js';
import { type CloudRecord, cloudOf, newLogin, withCloud } from '../state/account-record.js';
import type { AccountOptions } from './account-options.js';
import type { AccountParts } from './account-parts.js';

/** What {@link Account.authenticate} takes; what is left out has the defaults of the authenticate node. */
export interface AuthenticateParams {
  /** A one-time code: log in with it, whatever the state. */
  otp?: string;
  /** The address the code was sent to; by default that of the code on its way, else the address in force. */
  email?: string;
  /** Believe the cloud that the login is good; `false` asks for a code all the same. By default `true`. */
  trustCloud?: boolean;
  /** Look up only hubs that are new; `false` looks all of them up again. By default `true`. */
  trustHub?: boolean;
  /** For the hubs that are looked up: ask them through the cloud. By default `false`. */
  remote?: boolean;
  /** For the hubs that are looked up: they may be asked through the cloud when the LAN fails. By default `true`. */
  autoremote?: boolean;
  /** Renew the token on the way if that is due. By default `true`. */
  autorefresh?: boolean;
  /** How old the token may be before it is renewed, in milliseconds; by default the account's. */
  expiryMs?: number | undefined;
}

/** When a step renews the token on its way; `expiryMs` as in {@link AuthenticateParams}. */
export interface RenewalParams {
  expiryMs?: number | undefined;
}

/** What a step gives. `isRefreshed`: it waited for a renewal. */
export interface StepResult<T> {
  value: T;
  isRefreshed: boolean;
}

/** A step waits this long for the hubs, and no longer (hubs are looked after meanwhile). */
const HUB_PATIENCE_MS = 15_000;

const STRICT = { isStrict: true };

/** What the steps of an account do, once its state is there. What each promises is told at {@link Account}. */
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
    const wishes = { isTrusting: trustHub, isRemote: remote, isAutoremote: autoremote };
    if (otp !== undefined) {
      await otpLogin.logIn(otp, email).finally(() => events.noteState());
      await this.#lookAfterHubs(wishes);
      return { value: true, isRefreshed: false };
    }
    if (trustCloud && session.login !== null) {
      const { isAccepted, keys, era } = await session.ask();
      const renewal = isAccepted && autorefresh ? await this.#renewIfDue(expiryMs) : undefined;
      if (isAccepted && (renewal !== 'dropped' || session.isAuthenticated)) {
        await this.#lookAfterHubs(wishes, keys === undefined ? undefined : { isAccepted, keys, era });
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
    const isTaken = renewal === 'dropped' ? session.isAuthenticated : renewal !== 'rejected';
    return { value: isTaken, isRefreshed: renewal === 'renewed' };
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

  /** Looks after the hubs, as long as a step may wait for that; what takes longer goes on by itself. */
  async #lookAfterHubs(wishes: HubWishes, known?: Verdict): Promise<void> {
    const { session, hubs, backgroundTasks } = this.#parts;
    const look = async (): Promise<boolean> => {
      const { keys, era } = known ?? (await session.ask());
      return keys === undefined || (await hubs.lookAfter(keys, era, wishes));
    };
    const care = look().catch(() => true);
    const isNoted = care.then((hasTrouble) => hasTrouble && backgroundTasks.checkSoon());
    await settlesWithin(this.#options.clock, isNoted, HUB_PATIENCE_MS);
  }

  /** A renewal that fails on the way does not change what the step found out. */
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
    else await state.putGuest(put);
    lastRenewal.forget();
    backgroundTasks.noteTokenSet(isSame);
  }
}

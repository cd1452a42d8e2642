import { type Clock, Elapsed } from '../async/clock.js';
import { SingleFlight } from '../async/in-flight.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import { CODE_LIFE_MS, type OtpLimiter, type OtpTarget } from './otp-limiter.js';
import { CozifyError, toCozifyError } from '../errors.js';
import { parseEmail, parseOtp } from '../input.js';
import { accountClosed } from '../state/account-state.js';
import type { CloudState } from '../state/cloud-state.js';
import type { Session } from './session.js';
import type { OtpRecord } from '../state/account-record.js';

/**
 * The state of a login. `authenticated`: there is a token that the cloud has not rejected; `otp-sent`: there is no such
 * token, but a pending login code; `otp-required`: there is neither.
 */
export type LoginState = 'authenticated' | 'otp-sent' | 'otp-required';

/** Options of an {@link OtpLogin}. */
export interface OtpLoginOptions {
  /** The id of the account, because the number of login codes is limited for each account. */
  id: string;
  state: CloudState;
  client: CloudClient;
  session: Session;
  otpLimiter: OtpLimiter;
  clock: Clock;
}

/** Logs in with a login code: requests a code by e-mail, and exchanges it for a token. */
export class OtpLogin {
  readonly #options: OtpLoginOptions;
  readonly #sending = new SingleFlight<void>();
  readonly #trying = new SingleFlight<void>();
  /** The time since the last login code was sent. */
  #sent: Elapsed | undefined;

  constructor(options: OtpLoginOptions) {
    this.#options = options;
  }

  /** Whether a request for a login code, or a login with a code, is in progress. */
  get isBusy(): boolean {
    return this.#sending.isBusy || this.#trying.isBusy;
  }

  /** The current state of the login. */
  get loginState(): LoginState {
    if (this.#options.session.isAuthenticated) return 'authenticated';
    return this.open === undefined ? 'otp-required' : 'otp-sent';
  }

  /**
   * The pending login code: it was sent less than 15 minutes ago, was not used and was not rejected too often.
   * `undefined` if there is no such code.
   */
  get open(): OtpRecord | undefined {
    const { otp, origin } = this.#options.state.cloud;
    if (otp === null || this.remainingMs === undefined) return undefined;
    return this.#options.otpLimiter.isUsable(origin, otp.email) ? otp : undefined;
  }

  /** Milliseconds until the last login code expires; `undefined` if it has expired or none was sent. */
  get remainingMs(): number | undefined {
    const { state, clock } = this.#options;
    const { otp } = state.cloud;
    if (otp === null) return undefined;
    // `Elapsed` uses the clock that shows the greater age, because setting the wall clock back must not make the code
    // younger.
    if (this.#sent?.at !== otp.sentAt) this.#sent = new Elapsed(clock, otp.sentAt);
    const remaining = CODE_LIFE_MS - this.#sent.ms;
    return remaining > 0 ? remaining : undefined;
  }

  /** The account's current e-mail address. Throws `COZIFY_NO_EMAIL` if there is none. */
  get address(): string {
    const { email } = this.#options.state.record;
    if (email !== null) return email;
    throw new CozifyError(
      'COZIFY_NO_EMAIL',
      'The account has no e-mail address: set one in the account or with an e-mail address node.',
    );
  }

  /**
   * Requests a login code for `email`, or for the account's current e-mail address if `email` is `undefined`.
   * Concurrent calls share one request.
   */
  request(email: string | undefined): Promise<void> {
    const to = email === undefined ? this.address : parseEmail(email);
    return this.#sending.run(to, () => this.#send(to));
  }

  /**
   * Logs in with a login code. Without `email`, uses the address that the last code was sent to. Concurrent calls with
   * the same code count as one attempt, even if the code is sent a second time in upper case.
   */
  logIn(otp: string, email: string | undefined): Promise<void> {
    const code = parseOtp(otp);
    const to = email === undefined ? (this.#lastAddress ?? this.address) : parseEmail(email);
    const { otpLimiter, session } = this.#options;
    return this.#trying.run(JSON.stringify([to, code]), () =>
      otpLimiter.try(this.#target(to), () => session.track(this.#exchange(to, code))),
    );
  }

  /**
   * Sends a login code to the cloud as the user typed it. If the cloud rejects it, sends it once more in upper case,
   * because Cozify's codes are in upper case.
   */
  async #exchange(email: string, code: string): Promise<void> {
    const { session, state } = this.#options;
    if (state.isClosed) throw accountClosed();
    const inUpperCase = code.toUpperCase();
    try {
      await session.logIn(email, code);
    } catch (error) {
      if (inUpperCase === code || toCozifyError(error).code !== 'COZIFY_OTP_REJECTED') throw error;
      await session.logIn(email, inUpperCase);
    }
  }

  /**
   * The e-mail address that the last login code was sent to, until that code expires. Also returned if the code was
   * rejected too often, because a code that the user types then is still meant for this address.
   */
  get #lastAddress(): string | undefined {
    return this.remainingMs === undefined ? undefined : this.#options.state.cloud.otp?.email;
  }

  async #send(email: string): Promise<void> {
    const { otpLimiter, client, state } = this.#options;
    const { sentAt, isNew } = await otpLimiter.send(this.#target(email), () => client.requestLogin(email));
    await state.changeCloud(
      (cloud) => {
        const isKnown = cloud.otp?.email === email && cloud.otp.sentAt === sentAt;
        return isKnown ? undefined : { ...cloud, otp: { email, sentAt } };
      },
      { announce: () => (isNew ? ['otp-sent'] : []) },
    );
  }

  #target(email: string): OtpTarget {
    return { origin: this.#options.state.origin, email, account: this.#options.id };
  }
}

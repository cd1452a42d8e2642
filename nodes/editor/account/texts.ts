// The texts of the account dialog.
import type { HubSnapshot, Snapshot } from '../../../src/account/snapshot.js';
import type { ErrorCode } from '../../../src/errors.js';
import type { Translate } from '../shared/catalogue.js';
import { clockText, dateText, momentText, waitText } from '../shared/times.js';
import type { Failure } from './api.js';
import { isErrorCode, type LostLogin } from './diagnostics.js';

/** Time after sending a code during which no other code is sent, see "Codes are limited" in `docs/dev/rules.md`. */
const RESEND_MS = 60_000;

/** The facts, besides the snapshot, that determine the text for the state of the login. */
interface StateFacts {
  sentTo: string | undefined;
  isLive: boolean;
  /** Whether the flows are stopped. The account is not running then, so the snapshot contains only its saved login. */
  isStopped?: boolean;
  lost?: LostLogin | undefined;
}

/** The texts of the account dialog, in the editor's language. */
export class AccountTexts {
  readonly #t: Translate;
  readonly #locale: string;

  constructor(t: Translate, locale: string) {
    this.#t = t;
    this.#locale = locale;
  }

  /**
   * Returns texts about the state of the login, the most important one first.
   *
   * @param sentTo the address to which the valid code was sent, if known
   * @param isLive whether the login belongs to the deployed account, which renews it
   * @param isStopped whether the flows are stopped, so that only the saved login is known
   * @param lost set if the cloud has ended the login
   */
  state(snapshot: Snapshot, { sentTo, isLive, isStopped = false, lost }: StateFacts): string[] {
    const { otpSentAt, reachable, saved } = snapshot;
    const isIn = snapshot.state === 'authenticated';
    const lines = isIn ? this.#login(snapshot, isLive && !isStopped) : lost ? this.#lost(lost) : [];
    if (otpSentAt) lines.push(this.#codeSent(otpSentAt, sentTo));
    if (lines.length === 0) lines.push(this.#t('state.otp-required'));
    if (!reachable) lines.push(this.#t('state.unreachable'));
    if (!saved) lines.push(this.#t('state.unsaved'));
    if (isStopped) lines.push(this.#t('state.stopped'));
    return lines;
  }

  #login({ email, loginEmail, expiresAt, nextRefresh }: Snapshot, isLive: boolean): string[] {
    const t = this.#t;
    const lines = [loginEmail === null ? t('state.authenticated') : t('state.authenticated-as', { email: loginEmail })];
    if (loginEmail !== null && email !== null && email !== loginEmail) lines.push(t('state.codes-to', { email }));
    if (expiresAt) lines.push(t('state.until', { time: dateText(expiresAt, this.#locale) }));
    if (nextRefresh) lines.push(t('state.renewal', { time: dateText(nextRefresh, this.#locale) }));
    else if (isLive) lines.push(t('state.no-renewal'));
    return lines;
  }

  #lost({ at, nextCheckAt }: LostLogin): string[] {
    const when = (iso: string): string => momentText(iso, this.#t, this.#locale);
    const lines = [at === null ? this.#t('state.lost') : this.#t('state.lost-at', { when: when(at) })];
    if (nextCheckAt !== null) lines.push(this.#t('state.asked-again', { when: when(nextCheckAt) }));
    return lines;
  }

  /** Returns texts about why the account can't work with its settings. */
  problem(code: ErrorCode): string[] {
    return [this.#t('state.broken'), this.#t(code === 'COZIFY_BAD_INPUT' ? 'invalid.cloudUrl' : `error.${code}`)];
  }

  /**
   * Returns the text for a second press of "Send code" within a minute. No code is sent then, because the first code is
   * still valid.
   */
  alreadySent(otpSentAt: string): string {
    const next = new Date(Date.parse(otpSentAt) + RESEND_MS).toISOString();
    return this.#t('work.alreadySent', {
      time: clockText(otpSentAt, this.#locale),
      next: clockText(next, this.#locale),
    });
  }

  #codeSent(at: string, to: string | undefined): string {
    const time = clockText(at, this.#locale);
    return to === undefined ? this.#t('state.otp-sent', { time }) : this.#t('state.otp-sent-to', { email: to, time });
  }

  /** Describes how a hub is connected. Marks the default hub if there are several hubs. */
  hub({ host, remote, default: isDefault }: HubSnapshot, isOnlyOne: boolean): string {
    const connection = remote
      ? this.#t('hub.remote')
      : host
        ? this.#t('hub.local', { host })
        : this.#t('hub.searching');
    return isDefault && !isOnlyOne ? `${connection}, ${this.#t('hub.default')}` : connection;
  }

  /** Returns a text that says why a call failed and what the user can do. */
  failure({ status, code, retryAfter }: Failure): string {
    // A 403 without an error code comes from Node-RED itself, or from a proxy in front of it.
    if (status === 401 || (status === 403 && code === undefined)) return this.#t('http.401');
    if (status === 403) return this.#t('http.403');
    if (code === 'COZIFY_RATE_LIMITED' && retryAfter !== undefined && retryAfter > 0) {
      return this.#t('errorAfter.COZIFY_RATE_LIMITED', { wait: waitText(retryAfter, this.#locale) });
    }
    if (isErrorCode(code)) return this.#t(`error.${code}`);
    if (status === 0) return this.#t('http.0');
    return status === 404 ? this.#t('http.404') : this.#t('http.other', { status });
  }

  /** Returns a text about a failed request for a login code. */
  codeFailure(failure: Failure, isDefaultCloud: boolean): string {
    const { code, cloudStatus, retryAfter } = failure;
    // The cloud answers with either of these statuses if it does not know the e-mail address.
    if (code === 'COZIFY_API' && (cloudStatus === 400 || cloudStatus === 404)) {
      return this.#t(isDefaultCloud ? 'refused.email' : 'refused.emailOrCloud');
    }
    // Without a status from the cloud, the package itself has limited the codes.
    if (code === 'COZIFY_RATE_LIMITED' && cloudStatus === undefined && retryAfter !== undefined) {
      return this.#t('errorAfter.codes', { wait: waitText(retryAfter, this.#locale) });
    }
    return this.failure(failure);
  }
}

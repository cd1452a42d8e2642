import type { HubSnapshot, Snapshot } from '../../../src/account/snapshot.js';
import type { ErrorCode } from '../../../src/errors.js';
import type { Translate } from '../shared/catalogue.js';
import { clockText, dateText, momentText, waitText } from '../shared/times.js';
import type { Failure } from './api.js';
import { isErrorCode, type LostLogin } from './diagnostics.js';

/** How long a code that went to an address is the only one, see "Codes are rationed". */
const RESEND_MS = 60_000;

/** What the state depends on, besides the login that is shown. */
export interface StateFacts {
  sentTo: string | undefined;
  isLive: boolean;
  /** The login is the saved one of an account that does not run because the flows are stopped. */
  isStopped?: boolean;
  lost?: LostLogin | undefined;
}

/** What the note below the state depends on, besides the login that is shown. */
export interface NoteFacts {
  isReadOnly: boolean;
  isDeployed: boolean;
  /** The cloud address in the dialog is another than the deployed one. */
  isMoved: boolean;
  /** The cloud at which the login waits for a Deploy. */
  cloud: string | undefined;
  /** The cloud of the last login in waiting that was seen. */
  loggedInAt: string | undefined;
  /** The login in waiting was begun in this dialog. */
  isBegunHere: boolean;
  /** A Deploy takes the login up, going by the address in the dialog. */
  isTakenUp: boolean;
}

/** The sentences of the account's dialog, in the viewer's language. */
export class AccountTexts {
  readonly #t: Translate;
  readonly #locale: string;

  constructor(t: Translate, locale: string) {
    this.#t = t;
    this.#locale = locale;
  }

  /**
   * How the login stands, the most important line first.
   *
   * @param sentTo where the code on its way went, if that is known
   * @param isLive the login is that of the deployed account, which renews it
   * @param isStopped the login is the saved one, because the flows are stopped
   * @param lost the cloud has ended the login
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

  /** Why the account can't be used as it is set up. */
  problem(code: ErrorCode): string[] {
    return [this.#t('state.broken'), this.#t(code === 'COZIFY_BAD_INPUT' ? 'invalid.cloudUrl' : `error.${code}`)];
  }

  /** What became of a second press of "Send code" while the first code still counts. */
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

  /** What a Deploy, or Cancel, will mean for the login. */
  note(snapshot: Snapshot | undefined, facts: NoteFacts): string {
    const { cloud, isDeployed, isMoved, loggedInAt } = facts;
    if (facts.isReadOnly) return this.#t('note.readOnly');
    if (isDeployed && !isMoved) return '';
    if (cloud === undefined || snapshot?.state !== 'authenticated') {
      if (isDeployed) return this.#t('note.moved');
      return loggedInAt !== undefined && loggedInAt !== cloud ? this.#t('note.otherCloud') : '';
    }
    const kept = !facts.isTakenUp
      ? this.#t('note.otherEmail', { email: snapshot.email ?? '' })
      : this.#t(isDeployed ? 'note.waiting' : 'note.new');
    return facts.isBegunHere ? `${kept} ${this.#t('note.cancel')}` : kept;
  }

  /** How a hub is reached, and whether it is the one meant where none is named. */
  hub({ host, remote, default: isDefault }: HubSnapshot, isOnlyOne: boolean): string {
    const way = remote ? this.#t('hub.remote') : host ? this.#t('hub.local', { host }) : this.#t('hub.searching');
    return isDefault && !isOnlyOne ? `${way}, ${this.#t('hub.default')}` : way;
  }

  /** One sentence with what to do about a call that failed. */
  failure({ status, code, retryAfter }: Failure): string {
    // With no code it is Node-RED's own answer, or that of a proxy in front of it.
    if (status === 401 || (status === 403 && code === undefined)) return this.#t('http.401');
    if (status === 403) return this.#t('http.403');
    if (code === 'COZIFY_RATE_LIMITED' && retryAfter !== undefined && retryAfter > 0) {
      return this.#t('errorAfter.COZIFY_RATE_LIMITED', { wait: waitText(retryAfter, this.#locale) });
    }
    if (isErrorCode(code)) return this.#t(`error.${code}`);
    if (status === 0) return this.#t('http.0');
    return status === 404 ? this.#t('http.404') : this.#t('http.other', { status });
  }

  /** The same for a code that was asked for. */
  codeFailure(failure: Failure, isDefaultCloud: boolean): string {
    const { code, cloudStatus, retryAfter } = failure;
    // The cloud answers an address that it does not know in two ways.
    if (code === 'COZIFY_API' && (cloudStatus === 400 || cloudStatus === 404)) {
      return this.#t(isDefaultCloud ? 'refused.email' : 'refused.emailOrCloud');
    }
    // It was not the cloud that asked to wait: the number of codes is limited here.
    if (code === 'COZIFY_RATE_LIMITED' && cloudStatus === undefined && retryAfter !== undefined) {
      return this.#t('errorAfter.codes', { wait: waitText(retryAfter, this.#locale) });
    }
    return this.failure(failure);
  }
}

import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { type AccountKey, translate as t } from '../shared/catalogue.js';
import { cloudOf } from '../shared/checks.js';
import type { AccountApi, Failure, Reply, Target } from './api.js';
import type { OpenLogin } from './open-login.js';
import { readTarget } from './target.js';
import type { AccountTexts } from './texts.js';
import { type AccountView, typedIn } from './view.js';

/** A call that a button makes, and what follows from its outcome. */
interface Action {
  /** What an error is about. */
  $field: JQuery<HTMLElement>;
  /** What is said to be under way. */
  work: AccountKey;
  call: () => Promise<Reply<Snapshot>>;
  /** Runs also when the dialog was closed meanwhile, since the login is there. */
  done: (snapshot: Snapshot, cloud: string | undefined) => void;
  /** One sentence; by default that of the failure. */
  say?: (failure: Failure) => string;
  /** Gives whether it has put the focus where it belongs. */
  failed?: (failure: Failure) => boolean;
}

/** What the buttons need of the dialog that they are in. */
export interface ButtonHost {
  readonly api: AccountApi;
  readonly view: AccountView;
  readonly texts: AccountTexts;
  readonly login: OpenLogin;
  readonly isReadOnly: boolean;
  readonly isClosed: boolean;
  /** What the address field held when the dialog was opened. */
  readonly emailAtOpen: string;
  /** Where a person goes on. */
  readonly $next: JQuery<HTMLElement>;
  show(): void;
  /** Takes in how the login stands now. */
  keep(snapshot: Snapshot, cloud: string | undefined): void;
  /** Somebody has logged in by a button of this dialog. */
  noteLogin(snapshot: Snapshot): void;
  /** Asks soon how the login stands: it may have changed. */
  pollNow(): void;
}

/** What the buttons of the account's dialog do: send a code, log in, log out, copy the diagnostics. */
export class AccountButtons {
  readonly #host: ButtonHost;
  /** The call of a button. */
  #running: Promise<unknown> | undefined;
  #turn = 0;
  /** What the open question is about: ending the login at the cloud, or forgetting it only here. */
  #isLogout = true;

  constructor(host: ButtonHost) {
    this.#host = host;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Counts the calls of buttons: an answer to a question from before one is stale. */
  get turn(): number {
    return this.#turn;
  }

  /** Waits for the call that runs, if one does. */
  async settled(): Promise<void> {
    await this.#running;
  }

  sendCode(): void {
    const { view, login, texts } = this.#host;
    const { email, code } = view;
    if (this.#host.isReadOnly) return this.#refuse(email, t('http.401'));
    const target = this.#target();
    if (target === undefined) return;
    const before = login.snapshot;
    const isDefaultCloud = cloudOf(login.cloudUrl) === DEFAULT_CLOUD_URL;
    void this.#act({
      $field: email,
      work: 'work.sendCode',
      call: () => this.#apiFor(target).sendCode(target),
      done: (snapshot, cloud) => {
        login.logins.noteCode(before, snapshot, target.email ?? snapshot.email, cloud);
        const { otpSentAt } = snapshot;
        // The code sent before still counts, and may be typed in already.
        if (otpSentAt !== null && otpSentAt === before?.otpSentAt) view.showNotice(email, texts.alreadySent(otpSentAt));
        else code.val('');
      },
      say: (failure) => texts.codeFailure(failure, isDefaultCloud),
    });
  }

  logIn(): void {
    const { view, login } = this.#host;
    const { code } = view;
    if (this.#host.isReadOnly) return this.#refuse(code, t('http.401'));
    const otp = typedIn(code);
    if (otp === '') return this.#refuse(code, t('invalid.code'));
    // The code on its way has an address of its own, where another browser or a flow has asked for it.
    const target = this.#target({ hasKnownEmail: typeof login.snapshot?.otpSentAt === 'string' });
    if (target === undefined) return;
    void this.#act({
      $field: code,
      work: 'work.logIn',
      call: () => this.#apiFor(target).logIn({ ...target, otp }),
      done: (snapshot, cloud) => {
        login.logins.noteLogin(cloud);
        code.val('');
        this.#host.noteLogin(snapshot);
      },
      failed: () => {
        code.trigger('select'); // so that typing replaces it
        return false;
      },
    });
  }

  /** Asks before it logs out. */
  askLogOut(): void {
    const { view } = this.#host;
    if (this.isBusy) return;
    view.clearError();
    this.#isLogout = true;
    view.ask(t('confirm.logOut'), t('button.logOut'));
    view.confirmYes.trigger('focus');
  }

  /** The answer to the question is yes. */
  confirm(): void {
    const { view, login } = this.#host;
    const { api, cloud: cloudUrl } = login;
    const logout = this.#isLogout;
    void this.#act({
      $field: view.logOut,
      work: 'work.logOut',
      call: () => api.reset({ logout, ...(cloudUrl === undefined ? {} : { cloudUrl }) }),
      done: (_snapshot, cloud) => {
        login.logins.noteLogout(cloud);
        view.hideQuestion();
        if (cloud !== undefined) this.#host.pollNow();
      },
      failed: ({ status }) => {
        const isCloudAway = logout && [429, 502, 504].includes(status);
        if (isCloudAway) {
          this.#isLogout = false;
          view.ask(t('confirm.forget'), t('button.forget'));
          view.confirmYes.trigger('focus');
        } else view.hideQuestion();
        return isCloudAway;
      },
    });
  }

  /** The answer to the question is no. */
  decline(): void {
    const { view } = this.#host;
    view.hideQuestion();
    view.clearError();
    view.logOut.trigger('focus');
  }

  /** Copies what helps to find out why something does not work; it holds no secret. */
  async copyDiagnostics(): Promise<void> {
    const { view, login, texts } = this.#host;
    const { diagnostics } = view;
    view.clearError();
    view.showWork(diagnostics, t('work.diagnostics'));
    const reply = await login.api.diagnostics();
    if (this.#host.isClosed) return;
    view.clearWork();
    if (!reply.isOk) return view.showError(diagnostics, texts.failure(reply.failure));
    // Node-RED's types want the bare element, its code jQuery's.
    const $button = diagnostics as unknown as HTMLElement;
    RED.clipboard.copyText(JSON.stringify(reply.answer, null, 2), $button, t('note.copied'));
  }

  /** One call of a button, during which the buttons are off. */
  async #act({ $field, work, call, done, say, failed }: Action): Promise<void> {
    const { view, login, texts } = this.#host;
    if (this.#running !== undefined || this.#host.isClosed) return;
    view.clearError();
    view.showWork($field, t(work));
    const { cloud } = login;
    const called = call();
    this.#running = called;
    this.#turn += 1;
    this.#host.show();
    const reply = await called;
    this.#running = undefined;
    this.#turn += 1;
    view.clearWork();
    if (reply.isOk) {
      this.#host.keep(reply.answer, cloud);
      done(reply.answer, cloud);
    }
    if (this.#host.isClosed) return;
    if (!reply.isOk) view.showError($field, (say ?? ((it) => texts.failure(it)))(reply.failure));
    this.#host.show();
    if (reply.isOk) view.moveFocus(this.#host.$next);
    else {
      if (failed?.(reply.failure) !== true) view.moveFocus($field);
      this.#host.pollNow(); // it may have changed something: the fifth wrong code is the end of a code
    }
  }

  /** The address and the cloud for a call, or `undefined` after saying what is wrong with them. */
  #target({ hasKnownEmail = false } = {}): Target | undefined {
    const { view, login, emailAtOpen } = this.#host;
    const email = typedIn(view.email);
    const { isDeployed, live } = login.logins;
    const read = readTarget({
      email,
      cloudUrl: login.cloudUrl,
      isDeployedEmail: isDeployed && email === emailAtOpen,
      isDeployedCloud: isDeployed && !login.logins.isMoved(login.cloudUrl),
      hasKnownEmail: hasKnownEmail || Boolean((login.snapshot ?? live)?.email),
      isWaiting: login.cloud !== undefined,
    });
    if ('target' in read) return read.target;
    const { field, sentence } = read.correction;
    if (field === 'cloudUrl') view.unfold(true);
    this.#refuse(view[field], t(sentence));
    return undefined;
  }

  /** Whom an address is of, Node-RED knows; without one it is the login shown. */
  #apiFor({ email }: Target): AccountApi {
    return email === undefined ? this.#host.login.api : this.#host.api;
  }

  #refuse($field: JQuery<HTMLElement>, sentence: string): void {
    this.#host.view.showError($field, sentence);
    $field.trigger('focus');
  }
}

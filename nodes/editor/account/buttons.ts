// Actions of the buttons in the account dialog: send a code, log in, log out, copy the diagnostics.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { type AccountKey, translate as t } from '../shared/catalogue.js';
import { cloudOf } from '../shared/checks.js';
import { Latest } from '../shared/latest.js';
import type { AccountApi, Failure, Reply, Target } from './api.js';
import { type OpenLogin, readTarget } from './login.js';
import type { AccountTexts } from './texts.js';
import { type AccountView, typedIn } from './view.js';

/** A button's call, and the reactions to its outcome. */
interface Action {
  /** The field or button below which an error is shown. */
  $field: JQuery<HTMLElement>;
  /** The text shown during the call. */
  work: AccountKey;
  call: () => Promise<Reply<Snapshot>>;
  /** Runs after a success, even if the dialog has been closed: the server has the login then. */
  done: (snapshot: Snapshot, cloud: string | undefined) => void;
  /** Returns the text of an error; by default, the text of the failure. */
  errorText?: (failure: Failure) => string;
  /** Returns whether it has moved the focus. */
  failed?: (failure: Failure) => boolean;
}

/** The open dialog of an account, as its buttons and the row of the recording see it. */
export interface OpenDialog {
  readonly api: AccountApi;
  readonly view: AccountView;
  readonly texts: AccountTexts;
  readonly login: OpenLogin;
  readonly isReadOnly: boolean;
  readonly isClosed: boolean;
  /** Content of the address field when the dialog was opened. */
  readonly emailAtOpen: string;
  /** The element that gets the focus after a success. */
  readonly $next: JQuery<HTMLElement>;
  show(): void;
  /** Stores the state of the login. */
  keep(snapshot: Snapshot, cloud: string | undefined): void;
  /** Called after a login through this dialog. */
  noteLogin(snapshot: Snapshot): void;
  /** Polls the state of the login soon, because it may have changed. */
  pollNow(): void;
}

/** Actions of the account dialog's buttons: send a code, log in, log out, copy the diagnostics. */
export class AccountButtons {
  readonly #dialog: OpenDialog;
  /** A call that starts or ends makes the running polls out of date. */
  readonly calls = new Latest();
  /** The button's call that is running. */
  #running: Promise<unknown> | undefined;
  /** Whether the open question is about a logout at the cloud, and not only about deleting the login here. */
  #isLogout = true;

  constructor(dialog: OpenDialog) {
    this.#dialog = dialog;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Waits for the running call, if any. */
  async settled(): Promise<void> {
    await this.#running;
  }

  sendCode(): void {
    const { view, login, texts } = this.#dialog;
    const { email, code } = view;
    if (this.#dialog.isReadOnly) return this.#refuse(email, t('http.401'));
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
        // The previous code is still valid, and may already be in the field.
        if (otpSentAt !== null && otpSentAt === before?.otpSentAt) view.showNotice(email, texts.alreadySent(otpSentAt));
        else code.val('');
      },
      errorText: (failure) => texts.codeFailure(failure, isDefaultCloud),
    });
  }

  logIn(): void {
    const { view, login } = this.#dialog;
    const { code } = view;
    if (this.#dialog.isReadOnly) return this.#refuse(code, t('http.401'));
    const otp = typedIn(code);
    if (otp === '') return this.#refuse(code, t('invalid.code'));
    // A code that another browser or a flow requested carries its own address.
    const target = this.#target({ hasKnownEmail: typeof login.snapshot?.otpSentAt === 'string' });
    if (target === undefined) return;
    void this.#act({
      $field: code,
      work: 'work.logIn',
      call: () => this.#apiFor(target).logIn({ ...target, otp }),
      done: (snapshot, cloud) => {
        login.logins.noteLogin(cloud);
        code.val('');
        this.#dialog.noteLogin(snapshot);
      },
      failed: () => {
        code.trigger('select'); // typing replaces the selected code
        return false;
      },
    });
  }

  /** Asks for confirmation of a logout. */
  askLogOut(): void {
    const { view } = this.#dialog;
    if (this.isBusy) return;
    view.clearError();
    this.#isLogout = true;
    view.ask(t('confirm.logOut'), t('button.logOut'));
    view.confirmYes.trigger('focus');
  }

  /** Runs the action in question after "yes". */
  confirm(): void {
    const { view, login } = this.#dialog;
    const { api, cloud: cloudUrl } = login;
    const logout = this.#isLogout;
    void this.#act({
      $field: view.logOut,
      work: 'work.logOut',
      call: () => api.reset({ logout, ...(cloudUrl === undefined ? {} : { cloudUrl }) }),
      done: (_snapshot, cloud) => {
        login.logins.noteLogout(cloud);
        view.hideQuestion();
        if (cloud !== undefined) this.#dialog.pollNow();
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

  /** Closes the question after "no". */
  decline(): void {
    const { view } = this.#dialog;
    view.hideQuestion();
    view.clearError();
    view.logOut.trigger('focus');
  }

  /** Copies the diagnostics, which contain no secret, to the clipboard. */
  async copyDiagnostics(): Promise<void> {
    const { view, login, texts } = this.#dialog;
    const { diagnostics } = view;
    view.clearError();
    view.showWork(diagnostics, t('work.diagnostics'));
    const reply = await login.api.diagnostics();
    if (this.#dialog.isClosed) return;
    view.clearWork();
    if (!reply.isOk) return view.showError(diagnostics, texts.failure(reply.failure));
    // Node-RED's types ask for a DOM element, but its code for a jQuery object.
    const $button = diagnostics as unknown as HTMLElement;
    RED.clipboard.copyText(JSON.stringify(reply.answer, null, 2), $button, t('note.copied'));
  }

  /** Runs a button's call, with all buttons disabled until it ends. */
  async #act({ $field, work, call, done, errorText, failed }: Action): Promise<void> {
    const { view, login, texts } = this.#dialog;
    if (this.#running !== undefined || this.#dialog.isClosed) return;
    view.clearError();
    view.showWork($field, t(work));
    const { cloud } = login;
    const called = call();
    this.#running = called;
    this.calls.drop();
    this.#dialog.show();
    const reply = await called;
    this.#running = undefined;
    this.calls.drop();
    view.clearWork();
    if (reply.isOk) {
      this.#dialog.keep(reply.answer, cloud);
      done(reply.answer, cloud);
    }
    if (this.#dialog.isClosed) return;
    if (!reply.isOk) view.showError($field, (errorText ?? ((it) => texts.failure(it)))(reply.failure));
    this.#dialog.show();
    if (reply.isOk) view.moveFocus(this.#dialog.$next);
    else {
      if (failed?.(reply.failure) !== true) view.moveFocus($field);
      this.#dialog.pollNow(); // the call may have changed the login: the fifth wrong code invalidates the code
    }
  }

  /** Returns the address and cloud for a call; if they are invalid, shows the error and returns `undefined`. */
  #target({ hasKnownEmail = false } = {}): Target | undefined {
    const { view, login, emailAtOpen } = this.#dialog;
    const email = typedIn(view.email);
    const { isDeployed, live } = login.logins;
    const read = readTarget({
      email,
      cloudUrl: login.cloudUrl,
      isDeployedEmail: isDeployed && email === emailAtOpen,
      isDeployedCloud: isDeployed && !login.logins.isMoved(login.cloudUrl),
      hasKnownEmail: hasKnownEmail || Boolean((login.snapshot ?? live)?.email),
      isPending: login.cloud !== undefined,
    });
    if ('target' in read) return read.target;
    const { field, textKey } = read.correction;
    if (field === 'cloudUrl') view.unfold(true);
    this.#refuse(view[field], t(textKey));
    return undefined;
  }

  /** Node-RED finds the account by the address in the call; without an address, the call is about the login shown. */
  #apiFor({ email }: Target): AccountApi {
    return email === undefined ? this.#dialog.login.api : this.#dialog.api;
  }

  #refuse($field: JQuery<HTMLElement>, text: string): void {
    this.#dialog.view.showError($field, text);
    $field.trigger('focus');
  }
}

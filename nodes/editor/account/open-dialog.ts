// Base class of the account dialog: the part that the buttons and the recording row use.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { type AccountKey, translate as t } from '../shared/catalogue.js';
import { flowsState } from '../shared/flows.js';
import { Latest } from '../shared/latest.js';
import { viewerLocale } from '../shared/times.js';
import { allAccounts, nameAtFirstLogin } from './accounts.js';
import { AccountApi, type Failure, type Reply } from './api.js';
import type { Diagnostics } from './diagnostics.js';
import { deployedAccount, OpenLogin, updateOfError } from './login.js';
import { present, type Situation } from './presentation.js';
import { AccountTexts } from './texts.js';
import { AccountView, type DialogContent, typedIn } from './view.js';

/** Interval at which an open dialog polls the login. */
const POLL_MS = 2000;
/** Duration of the animation that opens a dialog. */
const SLIDE_MS = 400;

/** A call that a button starts, with the handlers of its outcome. */
interface Action {
  /** The field or button below which an error is shown. */
  $field: JQuery<HTMLElement>;
  /** The text shown during the call. */
  work: AccountKey;
  call: () => Promise<Reply<Snapshot>>;
  /** Runs after a success, even if the dialog has been closed, because the server has stored the login by then. */
  done: (snapshot: Snapshot, cloud: string | undefined) => void;
  /** Returns the text for a failure. If absent, the general text for that failure is shown. */
  errorText?: (failure: Failure) => string;
  /** Runs after a failure. Returns whether it has moved the focus. */
  failed?: (failure: Failure) => boolean;
}

/** The open dialog of an account: shows the state of the login, and runs the calls of its buttons. */
export class OpenDialog implements Situation {
  readonly api: AccountApi;
  readonly view = new AccountView();
  readonly texts = new AccountTexts(t, viewerLocale());
  readonly login: OpenLogin;
  readonly emailAtOpen = this.email;
  readonly isReadOnly = !RED.user.hasPermission('cozify.write');
  /** A text for the user that says why the state of the login is unknown. */
  problem: string | undefined;
  readonly #id: string;
  #timer: number | undefined;
  #isFirstFocusDone = false;
  /** Detects polls whose answer is out of date, because a button's call has ended during the poll. */
  readonly #calls = new Latest();
  /** The call that a button has started; `undefined` if none is running. */
  #running: Promise<unknown> | undefined;

  constructor(id: string) {
    this.#id = id;
    this.api = new AccountApi(id);
    this.login = new OpenLogin(this.api, deployedAccount(id, RED.nodes.originalFlow() as object[] | undefined), () =>
      typedIn(this.view.cloudUrl),
    );
  }

  get email(): string {
    return typedIn(this.view.email);
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** The element that gets the focus after a successful call. */
  get $next(): JQuery<HTMLElement> {
    const { ok, code, email } = this.view;
    if (this.login.snapshot?.otpSentAt) return code;
    return this.login.snapshot?.state === 'authenticated' ? ok : email;
  }

  /** Whether the dialog has been closed. Node-RED does not report every way of closing it. */
  get isClosed(): boolean {
    return !this.view.isThere;
  }

  /**
   * Deletes the pending logins that were started in the dialog, because after Cancel no Deploy will use them. Waits for a
   * running call first, because that call may log in.
   */
  async cancel(): Promise<void> {
    await this.#running;
    await Promise.all(this.login.startedClouds.map((cloudUrl) => this.api.reset({ cloudUrl })));
  }

  /** Redraws the dialog from the current state of the login. Returns the content that the dialog now shows. */
  show(): DialogContent {
    const shown = present(this, flowsState.areStopped, t);
    const { view, login } = this;
    if (view.show(shown)) {
      const isDone = login.snapshot?.state === 'authenticated' && !view.hasError;
      (isDone ? this.$next : view.sendCode).trigger('focus');
    }
    return shown;
  }

  /** Runs a button's call, with all buttons disabled until it ends. */
  async act({ $field, work, call, done, errorText, failed }: Action): Promise<void> {
    const { view, login, texts } = this;
    if (this.isBusy || this.isClosed) return;
    view.clearError();
    view.showWork($field, t(work));
    const { cloud } = login;
    const called = call();
    this.#running = called;
    this.show();
    const reply = await called;
    this.#running = undefined;
    this.#calls.drop();
    view.clearWork();
    if (reply.isOk) {
      this.#keep(reply.answer, cloud);
      done(reply.answer, cloud);
    }
    if (this.isClosed) return;
    if (!reply.isOk) view.showError($field, (errorText ?? ((it) => texts.failure(it)))(reply.failure));
    this.show();
    if (reply.isOk) view.moveFocus(this.$next);
    else if (failed?.(reply.failure) !== true) view.moveFocus($field);
    // The call may have changed the login in another way: the fifth wrong code invalidates the code.
    this.pollIn(0);
  }

  /** Polls the state of the login after a delay, then repeatedly. */
  pollIn(delayMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.poll(), delayMs);
  }

  async poll(): Promise<void> {
    if (this.isClosed) return;
    const isUpToDate = this.#calls.join();
    const { cloud } = this.login;
    const { reply, diagnostics } = await this.login.ask(cloud);
    if (this.isClosed) return;
    const isSameCloud = this.login.cloud === cloud;
    if (isSameCloud && isUpToDate() && !this.isBusy) this.#take(reply, diagnostics, cloud);
    this.show();
    window.setTimeout(() => this.#focusFirst(), SLIDE_MS);
    // After another cloud address was typed, the dialog has already planned the next poll.
    if (isSameCloud) this.pollIn(POLL_MS);
  }

  /** Moves the focus to the first field to fill in, once the state of the login is known. */
  #focusFirst(): void {
    const { snapshot } = this.login;
    if (this.#isFirstFocusDone || this.isClosed || snapshot === undefined) return;
    this.#isFirstFocusDone = true;
    if (!this.view.hasFocus && snapshot.state !== 'authenticated') this.$next.trigger('focus');
  }

  #take(reply: Reply<Snapshot>, diagnostics: Diagnostics, cloud: string | undefined): void {
    if (!reply.isOk) {
      this.problem = this.texts.failure(reply.failure);
      return;
    }
    const { view, login } = this;
    const before = login.snapshot;
    this.#keep(reply.answer, cloud);
    if (cloud === undefined) login.diagnostics = diagnostics;
    const update = updateOfError(before, login.snapshot, view.isErrorAboutCode);
    if (update === 'clear') view.clearError();
    else if (update === 'code-invalid') view.showError(view.sendCode, t('refused.code'));
  }

  #keep(snapshot: Snapshot, cloud: string | undefined): void {
    this.problem = undefined;
    this.login.keep(snapshot, cloud);
  }

  /**
   * Gives an account without a name the name of its hub or its address, so that accounts have different labels. The
   * user may change the name.
   */
  noteLogin({ hubs, loginEmail, email }: Snapshot): void {
    const { name } = this.view;
    if (typedIn(name) !== '') return;
    const others = allAccounts().filter(({ id }) => id !== this.#id);
    const taken = new Set(others.map((other) => other.name));
    name.val(nameAtFirstLogin(hubs, loginEmail ?? email, taken)).trigger('change');
  }
}

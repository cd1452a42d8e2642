import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { translate as t } from '../catalogue.js';
import { cloudOf } from '../checks.js';
import { localeOf, viewerLanguages } from '../times.js';
import { AccountApi, type Failure, type Reply, type Target } from './api.js';
import { type Deployed, fateOfError, Logins } from './logins.js';
import { present } from './presentation.js';
import { type ContextSettings, storeOptions } from './stores.js';
import { readTarget } from './target.js';
import { AccountTexts } from './texts.js';
import { AccountView, onEnter, typedIn } from './view.js';

/** How often an open dialog asks how the login stands. */
const POLL_MS = 2000;
/** How long someone who types is left alone. */
const TYPING_MS = 400;
/** How long a dialog takes to slide in. */
const SLIDE_MS = 400;

/** The account whose dialog is open, as the editor has it. */
export interface EditedAccount {
  id: string;
  store?: string;
}

/** A call that a button makes, and what follows from its outcome. */
interface Action {
  /** What an error is about. */
  $field: JQuery<HTMLElement>;
  call: () => Promise<Reply<Snapshot>>;
  /** Runs also when the dialog was closed meanwhile, since the login is there. */
  done: (snapshot: Snapshot, cloud: string | undefined) => void;
  /** One sentence; by default that of the failure. */
  say?: (failure: Failure) => string;
  /** Gives whether it has put the focus where it belongs. */
  failed?: (failure: Failure) => boolean;
}

/** The open dialog of an account: follows the login and lets a person log in and out. */
export class AccountDialog {
  readonly #node: EditedAccount;
  readonly #api: AccountApi;
  readonly #view = new AccountView();
  readonly #texts = new AccountTexts(t, localeOf(t('locale'), viewerLanguages()));
  readonly #logins: Logins;
  readonly #emailAtOpen = typedIn(this.#view.email);
  readonly #isReadOnly = !RED.user.hasPermission('cozify.write');
  /** The call of a button. */
  #running: Promise<unknown> | undefined;
  /** Counts the calls of buttons: an answer to a question from before one is stale. */
  #turn = 0;
  #timer: number | undefined;
  /** Why nobody knows how the login stands. */
  #problem: string | undefined;
  #isFirstFocusDone = false;
  #isClosed = false;

  constructor(node: EditedAccount) {
    this.#node = node;
    this.#api = new AccountApi(node.id);
    this.#logins = new Logins(deployedAccount(node.id));
    this.#setUpFields();
    this.#setUpButtons();
    this.#show();
    void this.#poll();
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#timer);
  }

  /** Takes back what waits for a Deploy that will not come. What runs is waited for, since it may log in. */
  async cancel(): Promise<void> {
    this.close();
    await this.#running;
    await Promise.all(this.#logins.begunClouds.map((cloudUrl) => this.#api.reset({ cloudUrl })));
  }

  #setUpFields(): void {
    const { email, code, cloudUrl } = this.#view;
    const stores = (RED.settings as { context?: ContextSettings }).context ?? {};
    const store = this.#node.store ?? '';
    this.#view.fillStores(store, storeOptions(t, stores, store));
    code.attr('autocomplete', 'one-time-code');
    cloudUrl.attr('placeholder', DEFAULT_CLOUD_URL);
    email
      .add(code)
      .add(cloudUrl)
      .on('input', () => this.#view.clearError());
    email.on('input', () => this.#show());
    cloudUrl.on('input', () => {
      this.#show();
      this.#pollIn(TYPING_MS); // once the person has stopped typing
    });
    onEnter(email, () => this.#sendCode());
    onEnter(code, () => this.#logIn());
  }

  #setUpButtons(): void {
    const view = this.#view;
    view.sendCode.on('click', () => this.#sendCode());
    view.logIn.on('click', () => this.#logIn());
    view.logOut.on('click', () => this.#logOut(true));
    view.confirmYes.on('click', () => this.#logOut(false));
    view.confirmNo.on('click', () => {
      view.hideQuestion();
      view.clearError();
      view.logOut.trigger('focus');
    });
    view.diagnostics.on('click', () => void this.#copyDiagnostics());
    view.advanced.on('click', () => view.unfold(!view.isUnfolded));
  }

  get #cloudUrl(): string {
    return typedIn(this.#view.cloudUrl);
  }

  /** The cloud at which the login waits that the dialog is about; `undefined`: it is the deployed one. */
  get #cloud(): string | undefined {
    return this.#logins.waitingCloud(this.#cloudUrl);
  }

  get #snapshot(): Snapshot | undefined {
    return this.#logins.at(this.#cloudUrl);
  }

  #show(): void {
    const situation = {
      email: typedIn(this.#view.email),
      emailAtOpen: this.#emailAtOpen,
      cloudUrl: this.#cloudUrl,
      isReadOnly: this.#isReadOnly,
      isBusy: this.#running !== undefined,
      problem: this.#problem,
    };
    const hasLostFocus = this.#view.show(present(this.#logins, situation, this.#texts, t));
    if (!hasLostFocus) return;
    const isDone = this.#snapshot?.state === 'authenticated' && !this.#view.hasError;
    (isDone ? this.#next : this.#view.sendCode).trigger('focus');
  }

  /** Where a person goes on. */
  get #next(): JQuery<HTMLElement> {
    const { ok, code, email } = this.#view;
    if (this.#snapshot?.otpSentAt) return code;
    return this.#snapshot?.state === 'authenticated' ? ok : email;
  }

  #focusFirst(): void {
    if (this.#isFirstFocusDone || this.#isClosed) return;
    this.#isFirstFocusDone = true;
    if (this.#view.hasFocus) return;
    if (this.#snapshot && this.#snapshot.state !== 'authenticated') this.#next.trigger('focus');
  }

  #pollIn(delayMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#poll(), delayMs);
  }

  async #poll(): Promise<void> {
    window.clearTimeout(this.#timer);
    if (this.#isClosed || !this.#view.isThere) return;
    const turn = this.#turn;
    const cloud = this.#cloud;
    const reply = await this.#api.snapshot(cloud);
    if (this.#isClosed) return;
    const isSameCloud = this.#cloud === cloud;
    if (isSameCloud && turn === this.#turn && this.#running === undefined) this.#take(reply, cloud);
    this.#show();
    if (!this.#isFirstFocusDone) window.setTimeout(() => this.#focusFirst(), SLIDE_MS);
    this.#pollIn(isSameCloud ? POLL_MS : TYPING_MS);
  }

  #take(reply: Reply<Snapshot>, cloud: string | undefined): void {
    if (!reply.isOk) {
      this.#problem = this.#texts.failure(reply.failure);
      return;
    }
    const before = this.#snapshot;
    this.#keep(reply.answer, cloud);
    if (!this.#view.hasError) return;
    const fate = fateOfError(before, this.#snapshot, this.#view.isErrorAboutCode);
    if (fate === 'goes') this.#view.clearError();
    else if (fate === 'code-is-dead') this.#view.showError(this.#view.sendCode, t('refused.code'));
  }

  #keep(snapshot: Snapshot, cloud: string | undefined): void {
    this.#problem = undefined;
    this.#logins.keep(snapshot, cloud);
  }

  /** One call of a button, during which the buttons are off. */
  async #act({ $field, call, done, say = (it) => this.#texts.failure(it), failed }: Action): Promise<void> {
    if (this.#running !== undefined || this.#isClosed) return;
    this.#view.clearError();
    const cloud = this.#cloud;
    const called = call();
    this.#running = called;
    this.#turn += 1;
    this.#show();
    const reply = await called;
    this.#running = undefined;
    this.#turn += 1;
    if (reply.isOk) {
      this.#keep(reply.answer, cloud);
      done(reply.answer, cloud);
    }
    if (this.#isClosed) return;
    if (!reply.isOk) this.#view.showError($field, say(reply.failure));
    this.#show();
    if (reply.isOk) this.#view.moveFocus(this.#next);
    else {
      if (failed?.(reply.failure) !== true) this.#view.moveFocus($field);
      this.#pollIn(0); // it may have changed something: the fifth wrong code is the end of a code
    }
  }

  /** The address and the cloud for a call, or `undefined` after saying what is wrong with them. */
  #target(): Target | undefined {
    const email = typedIn(this.#view.email);
    const { isDeployed, live } = this.#logins;
    const read = readTarget({
      email,
      cloudUrl: this.#cloudUrl,
      isDeployedEmail: isDeployed && email === this.#emailAtOpen,
      isDeployedCloud: isDeployed && !this.#logins.isMoved(this.#cloudUrl),
      hasKnownEmail: Boolean((this.#snapshot ?? live)?.email),
      isWaiting: this.#cloud !== undefined,
    });
    if ('target' in read) return read.target;
    const { field, sentence } = read.correction;
    if (field === 'cloudUrl') this.#view.unfold(true);
    this.#refuse(this.#view[field], t(sentence));
    return undefined;
  }

  #refuse($field: JQuery<HTMLElement>, sentence: string): void {
    this.#view.showError($field, sentence);
    $field.trigger('focus');
  }

  #sendCode(): void {
    const { email, code } = this.#view;
    if (this.#isReadOnly) return this.#refuse(email, t('http.401'));
    const target = this.#target();
    if (target === undefined) return;
    const before = this.#snapshot;
    const isDefaultCloud = cloudOf(this.#cloudUrl) === DEFAULT_CLOUD_URL;
    void this.#act({
      $field: email,
      call: () => this.#api.sendCode(target),
      done: (snapshot, cloud) => {
        this.#logins.noteCode(before, snapshot, target.email ?? snapshot.email, cloud);
        code.val('');
      },
      say: (failure) => this.#texts.codeFailure(failure, isDefaultCloud),
    });
  }

  #logIn(): void {
    const { code } = this.#view;
    if (this.#isReadOnly) return this.#refuse(code, t('http.401'));
    const otp = typedIn(code);
    if (otp === '') return this.#refuse(code, t('invalid.code'));
    const target = this.#target();
    if (target === undefined) return;
    void this.#act({
      $field: code,
      call: () => this.#api.logIn({ ...target, otp }),
      done: (_snapshot, cloud) => {
        this.#logins.noteLogin(cloud);
        code.val('');
      },
      failed: () => {
        code.trigger('select'); // so that typing replaces it
        return false;
      },
    });
  }

  #logOut(logout: boolean): void {
    const cloudUrl = this.#cloud;
    const view = this.#view;
    void this.#act({
      $field: view.logOut,
      call: () => this.#api.reset({ logout, ...(cloudUrl === undefined ? {} : { cloudUrl }) }),
      done: (_snapshot, cloud) => {
        this.#logins.noteLogout(cloud);
        view.hideQuestion();
        if (cloud !== undefined) this.#pollIn(0);
      },
      failed: ({ status }) => {
        const isCloudAway = logout && [429, 502, 504].includes(status);
        if (isCloudAway) {
          view.ask(t('confirm.forget'), t('button.forget'));
          view.confirmYes.trigger('focus');
        } else view.hideQuestion();
        return isCloudAway;
      },
    });
  }

  /** Copies what helps to find out why something does not work; it holds no secret. */
  async #copyDiagnostics(): Promise<void> {
    const { diagnostics } = this.#view;
    this.#view.clearError();
    const reply = await this.#api.diagnostics();
    if (this.#isClosed) return;
    if (!reply.isOk) return this.#view.showError(diagnostics, this.#texts.failure(reply.failure));
    // Node-RED's types want the bare element, its code jQuery's.
    const $button = diagnostics as unknown as HTMLElement;
    RED.clipboard.copyText(JSON.stringify(reply.answer, null, 2), $button, t('note.copied'));
  }
}

/** The account as Node-RED runs it, if it is deployed and enabled. */
function deployedAccount(id: string): Deployed | undefined {
  const flow = RED.nodes.originalFlow() as (Deployed & { id: string; d?: boolean })[] | undefined;
  return flow?.find((node) => node.id === id && node.d !== true);
}

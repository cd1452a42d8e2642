// The open dialog of an account: its fields, its polls of the login, and its buttons.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { translate as t, type Translate } from '../shared/catalogue.js';
import { flowsState } from '../shared/flows.js';
import { fill, type Option } from '../shared/draw.js';
import { greyOut } from '../shared/form.js';
import { viewerLocale } from '../shared/times.js';
import { allAccounts, nameAtFirstLogin } from './accounts.js';
import { AccountApi, type Reply } from './api.js';
import { AccountButtons, type OpenDialog } from './buttons.js';
import type { Diagnostics } from './diagnostics.js';
import { type Deployed, fateOfError, OpenLogin } from './login.js';
import { present } from './presentation.js';
import { RecordingRow } from './recording.js';
import { AccountTexts } from './texts.js';
import { AccountView, onEnter, typedIn } from './view.js';

/** Interval at which an open dialog polls the login. */
const POLL_MS = 2000;
/** Delay of a poll after a key was pressed. */
const TYPING_MS = 400;
/** Duration of the animation that opens a dialog. */
const SLIDE_MS = 400;

export interface EditedAccount {
  id: string;
  store?: string;
}

/** The open dialog of an account: shows the login's state and lets a person log in and out. */
export class AccountDialog implements OpenDialog {
  readonly api: AccountApi;
  readonly view = new AccountView();
  readonly texts = new AccountTexts(t, viewerLocale());
  readonly login: OpenLogin;
  readonly emailAtOpen = typedIn(this.view.email);
  readonly isReadOnly = !RED.user.hasPermission('cozify.write');
  readonly #node: EditedAccount;
  readonly #buttons: AccountButtons;
  readonly #recording: RecordingRow;
  #timer: number | undefined;
  /** The text that says why the state of the login is unknown. */
  #problem: string | undefined;
  #isFirstFocusDone = false;
  #isClosed = false;

  constructor(node: EditedAccount) {
    this.#node = node;
    this.api = new AccountApi(node.id);
    this.login = new OpenLogin(this.api, deployedAccount(node.id), () => typedIn(this.view.cloudUrl));
    this.#buttons = new AccountButtons(this);
    this.#recording = new RecordingRow(this);
    this.#setUpFields();
    this.#setUpButtons();
    this.show();
    void this.#poll();
    if (this.login.logins.isDeployed) void this.#recording.follow();
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#timer);
  }

  /** Drops pending logins, because no Deploy will adopt them. Waits for a running call first, because it may log in. */
  async cancel(): Promise<void> {
    this.close();
    await this.#buttons.settled();
    await Promise.all(this.login.logins.startedClouds.map((cloudUrl) => this.api.reset({ cloudUrl })));
  }

  #setUpFields(): void {
    const { view } = this;
    const { email, code, cloudUrl } = view;
    const stores = (RED.settings as { context?: ContextSettings }).context ?? {};
    const store = this.#node.store ?? '';
    const options = storeOptions(t, stores, store);
    fill(view.store, options, store);
    // A missing store keeps the account from working, so the settings under Advanced are shown.
    if (options.some(({ isMissing }) => isMissing)) view.unfold(true);
    // Node-RED turns autocomplete off in all fields of the template.
    code.attr('autocomplete', 'one-time-code');
    cloudUrl.attr('placeholder', DEFAULT_CLOUD_URL);
    nameUnits(view.expiry, view.expiryUnit);
    greyOut(view.expiry.add(view.expiryUnit), view.autorefresh, 'empty');
    email
      .add(code)
      .add(cloudUrl)
      .on('input', () => view.clearError());
    email.on('input', () => this.show());
    cloudUrl.on('input', () => {
      this.show();
      this.#pollIn(TYPING_MS); // after the person has stopped typing
    });
    onEnter(email, () => this.#buttons.sendCode());
    onEnter(code, () => this.#buttons.logIn());
  }

  #setUpButtons(): void {
    const [view, buttons] = [this.view, this.#buttons];
    view.sendCode.on('click', () => buttons.sendCode());
    view.logIn.on('click', () => buttons.logIn());
    view.logOut.on('click', () => buttons.askLogOut());
    view.confirmYes.on('click', () => buttons.confirm());
    view.confirmNo.on('click', () => buttons.decline());
    view.diagnostics.on('click', () => void buttons.copyDiagnostics());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get #snapshot(): Snapshot | undefined {
    return this.login.snapshot;
  }

  show(): void {
    const situation = {
      email: typedIn(this.view.email),
      emailAtOpen: this.emailAtOpen,
      cloudUrl: this.login.cloudUrl,
      isReadOnly: this.isReadOnly,
      isBusy: this.#buttons.isBusy,
      areFlowsStopped: flowsState.areStopped,
      problem: this.#problem,
      diagnostics: this.login.diagnostics,
    };
    const hasLostFocus = this.view.show(present(this.login.logins, situation, this.texts, t));
    const { logins } = this.login;
    const isLive = logins.isDeployed && !logins.isMoved(this.login.cloudUrl) && !flowsState.areStopped;
    this.#recording.show(isLive && this.#snapshot?.state === 'authenticated' ? this.#snapshot.hubs : []);
    if (!hasLostFocus) return;
    const isDone = this.#snapshot?.state === 'authenticated' && !this.view.hasError;
    (isDone ? this.$next : this.view.sendCode).trigger('focus');
  }

  get $next(): JQuery<HTMLElement> {
    const { ok, code, email } = this.view;
    if (this.#snapshot?.otpSentAt) return code;
    return this.#snapshot?.state === 'authenticated' ? ok : email;
  }

  #focusFirst(): void {
    if (this.#isFirstFocusDone || this.#isClosed) return;
    this.#isFirstFocusDone = true;
    if (this.view.hasFocus) return;
    if (this.#snapshot && this.#snapshot.state !== 'authenticated') this.$next.trigger('focus');
  }

  pollNow(): void {
    this.#pollIn(0);
  }

  #pollIn(delayMs: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#poll(), delayMs);
  }

  async #poll(): Promise<void> {
    window.clearTimeout(this.#timer);
    if (this.#isClosed || !this.view.isThere) return;
    const isUpToDate = this.#buttons.calls.join();
    const { cloud } = this.login;
    const { reply, diagnostics } = await this.login.ask(cloud);
    if (this.#isClosed) return;
    const isSameCloud = this.login.cloud === cloud;
    if (isSameCloud && isUpToDate() && !this.#buttons.isBusy) this.#take(reply, diagnostics, cloud);
    this.show();
    if (!this.#isFirstFocusDone) window.setTimeout(() => this.#focusFirst(), SLIDE_MS);
    this.#pollIn(isSameCloud ? POLL_MS : TYPING_MS);
  }

  #take(reply: Reply<Snapshot>, diagnostics: Diagnostics, cloud: string | undefined): void {
    if (!reply.isOk) {
      this.#problem = this.texts.failure(reply.failure);
      return;
    }
    const before = this.#snapshot;
    this.keep(reply.answer, cloud);
    if (cloud === undefined) this.login.diagnostics = diagnostics;
    if (!this.view.hasError) return;
    const fate = fateOfError(before, this.#snapshot, this.view.isErrorAboutCode);
    if (fate === 'goes') this.view.clearError();
    else if (fate === 'code-is-dead') this.view.showError(this.view.sendCode, t('refused.code'));
  }

  keep(snapshot: Snapshot, cloud: string | undefined): void {
    this.#problem = undefined;
    this.login.logins.keep(snapshot, cloud);
  }

  /** Gives an unnamed account a name, so that lists and labels are distinct. The person may change the name. */
  noteLogin({ hubs, loginEmail, email }: Snapshot): void {
    const { name } = this.view;
    if (typedIn(name) !== '' || this.#isClosed) return;
    const others = allAccounts().filter(({ id }) => id !== this.#node.id);
    const taken = new Set(others.map((other) => other.name ?? ''));
    name.val(nameAtFirstLogin(hubs, loginEmail ?? email, taken) ?? '').trigger('change');
  }
}

/** The deployed account, if it is enabled. */
function deployedAccount(id: string): Deployed | undefined {
  const flow = RED.nodes.originalFlow() as (Deployed & { id: string; d?: boolean })[] | undefined;
  return flow?.find((node) => node.id === id && node.d !== true);
}

const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const;

/** Shows the units in the singular or plural of the amount: "1 day", "2 days". */
function nameUnits($amount: JQuery<HTMLElement>, $units: JQuery<HTMLElement>): void {
  const show = (): void => {
    const isOne = String($amount.val()).trim() === '1';
    for (const unit of UNITS)
      $units.find(`option[value="${unit}"]`).text(isOne ? t(`oneUnit.${unit}`) : t(`unit.${unit}`));
  };
  $amount.on('input', show);
  show();
}

/** The part of `settings.js` about context stores that Node-RED sends to its editor. */
interface ContextSettings {
  stores?: string[];
  default?: string;
}

/** A place in which an account can be saved. */
interface StoreOption extends Option {
  /** The store is no longer in settings.js. */
  isMissing?: boolean;
}

/**
 * Returns the places in which an account can be saved: files, or a context store. A chosen store stays in the list
 * after it has been removed from settings.js.
 */
export function storeOptions(
  translate: Translate,
  { stores = [], default: fallback }: ContextSettings,
  chosen: string,
): StoreOption[] {
  // Without stores in settings.js the only store is memory, which loses its content at a restart.
  const names = stores.length === 1 && fallback === 'memory' ? [] : stores;
  const options = names.map((name) => ({ value: name, text: translate('store.context', { name }) }));
  const isMissing = chosen !== '' && !names.includes(chosen);
  return [
    { value: '', text: translate('store.files') },
    ...options,
    ...(isMissing ? [{ value: chosen, text: translate('store.missing', { name: chosen }), isMissing: true }] : []),
  ];
}

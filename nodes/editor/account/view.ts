// The DOM elements of the account dialog.
import type { HubSnapshot, Snapshot } from '../../../src/account/snapshot.js';
import { announce, fold, replace, spinner } from '../shared/draw.js';

/** The content of the account dialog. */
export interface DialogContent {
  /** The state of the login; empty while it is unknown. */
  state: Snapshot['state'] | '';
  /** The state in words, the most important line first. */
  lines: string[];
  /** Whether the dialog is still waiting for the first state of the login. */
  isLooking: boolean;
  /**
   * Whether the account can't work with its settings. The dialog then shows the settings under Advanced, because one of
   * them may be the reason.
   */
  isBroken: boolean;
  /** The hubs' names, and their connections in words. */
  hubs: { name: string; connection: string }[];
  /** The hubs whose home can be recorded. */
  recordable: readonly HubSnapshot[];
  note: string;
  placeholder: string;
  isCodeExpected: boolean;
  isLoggedIn: boolean;
  /** Whether the buttons are disabled: a call is running, the user lacks write permission, or the flows are stopped. */
  isOff: boolean;
}

type Element = JQuery<HTMLElement>;

const DOTS: Record<DialogContent['state'], string> = {
  authenticated: 'green',
  'otp-sent': 'yellow',
  'otp-required': 'red',
  '': 'grey',
};

/** The DOM elements of the account dialog. Reads the fields and shows the given content, without any other logic. */
export class AccountView {
  readonly email = $<HTMLInputElement>('#node-config-input-email');
  readonly sendCode: Element = $('#cozify-account-send-code');
  readonly code = $<HTMLInputElement>('#cozify-account-code');
  readonly logIn: Element = $('#cozify-account-log-in');
  readonly logOut: Element = $('#cozify-account-log-out');
  readonly confirmYes: Element = $('#cozify-account-confirm-yes');
  readonly confirmNo: Element = $('#cozify-account-confirm-no');
  readonly name = $<HTMLInputElement>('#node-config-input-name');
  readonly cloudUrl = $<HTMLInputElement>('#node-config-input-cloudUrl');
  readonly diagnostics: Element = $('#cozify-account-diagnostics');
  /** Node-RED's own button that closes the dialog. */
  readonly ok: Element = $('#node-config-dialog-ok');
  readonly #login = $('#cozify-account-login');
  readonly #codeRow = $('#cozify-account-code-row');
  readonly #error = $('#cozify-account-error');
  readonly #work = $('#cozify-account-work');
  readonly #state = $('#cozify-account-state');
  readonly #hubs = $('#cozify-account-hubs');
  readonly #note = $('#cozify-account-note');
  readonly #confirm = $('#cozify-account-confirm');
  readonly #advancedRows = $('#cozify-account-advanced-rows');
  /** Shows or hides the settings under Advanced. */
  readonly unfold = fold($('#cozify-account-advanced'), this.#advancedRows);
  #hasAutoUnfolded = false;

  /** Whether the dialog is still on the page: Node-RED does not report every way of closing it. */
  get isThere(): boolean {
    return this.#state.is('body *');
  }

  get hasError(): boolean {
    return this.#error.text() !== '';
  }

  get isErrorAboutCode(): boolean {
    return this.code.is('[aria-describedby]');
  }

  /** Whether the focus is inside the dialog's form. */
  get hasFocus(): boolean {
    return $(document.activeElement ?? []).is('#node-config-dialog-edit-form *');
  }

  /**
   * Updates the dialog. Does not touch unchanged elements, so that screen readers don't read them again. Returns true
   * if the code field had the focus and was hidden.
   */
  show(shown: DialogContent): boolean {
    this.#showState(shown);
    this.#showHubs(shown.hubs);
    announce(this.#note, shown.note);
    this.email.attr('placeholder', shown.placeholder);
    const isAtCode = $(document.activeElement ?? []).is('#cozify-account-code-row *');
    this.#codeRow.toggle(shown.isCodeExpected);
    if (!shown.isLoggedIn) this.#confirm.hide();
    if (shown.isBroken && !this.#hasAutoUnfolded) {
      this.#hasAutoUnfolded = true;
      this.unfold(true);
    }
    this.logOut.toggle(shown.isLoggedIn);
    this.#login.find('button').prop('disabled', shown.isOff).toggleClass('disabled', shown.isOff);
    return isAtCode && !shown.isCodeExpected;
  }

  #showState({ state, lines, isLooking }: DialogContent): void {
    const [first = '', ...more] = lines;
    const color = `var(--red-ui-node-status-colors-${DOTS[state]})`;
    const dot = $('<i class="fa fa-circle" aria-hidden="true">').css({ color });
    const text = $(document.createTextNode(` ${first}`));
    this.#state.attr('data-state', state);
    replace(this.#state, [isLooking ? spinner() : dot, text, ...more.map((line) => $('<div>').text(line))]);
  }

  #showHubs(hubs: DialogContent['hubs']): void {
    const items = hubs.map(({ name, connection }) => {
      const icon = $('<i class="fa fa-home" aria-hidden="true">');
      return $('<li>').append(icon, ' ', $('<b>').text(name), document.createTextNode(` – ${connection}`));
    });
    replace(this.#hubs, items);
  }

  /** Shows the progress of a call below a field or button. */
  showWork($field: Element, words: string): void {
    this.#work.insertAfter($field.closest('.form-row')).empty();
    this.#work.append(spinner(), document.createTextNode(` ${words}`));
  }

  /** Shows the outcome of a call below a field or button, in place of the progress. */
  showNotice($field: Element, text: string): void {
    this.#work.insertAfter($field.closest('.form-row')).text(text);
  }

  clearWork(): void {
    this.#work.empty();
  }

  /** Shows an error below a field or button. */
  showError($field: Element, text: string): void {
    this.clearError();
    $field.attr('aria-describedby', 'cozify-account-error').filter('input').attr('aria-invalid', 'true');
    this.#error.insertAfter($field.closest('.form-row')).text(text);
  }

  clearError(): void {
    this.clearWork();
    this.#error.empty();
    const described = this.#login.add(this.#advancedRows).find('[aria-describedby]');
    described.removeAttr('aria-invalid aria-describedby');
  }

  /** Shows a question with its buttons, and moves the focus there; the caller handles the answer. */
  ask(question: string, yes: string): void {
    $('#cozify-account-question').text(question);
    this.confirmYes.text(yes);
    this.#confirm.show();
    this.confirmYes.trigger('focus');
  }

  hideQuestion(): void {
    this.#confirm.hide();
  }

  /** Moves the focus to the next element, unless the user has moved the focus out of the form. */
  moveFocus($next: Element): void {
    if ($(document.activeElement ?? document.body).is('body, #cozify-account-login *')) $next.trigger('focus');
  }
}

/** Returns the content of a field without surrounding white space. */
export function typedIn($field: JQuery<HTMLInputElement>): string {
  return String($field.val() ?? '').trim();
}

/** Runs a function when Enter is pressed, unless the key confirms a character in an input method. */
export function onEnter($field: Element, then: () => void): void {
  $field.on('keydown', (event) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.originalEvent?.isComposing) return;
    event.preventDefault();
    then();
  });
}

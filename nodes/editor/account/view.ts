import type { Snapshot } from '../../../src/account/snapshot.js';
import { spinner } from '../shared/spinner.js';

/** What the dialog shows of the login. */
export interface Shown {
  /** Empty while nobody knows. */
  state: Snapshot['state'] | '';
  /** How it stands, the most important line first. */
  lines: string[];
  /** The first answer is still awaited. */
  isLooking: boolean;
  /** The account can't be used as it is set up, which its settings under Advanced may mend. */
  isBroken: boolean;
  hubs: HubLine[];
  note: string;
  /** For the empty address field. */
  placeholder: string;
  isCodeExpected: boolean;
  isLoggedIn: boolean;
  /** The buttons are off: one of them is at work, or the viewer may not use them. */
  isOff: boolean;
}

/** A hub by its name, and in words the way by which it is reached. */
export interface HubLine {
  name: string;
  way: string;
}

type Element = JQuery<HTMLElement>;

const DOTS: Record<Shown['state'], string> = {
  authenticated: 'green',
  'otp-sent': 'yellow',
  'otp-required': 'red',
  '': 'grey',
};

/** The account's dialog as it is on the page: reads what is typed and shows what it is told. Knows no rules. */
export class AccountView {
  readonly email = $<HTMLInputElement>('#node-config-input-email');
  readonly sendCode: Element = $('#cozify-account-send-code');
  readonly code = $<HTMLInputElement>('#cozify-account-code');
  readonly logIn: Element = $('#cozify-account-log-in');
  readonly logOut: Element = $('#cozify-account-log-out');
  readonly confirmYes: Element = $('#cozify-account-confirm-yes');
  readonly confirmNo: Element = $('#cozify-account-confirm-no');
  readonly autorefresh: Element = $('#node-config-input-autorefresh');
  readonly expiry: Element = $('#node-config-input-expiry');
  readonly expiryUnit: Element = $('#node-config-input-expiryUnit');
  readonly advanced: Element = $('#cozify-account-advanced');
  readonly name = $<HTMLInputElement>('#node-config-input-name');
  readonly cloudUrl = $<HTMLInputElement>('#node-config-input-cloudUrl');
  readonly store = $<HTMLSelectElement>('#node-config-input-store');
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
  #shownState = '';
  #shownHubs = '[]';
  #hasUnfoldedItself = false;

  /** Whether the dialog is still on the page: Node-RED has more ways to close it than it tells of. */
  get isThere(): boolean {
    return this.#state.closest('body').length > 0;
  }

  get hasError(): boolean {
    return this.#error.text() !== '';
  }

  get isErrorAboutCode(): boolean {
    return this.code.is('[aria-describedby]');
  }

  get isUnfolded(): boolean {
    return this.advanced.attr('aria-expanded') === 'true';
  }

  /** Whether the person is at the fields, rather than outside of the dialog's own. */
  get hasFocus(): boolean {
    return $(document.activeElement ?? []).closest('#node-config-dialog-edit-form').length > 0;
  }

  /**
   * Brings the dialog up to date; what has not changed is left alone, so that screen readers stay quiet. Gives whether
   * the row of the code has gone from under the person's hands.
   */
  show(shown: Shown): boolean {
    this.#showState(shown);
    this.#showHubs(shown.hubs);
    if (this.#note.text() !== shown.note) this.#note.text(shown.note);
    this.email.attr('placeholder', shown.placeholder);
    const isAtCode = this.#codeRow.has(document.activeElement ?? '').length > 0;
    this.#codeRow.toggle(shown.isCodeExpected);
    if (!shown.isLoggedIn) this.#confirm.hide();
    if (shown.isBroken && !this.#hasUnfoldedItself) {
      this.#hasUnfoldedItself = true;
      this.unfold(true);
    }
    this.logOut.toggle(shown.isLoggedIn);
    this.#login.find('button').prop('disabled', shown.isOff).toggleClass('disabled', shown.isOff);
    return isAtCode && !shown.isCodeExpected;
  }

  #showState({ state, lines, isLooking }: Shown): void {
    const words = [state, ...lines].join('\n');
    if (words === this.#shownState) return;
    this.#shownState = words;
    const [first = '', ...more] = lines;
    const color = `var(--red-ui-node-status-colors-${DOTS[state]})`;
    const dot = $('<i class="fa fa-circle" aria-hidden="true">').css({ color });
    this.#state
      .attr('data-state', state)
      .empty()
      .append(isLooking ? spinner() : dot, document.createTextNode(` ${first}`));
    this.#state.append(more.map((line) => $('<div>').text(line)));
  }

  #showHubs(hubs: HubLine[]): void {
    const words = JSON.stringify(hubs);
    if (words === this.#shownHubs) return;
    this.#shownHubs = words;
    const items = hubs.map(({ name, way }) => {
      const icon = $('<i class="fa fa-home" aria-hidden="true">');
      return $('<li>').append(icon, ' ', $('<b>').text(name), document.createTextNode(` – ${way}`));
    });
    this.#hubs.empty().append(items);
  }

  /** Says below a field, or button, what is under way. */
  showWork($field: Element, words: string): void {
    this.#work.insertAfter($field.closest('.form-row')).empty();
    this.#work.append(spinner(), document.createTextNode(` ${words}`));
  }

  /** Says in the same place what has come of it, where that is no error. */
  showNotice($field: Element, sentence: string): void {
    this.#work.insertAfter($field.closest('.form-row')).text(sentence);
  }

  clearWork(): void {
    this.#work.empty();
  }

  /** Says below a field, or button, in one sentence what is wrong. */
  showError($field: Element, sentence: string): void {
    this.clearError();
    $field.attr('aria-describedby', 'cozify-account-error').filter('input').attr('aria-invalid', 'true');
    this.#error.insertAfter($field.closest('.form-row')).text(sentence);
  }

  clearError(): void {
    this.clearWork();
    this.#error.empty();
    const described = this.#login.add(this.#advancedRows).find('[aria-describedby]');
    described.removeAttr('aria-invalid aria-describedby');
  }

  /** Asks a question in the row that exists for it; what its buttons do is up to who asks. */
  ask(question: string, yes: string): void {
    $('#cozify-account-question').text(question);
    this.confirmYes.text(yes);
    this.#confirm.show();
  }

  hideQuestion(): void {
    this.#confirm.hide();
  }

  unfold(isOpen: boolean): void {
    this.#advancedRows.toggle(isOpen);
    this.advanced.attr('aria-expanded', String(isOpen));
    this.advanced.find('i').attr('class', isOpen ? 'fa fa-angle-down' : 'fa fa-angle-right');
  }

  /** Moves the focus to what comes next, unless the person has gone elsewhere meanwhile. */
  moveFocus($next: Element): void {
    const now = document.activeElement;
    const isElsewhere = now !== null && now !== document.body && $(now).closest(this.#login).length === 0;
    if (!isElsewhere) $next.trigger('focus');
  }

  /** The stores to choose from: the files, then the context stores of settings.js. */
  fillStores(chosen: string, options: { value: string; label: string }[]): void {
    for (const { value, label } of options) this.store.append($('<option>').val(value).text(label));
    this.store.val(chosen);
  }
}

/** What a field holds, without white space around it. */
export function typedIn($field: JQuery<HTMLInputElement>): string {
  return String($field.val() ?? '').trim();
}

/** Does something at Enter, except where that ends the input of a character. */
export function onEnter($field: Element, then: () => void): void {
  $field.on('keydown', (event) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.originalEvent?.isComposing) return;
    event.preventDefault();
    then();
  });
}

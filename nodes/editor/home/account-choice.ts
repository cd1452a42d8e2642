// The account select in the home tab, and the state of the account's login.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { addAccount, allAccounts, cloudOfAccount, type NamedAccount, openAccount } from '../account/accounts.js';
import { AccountApi, type Reply } from '../account/api.js';
import { NEWS_TOPIC } from '../account/news.js';
import { fill } from '../shared/draw.js';
import { onEditorEvents } from '../shared/flows.js';
import { Latest } from '../shared/latest.js';
import type { HomeTexts } from './texts.js';

/** Key in the browser's local storage for the account that the user chose last. */
const REMEMBERED = 'cozify-home-account';

/** States of a login that have a text of their own. Any other state is shown as unknown. */
const LOGIN_STATES = ['authenticated', 'otp-sent', 'otp-required'] as const;

/** The account whose home is shown, and the state of its login. */
export class AccountChoice {
  readonly #$select: JQuery<HTMLSelectElement>;
  readonly #$login: JQuery;
  readonly #texts: HomeTexts;
  #id = '';
  /** The id and cloud of the account that was shown last, as JSON. */
  #shown = '';
  readonly #latest = new Latest();

  /** `onChange`: called after the user has chosen an account; `onLogin`: called when a login may have changed. */
  constructor(
    $frame: JQuery,
    texts: HomeTexts,
    { onChange, onLogin }: Record<'onChange' | 'onLogin', () => void>,
    signal: AbortSignal,
  ) {
    this.#$select = $frame.find<HTMLSelectElement>('#cozify-home-accounts');
    this.#$login = $frame.find('#cozify-home-login');
    this.#texts = texts;
    this.#$select.on('change', () => {
      localStorage.setItem(REMEMBERED, String(this.#$select.val()));
      onChange();
    });
    this.#$login.filter('button').on('click', () => (this.#id === '' ? addAccount() : openAccount(this.#id)));
    RED.comms.subscribe(NEWS_TOPIC, onLogin);
    signal.addEventListener('abort', () => RED.comms.unsubscribe(NEWS_TOPIC, onLogin));
    // The server does not announce a login that is pending until a Deploy, so its state is requested after each dialog
    // closes.
    onEditorEvents(['editor:close'], onLogin, signal);
  }

  get current(): NamedAccount | undefined {
    return allAccounts().find(({ id }) => id === this.#id);
  }

  /** Updates the list of accounts. Returns whether the account that is shown, or its cloud, has changed. */
  look(): boolean {
    const accounts = allAccounts();
    const chosen = this.#$select.val() ?? localStorage.getItem(REMEMBERED);
    const shown = accounts.find(({ id }) => id === chosen) ?? accounts[0];
    const id = shown?.id ?? '';
    const options = accounts.map((account) => ({ value: account.id, text: RED.utils.getNodeLabel(account as never) }));
    fill(this.#$select, options, id);
    this.#$select.toggle(accounts.length > 1);
    const now = JSON.stringify([id, shown?.cloudUrl ?? '']);
    const isOther = now !== this.#shown;
    this.#id = id;
    this.#shown = now;
    if (isOther) {
      this.#latest.drop();
      this.#showLogin('');
    }
    return isOther;
  }

  /** Requests the state of the login, shows it and returns the reply. */
  async ask(): Promise<Reply<Snapshot>> {
    const isCurrent = this.#latest.ask();
    const reply = await new AccountApi(this.#id).snapshot(cloudOfAccount(this.#id) || undefined);
    if (isCurrent()) this.#showLogin(reply.isOk ? reply.answer.state : '');
    return reply;
  }

  /** Shows the state of the login; `''` if the state is unknown. */
  #showLogin(state: string): void {
    const { t } = this.#texts;
    const known = LOGIN_STATES.find((one) => one === state) ?? 'unknown';
    this.#$login.attr('data-state', state).text(this.#id === '' ? t('home.addAccount') : t(`home.login.${known}`));
  }
}

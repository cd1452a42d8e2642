import type { Snapshot } from '../../../src/account/snapshot.js';
import { AccountApi, type Reply } from '../account/api.js';
import type { NamedAccount } from '../account/label.js';
import { NEWS_TOPIC } from '../account/news.js';
import { addAccount, openAccount } from '../account/open-account.js';
import { isFromEnv } from '../shared/checks.js';
import type { HomeTexts } from './texts.js';

/** Remembered in the browser: whose home was looked at last. */
const REMEMBERED = 'cozify-home-account';

/** An account as the editor has it. */
export interface HomeAccount extends NamedAccount {
  cloudUrl?: string;
}

/** Which account's home is shown, and how its login stands. */
export class AccountChoice {
  readonly #$select: JQuery<HTMLSelectElement>;
  readonly #$login: JQuery;
  readonly #texts: HomeTexts;
  readonly #accounts: () => HomeAccount[];
  readonly #onLogin: () => void;
  #id = '';
  /** What was shown last: which account, at which cloud. */
  #shown = '';
  /** Counts questions: an answer to an earlier one is not shown. */
  #asking = 0;

  /** `onChange`: another account was chosen; `onLogin`: a login may stand otherwise now. */
  constructor(
    $frame: JQuery,
    texts: HomeTexts,
    accounts: () => HomeAccount[],
    onChange: () => void,
    onLogin: () => void,
  ) {
    this.#$select = $frame.find('#cozify-home-accounts') as unknown as JQuery<HTMLSelectElement>;
    this.#$login = $frame.find('#cozify-home-login');
    this.#texts = texts;
    this.#accounts = accounts;
    this.#onLogin = onLogin;
    this.#$select.on('change', () => {
      localStorage.setItem(REMEMBERED, String(this.#$select.val()));
      onChange();
    });
    this.#$login.filter('button').on('click', () => (this.#id === '' ? addAccount() : openAccount(this.#id)));
  }

  start(): void {
    RED.comms.subscribe(NEWS_TOPIC, this.#onLogin);
    // A login that waits for its Deploy is no news.
    RED.events.on('editor:close', this.#onLogin);
  }

  stop(): void {
    RED.comms.unsubscribe(NEWS_TOPIC, this.#onLogin);
    RED.events.off('editor:close', this.#onLogin);
  }

  /** The account that is shown now; `undefined` where there is none. */
  get current(): HomeAccount | undefined {
    return this.#accounts().find(({ id }) => id === this.#id);
  }

  /** Looks which accounts there are. Gives whether another one is shown now, or the same at another cloud. */
  look(): boolean {
    const accounts = this.#accounts();
    const chosen = this.#$select.val() ?? localStorage.getItem(REMEMBERED);
    const shown = accounts.find(({ id }) => id === chosen) ?? accounts[0];
    const options = accounts.map((account) => {
      const label = RED.utils.getNodeLabel(account as never);
      return $('<option>').val(account.id).text(label);
    });
    if (keysOf(this.#$select.children()) !== keysOf($(options.map(([option]) => option as HTMLElement)))) {
      this.#$select.empty().append(options);
    }
    this.#$select.toggle(accounts.length > 1);
    const id = shown?.id ?? '';
    this.#$select.val(id);
    const now = JSON.stringify([id, shown?.cloudUrl ?? '']);
    const isOther = now !== this.#shown;
    this.#id = id;
    this.#shown = now;
    if (isOther) {
      this.#asking += 1;
      this.#showLogin('');
    }
    return isOther;
  }

  /** Asks how the login stands, shows that, and gives the answer. */
  async ask(): Promise<Reply<Snapshot>> {
    const { current } = this;
    const asking = (this.#asking += 1);
    const reply = await new AccountApi(this.#id).snapshot((current && cloudOf(current)) || undefined);
    if (asking === this.#asking) this.#showLogin(reply.isOk ? reply.answer.state : '');
    return reply;
  }

  /** By the snapshot's state; `''` where nobody knows. */
  #showLogin(state: string): void {
    const { t } = this.#texts;
    const text = this.#id === '' ? t('home.addAccount') : t(`home.login.${isState(state) ? state : 'unknown'}`);
    this.#$login.attr('data-state', state).text(text);
  }
}

/** What options offer, and how they call it. */
function keysOf($options: JQuery): string {
  return JSON.stringify($options.toArray().map((option) => [$(option).val(), $(option).text()]));
}

function isState(state: string): state is 'authenticated' | 'otp-sent' | 'otp-required' {
  return ['authenticated', 'otp-sent', 'otp-required'].includes(state);
}

/** As it is in the editor; what a variable holds, only the server knows. */
export function cloudOf({ cloudUrl = '' }: HomeAccount): string {
  return isFromEnv(cloudUrl) ? '' : cloudUrl;
}

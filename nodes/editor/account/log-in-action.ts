import type { AccountNews } from './news.js';
import { allAccounts } from './all-accounts.js';
import { translate as t } from '../shared/catalogue.js';
import { addAccount, openAccount } from './open-account.js';

/** The action's name in Node-RED's list of actions and in its keyboard shortcuts. */
export const LOG_IN_ACTION = 'cozify:log-in-to-cozify';

/** An account in a list to choose from. */
export interface Choice {
  id: string;
  label: string;
}

/**
 * Returns the account whose dialog opens without a question: the only account, or the only account whose login was
 * lost. Returns `undefined` if a person has to choose.
 */
export function obviousAccount(accounts: readonly Choice[], isLost: (id: string) => boolean): string | undefined {
  const lost = accounts.filter(({ id }) => isLost(id));
  const [only, ...others] = lost.length > 0 ? lost : accounts;
  return others.length === 0 ? only?.id : undefined;
}

/** Opens the dialog for logging in; if there are several accounts, asks which one first. */
export function logInToCozify(news: AccountNews): void {
  const accounts = choices();
  const obvious = obviousAccount(accounts, (id) => news.isLost(id));
  if (accounts.length === 0) addAccount();
  else if (obvious !== undefined) openAccount(obvious);
  else ask(accounts);
}

/** All accounts with their labels. */
function choices(): Choice[] {
  const accounts = allAccounts().map((node) => ({ id: node.id, label: RED.utils.getNodeLabel(node as never) }));
  return accounts.sort((one, other) => one.label.localeCompare(other.label));
}

function ask(accounts: readonly Choice[]): void {
  const buttons = accounts.map(({ id, label }) =>
    $('<button type="button" class="red-ui-button cozify-notice">')
      .css({ display: 'block', width: '100%', margin: '4px 0' })
      .text(label)
      .on('click', () => {
        close();
        openAccount(id);
      }),
  );
  const question = $('<div>').append($('<p>').text(t('open.which')), buttons);
  const cancel = { text: t('button.cancel'), class: 'cozify-notice', click: () => close() };
  const options = { id: LOG_IN_ACTION, fixed: true, modal: true, buttons: [cancel] };
  const notification = RED.notify(question, options) as unknown as { close(): void };
  const close = (): void => notification.close();
  buttons[0]?.trigger('focus');
}

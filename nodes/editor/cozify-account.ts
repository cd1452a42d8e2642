import { DEFAULT_CLOUD_URL, SECONDS } from '../../src/input.js';
import { allAccounts, type NamedAccount, nameOfAccount } from './account/accounts.js';
import { AccountDialog, type EditedAccount } from './account/dialog.js';
import { AccountWatch } from './account/watch.js';
import { HomeTab } from './home/tab.js';
import { type AccountKey, translate } from './shared/catalogue.js';
import { isAccountExpiry, isCloudUrl, isEmail, isFromEnv, secondsCheck } from './shared/checks.js';
import { showDefaults } from './shared/form.js';
import { OF_ACCOUNT, rememberForm, saveForm } from './shared/saving.js';

export { labelStyle } from './shared/action-node.js';

/** An account with the nodes that use it. */
type Account = EditedAccount & NamedAccount & { users?: object[] };

/**
 * `watch` and `home` may be module variables, because they hold only caches: Node-RED sends the states of all logins to
 * each new subscriber.
 */
const watch = new AccountWatch();
const home = new HomeTab();

export const category = 'config';

/** Returns a check for a text property. The check returns true, or an error text. */
function textCheck(isValid: (text: string) => boolean, problem: AccountKey) {
  // Node-RED shows the returned error text only if the function has two parameters.
  return (text: string | undefined, _options: object): true | string =>
    isFromEnv(text) || isValid(text ?? '') || translate(problem);
}

const checkInterval = secondsCheck(SECONDS.poll, 'invalid.interval', { mayBeEmpty: true });

export const defaults = {
  name: { value: '' },
  cloudUrl: { value: DEFAULT_CLOUD_URL, validate: textCheck(isCloudUrl, 'invalid.cloudUrl') },
  autorefresh: { value: true },
  expiry: { value: '1', validate: textCheck(isAccountExpiry, 'invalid.expiry') },
  expiryUnit: { value: 'days' },
  store: { value: '' },
  language: { value: '' },
  pollLan: { value: '1', validate: checkInterval },
  pollCloud: { value: '10', validate: checkInterval },
};

export const credentials = {
  email: { type: 'text', validate: textCheck((email) => email === '' || isEmail(email), 'invalid.email') },
};

/** Called when Node-RED has added the node type to the palette. */
export function onpaletteadd(): void {
  watch.start();
  home.start();
}

export function onpaletteremove(): void {
  watch.stop();
  home.stop();
}

export function paletteLabel(): string {
  return translate('label.palette');
}

/**
 * Returns the account's name. If the cloud has ended its login, adds a note about that, because lists of configuration
 * nodes show no status.
 */
export function label(this: Account): string {
  const account = plainLabel.call(this);
  return watch.news.isLost(this.id) ? translate('label.lost', { account }) : account;
}

/**
 * Returns the name of the account without a note about a lost login. The labels of other nodes contain this name,
 * because the status of those nodes already shows a lost login.
 */
export function plainLabel(this: Account): string {
  return nameOfAccount(this, (id) => watch.news.nameOf(id), allAccounts());
}

export function oneditprepare(this: Account): void {
  showDefaults(this, 'node-config-input');
  rememberForm(this, undefined, OF_ACCOUNT);
  if (RED.nodes.node(this.id) === null || RED.nodes.node(this.id) === undefined) chooseLanguage();
  dialogBox().data('dialog', new AccountDialog(this));
  watch.noteDialog(this.id);
}

/** Saves the dialog. Returns true for a new account, so that Node-RED counts the account as changed. */
export function oneditsave(this: Account): true | undefined {
  watch.noteDialog(undefined);
  for (const property of ['email', 'cloudUrl']) {
    const $field = $<HTMLInputElement>(`#node-config-input-${property}`);
    $field.val(String($field.val()).trim());
  }
  saveForm(this, OF_ACCOUNT);
  // Redraws the nodes that use the account, because their labels may contain its name.
  for (const user of this.users ?? []) Object.assign(user, { dirty: true, resize: true });
  return RED.nodes.node(this.id) ? undefined : true;
}

export function oneditcancel(): void {
  void openDialog()?.cancel();
  watch.noteDialog(undefined);
}

export { oneditcancel as oneditdelete };

/** Sets the language of a new account to the language of the browser if that is Finnish or English. */
function chooseLanguage(): void {
  const [language = ''] = navigator.language.split('-');
  if (['fi', 'en'].includes(language)) $('#node-config-input-language').val(language);
}

/**
 * Returns the open account dialog. It is stored in the jQuery data of its element, so it disappears with the element.
 */
function openDialog(): AccountDialog | undefined {
  return dialogBox().data('dialog') as AccountDialog | undefined;
}

function dialogBox(): JQuery<HTMLElement> {
  return $('#cozify-account-login');
}

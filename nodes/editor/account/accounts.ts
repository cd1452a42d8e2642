// The accounts in the editor: their labels and dialogs, and the account that is chosen in the open dialog of a node.
import { translate as t } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { AccountApi } from './api.js';
import type { AccountNews } from './news.js';

/** An account in the editor, deployed or not. */
export interface NamedAccount {
  id: string;
  name?: string;
  cloudUrl?: string;
  /**
   * The e-mail address. The editor has it only after the account's dialog was opened, because Node-RED loads
   * credentials then.
   */
  credentials?: { email?: string };
}

const NAMELESS = 'Cozify';
/** Number of characters of an id in the label of an account without name and address. */
const ID_LENGTH = 4;

/**
 * Returns the label of an account: its name, its e-mail address, or the name that the Node-RED server has published. If
 * none is known, the label is "Cozify". If several accounts have that label, it also contains the beginning of the id.
 */
export function nameOfAccount(
  account: NamedAccount,
  publishedName: (id: string) => string | undefined,
  others: readonly NamedAccount[],
): string {
  const name = knownName(account, publishedName);
  if (name !== undefined) return name;
  const isOnlyUnnamed = others.every(
    (other) => other.id === account.id || knownName(other, publishedName) !== undefined,
  );
  return isOnlyUnnamed ? NAMELESS : `${NAMELESS} ${account.id.slice(0, ID_LENGTH)}`;
}

function knownName(account: NamedAccount, publishedName: (id: string) => string | undefined): string | undefined {
  return account.name || account.credentials?.email || publishedName(account.id);
}

/**
 * Returns the name for an account at its first login: the name of its default hub or, without a hub, the e-mail
 * address. If another account already has the hub's name, the address is added in parentheses. Empty if neither is
 * known.
 */
export function nameAtFirstLogin(
  hubs: readonly { name: string; default: boolean }[],
  email: string | null,
  taken: ReadonlySet<string | undefined>,
): string {
  const hub = (hubs.find((it) => it.default) ?? hubs[0])?.name.trim();
  if (!hub) return email ?? '';
  return taken.has(hub) && email !== null ? `${hub} (${email})` : hub;
}

/** All accounts in the editor, deployed or not. */
export function allAccounts(): NamedAccount[] {
  const accounts: NamedAccount[] = [];
  RED.nodes.eachConfig((node) => {
    // Node-RED's type definitions declare a node only as `object`.
    if ((node as { type: string }).type === 'cozify-account') accounts.push(node as NamedAccount);
    return true;
  });
  return accounts;
}

/**
 * Returns the account that is chosen in the open dialog of a node; `undefined` if none is. `cloudUrl` is the account's
 * cloud address in the editor. If it is not deployed yet, a login there stays pending until the next Deploy.
 */
export function chosenAccount(): { id: string; cloudUrl: string } | undefined {
  const id = String($('#node-input-account').val() ?? '');
  const cloudUrl = cloudOfAccount(id);
  return cloudUrl === undefined ? undefined : { id, cloudUrl };
}

/**
 * If there is only one account, chooses it in the dialog of a new node, because the node may have been added before the
 * account. A node that was deployed without an account stays unchanged.
 */
export function chooseOnlyAccount(node: { changed?: boolean }): void {
  const [only, ...others] = allAccounts();
  if (node.changed !== true || only === undefined || others.length > 0 || chosenAccount() !== undefined) return;
  $('#node-input-account').val(only.id).trigger('change');
}

/**
 * Returns the cloud address of an account in the editor. Returns an empty text if no address is set, or if the address
 * is an environment variable; the deployed address then applies. Returns `undefined` if there is no such account.
 */
export function cloudOfAccount(id: string): string | undefined {
  const account = RED.nodes.node(id) as { cloudUrl?: string } | null | undefined;
  if (account === null || account === undefined) return undefined;
  const { cloudUrl = '' } = account;
  return isFromEnv(cloudUrl) ? '' : cloudUrl;
}

/** Returns the names of the chosen account's hubs, by hub id. Empty if no account is chosen or the request fails. */
export async function hubNames(): Promise<ReadonlyMap<string, string>> {
  const account = chosenAccount();
  if (account === undefined) return new Map();
  const reply = await new AccountApi(account.id).snapshot(account.cloudUrl || undefined);
  return new Map(reply.isOk ? reply.answer.hubs.map(({ id, name }) => [id, name]) : []);
}

/** Opens the dialog of an account on top of other open dialogs. */
export function openAccount(id: string): void {
  if (RED.nodes.node(id)) openDialog(id);
  else RED.notify(t('open.unknown'), 'warning');
}

export function addAccount(): void {
  openDialog('_ADD_');
}

/**
 * Opens the dialog of an account, unless the dialog of an account is already open: both would use the same element ids.
 */
function openDialog(id: string): void {
  if ($('#cozify-account-state').length > 0) return void RED.notify(t('open.closeFirst'), 'warning');
  (RED.editor.editConfig as (name: string, type: string, id: string) => void)('', 'cozify-account', id);
}

/** Makes Node-RED redraw the label of an account and of the nodes that use it. */
export function relabel(id: string): void {
  const account = RED.nodes.node(id) as { users?: object[] } | null | undefined;
  if (account === null || account === undefined) return;
  for (const user of account.users ?? []) Object.assign(user, { dirty: true, resize: true });
  RED.view.redraw();
  RED.sidebar.config.refresh();
}

/** The name of the login action in Node-RED's list of actions and in its keyboard shortcuts. */
export const LOG_IN_ACTION = 'cozify:log-in-to-cozify';

/** An account in a list to choose from. */
interface Choice {
  id: string;
  label: string;
}

/**
 * Returns the account whose dialog can be opened without asking: the only account, or the only account whose login was
 * lost. Returns `undefined` if the user has to choose.
 */
export function obviousAccount(accounts: readonly Choice[], isLost: (id: string) => boolean): string | undefined {
  const lost = accounts.filter(({ id }) => isLost(id));
  const [only, ...others] = lost.length > 0 ? lost : accounts;
  return others.length === 0 ? only?.id : undefined;
}

/** Opens the dialog of the account to log in to. If several accounts are possible, asks the user first. */
export function logInToCozify(news: AccountNews): void {
  const accounts = allAccounts().map((node) => ({ id: node.id, label: RED.utils.getNodeLabel(node as never) }));
  accounts.sort((one, other) => one.label.localeCompare(other.label));
  const obvious = obviousAccount(accounts, (id) => news.isLost(id));
  if (accounts.length === 0) addAccount();
  else if (obvious !== undefined) openAccount(obvious);
  else askWhich(accounts);
}

/** Asks which account to open. */
function askWhich(accounts: readonly Choice[]): void {
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

/**
 * The description (`info`) of the account in each example flow. It identifies the account even if Node-RED has changed
 * the id during the import.
 */
const EXAMPLE_INFO = 'This account came with an example.';

/** An account with the nodes that use it. */
interface UsedAccount extends NamedAccount {
  type?: string;
  info?: string;
  users?: User[];
}

/** A node that uses an account. Node-RED compares `_config` with the node to see whether the node was changed. */
interface User {
  account?: string;
  _config?: Record<string, string>;
}

/** An event of Node-RED's undo history. */
interface HistoryEvent {
  t: string;
  nodes?: string[];
  events?: HistoryEvent[];
}

/**
 * Replaces the account of a newly imported example flow with the account that already exists. If there is no other
 * account, the account of the example stays.
 */
export function useExistingAccount(added: object): void {
  const { id, type, info, name } = added as UsedAccount;
  // Waits until Node-RED has also added the nodes that use the account, and has recorded the import in its undo
  // history.
  if (type === 'cozify-account' && info === EXAMPLE_INFO && !name) setTimeout(() => replaceExample(id), 0);
}

function replaceExample(id: string): void {
  const own = RED.nodes.node(id) as UsedAccount | null | undefined;
  const other: UsedAccount | undefined = allAccounts().find((account) => account.id !== id);
  const imported = importOf(id, RED.history.peek() as HistoryEvent | undefined);
  if (own === null || own === undefined || other === undefined || imported === undefined) return;
  for (const user of [...(own.users ?? [])]) {
    user.account = other.id;
    if (user._config !== undefined) user._config['account'] = JSON.stringify(other.id);
    other.users = [...(other.users ?? []), user];
    Object.assign(user, { dirty: true, resize: true });
    RED.editor.validateNode(user);
  }
  own.users = [];
  imported.nodes = imported.nodes?.filter((node) => node !== id) ?? [];
  RED.nodes.remove(id);
  RED.view.redraw(true);
}

/**
 * Returns the history event of the import that added an account; `undefined` if the account was loaded with the flows.
 */
function importOf(id: string, event: HistoryEvent | undefined): HistoryEvent | undefined {
  if (event === undefined) return undefined;
  if (event.t === 'add' && event.nodes?.includes(id) === true) return event;
  return event.events?.map((one) => importOf(id, one)).find((found) => found !== undefined);
}

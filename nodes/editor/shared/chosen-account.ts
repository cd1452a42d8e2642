import { allAccounts } from '../account/all-accounts.js';
import { AccountApi } from '../account/api.js';
import { isFromEnv } from './checks.js';

/** Returns the dialog's account with its cloud in the editor, because its login may be pending until a Deploy. */
export function chosenAccount(): { id: string; cloudUrl: string } | undefined {
  const id = String($('#node-input-account').val() ?? '');
  const cloudUrl = cloudOfAccount(id);
  return cloudUrl === undefined ? undefined : { id, cloudUrl };
}

/**
 * Chooses the account in a new node's dialog if there is only one: the node may have been added before the account. A
 * node that was deployed without an account stays unchanged.
 */
export function chooseOnlyAccount(node: { changed?: boolean }): void {
  const [only, ...others] = allAccounts();
  if (node.changed !== true || only === undefined || others.length > 0 || chosenAccount() !== undefined) return;
  $('#node-input-account').val(only.id).trigger('change');
}

/**
 * Returns the cloud of an account in the editor; empty for the deployed one, `undefined` if there is no such account.
 */
export function cloudOfAccount(id: string): string | undefined {
  const account = RED.nodes.node(id) as { cloudUrl?: string } | null | undefined;
  if (account === null || account === undefined) return undefined;
  const { cloudUrl = '' } = account;
  return isFromEnv(cloudUrl) ? '' : cloudUrl;
}

/** Returns the names of the account's hubs by id; empty while unknown. */
export async function hubNames(): Promise<ReadonlyMap<string, string>> {
  const account = chosenAccount();
  if (account === undefined) return new Map();
  const reply = await new AccountApi(account.id).snapshot(account.cloudUrl || undefined);
  return new Map(reply.isOk ? reply.answer.hubs.map(({ id, name }) => [id, name]) : []);
}

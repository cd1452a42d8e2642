import { allAccounts } from '../account/all-accounts.js';
import { AccountApi } from '../account/api.js';
import { isFromEnv } from './checks.js';

/** The account of the dialog, with its cloud as it is in the editor: its login may wait for a Deploy. */
export function chosenAccount(): { id: string; cloudUrl: string } | undefined {
  const id = String($('#node-input-account').val() ?? '');
  const cloudUrl = cloudOfAccount(id);
  return cloudUrl === undefined ? undefined : { id, cloudUrl };
}

/**
 * Chooses the only account that there is in the dialog of a node that has none yet: one that was put into the flow before
 * the account was added. What is deployed without an account stays as it is.
 */
export function chooseOnlyAccount(node: { changed?: boolean }): void {
  const [only, ...others] = allAccounts();
  if (node.changed !== true || only === undefined || others.length > 0 || chosenAccount() !== undefined) return;
  $('#node-input-account').val(only.id).trigger('change');
}

/** The cloud of an account as it is in the editor, empty for that which is deployed; `undefined` where there is none. */
export function cloudOfAccount(id: string): string | undefined {
  const account = RED.nodes.node(id) as { cloudUrl?: string } | null | undefined;
  if (account === null || account === undefined) return undefined;
  const { cloudUrl = '' } = account;
  return isFromEnv(cloudUrl) ? '' : cloudUrl;
}

/** The names of the account's hubs by their ids; none while nobody can say. */
export async function hubNames(): Promise<ReadonlyMap<string, string>> {
  const account = chosenAccount();
  if (account === undefined) return new Map();
  const reply = await new AccountApi(account.id).snapshot(account.cloudUrl || undefined);
  return new Map(reply.isOk ? reply.answer.hubs.map(({ id, name }) => [id, name]) : []);
}

import type { NamedAccount } from './label.js';

/** The accounts that the editor has, deployed or not. */
export function allAccounts(): NamedAccount[] {
  const accounts: NamedAccount[] = [];
  RED.nodes.eachConfig((node) => {
    // Node-RED's types know all kinds of nodes as objects only.
    if ((node as { type: string }).type === 'cozify-account') accounts.push(node as NamedAccount);
    return true;
  });
  return accounts;
}

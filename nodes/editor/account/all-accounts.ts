import type { NamedAccount } from './label.js';

/** All accounts in the editor, deployed or not. */
export function allAccounts(): NamedAccount[] {
  const accounts: NamedAccount[] = [];
  RED.nodes.eachConfig((node) => {
    // Node-RED's types describe a node of any type only as an object.
    if ((node as { type: string }).type === 'cozify-account') accounts.push(node as NamedAccount);
    return true;
  });
  return accounts;
}

/** Loads the module for accounts only when the first account is created. */
import { createRequire } from 'node:module';
import type { AccountOptions } from './account-options.js';
import type * as ManagedAccountModule from './managed-account.js';
import type { ManagedAccount } from './managed-account.js';

const load = createRequire(__filename);

/**
 * Creates an account. The module for accounts is loaded with the first account, because Node-RED does not need it
 * without an account.
 */
export function createManagedAccount(options: AccountOptions): ManagedAccount {
  const { ManagedAccount: Managed } = load('./managed-account.js') as typeof ManagedAccountModule;
  return new Managed(options);
}

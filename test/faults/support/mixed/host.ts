// Hosts, accounts and steps of the mixed test, which runs random sequences of actions.
import type { MemoryDisk } from '../memory-fs.js';
import type { Family } from './cloud.js';
import type { Flows, NodeRed } from './node-red.js';

export const CLOUDS = ['https://cloud.example/ui/0.2', 'https://other.example/ui/0.2'] as const;

/** The accounts that may be in the flows. Two ids differ only by case, and two belong to instances of a subflow. */
export const IDS = ['one', 'two', 'One', 'sub-a', 'sub-b'] as const;

/** Returns the id of the account's node in the flows. */
export function nodeIdOf(id: string): string {
  return id.replace(/-.*/, '');
}

/** Names of the steps: operations on an account that a flow or a person starts. */
export const STEPS = [
  ...['ping', 'refresh', 'authenticate', 'request', 'logIn', 'wrongCode', 'reset', 'logOut'],
  ...['setToken', 'setTemporaryToken', 'setEmail'],
] as const;
export type StepName = (typeof STEPS)[number] | 'dialog request' | 'dialog logIn';

/** The steps that may send a code by e-mail. */
export const MAILING: readonly StepName[] = ['authenticate', 'request', 'dialog request'];

/** A host (a simulated machine): its disk, its flows, and its current Node-RED process. */
export interface Host {
  disk: MemoryDisk;
  flows: Flows;
  process: NodeRed | undefined;
  /** Logins of the current process that must be kept only in memory, because they were set with `commit: false`. */
  temporaryLogins: { id: string; family: Family }[];
  /** Ids of the accounts that a person has logged in through the dialog before a Deploy adds them to the flows. */
  pendingLogins: Set<string>;
}

/** A step that is still running. */
export interface Pending {
  host: Host;
  process: NodeRed;
  id: string;
  step: StepName;
  /** Whether the package was reinstalled during the step. The new account registry does not know the step. */
  isAbandoned?: boolean;
  /**
   * Whether the account was deleted and added again during the step. The new account may then read the old state, if a
   * failing store has not deleted that state.
   */
  isRecreated?: boolean;
}

/** The account that logs in, and its process. */
export interface LoginContext {
  id: string;
  process: NodeRed;
  /** Whether the account is in the flows. */
  isDeployed?: boolean;
}

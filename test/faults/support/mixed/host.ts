import type { MemoryDisk } from '../memory-fs.js';
import type { Family } from './cloud.js';
import type { Flows, NodeRed } from './node-red.js';

export const CLOUDS = ['https://cloud.example/ui/0.2', 'https://other.example/ui/0.2'] as const;

/** The accounts that may be in the flows. Some ids differ by case only, some are of subflow instances. */
export const IDS = ['one', 'two', 'One', 'sub-a', 'sub-b'] as const;

/** The id of the account's node in the flows. */
export function nodeIdOf(id: string): string {
  return id.replace(/-.*/, '');
}

/** The steps of a person or a flow on an account. */
export const STEPS = [
  ...['ping', 'refresh', 'authenticate', 'request', 'logIn', 'wrongCode', 'reset', 'logOut'],
  ...['setToken', 'setGuest', 'setEmail'],
] as const;
export type StepName = (typeof STEPS)[number] | 'dialog request' | 'dialog logIn';

/** Such on whose behalf a code may be e-mailed. */
export const MAILING: readonly StepName[] = ['authenticate', 'request', 'dialog request'];

/** A host: its disk outlives its processes. */
export interface Host {
  disk: MemoryDisk;
  flows: Flows;
  process: NodeRed | undefined;
  /** Logins that no store was to have, since the process has started, by account. */
  guests: { id: string; family: Family }[];
  /** The accounts under whose ids the dialog was used while none was deployed so. */
  waiting: Set<string>;
}

/** A step that has no answer yet. */
export interface Pending {
  host: Host;
  process: NodeRed;
  id: string;
  step: StepName;
  /** Whether the package was reinstalled since; the new registry does not know abandoned work. */
  isLetGo?: boolean;
  /** Whether the account was deleted and added again. The new account may get the state that a failing store has kept. */
  isOutlived?: boolean;
}

/** The account of an action, and the process that does it. */
export interface Doer {
  id: string;
  process: NodeRed;
  /** Whether the account is in the flows. */
  isDeployed?: boolean;
}

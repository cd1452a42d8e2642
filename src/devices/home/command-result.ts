import type { CozifyError } from '../../errors.js';
import type { Author } from '../commands/author.js';
import type { State } from '../things/units.js';
import type { Confirmation } from './confirmer.js';
import type { Toggle } from './toggle.js';

/** Why a command was not sent or not seen: how the wait ended, or an error's code. */
export type Reason = Exclude<Confirmation, 'met'> | CozifyError['code'];

/** A device of a group or room that did not do what the others did. */
export interface MissedMember {
  readonly id: string;
  readonly name: string;
  readonly reason: Reason;
}

/** A device of a group or room that did it, and how it is now. */
export interface DoneMember {
  readonly id: string;
  readonly name: string;
  readonly state: State;
}

/** What came of a command for one target. */
export interface CommandResult {
  sent: boolean;
  /** Whether the hub has shown it since; `null` where nobody waited for that. */
  confirmed: boolean | null;
  /** `null` where all is well. */
  reason: Reason | null;
  /** How the target is now, where somebody waited. */
  state: State | null;
  ignored: readonly string[];
  clamped: readonly string[];
  /** Of a group or room: those of its devices that did not do it, if there are any. */
  members?: readonly MissedMember[];
  /** Of a group or room: those of its devices that did it, where somebody waited to see that. */
  did?: readonly DoneMember[];
  error?: CozifyError;
}

/** How a command is sent. */
export interface CommandOptions {
  /** How long to wait for the hub to show it, in milliseconds; 0 for not at all. */
  readonly confirmMs: number;
  /** All targets of the command, at other hubs, too: what one can't do is an error where it is the only one. */
  readonly isAlone: boolean;
  /** What a toggle comes to for all of its targets, at other hubs, too; by default for those of this hub. */
  readonly toggle?: Toggle;
  /** Who ordered it; by default something else in this Node-RED. */
  readonly author?: Author;
}

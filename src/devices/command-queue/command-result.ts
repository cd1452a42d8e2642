/** The result of a command for one target. */
import type { CozifyError } from '../../errors.js';
import type { Author, Plan } from '../commands/plan.js';
import type { Things } from '../things/things.js';
import type { State } from '../things/state.js';

/** How the wait for the result of a command ended. `met`: the hub has shown the result. */
export type Confirmation = 'met' | 'timeout' | 'unreachable' | 'superseded';

/** Why a command was not sent or not confirmed: how the wait for the result ended, or an error code. */
export type Reason = Exclude<Confirmation, 'met'> | CozifyError['code'];

/** A device of a group or room that did not accept the command, or did not confirm it. */
export interface MissedMember {
  readonly id: string;
  readonly name: string;
  readonly reason: Reason;
}

/** A confirmed device of a group or room, with its current state. */
export interface DoneMember {
  readonly id: string;
  readonly name: string;
  readonly state: State;
}

/** The result of a command for one target. */
export interface CommandResult {
  sent: boolean;
  /** Whether the hub has shown the result; `null` if no confirmation was requested. */
  confirmed: boolean | null;
  /** Why the command was not sent or not confirmed; `null` if there was no problem. */
  reason: Reason | null;
  /** The current state of the target; `null` if no confirmation was requested. */
  state: State | null;
  ignored: readonly string[];
  clamped: readonly string[];
  /** For a group or room: the devices that did not accept or confirm the command, if there are any. */
  members?: readonly MissedMember[];
  /** For a group or room: the confirmed devices, if there are any. */
  did?: readonly DoneMember[];
  error?: CozifyError;
}

/** Options of a command. */
export interface CommandOptions {
  /** How long to wait for the hub to show the result, in milliseconds; 0 for no confirmation. */
  readonly confirmMs: number;
  /** Whether the message has only one target, counted across all hubs. If so, an unsupported field is an error. */
  readonly isAlone: boolean;
  /** The sender of the command. Defaults to `own`, a sender that is neither a node nor the editor. */
  readonly author?: Author;
}

/** A command that the hub has accepted, at least for some devices of a group. */
export interface SentCommand {
  readonly plan: Plan;
  readonly confirmMs: number;
  /** Devices of a group or room for which the command failed. */
  readonly missed?: readonly MissedMember[];
  readonly error?: CozifyError | undefined;
}

/** A command that has ended, and its outcome. */
export interface EndedCommand extends SentCommand {
  readonly end: Pick<CommandResult, 'sent' | 'confirmed' | 'reason'>;
}

/** Returns the result of a command that was not planned or not sent because of an error. */
export function unsent(error: CozifyError): CommandResult {
  return { sent: false, confirmed: null, reason: error.code, state: null, ignored: [], clamped: [], error };
}

/** Returns the result of a command that has ended. */
export function resultOf({ plan, confirmMs, missed = [], error, end }: EndedCommand, things: Things): CommandResult {
  const { entry, ignored, clamped } = plan;
  const isConfirmed = end.sent && confirmMs > 0;
  const state = isConfirmed ? (things.get(entry.kind, entry.id)?.state ?? null) : null;
  const did = isConfirmed && end.reason !== 'superseded' ? membersDone(plan, missed, things) : [];
  return {
    ...end,
    state,
    ignored,
    clamped,
    ...(missed.length > 0 && { members: missed }),
    ...(did.length > 0 && { did }),
    ...(error !== undefined && { error }),
  };
}

function membersDone({ members }: Plan, missed: readonly MissedMember[], things: Things): DoneMember[] {
  const done = members.filter(({ entry }) => !missed.some(({ id }) => id === entry.id));
  return done.map(({ entry: { kind, id, name, state } }) => ({
    id,
    name,
    state: things.get(kind, id)?.state ?? state,
  }));
}

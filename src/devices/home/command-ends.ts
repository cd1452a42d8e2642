import { CozifyError } from '../../errors.js';
import type { Plan } from '../commands/commands.js';
import { membersBehind } from '../commands/confirmation.js';
import type { Things } from '../things/things.js';
import type { Task } from './command-line.js';
import type { CommandResult, DoneMember, MissedMember, Reason } from './command-result.js';
import type { Confirmation } from './confirmer.js';

/** What came of a task. */
export interface TaskEnd {
  readonly sent: boolean;
  readonly confirmed: boolean | null;
  readonly reason: Reason | null;
}

/** Of what was never in the line. */
export const UNSENT = { sent: false, confirmed: null, state: null, ignored: [], clamped: [] } as const;

/** Tells the end of a task. `members`: those that did not do it. */
export function resultOf(
  { plan, job, error }: Task,
  end: TaskEnd,
  { members, things }: { members: readonly MissedMember[]; things: Things },
): CommandResult {
  const { entry, ignored, clamped } = plan;
  const isSeen = end.sent && job.options.confirmMs > 0;
  const state = isSeen ? (things.get(entry.kind, entry.id)?.state ?? null) : null;
  const did = isSeen && end.reason !== 'superseded' ? doneBy(plan, members, things) : [];
  return {
    ...end,
    state,
    ignored,
    clamped,
    ...(members.length > 0 ? { members } : {}),
    ...(did.length > 0 ? { did } : {}),
    ...(error === undefined ? {} : { error }),
  };
}

/** The devices of a group or room that did it, as they are now. */
function doneBy(plan: Plan, missed: readonly MissedMember[], things: Things): DoneMember[] {
  const others = plan.members.filter(({ entry }) => !missed.some(({ id }) => id === entry.id));
  return others.map(({ entry: { kind, id, name, state } }) => ({
    id,
    name,
    state: things.get(kind, id)?.state ?? state,
  }));
}

/** The devices of a group or room that did not do it, as far as somebody waited for that. */
export function missedBy({ missed, plan }: Task, things: Things, end: Confirmation): MissedMember[] {
  if (end === 'superseded') return [];
  const behind = membersBehind(plan, things).filter(({ progress }) => progress === 'unreachable' || end === 'timeout');
  const reasonOf = { unreachable: 'unreachable', waiting: 'timeout' } as const;
  return [...missed, ...behind.map(({ entry: { id, name }, progress }) => ({ id, name, reason: reasonOf[progress] }))];
}

/** Of what took longer than that to look up: sent now, it would undo what was asked for after it. */
export function passed(lookUpMs: number): CozifyError {
  const message = `The hub took more than ${lookUpMs / 1000} s to list what the command is about, and something newer was sent since.`;
  return new CozifyError('COZIFY_HUB_OFFLINE', message);
}

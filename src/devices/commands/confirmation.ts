import type { Plan } from './commands.js';
import { type Entry, isReachable } from '../things/device.js';
import type { Things } from '../things/things.js';
import { isMet } from './tolerance.js';

/** How far a target is with what it was told: `unreachable` is a device that can't hear it, or is gone. */
export type Progress = 'met' | 'waiting' | 'unreachable';

/**
 * How far the target of a plan is, as memory has it. Groups and rooms go by those of their devices that can do it, each of
 * which counts: they are unreachable where one is and all others have done it.
 */
export function progressOf(plan: Plan, things: Things): Progress {
  const { kind, id } = plan.entry;
  if (plan.members.length > 0) {
    const each = plan.members.map((member) => progressOf(member, things));
    return (['waiting', 'unreachable'] as const).find((progress) => each.includes(progress)) ?? 'met';
  }
  const entry = things.get(kind, id);
  if (entry === undefined) return kind === 'alarm' ? 'met' : 'unreachable';
  if (!isReachable(entry)) return 'unreachable';
  return isMet(plan.asked, entry.state) ? 'met' : 'waiting';
}

/** Whether a device that a plan means can't be reached, or is gone, as memory has it. */
export function isOutOfReach(plan: Plan, things: Things): boolean {
  if (plan.members.length > 0) return plan.members.some((member) => isOutOfReach(member, things));
  return plan.entry.kind === 'device' && progressOf(plan, things) === 'unreachable';
}

/** The devices of a group or room that are not as they were asked to be, and how far each is. */
export function membersBehind(plan: Plan, things: Things): { entry: Entry; progress: Exclude<Progress, 'met'> }[] {
  return plan.members.flatMap((member) => {
    const progress = progressOf(member, things);
    return progress === 'met' ? [] : [{ entry: member.entry, progress }];
  });
}

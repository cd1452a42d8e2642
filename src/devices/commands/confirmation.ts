import type { Plan } from './commands.js';
import { type Entry, isReachable } from '../things/device.js';
import type { Things } from '../things/things.js';
import { isMet } from './tolerance.js';

/** Progress of a command at one target. `unreachable` includes a removed device. */
export type Progress = 'met' | 'waiting' | 'unreachable';

/**
 * Compares the target of a plan with the cache. A group or room is `met` if all its devices in the plan are, `waiting`
 * if any is, else `unreachable`.
 */
export function progressOf(plan: Plan, things: Things): Progress {
  const { kind, id } = plan.entry;
  if (plan.members.length > 0) {
    const progresses = plan.members.map((member) => progressOf(member, things));
    return (['waiting', 'unreachable'] as const).find((progress) => progresses.includes(progress)) ?? 'met';
  }
  const entry = things.get(kind, id);
  if (entry === undefined) return kind === 'alarm' ? 'met' : 'unreachable';
  if (!isReachable(entry)) return 'unreachable';
  return isMet(plan.asked, entry.state) ? 'met' : 'waiting';
}

/** Whether any device of a plan is unreachable or removed, according to the cache. */
export function isOutOfReach(plan: Plan, things: Things): boolean {
  if (plan.members.length > 0) return plan.members.some((member) => isOutOfReach(member, things));
  return plan.entry.kind === 'device' && progressOf(plan, things) === 'unreachable';
}

/** Returns the devices of a group or room that do not have the commanded state, with the progress of each. */
export function membersBehind(plan: Plan, things: Things): { entry: Entry; progress: Exclude<Progress, 'met'> }[] {
  return plan.members.flatMap((member) => {
    const progress = progressOf(member, things);
    return progress === 'met' ? [] : [{ entry: member.entry, progress }];
  });
}

import type { Plan } from './commands.js';
import { isReachable } from '../things/device.js';
import type { Things } from '../things/things.js';
import { isMet } from './tolerance.js';

/** How far a target is with what it was told: `unreachable` is a device that can't hear it, or is gone. */
export type Progress = 'met' | 'waiting' | 'unreachable';

/**
 * How far the target of a plan is, as memory has it. Groups and rooms go by those of their devices that can do it and
 * can be reached.
 */
export function progressOf(plan: Plan, things: Things): Progress {
  const { kind, id } = plan.entry;
  if (plan.members.length > 0) {
    const reached = plan.members.map((member) => progressOf(member, things)).filter((one) => one !== 'unreachable');
    if (reached.length === 0) return 'unreachable';
    return reached.includes('waiting') ? 'waiting' : 'met';
  }
  const entry = things.get(kind, id);
  if (entry === undefined) return kind === 'alarm' ? 'met' : 'unreachable';
  if (!isReachable(entry)) return 'unreachable';
  return isMet(plan.asked, entry.state) ? 'met' : 'waiting';
}

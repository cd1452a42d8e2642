/** Waits for the hub to show the result of a command. */
import { type Clock, settlesWithin, type TimerHandle } from '../../async/clock.js';
import type { Plan } from '../commands/plan.js';
import { isMet } from '../commands/tolerance.js';
import { isReachable } from '../things/device.js';
import { STATES_MAX_AGE_MS } from '../things/kinds.js';
import type { Things } from '../things/things.js';
import type { CommandedHome } from './commanded-home.js';
import {
  type CommandResult,
  type Confirmation,
  type MissedMember,
  resultOf,
  type SentCommand,
} from './command-result.js';

/** Milliseconds after the PUT at which the state is requested. Later, only the regular polls can show the result. */
const DEMANDS_MS = [150, 400, 800, 1_500];
/** A command without a confirmation waits at most this long to find out which devices are reachable. */
const REACH_MS = 2_000;

/** Options of a confirmation. */
export interface ConfirmOptions {
  readonly live: Pick<CommandedHome, 'cache' | 'loop' | 'observe' | 'ensure'>;
  readonly clock: Clock;
  /** Returns a plan without the commands that newer ones have superseded; `undefined` if no command is left. */
  readonly notSuperseded: (plan: Plan) => Plan | undefined;
  /** Calls `subscriber` whenever commands are sent, until the returned function is called. */
  readonly onSent: (subscriber: () => void) => () => void;
}

/** Returns the result of a sent command. If `confirmMs` is above 0, waits for the hub to show the result first. */
export async function confirmSent(command: SentCommand, options: ConfirmOptions): Promise<CommandResult> {
  const { plan, confirmMs, missed = [] } = command;
  const { things } = options.live.cache;
  const isAwaited = confirmMs > 0;
  const end = isAwaited ? await confirmPlan(plan, confirmMs, options) : await reachOf(plan, options);
  const rest = options.notSuperseded(plan) ?? plan;
  const [refused] = end === 'superseded' ? [] : missed;
  const reason = refused?.reason ?? (end === 'met' ? null : end);
  const unconfirmed = end === 'met' && !isAwaited ? [] : unconfirmedMembers(rest, things, end);
  const all = end === 'superseded' ? [] : [...missed, ...unconfirmed];
  const ended = { sent: true, confirmed: isAwaited ? reason === null : null, reason };
  return resultOf({ ...command, plan: rest, missed: all, end: ended }, things);
}

/**
 * Resolves with `met` when an answer that was requested after this call shows the planned state. Otherwise resolves
 * with the reason why not. The time `confirmMs` starts at the end of the transition (docs/dev/rules.md, "When a
 * command is confirmed").
 */
export async function confirmPlan(
  plan: Plan,
  confirmMs: number,
  { live, clock, notSuperseded, onSent }: ConfirmOptions,
): Promise<Confirmation> {
  const { things } = live.cache;
  const parts = (): readonly Plan[] => devicesOrTarget(notSuperseded(plan));
  if (parts().length === 0) return 'superseded';
  const isUnreachable = (part: Plan): boolean => progressOf(part, things) === 'unreachable';
  if (isReachKnown(live) && parts().every(isUnreachable)) return 'unreachable';
  // The answer to the command has the new state of a scene or rule. Later, a rule may follow the scenes it is tied to.
  if (['scene', 'rule'].includes(plan.entry.kind) && progressOf(plan, things) === 'met') {
    void live.ensure([plan.entry.kind], 0).catch(() => undefined);
    return 'met';
  }
  const sentAt = clock.monotonic();
  const timers: TimerHandle[] = [];
  let hasAnswer = false;
  let settle: (confirmation: Confirmation) => void = () => undefined;
  const settled = new Promise<Confirmation>((resolve) => (settle = resolve));
  const check = (): void => {
    const rest = notSuperseded(plan);
    if (rest === undefined) return settle('superseded');
    hasAnswer = true;
    const progress = progressOf(rest, things);
    if (progress !== 'waiting') settle(progress);
  };
  const stops = [
    live.observe(({ source, isUpToDate, requestedAt }) => {
      if (source === 'poll' && isUpToDate && requestedAt >= sentAt) check();
    }),
    onSent(() => {
      if (hasAnswer || parts().length === 0) check();
    }),
    live.loop.need(),
  ];
  for (const delayMs of DEMANDS_MS) timers.push(clock.setTimeout(() => demand(live, plan, check), delayMs));
  timers.push(clock.setTimeout(() => settle('timeout'), plan.transitionMs + confirmMs));
  try {
    return await settled;
  } finally {
    for (const stop of stops) stop();
    for (const timer of timers) clock.clearTimeout(timer);
  }
}

/**
 * Returns the plans for the devices of a group or room. For any other target, returns an array with only the plan
 * itself. The array is empty if the whole plan was superseded.
 */
function devicesOrTarget(plan: Plan | undefined): readonly Plan[] {
  if (plan === undefined) return [];
  return plan.members.length > 0 ? plan.members : [plan];
}

/** Requests the state of a target: by a poll, or by loading the list of its kind if polls may not report the kind. */
function demand(live: ConfirmOptions['live'], { entry }: Plan, check: () => void): void {
  if (['scene', 'rule', 'alarm'].includes(entry.kind)) {
    // Checks even if the list fails, because the answer to the command may already have updated the state.
    void live.ensure([entry.kind], 0).then(check, check);
  } else live.loop.next().catch(() => undefined);
}

/** Whether the cache knows which devices are reachable now. */
function isReachKnown({ cache, loop }: ConfirmOptions['live']): boolean {
  const isPolled = loop.isUpToDate && loop.unwatchedMs === 0 && cache.isReported('device');
  return isPolled || cache.ageMs('device') <= STATES_MAX_AGE_MS;
}

/**
 * Returns `unreachable` if a device of a plan is unreachable, otherwise `met`. If the states are old,
 * loads them again first.
 */
async function reachOf(plan: Plan, { live, clock }: ConfirmOptions): Promise<'met' | 'unreachable'> {
  const isAnyUnreachable = (): boolean =>
    devicesOrTarget(plan).some(
      (part) => part.entry.kind === 'device' && progressOf(part, live.cache.things) === 'unreachable',
    );
  if (!isAnyUnreachable()) return 'met';
  if (isReachKnown(live)) return 'unreachable';
  const load = live.ensure(['device'], STATES_MAX_AGE_MS).then(isAnyUnreachable, () => false);
  return (await settlesWithin(clock, load, REACH_MS)) && (await load) ? 'unreachable' : 'met';
}

/** Progress of a command at one target. `unreachable` includes a removed device. */
export type Progress = 'met' | 'waiting' | 'unreachable';

/**
 * Compares the target of a plan with the cache. A group or room is `met` if all its devices in the plan are, `waiting`
 * if at least one is, otherwise `unreachable`.
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

/**
 * Returns the devices of a group or room that are unreachable. After a timeout, also returns the devices that do not
 * have the commanded state.
 */
function unconfirmedMembers({ members }: Plan, things: Things, end: Confirmation): MissedMember[] {
  return members.flatMap((member): MissedMember[] => {
    const { id, name } = member.entry;
    const progress = progressOf(member, things);
    if (progress === 'waiting' && end === 'timeout') return [{ id, name, reason: end }];
    return progress === 'unreachable' ? [{ id, name, reason: progress }] : [];
  });
}

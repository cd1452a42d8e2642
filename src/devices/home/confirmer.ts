import type { Clock, TimerHandle } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import { type Progress, progressOf } from '../commands/confirmation.js';
import type { ChangeRecord } from './change-log.js';
import type { HomeCache } from './home-cache.js';
import type { Overtaken } from './overtaken.js';

/** What was sent is looked for so long after it was sent, and from then on with each poll. */
const LOOKS_MS = [150, 400, 800, 1_500];

/** How a wait for the hub to do what it was told has ended. */
export type Confirmation = 'met' | 'timeout' | 'unreachable' | 'superseded';

/** What a confirmation needs of the home it waits for. */
export interface Watched {
  readonly home: HomeCache;
  readonly loop: { need(): () => void; next(): Promise<void> };
  observe(subscriber: (record: ChangeRecord) => void): () => void;
  ensure(kinds: readonly Plan['entry']['kind'][], maxAgeMs: number): Promise<void>;
}

/** How a plan is waited for. */
export interface ConfirmOptions {
  readonly live: Watched;
  readonly clock: Clock;
  readonly overtaken: Overtaken;
  readonly isReachKnown: boolean;
}

/**
 * Resolves when a home shows what a plan asked for by something that it tells after now, or how else that ended. The time
 * counts from the end of a transition. what is `overtaken` is not waited for (docs/dev/rules.md, "When a command is confirmed").
 */
export async function confirmPlan(
  plan: Plan,
  confirmMs: number,
  { live, clock, overtaken, isReachKnown }: ConfirmOptions,
): Promise<Confirmation> {
  const { things } = live.home;
  const stillAsked = (): readonly Plan[] => devicesOrTarget(overtaken.restOf(plan));
  // Who can't hear it is not waited for; the others of a group are.
  const findInReach = (): Plan[] => stillAsked().filter((part) => progressOf(part, things) !== 'unreachable');
  if (stillAsked().length === 0) return 'superseded';
  let inReach = isReachKnown ? findInReach() : undefined;
  if (inReach?.length === 0) return 'unreachable';
  const sentAt = clock.monotonic();
  const timers: TimerHandle[] = [];
  let progress: Progress = 'waiting';
  let hasLooked = false;
  let settle: (confirmation: Confirmation) => void = () => undefined;
  const settled = new Promise<Confirmation>((resolve) => (settle = resolve));
  const look = (): void => {
    const rest = overtaken.restOf(plan);
    if (rest === undefined) return settle('superseded');
    hasLooked = true;
    progress = progressOf(rest, things);
    if (progress === 'met') settle('met');
    const waitedFor = (inReach ??= findInReach());
    const areOthersDone = stillAsked().every((part) => !waitedFor.includes(part) || progressOf(part, things) === 'met');
    if (progress === 'unreachable' && areOthersDone) settle('unreachable');
  };
  const stop = live.observe(({ source, isSure, requestedAt }) => {
    if (source === 'poll' && isSure && requestedAt >= sentAt) look();
  });
  const release = live.loop.need();
  for (const delayMs of LOOKS_MS) timers.push(clock.setTimeout(() => ask(live, plan, look), delayMs));
  const giveUp = (): void => settle(progress === 'unreachable' ? 'unreachable' : 'timeout');
  timers.push(clock.setTimeout(giveUp, plan.transitionMs + confirmMs));
  overtaken.onMore(() => {
    if (hasLooked || stillAsked().length === 0) look();
  });
  try {
    return await settled;
  } finally {
    stop();
    release();
    for (const timer of timers) clock.clearTimeout(timer);
  }
}

/** The devices of a group or room, or the target itself; none where nothing is asked. */
function devicesOrTarget(plan: Plan | undefined): readonly Plan[] {
  if (plan === undefined) return [];
  return plan.members.length > 0 ? plan.members : [plan];
}

/** Requests the state of a target: by a poll, or by the list of its kind if polls may not report the kind. */
function ask(live: Watched, { entry }: Plan, look: () => void): void {
  if (['scene', 'rule', 'alarm'].includes(entry.kind)) {
    // The answer to the command has shown the state, also if the hub gives no list.
    void live.ensure([entry.kind], 0).then(look, look);
  } else live.loop.next().catch(() => undefined);
}

import type { Clock, Timer } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import { type Progress, progressOf } from '../commands/confirmation.js';
import type { ChangeRecord } from './change-log.js';
import type { Home } from './home.js';
import type { Overtaken } from './overtaken.js';

/** What was sent is looked for so long after it was sent, and from then on with each poll. */
const LOOKS_MS = [150, 400, 800, 1_500];

/** How a wait for the hub to do what it was told has ended. */
export type Confirmation = 'met' | 'timeout' | 'unreachable' | 'superseded';

/** What a confirmation needs of the home it waits for. */
export interface Watched {
  readonly home: Home;
  readonly poller: { readonly isHeld: boolean; need(): () => void; pollNow(since: number): void };
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
 * counts from the end of a transition. what is `overtaken` is not waited for (docs/dev/rules.md, "Confirmed is
 * what the hub has shown").
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
  const timers: Timer[] = [];
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
  const release = live.poller.need();
  for (const delayMs of LOOKS_MS) timers.push(clock.setTimeout(() => ask(live, plan, sentAt, look), delayMs));
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

/**
 * Asks the hub how it is now. Polls may not tell of scenes, rules and alarms: their lists do. Nor does a poll that is held
 * because nothing has changed since the last one, which may have told of the command already.
 */
function ask(live: Watched, { entry }: Plan, sentAt: number, look: () => void): void {
  live.poller.pollNow(sentAt);
  const isListed = ['scene', 'rule', 'alarm'].includes(entry.kind);
  if (!isListed && !live.poller.isHeld) return;
  // What the hub answered to a scene or rule is known already, whether or not it lists them.
  void live.ensure([isListed ? entry.kind : 'device'], 0).then(look, isListed ? look : () => undefined);
}

import type { Clock } from '../../async/clock.js';
import { isOutOfReach } from '../commands/confirmation.js';
import { missedBy, resultOf, type TaskEnd } from './command-ends.js';
import { isOvertaken, isSameWish, type Task } from './command-line.js';
import type { CommandResult } from './command-result.js';
import { confirmPlan, type Watched } from './confirmer.js';
import { type Home, STATES_MAX_AGE_MS } from './home.js';

/** The home in which commands are to be seen. */
export interface SeenHome extends Watched {
  readonly home: Home;
  readonly poller: Watched['poller'] & {
    readonly isRunning: boolean;
    readonly isSure: boolean;
    readonly runningSince: number;
  };
}

/** What was sent to one hub, until it is known what came of it. */
export class Confirmations {
  readonly #live: SeenHome;
  readonly #clock: Clock;
  readonly #waiting = new Set<Task>();

  constructor(live: SeenHome, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /** A task is sent now: is it known what can be reached? */
  noteSending(task: Task): void {
    const { home, poller } = this.#live;
    const isPolled = poller.isRunning && poller.isSure && home.sync.heardAt >= poller.runningSince;
    task.isReachKnown = (isPolled && home.isTold('device')) || home.ageMs('device') <= STATES_MAX_AGE_MS;
  }

  /** Tells what came of a task that was sent, and of those that are sent by it: at once where nobody wants to see it. */
  confirm(task: Task): void {
    for (const twin of task.twins.splice(0)) {
      const { plan, missed, error, isReachKnown } = task;
      Object.assign(twin, { plan, missed, error, isReachKnown });
      void this.#confirm(twin);
    }
    void this.#confirm(task);
  }

  /** Something is asked for that may overtake what waits to be seen. */
  overtake(task: Task): void {
    for (const one of this.#waiting) {
      if (isOvertaken(one, task.plan) && !isSameWish(one, task) && task.job.toggle === undefined) one.overtake();
    }
  }

  settle(task: Task, end: TaskEnd, members: CommandResult['members'] = []): void {
    task.settle(resultOf(task, end, { members, things: this.#live.home.things }));
  }

  async #confirm(task: Task): Promise<void> {
    const { plan, job, overtaken, isReachKnown } = task;
    const { confirmMs } = job.options;
    const { things } = this.#live.home;
    if (confirmMs === 0) {
      const isLost = isReachKnown && isOutOfReach(plan, things);
      const reason = task.missed[0]?.reason ?? (isLost ? 'unreachable' : null);
      const members = isReachKnown ? missedBy(task, things, 'met') : task.missed;
      return this.settle(task, { sent: true, confirmed: null, reason }, members);
    }
    this.#waiting.add(task);
    const end = await confirmPlan(plan, confirmMs, { live: this.#live, clock: this.#clock, overtaken, isReachKnown });
    this.#waiting.delete(task);
    const reason = end === 'superseded' ? end : (task.missed[0]?.reason ?? (end === 'met' ? null : end));
    this.settle(task, { sent: true, confirmed: reason === null, reason }, missedBy(task, things, end));
  }
}

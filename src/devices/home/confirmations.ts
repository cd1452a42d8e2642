import { type Clock, settlesWithin } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import { isOutOfReach } from '../commands/confirmation.js';
import { isSameJson } from '../things/raw.js';
import { missedBy, resultOf, type TaskEnd } from './command-ends.js';
import { isAskedAnew, isToggle, type Task } from './command-line.js';
import type { CommandResult } from './command-result.js';
import { confirmPlan, type Watched } from './confirmer.js';
import { type HomeCache, STATES_MAX_AGE_MS } from './home-cache.js';
import { partsOf } from './overtaken.js';

/** A hub that takes longer to say what can be reached is not waited for by somebody who does not want to see it. */
const LOOK_MS = 2_000;

/** The home in which commands are to be seen. */
export interface SeenHome extends Watched {
  readonly home: HomeCache;
  readonly loop: Watched['loop'] & { readonly isSure: boolean; readonly unwatchedMs: number };
}

/** What was sent to one hub, until it is known what came of it. */
export class Confirmations {
  readonly #live: SeenHome;
  readonly #clock: Clock;
  /** What is on its way, or was sent and is to be seen, with its parts; but no toggles, which nothing overtakes. */
  readonly #unseen = new Map<Task, ReadonlyMap<string, Plan>>();
  /** The same by its parts. */
  readonly #unseenParts = new Map<string, Map<Task, Plan>>();

  constructor(live: SeenHome, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /** A task is sent now, and with it those that ask for the very same. */
  noteSending(task: Task): void {
    this.overtake(task);
    for (const one of [...task.twins, task]) {
      if (one.job.options.confirmMs > 0 && !isToggle(one)) this.#await(one);
    }
    const { home, loop } = this.#live;
    const isPolled = loop.isSure && loop.unwatchedMs === 0;
    task.isReachKnown = (isPolled && home.isReported('device')) || home.ageMs('device') <= STATES_MAX_AGE_MS;
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

  /** What a task asks for is not waited for any more where that was asked otherwise before: each device by itself. */
  overtake(task: Task): void {
    if (isToggle(task)) return;
    for (const [key, newer] of partsOf(task.plan)) {
      for (const [one, older] of this.#unseenParts.get(key) ?? []) {
        const isSame = isSameJson(older.elements, newer.elements);
        if (!isSame && isAskedAnew(older, newer)) one.overtaken.note(key);
      }
    }
  }

  settle(task: Task, end: TaskEnd, members: CommandResult['members'] = []): void {
    for (const key of this.#unseen.get(task)?.keys() ?? []) {
      const unseen = this.#unseenParts.get(key);
      if (unseen?.delete(task) === true && unseen.size === 0) this.#unseenParts.delete(key);
    }
    this.#unseen.delete(task);
    task.settle(resultOf(task, end, { members, things: this.#live.home.things }));
  }

  #await(task: Task): void {
    const parts = partsOf(task.plan);
    this.#unseen.set(task, parts);
    for (const [key, part] of parts) {
      const unseen = this.#unseenParts.get(key) ?? new Map<Task, Plan>();
      this.#unseenParts.set(key, unseen.set(task, part));
    }
  }

  async #confirm(task: Task): Promise<void> {
    const { plan, job, overtaken, isReachKnown } = task;
    const { confirmMs } = job.options;
    const { things } = this.#live.home;
    if (confirmMs === 0) {
      const isLost = isOutOfReach(plan, things) && (isReachKnown || (await this.#isStillOutOfReach(plan)));
      const reason = task.missed[0]?.reason ?? (isLost ? 'unreachable' : null);
      const members = isLost ? missedBy(task, things, 'met') : task.missed;
      return this.settle(task, { sent: true, confirmed: null, reason }, members);
    }
    const end = await confirmPlan(plan, confirmMs, { live: this.#live, clock: this.#clock, overtaken, isReachKnown });
    task.plan = overtaken.restOf(plan) ?? plan;
    const reason = end === 'superseded' ? end : (task.missed[0]?.reason ?? (end === 'met' ? null : end));
    this.settle(task, { sent: true, confirmed: reason === null, reason }, missedBy(task, things, end));
  }

  /** What was out of reach a while ago may be back: it is known not to be where the hub says so now, and soon enough. */
  async #isStillOutOfReach(plan: Plan): Promise<boolean> {
    const look = this.#live.ensure(['device'], STATES_MAX_AGE_MS).then(
      () => true,
      () => false,
    );
    const isTold = (await settlesWithin(this.#clock, look, LOOK_MS)) && (await look);
    return isTold && isOutOfReach(plan, this.#live.home.things);
  }
}

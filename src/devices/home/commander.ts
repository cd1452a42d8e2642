import { type Clock, settlesWithin } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubAnswer, HubClient } from '../../hub/hub-client.js';
import { nothingToSet, type Plan, planCommand } from '../commands/commands.js';
import type { Order } from '../commands/orders.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import { isSameJson } from '../things/raw.js';
import { CommandLine, hide, isSameWish, type Job, newTask, type Place, shownAgain } from './command-line.js';
import type { Task } from './command-line.js';
import { passed, UNSENT } from './command-ends.js';
import type { CommandOptions, CommandResult } from './command-result.js';
import { type Ask, CommandSender, isRefused, MOST_ELEMENTS, refused } from './command-sender.js';
import { Confirmations, type SeenHome } from './confirmations.js';
import { SwitchStates } from './switch-states.js';
import { Toggle, type TogglePart } from './toggle.js';

/** What takes longer to look up what it is about, or how that is, lets those behind it pass. */
const LOOK_UP_MS = 3_000;

/** What the commander needs of the home it commands. */
export interface Commanded extends SeenHome {
  readonly client: Pick<HubClient, 'exclusive' | 'jobsAdded'>;
  noteSwitched(kind: Kind, body: string): void;
}

/** The place of a message in the line of a hub. It has to be filled or left: who comes after it waits for that. */
export interface CommandPlace {
  /** As {@link Commander.send}. */
  send(order: Order, entries: readonly Entry[], options: CommandOptions): Promise<CommandResult[]>;
  /** Nothing is to be sent to this hub after all. May be called at any time. */
  leave(): void;
}

/**
 * Sends commands to one hub, in their order and one request at a time: what comes meanwhile goes together in the next.
 * What waits and is asked for anew is not sent any more. Nothing is sent twice, and nothing after an outage.
 * (docs/dev/rules.md, "Commands are sent in order, and once").
 */
export class Commander {
  readonly #live: Commanded;
  readonly #clock: Clock;
  readonly #line = new CommandLine();
  readonly #sender: CommandSender;
  readonly #states: SwitchStates;
  readonly #confirmations: Confirmations;
  /** Turns at the hub that were asked for and are not over. */
  readonly #turns = new Set<Promise<void>>();
  #turn = 0;
  /** How many turns anybody had asked for when the last of these was; `undefined` when that is over. */
  #reservedAt: number | undefined;

  constructor(live: Commanded, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
    this.#states = new SwitchStates(live, clock);
    this.#sender = new CommandSender(live, () => this.doubt());
    this.#confirmations = new Confirmations(live, clock);
  }

  /** Takes a place in the line, whatever has to be looked up before it is known what is to be sent. */
  enter(): CommandPlace {
    const place = this.#line.enter(this.#turnToCome, this.#clock.monotonic());
    this.#reserve(place.turn);
    return {
      send: (order, entries, options) => this.#fill(place, order, entries, options),
      leave: () => this.#line.leave(place),
    };
  }

  /**
   * Sends an order to things of this hub. Gives a result for each, in their order: what one of them can't do spoils
   * nothing for the others.
   */
  async send(order: Order, entries: readonly Entry[], options: CommandOptions): Promise<CommandResult[]> {
    const place = this.#line.enter(this.#turnToCome, this.#clock.monotonic());
    const results = this.#fill(place, order, entries, options);
    this.#reserve(place.turn);
    return results;
  }

  /** Whether something waits, or is on its way. */
  get isSending(): boolean {
    return this.#turns.size > 0;
  }

  /** Resolves when nothing waits any more, nor is on its way. */
  async drain(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns);
  }

  /** Something other than what was asked for here may have switched things. */
  doubt(): void {
    this.#states.doubt();
    this.#line.notePassed(undefined);
  }

  /** The hub has told how things are; `askedAt`: when it was asked (monotonic, ms). */
  noteHeard(askedAt: number): void {
    this.#states.noteHeard(askedAt);
  }

  /** The turn in which what comes now goes out: that which is waited for, unless somebody else's change has come since. */
  get #turnToCome(): number {
    return this.#reservedAt === this.#live.client.jobsAdded ? this.#turn : this.#turn + 1;
  }

  #reserve(turn: number): void {
    if (turn <= this.#turn) return;
    this.#turn = turn;
    const { client } = this.#live;
    this.#reservedAt = client.jobsAdded + 1;
    const serving = client
      .exclusive((ask) => this.#serve(ask, turn))
      .catch((error: unknown) => {
        for (const task of this.#line.drop(turn, toCozifyError(error))) this.#fail(task, toCozifyError(error));
        this.#noteServed(turn);
      })
      .then(() => void this.#turns.delete(serving));
    this.#turns.add(serving);
  }

  #noteServed(turn: number): void {
    if (turn === this.#turn) this.#reservedAt = undefined;
  }

  async #fill(
    place: Place,
    order: Order,
    entries: readonly Entry[],
    options: CommandOptions,
  ): Promise<CommandResult[]> {
    const isBack = this.#line.isAside(place);
    if (isBack) this.#takeBack(place, entries);
    const job = this.#jobOf(place, order, entries, options);
    const results = place.error === undefined ? entries.map((entry) => this.#begin(place, job, entry)) : [];
    place.fill();
    if (isBack) this.#reserve(place.turn);
    if (place.error !== undefined) throw place.error;
    return Promise.all(results);
  }

  /** What was waited for long enough goes next, unless something newer was asked of the same things since. */
  #takeBack(place: Place, entries: readonly Entry[]): void {
    const passers = this.#line.takeBack(place, this.#turnToCome);
    if (passers.areAbout(entries, this.#live.home.things)) place.error = passed(LOOK_UP_MS);
  }

  #jobOf(place: Place, order: Order, entries: readonly Entry[], options: CommandOptions): Job {
    if (order.type !== 'toggle') return { order, entries, options, toggle: undefined };
    const of = options.toggle ?? new Toggle(this.#clock);
    const part: TogglePart = {
      look: () => this.#states.look(entries),
      // What waits before it is as good as done.
      states: () => this.#states.of(entries, this.#line.plansBefore(place)),
    };
    of.join(part);
    return { order, entries, options, toggle: { of, part, isLookedAt: false } };
  }

  #begin(place: Place, job: Job, entry: Entry): Promise<CommandResult> {
    try {
      return this.#enqueue(place, job, this.#plan(job, entry));
    } catch (error) {
      const problem = toCozifyError(error);
      return Promise.resolve({ ...UNSENT, reason: problem.code, error: problem });
    }
  }

  #plan({ order, options, entries }: Job, entry: Entry, toggleTo?: boolean): Plan {
    const { things } = this.#live.home;
    const plan = planCommand(order, entry, things, {
      isAlone: options.isAlone,
      fellows: entries,
      ...(toggleTo === undefined ? {} : { toggleTo }),
    });
    return { ...plan, author: options.author ?? 'own' };
  }

  #enqueue(place: Place, job: Job, plan: Plan): Promise<CommandResult> {
    const { ignored, clamped } = plan;
    if (plan.elements.length === 0 && plan.endpoint !== 'alarms') {
      const error = nothingToSet(plan.entry, this.#live.home.things);
      return Promise.resolve({ ...UNSENT, reason: error.code, ignored, clamped, error });
    }
    return new Promise((settle) => {
      const task = newTask(job, plan, settle);
      this.#overtake(place, task, this.#line.add(place, task));
    });
  }

  /** What a task makes of those that wait for the same, or wait to be seen. */
  #overtake(place: Place, task: Task, older: readonly Task[]): void {
    if (task.plan.asked['on'] === false) hide(task, older);
    for (const plan of shownAgain(task, older)) this.#line.addBefore(place, task, plan);
    for (const one of older.flatMap((other) => [...other.twins.splice(0), other])) {
      if (one.job.options.confirmMs > 0 && isSameWish(one, task)) task.twins.push(one);
      else this.#confirmations.settle(one, { sent: false, confirmed: null, reason: 'superseded' });
    }
    this.#confirmations.overtake(task);
  }

  /** Sends what has its place in this turn of the hub's. */
  async #serve(ask: Ask, turn: number): Promise<void> {
    for (let head = this.#line.head(turn); head !== undefined; head = this.#line.head(turn)) {
      if (!head.isFilled) {
        // What can go at once does.
        const leftMs = Math.max(0, head.enteredAt + LOOK_UP_MS - this.#clock.monotonic());
        if (!(await settlesWithin(this.#clock, head.filled, leftMs))) this.#line.setAside(head);
        continue;
      }
      const toggles = this.#unlookedAt(turn);
      if (toggles.length > 0) await this.#lookForToggles(toggles);
      const batch = this.#takeBatch(turn);
      if (batch.length > 0) await this.#sendBatch(ask, batch);
    }
    this.#noteServed(turn);
  }

  #unlookedAt(turn: number): Job[] {
    const jobs = this.#line.ready(turn).map(({ job }) => job);
    return [...new Set(jobs)].filter(({ toggle }) => toggle?.isLookedAt === false);
  }

  /** Makes sure of what the toggles at the head go by. Those whose hub does not tell have failed. */
  async #lookForToggles(jobs: readonly Job[]): Promise<void> {
    const look = async (job: Job): Promise<void> => {
      const { toggle } = job;
      const place = this.#line.placeOf(job);
      if (toggle === undefined || place === undefined) return;
      toggle.isLookedAt = true;
      const looked = toggle.of.look(toggle.part).then(
        () => this.#endLook(place, job),
        (error: unknown) => this.#endLook(place, job, error),
      );
      if (!(await settlesWithin(this.#clock, looked, LOOK_UP_MS))) this.#line.setAside(place);
    };
    await Promise.all(jobs.map(look));
  }

  /** It is known what a toggle goes by, or not: it goes out at its place, which may have been set aside, or has failed. */
  #endLook(place: Place, { entries }: Job, failure?: unknown): void {
    const isBack = this.#line.isAside(place);
    if (isBack) this.#takeBack(place, entries);
    const error = failure ?? place.error;
    if (error !== undefined) for (const task of [...place.tasks]) this.#failWaiting(task, error);
    if (isBack) this.#reserve(place.turn);
  }

  /** The tasks that go together: those at the head that share an endpoint, as long as they fit. */
  #takeBatch(turn: number): Task[] {
    const batch: Task[] = [];
    let elements = 0;
    for (const task of this.#line.ready(turn)) {
      if (task.job.toggle?.isLookedAt === false) break;
      if (!this.#isWorkedOut(task)) continue;
      const isTogether = batch[0] === undefined || batch[0].plan.endpoint === task.plan.endpoint;
      const isAlone = task.plan.endpoint === 'alarms' || elements + task.plan.elements.length > MOST_ELEMENTS;
      if (batch.length > 0 && (!isTogether || isAlone)) break;
      this.#line.remove(task);
      batch.push(task);
      elements += task.plan.elements.length;
      this.#states.noteSent(task.plan);
      this.#line.notePassed(task.plan);
    }
    return batch;
  }

  /** Works a toggle out, by how all of its targets are. Where that fails, its task has failed and waits no more. */
  #isWorkedOut(task: Task): boolean {
    const { job, plan } = task;
    if (job.toggle === undefined) return true;
    try {
      task.plan = this.#plan(job, plan.entry, job.toggle.of.toggleTo);
      return true;
    } catch (error) {
      this.#failWaiting(task, error);
      return false;
    }
  }

  async #sendBatch(ask: Ask, batch: readonly Task[]): Promise<void> {
    const now = this.#clock.monotonic();
    for (const task of batch) {
      this.#live.home.own.note(task.plan, now);
      this.#confirmations.noteSending(task);
    }
    try {
      const plans = batch.map(({ plan }) => plan);
      const answer = await this.#sender.put(ask, plans);
      if (!isRefused(answer)) for (const task of batch) this.#confirmations.confirm(task);
      else if (batch.length === 1) await this.#sendRefused(ask, batch[0] as Task, answer);
      else await this.#sendOneByOne(ask, batch);
    } catch (error) {
      for (const task of batch) this.#fail(task, toCozifyError(error));
    }
  }

  /** One of them was refused: which, is found out one by one. What one of them meets is nothing to the others. */
  async #sendOneByOne(ask: Ask, batch: readonly Task[]): Promise<void> {
    let silence: CozifyError | undefined;
    for (const task of batch) {
      try {
        if (silence !== undefined) throw silence;
        const answer = await this.#sender.put(ask, [task.plan]);
        if (isRefused(answer)) await this.#sendRefused(ask, task, answer);
        else this.#confirmations.confirm(task);
      } catch (thrown) {
        const error = toCozifyError(thrown);
        this.#fail(task, error);
        silence ??= this.#sender.silenceAfter(error);
      }
    }
  }

  /** What the hub refused: a group's members may take it, and a thing may be another by now. */
  async #sendRefused(ask: Ask, task: Task, refusal: HubAnswer): Promise<void> {
    const { plan } = task;
    if (plan.members.length > 0) return this.#sendToMembers(ask, task, refusal);
    await settlesWithin(this.#clock, this.#live.ensure([plan.entry.kind], 0), LOOK_UP_MS);
    const entry = this.#live.home.things.get(plan.entry.kind, plan.entry.id);
    if (entry === undefined) {
      throw new CozifyError('COZIFY_NOT_FOUND', `"${plan.entry.name}" is gone from the hub.`);
    }
    const renewed = this.#plan(task.job, entry, plan.asked['on'] === true);
    if (isSameJson(renewed.elements, plan.elements)) throw refused(refusal);
    task.plan = renewed;
    const answer = await this.#sender.put(ask, [renewed]);
    if (isRefused(answer)) throw refused(answer);
    this.#confirmations.confirm(task);
  }

  async #sendToMembers(ask: Ask, task: Task, refusal: HubAnswer): Promise<void> {
    const { taken, missed } = await this.#sender.putToMembers(ask, task.plan.members);
    const [first] = missed;
    if (first !== undefined) task.error = first.error.code === 'COZIFY_API' ? refused(refusal) : first.error;
    if (taken.length === 0) throw task.error ?? refused(refusal);
    for (const { plan } of missed) this.#states.noteFailed(plan);
    task.plan = { ...task.plan, members: taken };
    task.missed = missed.map(({ plan: { entry }, error }) => ({ id: entry.id, name: entry.name, reason: error.code }));
    this.#confirmations.confirm(task);
  }

  #failWaiting(task: Task, error: unknown): void {
    this.#line.remove(task);
    this.#fail(task, toCozifyError(error));
  }

  #fail(task: Task, error: CozifyError): void {
    this.#states.noteFailed(task.plan);
    for (const one of [...task.twins.splice(0), task]) {
      one.error = error;
      this.#confirmations.settle(one, { sent: false, confirmed: null, reason: error.code });
    }
  }
}

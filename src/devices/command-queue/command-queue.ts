/** The command queue of one hub. */
import type { Clock } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubAnswer } from '../../hub/hub-client.js';
import type { Command } from '../commands/parse-command.js';
import { nothingToSet, type Plan, planCommand } from '../commands/plan.js';
import type { Entry } from '../things/device.js';
import { thingKey } from '../things/kinds.js';
import { isSameJson } from '../things/raw.js';
import {
  type CommandOptions,
  type CommandResult,
  type EndedCommand,
  type MissedMember,
  resultOf,
  unsent,
} from './command-result.js';
import type { CommandedHome } from './commanded-home.js';
import { confirmSent } from './confirmation.js';
import { type Ask, isRefused, MAX_ELEMENTS, oneByOne, put, putToMembers, refused } from './send.js';
import { loadStates, resolveToggle, type Toggle } from './toggle.js';

/**
 * A place in the command queue of a hub, reserved by a message. Later messages wait until {@link send} or
 * {@link release} is called.
 */
export interface Reservation {
  /**
   * Sends a command to things of the hub. Returns a result for each thing, in the order of `entries`. A failure for one
   * thing does not affect the others.
   */
  send(command: Command, entries: readonly Entry[], options: CommandOptions): Promise<CommandResult[]>;
  /** Frees the place in the queue without sending anything. Has no effect after {@link send}. */
  release(): void;
}

/** A message that waits for the result of a command. */
interface Caller {
  readonly confirmMs: number;
  readonly settle: (result: CommandResult) => void;
}

/** A command for one thing that has not been sent. */
interface PendingCommand {
  readonly job: Job;
  plan: Plan;
  /** Plans the command again, for the current state of the thing. */
  readonly planFor: (entry: Entry, toggleTo?: boolean) => Plan;
  /** The toggle that the command is part of. All commands of one message share it. */
  readonly toggle: Toggle | undefined;
  /** The messages that wait for the result: the message that caused the command, and others with an equal command. */
  readonly callers: Caller[];
}

/** A message in the queue. It joins the queue before its targets are looked up, so that messages keep their order. */
interface Job {
  /** Commands that have not been sent. Empty while the targets are looked up. */
  readonly commands: PendingCommand[];
  /** Whether the commands have been added. Also true if the message turned out to have none for this hub. */
  isReady: boolean;
  /** Resolves when {@link isReady} becomes true. */
  readonly ready: Promise<void>;
}

/**
 * Consecutive jobs that are sent without a request of a request node (one that the user wrote) in between. A new job
 * joins the last segment, unless that segment has ended or a request node waits behind it.
 */
interface Segment {
  /** The position of the segment in the job queue of the hub's client. */
  readonly number: number;
  readonly jobs: Job[];
  /** The error that ended the segment before its jobs were sent, if any. */
  error: CozifyError | undefined;
  /** Resolves when all commands were sent, or the segment has failed. */
  end: Promise<void>;
}

/**
 * Sends commands to one hub in the order of their messages, one PUT at a time. Commands that arrive during a PUT are
 * sent together in the next one (docs/dev/rules.md, "Commands are sent in order, and once").
 */
export class CommandQueue {
  readonly #live: CommandedHome;
  readonly #clock: Clock;
  /** Each {@link Segment} that has not ended, the oldest first. */
  readonly #segments = new Set<Segment>();
  /** Called each time commands are sent, because they may supersede commands whose confirmation is awaited. */
  readonly #onSent = new Set<() => void>();

  constructor(live: CommandedHome, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /** Whether a message is in the queue, or a PUT is in flight. */
  get isSending(): boolean {
    return this.#segments.size > 0;
  }

  /** Resolves when the queue is empty. */
  async drain(): Promise<void> {
    while (this.isSending) await Promise.all([...this.#segments].map(({ end }) => end));
  }

  /**
   * Reserves the place of a message in the queue, so that messages stay in order however long it takes
   * to find their targets.
   */
  reserve(): Reservation {
    let noteReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (noteReady = resolve));
    const job: Job = { commands: [], isReady: false, ready };
    const segment = this.#join(job);
    const release = (): void => {
      job.isReady = true;
      noteReady();
    };
    const send: Reservation['send'] = async (command, entries, options) => {
      if (segment.error !== undefined) throw segment.error;
      const results = this.#enqueue(job, command, entries, options);
      release();
      return Promise.all(results);
    };
    return { send, release };
  }

  /**
   * Adds a job to the last segment. Starts a new segment if there is none, or if a request node waits behind the last
   * one with a request that the user wrote.
   */
  #join(job: Job): Segment {
    const { client } = this.#live;
    const last = [...this.#segments].at(-1);
    if (last?.number === client.jobsAdded) {
      last.jobs.push(job);
      return last;
    }
    const segment: Segment = { number: client.jobsAdded + 1, jobs: [job], error: undefined, end: Promise.resolve() };
    this.#segments.add(segment);
    segment.end = client
      .exclusive((ask) => this.#serve(ask, segment))
      .catch((thrown: unknown) => {
        const error = (segment.error = toCozifyError(thrown));
        this.#segments.delete(segment);
        for (const { commands } of segment.jobs) for (const one of commands.splice(0)) this.#fail(one, error);
      });
    return segment;
  }

  #enqueue(job: Job, command: Command, entries: readonly Entry[], options: CommandOptions): Promise<CommandResult>[] {
    const { isAlone, author = 'own', confirmMs } = options;
    const { things } = this.#live.cache;
    const toggle: Toggle | undefined =
      command.type === 'toggle' ? { entries, hasStartedLoading: false, to: undefined } : undefined;
    const planFor: PendingCommand['planFor'] = (entry, toggleTo) => ({
      ...planCommand(command, entry, things, { isAlone, targets: entries, toggleTo }),
      author,
    });
    const older = this.#pendingSinceToggle(job);
    return entries.map((entry) => {
      try {
        const plan = planFor(entry);
        const { ignored, clamped } = plan;
        if (plan.elements.length === 0 && plan.endpoint !== 'alarms') {
          return Promise.resolve({ ...unsent(nothingToSet(entry, things)), ignored, clamped });
        }
        return new Promise((settle) => {
          const pending: PendingCommand = { job, plan, planFor, toggle, callers: [{ confirmMs, settle }] };
          if (toggle === undefined) this.#supersede(pending, older.get(thingKey(entry)) ?? []);
          job.commands.push(pending);
        });
      } catch (error) {
        return Promise.resolve(unsent(toCozifyError(error)));
      }
    });
  }

  /**
   * Returns the queued commands that the commands of `job` may supersede, by thing. They are from earlier jobs, and
   * behind the last toggle in the queue: a command before a toggle stays, because the toggle depends on its effect.
   */
  #pendingSinceToggle(job: Job): Map<string, PendingCommand[]> {
    const jobs = [...this.#segments].flatMap((segment) => segment.jobs);
    const earlier = jobs.slice(0, jobs.indexOf(job)).flatMap(({ commands }) => commands);
    const byThing = new Map<string, PendingCommand[]>();
    for (const one of earlier.slice(earlier.findLastIndex(({ toggle }) => toggle !== undefined) + 1)) {
      const key = thingKey(one.plan.entry);
      const same = byThing.get(key);
      if (same === undefined) byThing.set(key, [one]);
      else same.push(one);
    }
    return byThing;
  }

  /** Removes older commands for the same thing from the queue if the newer command sets all of their fields. */
  #supersede(newer: PendingCommand, older: readonly PendingCommand[]): void {
    for (const one of older) {
      const isCovered = Object.keys(one.plan.asked).every((name) => Object.hasOwn(newer.plan.asked, name));
      if (!isCovered) continue;
      remove(one);
      // Equal commands are sent once, for all callers.
      if (isSameJson(one.plan.elements, newer.plan.elements)) newer.callers.unshift(...one.callers);
      else this.#settle(one, { plan: one.plan, end: { sent: false, confirmed: null, reason: 'superseded' } });
    }
  }

  async #serve(ask: Ask, segment: Segment): Promise<void> {
    const { jobs } = segment;
    for (let [job] = jobs; job !== undefined; [job] = jobs) {
      if (!job.isReady) await job.ready;
      else if (job.commands.length === 0) jobs.shift();
      else {
        await this.#loadToggles(segment);
        const batch = this.#takeBatch(segment);
        if (batch.length > 0) await this.#send(ask, batch);
      }
    }
    // Deleted without an `await` since the last check for jobs, because a message that joined an ended segment would
    // never be sent.
    this.#segments.delete(segment);
  }

  /** Returns the commands at the head of a segment, up to the first job whose targets are still being looked up. */
  #ready({ jobs }: Segment): PendingCommand[] {
    const end = jobs.findIndex(({ isReady }) => !isReady);
    return (end < 0 ? jobs : jobs.slice(0, end)).flatMap(({ commands }) => commands);
  }

  /** Loads the states for the toggles at the head of the queue. A toggle whose states cannot be loaded fails. */
  async #loadToggles(segment: Segment): Promise<void> {
    const ready = this.#ready(segment);
    const toggles = new Set(ready.flatMap(({ toggle }) => (toggle?.hasStartedLoading === false ? [toggle] : [])));
    const load = async (toggle: Toggle): Promise<void> => {
      toggle.hasStartedLoading = true;
      try {
        await loadStates(toggle, this.#live);
      } catch (error) {
        for (const one of ready) if (one.toggle === toggle) this.#fail(one, error);
      }
    };
    await Promise.all([...toggles].map(load));
  }

  /**
   * Removes and returns the commands of the next PUT. Takes commands from the head of the queue while they have the
   * same endpoint and fit into one PUT.
   */
  #takeBatch(segment: Segment): PendingCommand[] {
    const batch: PendingCommand[] = [];
    let elements = 0;
    for (const one of this.#ready(segment)) {
      if (one.toggle?.hasStartedLoading === false) break;
      const { plan } = one;
      const isApart = batch[0] !== undefined && batch[0].plan.endpoint !== plan.endpoint;
      const isAlone = plan.endpoint === 'alarms' || elements + plan.elements.length > MAX_ELEMENTS;
      if (batch.length > 0 && (isApart || isAlone)) break;
      try {
        // Decided when the first command of the toggle is sent. All other commands of the toggle switch the same way.
        if (one.toggle !== undefined) {
          one.toggle.to ??= resolveToggle(one.toggle, this.#live.cache);
          one.plan = one.planFor(plan.entry, one.toggle.to);
        }
      } catch (error) {
        this.#fail(one, error);
        continue;
      }
      remove(one);
      batch.push(one);
      elements += plan.elements.length;
      // Recorded before the PUT, so that a toggle later in the batch takes this command into account.
      this.#live.cache.own.note(one.plan, one.toggle !== undefined);
    }
    return batch;
  }

  async #send(ask: Ask, batch: readonly PendingCommand[]): Promise<void> {
    for (const subscriber of [...this.#onSent]) subscriber();
    try {
      const answer = await put(
        ask,
        batch.map(({ plan }) => plan),
        this.#live,
      );
      if (!isRefused(answer)) for (const one of batch) this.#confirm(one);
      else if (batch.length === 1) await this.#sendRefused(ask, batch[0] as PendingCommand, answer);
      // Sends a refused batch one by one, so that one refused command does not fail the others.
      else
        await oneByOne(
          batch,
          (one) => this.#sendAlone(ask, one),
          (one, error) => this.#fail(one, error),
        );
    } catch (error) {
      for (const one of batch) this.#fail(one, error);
    }
  }

  async #sendAlone(ask: Ask, one: PendingCommand): Promise<void> {
    const answer = await put(ask, [one.plan], this.#live);
    if (isRefused(answer)) await this.#sendRefused(ask, one, answer);
    else this.#confirm(one);
  }

  /**
   * Sends a refused command to each device of a group or room, or in a new form if the thing has changed. Throws if
   * neither is possible.
   */
  async #sendRefused(ask: Ask, one: PendingCommand, refusal: HubAnswer): Promise<void> {
    const { plan } = one;
    const hasMembers = plan.members.length > 0;
    if (hasMembers && plan.endpoint === 'devices') return this.#sendToMembers(ask, one, refusal);
    await this.#live.ensure([plan.entry.kind], 0).catch(() => undefined);
    const entry = this.#live.cache.things.get(plan.entry.kind, plan.entry.id);
    if (entry === undefined) {
      throw new CozifyError('COZIFY_NOT_FOUND', `"${plan.entry.name}" is gone from the hub.`);
    }
    const renewed = one.planFor(entry, one.toggle?.to);
    if (isSameJson(renewed.elements, plan.elements)) {
      if (hasMembers) return this.#sendToMembers(ask, one, refusal);
      throw refused(refusal);
    }
    one.plan = renewed;
    this.#live.cache.own.note(renewed, one.toggle !== undefined);
    const answer = await put(ask, [renewed], this.#live);
    if (isRefused(answer)) throw refused(answer);
    this.#confirm(one);
  }

  async #sendToMembers(ask: Ask, one: PendingCommand, refusal: HubAnswer): Promise<void> {
    const { taken, missed } = await putToMembers(ask, one.plan.members, this.#live);
    const [first] = missed;
    const error = first?.error.code === 'COZIFY_API' ? refused(refusal) : first?.error;
    if (taken.length === 0) throw error ?? refused(refusal);
    for (const { plan } of missed) this.#live.cache.own.noteFailed(plan);
    one.plan = { ...one.plan, members: taken };
    this.#confirm(
      one,
      missed.map(({ plan: { entry }, error: { code } }) => ({ id: entry.id, name: entry.name, reason: code })),
      error,
    );
  }

  /**
   * Waits for the hub to show the result of a sent command, and settles each caller. A caller that asked for no
   * confirmation does not wait for the result.
   */
  #confirm({ plan, toggle, callers }: PendingCommand, missed: readonly MissedMember[] = [], error?: CozifyError): void {
    const { own } = this.#live.cache;
    const onSent = (subscriber: () => void): (() => void) => {
      this.#onSent.add(subscriber);
      return () => void this.#onSent.delete(subscriber);
    };
    const options = {
      live: this.#live,
      clock: this.#clock,
      onSent,
      notSuperseded: (part: Plan) => (toggle === undefined ? own.notSuperseded(part) : part),
    };
    for (const { confirmMs, settle } of callers) {
      void confirmSent({ plan, missed, error, confirmMs }, options).then(settle);
    }
  }

  #fail(one: PendingCommand, thrown: unknown): void {
    const error = toCozifyError(thrown);
    remove(one);
    this.#live.cache.own.noteFailed(one.plan);
    this.#settle(one, { plan: one.plan, error, end: { sent: false, confirmed: null, reason: error.code } });
  }

  #settle({ callers }: PendingCommand, command: Omit<EndedCommand, 'confirmMs'>): void {
    for (const { confirmMs, settle } of callers) settle(resultOf({ ...command, confirmMs }, this.#live.cache.things));
  }
}

/** Removes a command from the queue, if it is there. */
function remove(one: PendingCommand): void {
  const { commands } = one.job;
  const index = commands.indexOf(one);
  if (index >= 0) commands.splice(index, 1);
}

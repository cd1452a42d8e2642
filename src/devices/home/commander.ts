import type { Clock } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubAnswer, HubClient, HubRequest } from '../../hub/hub-client.js';
import { expectOk, isHtml } from '../../http/response.js';
import { type CommandElement, devicesOf, nothingToSet, type Plan, planCommand } from '../commands/commands.js';
import { type Confirmation, confirmPlan, type Watched } from './confirmer.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import { STATES_MAX_AGE_MS } from './home.js';
import { isLighting, type Order } from '../commands/orders.js';
import { isSameJson } from '../things/raw.js';
import type { State } from '../things/units.js';

/** More elements than this don't go in one request. */
const MOST_ELEMENTS = 50;
/** More commands than this don't wait for one hub. */
const MOST_WAITING = 1000;
/** Memory may not know yet what was asked for so lately: a toggle goes by it. */
const EXPECTED_MS = 3_000;
/** What a command may change: a scene switches devices, and perhaps other scenes and the rules tied to them. */
const TOUCHED: Readonly<Record<Plan['endpoint'], readonly Kind[]>> = {
  devices: ['device', 'group'],
  groups: ['device', 'group'],
  scenes: ['scene', 'rule', 'device', 'group'],
  rules: ['rule', 'scene', 'device', 'group'],
  alarms: ['alarm'],
};

/** What came of a command for one target. */
export interface CommandResult {
  sent: boolean;
  /** Whether the hub has shown it since; `null` where nobody waited for that. */
  confirmed: boolean | null;
  /** Why it was not sent or not seen: how the wait ended, or an error's code. */
  reason: Exclude<Confirmation, 'met'> | CozifyError['code'] | null;
  /** How the target is now, where somebody waited. */
  state: State | null;
  ignored: readonly string[];
  clamped: readonly string[];
  error?: CozifyError;
}

/** How a command is sent. */
export interface CommandOptions {
  /** How long to wait for the hub to show it, in milliseconds; 0 for not at all. */
  confirmMs: number;
  /** All targets of the command, at other hubs, too: what one can't do is an error where it is the only one. */
  isAlone: boolean;
}

/** What the commander needs of the home it commands. */
export interface Commanded extends Watched {
  readonly client: Pick<HubClient, 'exclusive'>;
  noteSwitched(kind: Kind, body: string): void;
}

type Ask = (request: HubRequest) => Promise<HubAnswer>;

/** A command for some targets on its way to the hub. */
interface Job {
  readonly order: Order;
  readonly entries: readonly Entry[];
  readonly options: CommandOptions;
  readonly tasks: Task[];
  isWorkedOut: boolean;
}

/** One target of a command. */
interface Task {
  readonly job: Job;
  plan: Plan;
  settle: (result: CommandResult) => void;
  /** Ends its confirmation: the same was asked for anew. */
  overtake: () => void;
  readonly overtaken: Promise<void>;
}

/**
 * Sends commands to one hub, in their order and one request at a time: what comes meanwhile goes together in the next.
 * What waits and is asked for anew is not sent any more. Nothing is sent twice, and nothing after an outage.
 * (docs/rules.md, "Commands are sent in their order, and once").
 */
export class Commander {
  readonly #live: Commanded;
  readonly #clock: Clock;
  readonly #confirming = new Set<Task>();
  #waiting: Task[] = [];
  #isSending = false;
  /** What was asked for lately and memory may not know yet, by kind and id. */
  readonly #expected = new Map<string, { isOn: boolean; until: number }>();
  /** Things may have been switched in a way of which nothing is expected. */
  #isDoubtful = false;

  constructor(live: Commanded, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  /**
   * Sends an order to things of this hub. Gives a result for each, in their order: what one of them can't do spoils
   * nothing for the others. Throws `COZIFY_BUSY` when too many commands wait, with nothing sent.
   */
  async send(order: Order, entries: readonly Entry[], options: CommandOptions): Promise<CommandResult[]> {
    if (this.#waiting.length + entries.length > MOST_WAITING) {
      throw new CozifyError('COZIFY_BUSY', `${MOST_WAITING} commands wait for the hub already: send them more slowly.`);
    }
    const job: Job = { order, entries, options, tasks: [], isWorkedOut: order.type !== 'toggle' };
    const results = entries.map((entry) => this.#begin(job, entry));
    void this.#pump();
    return Promise.all(results);
  }

  /** Something other than what was asked for here may have switched things. */
  doubt(): void {
    this.#isDoubtful = true;
    this.#expected.clear();
  }

  #begin(job: Job, entry: Entry): Promise<CommandResult> {
    try {
      return this.#enqueue(job, this.#plan(job, entry));
    } catch (error) {
      const problem = toCozifyError(error);
      return Promise.resolve({ ...UNSENT, reason: problem.code, error: problem });
    }
  }

  #plan({ order, options, entries }: Job, entry: Entry, toggleTo?: boolean): Plan {
    const { things } = this.#live.home;
    return planCommand(order, entry, things, {
      isAlone: options.isAlone,
      fellows: entries,
      ...(toggleTo === undefined ? {} : { toggleTo }),
    });
  }

  #enqueue(job: Job, plan: Plan): Promise<CommandResult> {
    const { ignored, clamped } = plan;
    if (plan.elements.length === 0 && plan.endpoint !== 'alarms') {
      const error = nothingToSet(plan.entry, this.#live.home.things);
      return Promise.resolve({ ...UNSENT, reason: error.code, ignored, clamped, error });
    }
    let overtake: () => void = () => undefined;
    const overtaken = new Promise<void>((resolve) => (overtake = resolve));
    return new Promise((settle) => {
      const task: Task = { job, plan, settle, overtake, overtaken };
      job.tasks.push(task);
      if (job.order.type !== 'toggle') this.#overtake(task);
      this.#waiting.push(task);
    });
  }

  /** What waits, or waits to be seen, for the same target and no other fields than these is overtaken; light by "off". */
  #overtake({ plan }: Task): void {
    const isOff = plan.asked['on'] === false;
    const isCovered = (field: string): boolean => Object.hasOwn(plan.asked, field) || (isOff && isLighting(field));
    const isOvertaken = (task: Task): boolean =>
      task.job.order.type !== 'toggle' &&
      keyOf(task.plan.entry) === keyOf(plan.entry) &&
      Object.keys(task.plan.asked).every(isCovered);
    for (const task of this.#waiting.filter(isOvertaken)) task.settle(this.#unsent(task, 'superseded'));
    this.#waiting = this.#waiting.filter((task) => !isOvertaken(task));
    for (const task of this.#confirming) if (isOvertaken(task)) task.overtake();
  }

  async #pump(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      let batch: Task[] = [];
      try {
        await this.#live.client.exclusive(async (ask) => {
          // A toggle goes by how things are at its turn.
          if (this.#waiting.some(({ job }) => !job.isWorkedOut)) await this.#look();
          batch = this.#takeBatch();
          if (batch.length > 0) await this.#sendBatch(ask, batch);
        });
      } catch (error) {
        // Where not even the turn came, nothing that waits will have one.
        const failed = batch.length > 0 ? batch : this.#waiting.splice(0);
        for (const task of failed) this.#fail(task, toCozifyError(error));
      }
    }
    this.#isSending = false;
  }

  /** Makes sure of what a toggle goes by. What was asked for lately is expected, and need not be looked at. */
  async #look(): Promise<void> {
    const { home } = this.#live;
    const isKnown = (kind: Kind): boolean => home.isFresh(kind, STATES_MAX_AGE_MS);
    const isUnknown = (kind: Kind): boolean =>
      this.#isDoubtful ? !isKnown(kind) : home.ageMs(kind) > STATES_MAX_AGE_MS;
    const kinds: readonly Kind[] = ['device', 'group'];
    await this.#live.ensure(kinds.filter(isUnknown), STATES_MAX_AGE_MS);
    this.#isDoubtful &&= !kinds.every(isKnown);
  }

  /** The tasks that go together: those at the head that share an endpoint, as long as they fit. */
  #takeBatch(): Task[] {
    const batch: Task[] = [];
    let elements = 0;
    for (let task = this.#waiting[0]; task !== undefined; task = this.#waiting[0]) {
      if (!task.job.isWorkedOut && !this.#isWorkedOut(task.job)) continue;
      const isTogether = batch[0] === undefined || batch[0].plan.endpoint === task.plan.endpoint;
      const isAlone = task.plan.endpoint === 'alarms' || elements + task.plan.elements.length > MOST_ELEMENTS;
      if (batch.length > 0 && (!isTogether || isAlone)) break;
      this.#waiting.shift();
      batch.push(task);
      elements += task.plan.elements.length;
      this.#expect(task.plan);
    }
    return batch;
  }

  /** Works a toggle out for all of its targets: any on, all off. Where that fails, its tasks have failed and wait no more. */
  #isWorkedOut(job: Job): boolean {
    const { things } = this.#live.home;
    job.isWorkedOut = true;
    try {
      const isAnyOn = job.entries.some((entry) => this.#isOn(things.get(entry.kind, entry.id) ?? entry));
      for (const task of job.tasks) task.plan = this.#plan(job, task.plan.entry, !isAnyOn);
      return true;
    } catch (error) {
      for (const task of job.tasks) this.#fail(task, toCozifyError(error));
      this.#waiting = this.#waiting.filter((task) => task.job !== job);
      return false;
    }
  }

  #isOn(entry: Entry): boolean {
    const expected = this.#expected.get(keyOf(entry));
    if (expected !== undefined && expected.until > this.#clock.monotonic()) return expected.isOn;
    const devices = devicesOf(entry, this.#live.home.things).filter((device) => device !== entry);
    return devices.length > 0 ? devices.some((device) => this.#isOn(device)) : entry.state['on'] === true;
  }

  #expect({ entry, asked, transitionMs, members }: Plan): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#expected) if (until <= now) this.#expected.delete(key);
    if (typeof asked['on'] === 'boolean') {
      this.#expected.set(keyOf(entry), { isOn: asked['on'], until: now + EXPECTED_MS + transitionMs });
    }
    for (const member of members) this.#expect(member);
  }

  async #sendBatch(ask: Ask, batch: readonly Task[]): Promise<void> {
    const now = this.#clock.monotonic();
    for (const { plan } of batch) this.#live.home.own.note(plan, now);
    const answer = await this.#put(
      ask,
      batch[0]?.plan,
      batch.flatMap(({ plan }) => plan.elements),
    );
    if (!isRefused(answer)) return this.#noteSent(batch);
    if (batch.length === 1) return this.#sendRefused(ask, batch[0] as Task, answer);
    // One of them was refused: which, is found out one by one.
    for (const task of batch) {
      const single = await this.#put(ask, task.plan, task.plan.elements);
      if (isRefused(single)) await this.#sendRefused(ask, task, single);
      else this.#noteSent([task]);
    }
  }

  /** What the hub refused: a group's members may take it, and a thing may be another by now. */
  async #sendRefused(ask: Ask, task: Task, refusal: HubAnswer): Promise<void> {
    const { plan } = task;
    if (plan.members.length > 0) return this.#sendToMembers(ask, task, refusal);
    await this.#live.ensure([plan.entry.kind], 0).catch(() => undefined);
    const entry = this.#live.home.things.get(plan.entry.kind, plan.entry.id);
    if (entry === undefined) {
      return this.#fail(task, new CozifyError('COZIFY_NOT_FOUND', `"${plan.entry.name}" is gone from the hub.`));
    }
    const renewed = this.#plan(task.job, entry, plan.asked['on'] === true);
    if (isSameJson(renewed.elements, plan.elements)) return this.#fail(task, refused(refusal));
    task.plan = renewed;
    const answer = await this.#put(ask, renewed, renewed.elements);
    if (isRefused(answer)) this.#fail(task, refused(answer));
    else this.#noteSent([task]);
  }

  async #sendToMembers(ask: Ask, task: Task, refusal: HubAnswer): Promise<void> {
    const taken: Plan[] = [];
    for (const member of task.plan.members) {
      if (!isRefused(await this.#put(ask, member, member.elements))) taken.push(member);
    }
    if (taken.length === 0) return this.#fail(task, refused(refusal));
    task.plan = { ...task.plan, members: taken };
    this.#noteSent([task]);
  }

  /** A PUT of elements; more than fit go one after another. Gives the first refusal, or the last answer. */
  async #put(ask: Ask, plan: Plan | undefined, elements: readonly CommandElement[]): Promise<HubAnswer> {
    const endpoint = plan?.endpoint ?? 'devices';
    const kind = endpoint === 'scenes' ? 'scene' : endpoint === 'rules' ? 'rule' : undefined;
    try {
      const answer = await this.#ask(ask, plan, elements);
      if (kind !== undefined && !isRefused(answer)) this.#live.noteSwitched(kind, answer.body);
      return answer;
    } finally {
      // It may have been done whatever came back.
      this.#live.home.touch(TOUCHED[endpoint]);
      if (kind !== undefined) this.doubt();
    }
  }

  async #ask(ask: Ask, plan: Plan | undefined, elements: readonly CommandElement[]): Promise<HubAnswer> {
    if (plan?.endpoint === 'alarms') {
      const path = `/alarms/close?alarmId=${encodeURIComponent(plan.entry.id)}`;
      return expectVerdict(await ask({ method: 'PUT', path }));
    }
    let answer: HubAnswer = { status: 200, body: '' };
    for (let start = 0; start < elements.length; start += MOST_ELEMENTS) {
      const body = JSON.stringify(elements.slice(start, start + MOST_ELEMENTS));
      answer = expectVerdict(await ask({ method: 'PUT', path: `/${plan?.endpoint ?? 'devices'}/command`, body }));
      if (isRefused(answer)) return answer;
    }
    return answer;
  }

  #noteSent(tasks: readonly Task[]): void {
    for (const task of tasks) void this.#confirm(task);
  }

  async #confirm(task: Task): Promise<void> {
    const { plan, job, overtaken } = task;
    const { ignored, clamped } = plan;
    const { confirmMs } = job.options;
    if (confirmMs === 0) {
      return task.settle({ sent: true, confirmed: null, reason: null, state: null, ignored, clamped });
    }
    this.#confirming.add(task);
    const end = await confirmPlan(plan, confirmMs, { live: this.#live, clock: this.#clock, overtaken });
    this.#confirming.delete(task);
    const state = this.#live.home.things.get(plan.entry.kind, plan.entry.id)?.state ?? null;
    const reason = end === 'met' ? null : end;
    task.settle({ sent: true, confirmed: end === 'met', reason, state, ignored, clamped });
  }

  #fail(task: Task, error: CozifyError): void {
    task.settle({ ...this.#unsent(task, error.code), error });
  }

  #unsent({ plan: { ignored, clamped } }: Task, reason: CommandResult['reason']): CommandResult {
    return { sent: false, confirmed: null, reason, state: null, ignored, clamped };
  }
}

const UNSENT = { sent: false, confirmed: null, state: null, ignored: [], clamped: [] } as const;

function keyOf({ kind, id }: Entry): string {
  return `${kind} ${id}`;
}

/** Throws for an answer that neither takes nor refuses a command, such as the page of somebody else's network. */
function expectVerdict(answer: HubAnswer): HubAnswer {
  if (isRefused(answer)) return answer;
  expectOk(answer);
  if (!isHtml(answer.body)) return answer;
  throw new CozifyError(
    'COZIFY_BAD_ANSWER',
    'The hub should have taken the command, but a web page came in its place.',
  );
}

/** The hub understood, and would not do it. */
function isRefused({ status }: HubAnswer): boolean {
  return status === 400 || status === 404 || status === 422;
}

function refused({ status }: HubAnswer): CozifyError {
  return new CozifyError('COZIFY_API', `The hub refused the command (status ${status}).`, { statusCode: status });
}

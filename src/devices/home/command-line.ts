import { thingKey } from '../things/kinds.js';
import type { CozifyError } from '../../errors.js';
import { devicesOf, type Plan } from '../commands/commands.js';
import { isLighting, type Order } from '../commands/orders.js';
import type { Entry } from '../things/device.js';
import { isSameJson } from '../things/raw.js';
import type { CommandOptions, CommandResult, MissedMember } from './command-result.js';
import { Overtaken } from './overtaken.js';
import type { Toggle, TogglePart } from './toggle.js';
import type { Things } from '../things/things.js';

/** The things of commands that were sent while an older command was still being resolved. */
export class Passers {
  readonly #keys = new Set<string>();
  #isAnything = false;

  note(plan: Plan): void {
    // The devices that a scene or rule switches are unknown.
    if (plan.endpoint === 'scenes' || plan.endpoint === 'rules') this.noteAnything();
    this.#keys.add(thingKey(plan.entry));
    for (const member of plan.members) this.note(member);
  }

  /** Notes a request whose effect is unknown: a scene, a rule, or a request node. */
  noteAnything(): void {
    this.#isAnything = true;
  }

  /** Whether one of the sent commands may concern these things or their devices. */
  areAbout(entries: readonly Entry[], things: Things): boolean {
    return entries.some((entry) => {
      if (entry.kind === 'scene' || entry.kind === 'rule') return this.#isAnything || this.#keys.size > 0;
      const meant = entry.kind === 'room' ? things.inRoom(entry.id) : devicesOf(entry, things);
      return this.#isAnything || [entry, ...meant].some((one) => this.#keys.has(thingKey(one)));
    });
  }
}

/** What one message asks of the things of one hub. */
export interface Job {
  readonly order: Order;
  readonly entries: readonly Entry[];
  readonly options: CommandOptions;
  /** Of a toggle: what it comes to is known when its turn comes. */
  readonly toggle: { readonly of: Toggle; readonly part: TogglePart; isLookedAt: boolean } | undefined;
}

/** One target of a command. */
export interface Task {
  readonly job: Job;
  plan: Plan;
  readonly settle: (result: CommandResult) => void;
  /** What of it is not waited for any more: something else was asked for. */
  readonly overtaken: Overtaken;
  /** When it was sent, memory knew which devices can be reached. */
  isReachKnown: boolean;
  /** Others that ask for the very same and want to see it: they are sent by this one. */
  readonly twins: Task[];
  /** Of an "off": the light that it has overtaken, which counts again where "on" overtakes it. */
  readonly dimmed: Plan[];
  /** Devices of a group that did not take it, and why. */
  missed: readonly MissedMember[];
  error: CozifyError | undefined;
}

/** A place in the line of a hub, for one message; what it asks for is known once it is filled. */
export interface Place {
  /** In which of the hub's turns it goes out. */
  turn: number;
  /** When its message came (monotonic, ms). */
  readonly enteredAt: number;
  readonly tasks: Task[];
  readonly filled: Promise<void>;
  isFilled: boolean;
  /** Why nothing of it goes out any more. */
  error: CozifyError | undefined;
  readonly fill: () => void;
  /** While it is being filled: what waits before it and may be overtaken, by its target. */
  rivals: Map<string, Task[]> | undefined;
}

/** What waits for one hub, in the order in which the messages came. */
export class CommandLine {
  #places: Place[] = [];
  /** Those that were waited for long enough, and what has passed each since. */
  readonly #aside = new Map<Place, Passers>();

  /** `now`: on the monotonic clock, in milliseconds. */
  enter(turn: number, now: number): Place {
    let resolve: () => void = () => undefined;
    const filled = new Promise<void>((done) => (resolve = done));
    const fill = (): void => {
      place.isFilled = true;
      place.rivals = undefined;
      resolve();
    };
    const unfilled = { isFilled: false, error: undefined, rivals: undefined };
    const place: Place = { turn, enteredAt: now, tasks: [], filled, fill, ...unfilled };
    this.#places.push(place);
    return place;
  }

  /** The first place that goes out in this turn or before; those of which nothing is left are let go of. */
  head(turn: number): Place | undefined {
    for (let [place] = this.#places; place !== undefined; [place] = this.#places) {
      if (place.turn > turn) return undefined;
      if (!place.isFilled || place.tasks.length > 0) return place;
      this.#places.shift();
    }
    return undefined;
  }

  /** Lets those behind a place pass, until {@link takeBack}: it is still being looked up what it is about. */
  setAside(place: Place): void {
    this.#places = this.#places.filter((one) => one !== place);
    this.#aside.set(place, new Passers());
  }

  /** The place of a message that waits. */
  placeOf(job: Job): Place | undefined {
    return this.#places.find(({ tasks }) => tasks.some((task) => task.job === job));
  }

  isAside(place: Place): boolean {
    return this.#aside.has(place);
  }

  /** Something was sent: what of, or nobody knows. */
  notePassed(plan: Plan | undefined): void {
    for (const passers of this.#aside.values()) {
      if (plan === undefined) passers.noteAnything();
      else passers.note(plan);
    }
  }

  /** Puts a place that was set aside before all that waits, by default in this turn. Gives what has passed it meanwhile. */
  takeBack(place: Place, turn: number): Passers {
    const passers = this.#aside.get(place) ?? new Passers();
    this.#aside.delete(place);
    place.turn = this.#places[0]?.turn ?? turn;
    this.#places.unshift(place);
    return passers;
  }

  /** Nothing comes of a place, wherever it is. */
  leave(place: Place): void {
    this.#aside.delete(place);
    place.fill();
  }

  /** What is known to be asked for at the head of the line, in its order: nothing from a place on that is not filled yet. */
  ready(turn: number): Task[] {
    const end = this.#places.findIndex((place) => place.turn > turn || !place.isFilled);
    return (end < 0 ? this.#places : this.#places.slice(0, end)).flatMap(({ tasks }) => tasks);
  }

  /** What waits before a place, as far as that is known. */
  before(place: Place): Task[] {
    const index = this.#places.indexOf(place);
    return this.#places.slice(0, index < 0 ? undefined : index).flatMap(({ tasks }) => tasks);
  }

  /** What is to come of that, but for toggles. */
  plansBefore(place: Place): Plan[] {
    return this.before(place).flatMap((task) => (isToggle(task) ? [] : [task.plan]));
  }

  /** Takes a task out of the line, whether it waits there or not. */
  remove(task: Task): void {
    for (const { tasks } of this.#places) {
      const index = tasks.indexOf(task);
      if (index < 0) continue;
      tasks.splice(index, 1);
      return;
    }
  }

  /** Nothing of this turn will go out: gives what waited for it. Who is not filled yet is told when it is. */
  drop(turn: number, error: CozifyError): Task[] {
    const dropped = this.#places.filter((place) => place.turn === turn);
    this.#places = this.#places.filter((place) => place.turn !== turn);
    for (const place of dropped) place.error = error;
    return dropped.flatMap(({ tasks }) => tasks.splice(0));
  }

  /**
   * Adds a task to a place. What waits before it for the same thing, and asks for no other fields than these, is taken out
   * of the line and given; light is overtaken by "off". A toggle between keeps both, since it goes by them.
   */
  add(place: Place, task: Task): Task[] {
    place.tasks.push(task);
    if (isToggle(task)) return [];
    const key = thingKey(task.plan.entry);
    const rivals = (place.rivals ??= this.#rivalsOf(place));
    const same = rivals.get(key) ?? [];
    const older = same.filter((one) => isAskedAnew(one.plan, task.plan));
    rivals.set(
      key,
      same.filter((one) => !older.includes(one)),
    );
    for (const one of older) this.remove(one);
    return older;
  }

  #rivalsOf(place: Place): Map<string, Task[]> {
    const earlier = this.before(place);
    const rivals = new Map<string, Task[]>();
    for (const one of earlier.slice(earlier.findLastIndex(isToggle) + 1)) {
      const key = thingKey(one.plan.entry);
      const same = rivals.get(key);
      if (same === undefined) rivals.set(key, [one]);
      else same.push(one);
    }
    return rivals;
  }

  /** Has something go out just before a task. */
  addBefore(place: Place, task: Task, plan: Plan): void {
    place.tasks.splice(Math.max(0, place.tasks.indexOf(task)), 0, silentTask(task.job, plan));
  }
}

/** A task of which somebody waits for the result. */
export function newTask(job: Job, plan: Plan, settle: (result: CommandResult) => void): Task {
  const unsent = { isReachKnown: false, missed: [], error: undefined };
  return { job, plan, settle, overtaken: new Overtaken(), twins: [], dimmed: [], ...unsent };
}

/** One of which nobody waits for anything. */
function silentTask(job: Job, plan: Plan): Task {
  return newTask({ ...job, options: { ...job.options, confirmMs: 0 } }, plan, () => undefined);
}

/** Whether what one plan asks of a thing is asked for anew by another for it, or makes no sense beside that. */
export function isAskedAnew(older: Plan, { asked }: Plan): boolean {
  const isOff = asked['on'] === false;
  return Object.keys(older.asked).every((name) => Object.hasOwn(asked, name) || (isOff && isLighting(name)));
}

/** Whether two tasks ask for the very same. */
export function isSameWish(one: Task, other: Task): boolean {
  return !isToggle(one) && isSameJson(one.plan.elements, other.plan.elements);
}

export function isToggle({ job }: Task): boolean {
  return job.order.type === 'toggle';
}

/** What "off" hides of what it has overtaken: the newest of each kind of light. */
export function hide(off: Task, older: readonly Task[]): void {
  const hidden = older.flatMap((one) => [...one.dimmed, ...(one.plan.asked['on'] === false ? [] : [one.plan])]);
  off.dimmed.push(...newestOf(hidden.filter(({ asked }) => Object.keys(asked).some(isLighting))));
}

/** What shows again where "on" overtakes an "off", beside what is asked for anew. */
export function shownAgain(task: Task, older: readonly Task[]): Plan[] {
  if (task.plan.asked['on'] !== true) return [];
  const { asked } = task.plan;
  return newestOf(older.flatMap(({ dimmed }) => dimmed)).filter((plan) =>
    Object.keys(plan.asked).some((name) => !Object.hasOwn(asked, name)),
  );
}

function newestOf(plans: readonly Plan[]): Plan[] {
  return plans.filter(({ asked }, index) => {
    const names = Object.keys(asked);
    return !plans.slice(index + 1).some((newer) => names.every((name) => Object.hasOwn(newer.asked, name)));
  });
}

/** The recent commands that were sent to one hub. */
import type { Clock } from '../../async/clock.js';
import { canBeSet } from '../things/abilities.js';
import type { Change } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import type { Author, Plan } from './plan.js';
import { thingKey } from '../things/kinds.js';
import { isSameJson } from '../things/raw.js';
import type { Things } from '../things/things.js';
import type { Fields } from './parse-command.js';
import { isFieldMet, isBetween } from './tolerance.js';

/** The maximum time until the hub shows the result of a command. */
export const SETTLING_MS = 1_500;

/** A change to a commanded value is attributed to the command for this long after the end of its transition. */
const OWN_MS = 10_000;

/**
 * For this long after a command, a toggle uses the commanded state until the hub shows the result. A transition does
 * not prolong this time.
 */
const TOGGLE_MS = 10_000;

/** Settable fields of a group that are computed from the members. */
const GROUP_FIELDS: readonly string[] = ['on', 'brightness'];

/** A lamp shows either a color or a color temperature, so a command for one supersedes a command for the other. */
const COLOR = ['hue', 'saturation'];
const WHITE = ['colorTemperature'];

/**
 * If a device is switched to another state later than this after a command and its transition, the command is not the
 * cause.
 */
const EFFECT_MS = 3_000;

/** A sent command for one thing. Times are monotonic, in milliseconds. */
interface OwnCommand {
  readonly entry: Entry;
  readonly fields: Fields;
  readonly author: Author;
  readonly sentAt: number;
  /** Matching changes are attributed to the command until this time. */
  readonly until: number;
  readonly isToggle: boolean;
  /** The hub's timestamp of the thing's last change when the command was sent; `null` if unknown. */
  readonly changedAt: number | null;
  /**
   * Whether toggles rely on the cached `on` again, not on this command. True once the hub has shown the result, or the
   * command has failed.
   */
  isSettled: boolean;
}

/** The newest command for each field of a thing. */
type OwnCommandsByField = Map<string, OwnCommand>;

/**
 * The recent commands of an account to one hub. Used to find the author of a change, to decide whether a toggle
 * switches on or off, and to find sent commands that a newer one has superseded. `command-queue.ts` supersedes commands
 * that have not been sent.
 */
export class OwnCommands {
  readonly #things: Things;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #sent = new Map<string, OwnCommandsByField>();
  #uncertainSince = -Infinity;
  #sweptAt = 0;

  constructor(things: Things, clock: Pick<Clock, 'monotonic'>) {
    this.#things = things;
    this.#clock = clock;
  }

  /** Records that a plan is sent now, for its target and its devices. `author` defaults to the author of the plan. */
  note(plan: Plan, isToggle = false, author = plan.author ?? 'own'): void {
    const now = this.#clock.monotonic();
    this.#sweep(now);
    const { entry, asked, members, transitionMs } = plan;
    const changedAt = this.#things.get(entry.kind, entry.id)?.timestamp ?? null;
    const times = { sentAt: now, until: now + OWN_MS + transitionMs, changedAt };
    const command = { entry, fields: asked, author, ...times, isToggle, isSettled: false };
    const key = thingKey(entry);
    const sent = this.#sent.get(key) ?? (new Map() as OwnCommandsByField);
    for (const name of Object.keys(asked)) {
      for (const rival of rivalsOf(name)) sent.delete(rival);
      sent.set(name, command);
    }
    this.#sent.set(key, sent);
    for (const member of members) this.note(member, isToggle, author);
  }

  /** Records that a command has failed, so that toggles use the cached state again. */
  noteFailed({ entry, asked, members }: Plan): void {
    const command = this.#sent.get(thingKey(entry))?.get('on');
    if (command?.fields === asked) command.isSettled = true;
    for (const member of members) this.noteFailed(member);
  }

  /**
   * Records a request with unknown effects, such as a command to a scene, or a flow's own request to the hub. Toggles
   * then use the cached state again.
   */
  noteUncertain(): void {
    this.#uncertainSince = this.#clock.monotonic();
    for (const sent of this.#sent.values()) for (const command of sent.values()) command.isSettled = true;
  }

  /** When the last request was sent whose effects are unknown, for example a scene (monotonic, ms). */
  get uncertainSince(): number {
    return this.#uncertainSince;
  }

  /** Records that an answer was applied to the cache. `requestedAt`: when the answer was requested (monotonic, ms). */
  noteAnswer(requestedAt: number): void {
    for (const sent of this.#sent.values()) {
      const command = sent.get('on');
      if (command === undefined || command.isSettled) continue;
      command.isSettled = this.#isShown(command, requestedAt) || this.#isUndone(command);
    }
  }

  /** Returns whether the newest command switches a thing on; `undefined` if the cached state is to be used instead. */
  commandedOn(entry: Entry): boolean | undefined {
    const command = this.#sent.get(thingKey(entry))?.get('on');
    if (command === undefined || command.isSettled) return undefined;
    if (this.#clock.monotonic() - command.sentAt >= TOGGLE_MS) return undefined;
    return command.fields['on'] === true;
  }

  /**
   * Returns the commanded values of the fields that were set so recently that an answer requested at `requestedAt`
   * (monotonic, ms) may still show the old values.
   */
  hiddenFields(entry: Entry, requestedAt: number): Fields {
    const sent = [...(this.#sent.get(thingKey(entry)) ?? [])];
    const hidden = sent.filter(([, { sentAt }]) => requestedAt < sentAt + SETTLING_MS);
    return Object.fromEntries(hidden.map(([name, { fields }]) => [name, fields[name]]));
  }

  /** Returns a sent plan without the commands that newer ones have superseded; `undefined` if no command is left. */
  notSuperseded(plan: Plan): Plan | undefined {
    if (this.#isSuperseded(plan)) return undefined;
    const members = plan.members.filter((member) => !this.#isSuperseded(member));
    if (members.length === plan.members.length) return plan;
    return members.length > 0 ? { ...plan, members } : undefined;
  }

  /**
   * Returns the author of a change if recent commands of this account explain it: every changed settable field among
   * `fields` has the commanded value, or a value between the old and the commanded one. Otherwise, for example after a
   * scene, returns `null`. `poll`: all changes of the same poll, because changes of its members explain a change of a
   * group.
   */
  authorOf(change: Change, fields: readonly string[], nowMs: number, poll: readonly Change[] = []): Author | null {
    // Fast path: most changes concern things without a recent command.
    if (this.#sent.size === 0 || !change.events.includes('changed')) return null;
    const { kind, members } = change.entry;
    const sent = this.#sent.get(thingKey(change.entry));
    if (sent === undefined && kind !== 'group') return null;
    const deciding = decidingOf(change, fields);
    if (deciding.length === 0 && kind !== 'group') return null;
    const explained = sent && deciding.map((name) => explanationOf(sent, name, change, nowMs)?.author ?? null);
    const author = jointAuthor(explained ?? []);
    if (author !== null || kind !== 'group') return author;
    const ids = new Set(members);
    const causes = poll.filter(({ entry, changed }) => ids.has(entry.id) && changed.some(isGroupField));
    return jointAuthor(causes.map((cause) => this.authorOf(cause, GROUP_FIELDS, nowMs)));
  }

  /** Whether a newer command sets a field of a sent plan to another value. A toggle supersedes nothing. */
  #isSuperseded({ entry, asked }: Plan): boolean {
    const sent = this.#sent.get(thingKey(entry));
    const newestOf = (name: string): OwnCommand | undefined =>
      [name, ...rivalsOf(name)].map((field) => sent?.get(field)).find((command) => command !== undefined);
    return Object.keys(asked).some((name) => {
      const newest = newestOf(name);
      if (newest === undefined || newest.fields === asked || newest.isToggle) return false;
      return !isSameJson(newest.fields[name], asked[name]);
    });
  }

  #isShown({ entry, fields, sentAt }: OwnCommand, requestedAt: number): boolean {
    return requestedAt >= sentAt && this.#isOn(entry) === fields['on'];
  }

  /**
   * Whether something else has switched the thing back. Always false during the transition of the command and for 3
   * seconds after it, because the command may not have taken effect yet.
   */
  #isUndone({ entry, fields, until, changedAt }: OwnCommand): boolean {
    const { timestamp = null } = this.#things.get(entry.kind, entry.id) ?? {};
    const hasChanged = timestamp !== null && changedAt !== null && timestamp > changedAt;
    const isLate = this.#clock.monotonic() > until - OWN_MS + EFFECT_MS;
    return hasChanged && isLate && this.#isOn(entry) !== fields['on'];
  }

  #isOn({ kind, id }: Entry): boolean {
    return this.#things.get(kind, id)?.state['on'] === true;
  }

  /** Removes expired commands, at most once a minute. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptAt < 60_000) return;
    this.#sweptAt = nowMs;
    for (const [key, sent] of this.#sent) {
      for (const [name, { until }] of sent) if (nowMs > until) sent.delete(name);
      if (sent.size === 0) this.#sent.delete(key);
    }
  }
}

/** Returns the fields whose commands are superseded by a command for this field. */
function rivalsOf(name: string): readonly string[] {
  if (COLOR.includes(name)) return WHITE;
  return WHITE.includes(name) ? COLOR : [];
}

function isGroupField(name: string): boolean {
  return GROUP_FIELDS.includes(name);
}

/** Returns the changed settable fields that are in `fields`; if there are none, all changed settable fields. */
function decidingOf({ entry, changed }: Change, fields: readonly string[]): readonly string[] {
  const settable = changed.filter((name) => isSettable(entry, name));
  const chosen = settable.filter((name) => fields.includes(name));
  return chosen.length > 0 ? chosen : settable;
}

function isSettable(entry: Entry, name: string): boolean {
  switch (entry.kind) {
    case 'device':
      return canBeSet(entry, name);
    case 'group':
      return isGroupField(name);
    case 'alarm':
      return name === 'closed';
    case 'scene':
    case 'rule':
    case 'room':
      return name === 'on';
  }
}

/**
 * Returns the newest command that explains the change of a field, if any. The command may have set another field: for
 * example, switching a lamp may also change its brightness.
 */
function explanationOf(sent: OwnCommandsByField, name: string, change: Change, nowMs: number): OwnCommand | undefined {
  const { previous, state, changed } = change;
  const value = state[name];
  const commandFor = (field: string): OwnCommand | undefined => {
    const command = sent.get(field);
    return command === undefined || nowMs > command.until ? undefined : command;
  };
  const rivals = rivalsOf(name);
  // A lamp that changes its color mode stops reporting the fields of the previous mode.
  if (value === undefined && rivals.length > 0) return rivals.map(commandFor).find((command) => command !== undefined);
  const command = commandFor(name);
  if (command !== undefined) {
    const isInTransition = isBetween(name, { from: previous?.[name], to: command.fields[name], value });
    return isFieldMet(name, command.fields, state) || isInTransition ? command : undefined;
  }
  // Switching a lamp may also change its reported brightness.
  const switching = name === 'brightness' && changed.includes('on') ? commandFor('on') : undefined;
  return switching?.fields['on'] === state['on'] ? switching : undefined;
}

/** Returns the author of several changes: `own` if their authors differ, `null` if an author is unknown. */
function jointAuthor(authors: readonly (Author | null)[]): Author | null {
  const [first = null] = authors;
  if (first === null || authors.includes(null)) return null;
  return authors.every((author) => isSameJson(author, first)) ? first : 'own';
}

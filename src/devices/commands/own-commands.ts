import { isAble, isAbleOther } from '../things/abilities.js';
import type { Change } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import { fieldOf } from '../things/fields.js';
import { type Author, jointAuthor } from './author.js';
import type { Plan } from './commands.js';
import { thingKey } from '../things/kinds.js';
import type { Fields } from './orders.js';
import { isFieldMet, isOnTheWay } from './tolerance.js';

/** Time after a command, plus its transition, in which a matching change is attributed to the command. */
export const OWN_MS = 10_000;

/** Settable fields of a group that are computed from the members. */
const GROUP_FIELDS: readonly string[] = ['on', 'brightness'];

/** A lamp shows either a color or a color temperature, so a command for one supersedes a command for the other. */
const COLOR = ['hue', 'saturation'];
const WHITE = ['colorTemperature'];

/** Fields of a command with its author and its expiry on the monotonic clock. */
interface SentCommand {
  readonly fields: Fields;
  readonly author: Author;
  readonly untilMs: number;
}

/** The newest command for each field of a thing. */
type SentCommands = Map<string, SentCommand>;

/** Keeps the recent commands of an account, to attribute changes to their authors. */
export class OwnCommands {
  readonly #sent = new Map<string, SentCommands>();
  /** Changes of a poll by device id, cached because many subscribers ask about the same poll. */
  readonly #polls = new WeakMap<readonly Change[], ReadonlyMap<string, Change>>();
  #sweptMs = 0;

  /** Records that a plan was sent at `nowMs` (monotonic), for its target and its devices. */
  note(plan: Plan, nowMs: number, author: Author = plan.author ?? 'own'): void {
    this.#sweep(nowMs);
    const { entry, asked, members } = plan;
    const command = { fields: asked, author, untilMs: nowMs + OWN_MS + plan.transitionMs };
    const key = thingKey(entry);
    const sent = this.#sent.get(key) ?? (new Map() as SentCommands);
    for (const name of Object.keys(asked)) {
      for (const rival of COLOR.includes(name) ? WHITE : WHITE.includes(name) ? COLOR : []) sent.delete(rival);
      sent.set(name, command);
    }
    this.#sent.set(key, sent);
    for (const member of members) this.note(member, nowMs, author);
  }

  /**
   * Whether recent commands of this account explain a change: every settable field among `fields` has the commanded
   * value, or a value on the way to it. `poll` has all changes of the same poll, because members explain the change of
   * a group. Effects of scenes and rules are never attributed.
   */
  isOwn(change: Change, fields: readonly string[], nowMs: number, poll: readonly Change[] = []): boolean {
    return this.authorOf(change, fields, nowMs, poll) !== null;
  }

  /** Returns the author of a change by the rules of {@link isOwn}; `null` for a change from elsewhere. */
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
    const byId = this.#devicesOf(poll);
    const causes = members.map((member) => byId.get(member)).filter((cause) => cause?.changed.some(isGroupField));
    return jointAuthor(causes.map((cause) => (cause ? this.authorOf(cause, GROUP_FIELDS, nowMs) : null)));
  }

  #devicesOf(poll: readonly Change[]): ReadonlyMap<string, Change> {
    const devices = (): [string, Change][] =>
      poll.filter(({ entry }) => entry.kind === 'device').map((change) => [change.entry.id, change]);
    const known = this.#polls.get(poll) ?? new Map(devices());
    this.#polls.set(poll, known);
    return known;
  }

  /** Removes expired commands, at most once a minute. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < 60_000) return;
    this.#sweptMs = nowMs;
    for (const [key, sent] of this.#sent) {
      for (const [name, { untilMs }] of sent) if (nowMs > untilMs) sent.delete(name);
      if (sent.size === 0) this.#sent.delete(key);
    }
  }
}

function isGroupField(name: string): boolean {
  return GROUP_FIELDS.includes(name);
}

/** Returns the settable fields among `fields`; if there are none, all settable fields that changed. */
function decidingOf({ entry, changed }: Change, fields: readonly string[]): readonly string[] {
  const settable = changed.filter((name) => canBeSet(entry, name));
  const chosen = settable.filter((name) => fields.includes(name));
  return chosen.length > 0 ? chosen : settable;
}

function canBeSet(entry: Entry, name: string): boolean {
  switch (entry.kind) {
    case 'device': {
      const field = fieldOf(name);
      return field === undefined ? isAbleOther(entry, name) : isAble(entry, field);
    }
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

/** Returns the newest command for a field, if it explains the change. */
function explanationOf(sent: SentCommands, name: string, change: Change, nowMs: number): SentCommand | undefined {
  const { previous, state, changed } = change;
  const value = state[name];
  const commandFor = (field: string): SentCommand | undefined => {
    const command = sent.get(field);
    return command === undefined || nowMs > command.untilMs ? undefined : command;
  };
  // A lamp that changes its color mode stops reporting the fields of the previous mode.
  const firstOf = (names: readonly string[]): SentCommand | undefined =>
    names.map(commandFor).find((command) => command !== undefined);
  if (value === undefined && COLOR.includes(name)) return firstOf(WHITE);
  if (value === undefined && WHITE.includes(name)) return firstOf(COLOR);
  const command = commandFor(name);
  if (command !== undefined) {
    const isOnWay = isOnTheWay(name, { from: previous?.[name], to: command.fields[name], value });
    return isFieldMet(name, command.fields, state) || isOnWay ? command : undefined;
  }
  // Switching a lamp may change its reported brightness too.
  const switching = name === 'brightness' && changed.includes('on') ? commandFor('on') : undefined;
  return switching?.fields['on'] === state['on'] ? switching : undefined;
}

import { isAble, isAbleOther } from '../things/abilities.js';
import type { Change } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import { fieldOf } from '../things/fields.js';
import { type Author, jointAuthor } from './author.js';
import type { Plan } from './commands.js';
import { thingKey } from '../things/kinds.js';
import type { Fields } from './orders.js';
import { isFieldMet, isOnTheWay } from './tolerance.js';

/** For so long after a command, plus its transition, what it asked for counts as its doing. */
export const OWN_MS = 10_000;

/** The fields of a group that its members make, and that can be set. */
const GROUP_FIELDS: readonly string[] = ['on', 'brightness'];

/** A lamp shows a color or a color temperature: who asks for the one no longer wishes for the other. */
const COLOR = ['hue', 'saturation'];
const WHITE = ['colorTemperature'];

/** What was asked for with a field, by whom, and until when (monotonic, ms) that counts. */
interface Wish {
  readonly fields: Fields;
  readonly author: Author;
  readonly untilMs: number;
}

/** The newest wish for each field of a thing. */
type Wishes = Map<string, Wish>;

/** Remembers what an account's commands asked for last, to tell what they did from what others do. */
export class OwnCommands {
  readonly #asked = new Map<string, Wishes>();
  /** The changes of a poll by the ids of their devices: many listeners ask for those of the same poll. */
  readonly #polls = new WeakMap<readonly Change[], ReadonlyMap<string, Change>>();
  #sweptMs = 0;

  /** Notes that a plan was sent, at a time of the monotonic clock: for its target and the devices that it means. */
  note(plan: Plan, nowMs: number, author: Author = plan.author ?? 'own'): void {
    this.#sweep(nowMs);
    const { entry, asked, members } = plan;
    const wish = { fields: asked, author, untilMs: nowMs + OWN_MS + plan.transitionMs };
    const key = thingKey(entry);
    const wishes = this.#asked.get(key) ?? (new Map() as Wishes);
    for (const name of Object.keys(asked)) {
      for (const rival of COLOR.includes(name) ? WHITE : WHITE.includes(name) ? COLOR : []) wishes.delete(rival);
      wishes.set(name, wish);
    }
    this.#asked.set(key, wishes);
    for (const member of members) this.note(member, nowMs, author);
  }

  /**
   * Whether a change is what a command asked for last, or on its way there: each of these fields, of which those that
   * can't be set don't decide. `poll` is all that changed with it: a group is changed by its members. What a scene or
   * rule does is nobody's own.
   */
  isOwn(change: Change, fields: readonly string[], nowMs: number, poll: readonly Change[] = []): boolean {
    return this.authorOf(change, fields, nowMs, poll) !== null;
  }

  /** Who is behind a change, as far as {@link isOwn} knows; `null` for somebody else. */
  authorOf(change: Change, fields: readonly string[], nowMs: number, poll: readonly Change[] = []): Author | null {
    // Most changes are of homes in which nothing was asked for lately, or of things of which nothing was.
    if (this.#asked.size === 0 || !change.events.includes('changed')) return null;
    const { kind, members } = change.entry;
    const wishes = this.#asked.get(thingKey(change.entry));
    if (wishes === undefined && kind !== 'group') return null;
    const deciding = decidingOf(change, fields);
    if (deciding.length === 0 && kind !== 'group') return null;
    const explained = wishes && deciding.map((name) => explanationOf(wishes, name, change, nowMs)?.author ?? null);
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

  /** Once a minute everything that is over is let go of. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < 60_000) return;
    this.#sweptMs = nowMs;
    for (const [key, wishes] of this.#asked) {
      for (const [name, { untilMs }] of wishes) if (nowMs > untilMs) wishes.delete(name);
      if (wishes.size === 0) this.#asked.delete(key);
    }
  }
}

function isGroupField(name: string): boolean {
  return GROUP_FIELDS.includes(name);
}

/** Those of the fields that can be set; where none of them can, those of all that changed. */
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

/** The wish that changed a field, if the newest for it did. */
function explanationOf(wishes: Wishes, name: string, change: Change, nowMs: number): Wish | undefined {
  const { previous, state, changed } = change;
  const value = state[name];
  const wishFor = (field: string): Wish | undefined => {
    const wish = wishes.get(field);
    return wish === undefined || nowMs > wish.untilMs ? undefined : wish;
  };
  // A lamp that changes its mode no longer shows what belongs to the one before.
  const anyOf = (names: readonly string[]): Wish | undefined => names.map(wishFor).find((wish) => wish !== undefined);
  if (value === undefined && COLOR.includes(name)) return anyOf(WHITE);
  if (value === undefined && WHITE.includes(name)) return anyOf(COLOR);
  const wish = wishFor(name);
  if (wish !== undefined) {
    const isOnWay = isOnTheWay(name, { from: previous?.[name], to: wish.fields[name], value });
    return isFieldMet(name, wish.fields, state) || isOnWay ? wish : undefined;
  }
  // A lamp that goes on or off may show its brightness with it.
  const switching = name === 'brightness' && changed.includes('on') ? wishFor('on') : undefined;
  return switching?.fields['on'] === state['on'] ? switching : undefined;
}

import type { Change } from '../things/changes.js';
import type { Plan } from './commands.js';
import type { Kind } from '../things/kinds.js';
import type { Fields } from './orders.js';
import { isFieldMet, isOnTheWay } from './tolerance.js';

/** For so long after a command, plus its transition, what it asked for counts as its doing. */
const OWN_MS = 10_000;

/** A slider sends more; what it asked for last is what counts. */
const MAX_ASKED = 50;

/** The fields of a group that its members make. */
const GROUP_FIELDS: readonly string[] = ['on', 'brightness'];

interface Asked {
  fields: Fields;
  untilMs: number;
}

/** Remembers what an account's commands asked for, to tell what they did from what others do. */
export class OwnCommands {
  readonly #asked = new Map<string, Asked[]>();
  #sweptMs = 0;

  /** Notes that a plan was sent, at a time of the monotonic clock: for its target and the devices that it means. */
  note(plan: Plan, nowMs: number): void {
    this.#sweep(nowMs);
    const { kind, id } = plan.entry;
    const untilMs = nowMs + OWN_MS + plan.transitionMs;
    const before = this.#asked.get(keyOf(kind, id)) ?? [];
    const { on } = plan.asked;
    const fields = kind === 'group' && on !== undefined ? { ...plan.asked, allOn: on } : plan.asked;
    this.#asked.set(keyOf(kind, id), [...before, { fields, untilMs }].slice(-MAX_ASKED));
    for (const member of plan.members) this.note(member, nowMs);
  }

  /**
   * Whether each of these fields of a change is what a command asked for, or on its way there. `poll` is all that
   * changed with it: a group is changed by its members. What a scene or rule does is nobody's own.
   */
  isOwn(change: Change, fields: readonly string[], nowMs: number, poll: readonly Change[] = []): boolean {
    if (fields.length === 0 || !change.events.includes('changed')) return false;
    const { kind, id, members } = change.entry;
    const asked = (this.#asked.get(keyOf(kind, id)) ?? []).filter(({ untilMs }) => nowMs <= untilMs);
    if (fields.every((name) => asked.some((one) => explains(one.fields, name, change)))) return true;
    if (kind !== 'group') return false;
    const causes = poll.filter(({ entry, changed }) => members.includes(entry.id) && changed.some(isGroupField));
    return causes.length > 0 && causes.every((cause) => this.isOwn(cause, cause.changed.filter(isGroupField), nowMs));
  }

  /** Once a minute everything that is over is let go of. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < 60_000) return;
    this.#sweptMs = nowMs;
    for (const [key, asked] of this.#asked) {
      const left = asked.filter(({ untilMs }) => nowMs <= untilMs);
      if (left.length === 0) this.#asked.delete(key);
      else this.#asked.set(key, left);
    }
  }
}

function keyOf(kind: Kind, id: string): string {
  return `${kind} ${id}`;
}

function isGroupField(name: string): boolean {
  return GROUP_FIELDS.includes(name);
}

/** Whether a command that asked for some fields is what changed one. */
function explains(asked: Fields, name: string, { previous, state, changed }: Change): boolean {
  const isColored = asked['hue'] !== undefined || asked['saturation'] !== undefined;
  const isWhite = asked['colorTemperature'] !== undefined;
  const value = state[name];
  // A lamp that changes its mode shows another mode, and what belongs to the one before is gone.
  if (name === 'colorMode') return isColored ? value === 'color' : isWhite && value === 'temperature';
  if (value === undefined && (name === 'hue' || name === 'saturation')) return isWhite;
  if (value === undefined && name === 'colorTemperature') return isColored;
  if (asked[name] === undefined) {
    // A lamp that goes on or off may show its brightness with it.
    return name === 'brightness' && changed.includes('on') && asked['on'] === state['on'];
  }
  return isFieldMet(name, asked, state) || isOnTheWay(name, { from: previous?.[name], to: asked[name], value });
}

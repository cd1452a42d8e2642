import type { Clock } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import { OWN_MS } from '../commands/own-commands.js';
import type { Entry } from '../things/device.js';
import type { Things } from '../things/things.js';

/** A change later than this after a command (plus its transition), and to another value, was not made by the command. */
const DONE_MS = 3_000;

/** The newest command that switches a thing. Times are monotonic, in milliseconds. */
interface Expected {
  readonly entry: Entry;
  readonly isOn: boolean;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly until: number;
  /** The timestamp that the thing had when the command was sent, by the hub's clock; `null` if unknown. */
  readonly changedAt: number | null;
}

/**
 * The states that commands requested and that the hub has not shown yet. An entry ends with the first answer requested
 * after its command that shows the requested state, because somebody may switch the thing by hand after that.
 */
export class ExpectedStates {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #expected = new Map<string, Expected>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Notes a plan that is sent now, for its target and for each device of a group or room. */
  note({ entry, asked, transitionMs, members }: Plan, things: Things): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#expected) if (until <= now) this.#expected.delete(key);
    const isOn = asked['on'];
    if (typeof isOn === 'boolean') {
      const [doneAt, until] = [DONE_MS, OWN_MS].map((ms) => now + ms + transitionMs) as [number, number];
      const changedAt = things.get(entry.kind, entry.id)?.timestamp ?? null;
      this.#expected.set(keyOf(entry), { entry, isOn, sentAt: now, doneAt, until, changedAt });
    }
    for (const member of members) this.note(member, things);
  }

  /** Ends the entries that an answer of the hub has shown; `askedAt`: when the answer was requested (monotonic, ms). */
  noteHeard(askedAt: number, things: Things): void {
    for (const [key, one] of this.#expected) {
      const isShown = askedAt >= one.sentAt && isOnIn(things, one.entry) === one.isOn;
      if (isShown || this.#isUndone(one, things)) this.#expected.delete(key);
    }
  }

  /** Whether a thing has changed to another state too late for the command to be the cause. */
  #isUndone({ entry, isOn, doneAt, changedAt }: Expected, things: Things): boolean {
    const { timestamp = null } = things.get(entry.kind, entry.id) ?? {};
    const hasChanged = timestamp !== null && changedAt !== null && timestamp > changedAt;
    return hasChanged && isOnIn(things, entry) !== isOn && this.#clock.monotonic() > doneAt;
  }

  /** It was not done. */
  forget({ entry, members }: Plan): void {
    this.#expected.delete(keyOf(entry));
    for (const member of members) this.forget(member);
  }

  clear(): void {
    this.#expected.clear();
  }

  /** Whether a thing is to be on; `undefined` where memory knows as well. */
  of(entry: Entry): boolean | undefined {
    const expected = this.#expected.get(keyOf(entry));
    return expected !== undefined && expected.until > this.#clock.monotonic() ? expected.isOn : undefined;
  }
}

function isOnIn(things: Things, { kind, id }: Entry): boolean {
  return things.get(kind, id)?.state['on'] === true;
}

/** What tells a thing from all others of its home. */
export function keyOf({ kind, id }: Pick<Entry, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

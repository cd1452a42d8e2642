import type { Clock } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import { OWN_MS } from '../commands/own-commands.js';
import type { Entry } from '../things/device.js';
import type { Things } from '../things/things.js';

/** What changes later than this, beside a transition, and not to what was asked for, was somebody else's doing. */
const DONE_MS = 3_000;

interface Expected {
  readonly entry: Entry;
  readonly isOn: boolean;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly until: number;
  /** When it last changed, by the hub's clock, as far as that was known when it was asked for. */
  changedAt: number | null;
  /** It looked otherwise when it was asked for, or has since: looking so is then the doing of the command. */
  wasOtherwise: boolean;
  /** It looks so only because what was asked for before has not been shown yet: it has to look otherwise first. */
  mustTurn: boolean;
}

/**
 * What was asked for lately and the hub has not shown yet: whether things are to be on. Once it was shown, memory knows
 * best, for a hand may have switched since.
 */
export class ExpectedStates {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #expected = new Map<string, Expected>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** A plan is sent now: for its target and for the devices that it means. */
  note({ entry, asked, transitionMs, members }: Plan, things: Things): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#expected) if (until <= now) this.#expected.delete(key);
    const isOn = asked['on'];
    if (typeof isOn === 'boolean') {
      const before = this.of(entry);
      const wasOtherwise = isOnIn(things, entry) !== isOn;
      const mustTurn = !wasOtherwise && before !== undefined && before !== isOn;
      const [doneAt, until] = [DONE_MS, OWN_MS].map((ms) => now + ms + transitionMs) as [number, number];
      const changedAt = things.get(entry.kind, entry.id)?.timestamp ?? null;
      const times = { sentAt: now, doneAt, until, changedAt };
      this.#expected.set(keyOf(entry), { entry, isOn, ...times, wasOtherwise, mustTurn });
    }
    for (const member of members) this.note(member, things);
  }

  /** The hub has told how things are; `askedAt`: when it was asked (monotonic, ms). */
  noteHeard(askedAt: number, things: Things): void {
    for (const [key, one] of this.#expected) {
      const isShown = isOnIn(things, one.entry) === one.isOn;
      const isDone = isShown
        ? !one.mustTurn && (one.wasOtherwise || askedAt >= one.sentAt)
        : this.#isUndone(one, things);
      if (isDone) this.#expected.delete(key);
      else if (!isShown) [one.wasOtherwise, one.mustTurn] = [true, false];
    }
  }

  /** Whether a thing that looks otherwise has changed since, too late for what was asked for: somebody has switched it. */
  #isUndone(one: Expected, things: Things): boolean {
    const { timestamp = null } = things.get(one.entry.kind, one.entry.id) ?? {};
    const hasChanged = timestamp !== null && one.changedAt !== null && timestamp > one.changedAt;
    // That was what had been asked for before.
    if (hasChanged && one.mustTurn) one.changedAt = timestamp;
    return hasChanged && !one.mustTurn && this.#clock.monotonic() > one.doneAt;
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

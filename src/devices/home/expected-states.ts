import type { Clock } from '../../async/clock.js';
import type { Plan } from '../commands/commands.js';
import type { Entry } from '../things/device.js';
import type { Things } from '../things/things.js';

/** So long what was asked for counts where the hub does not show it, beside a transition. */
const EXPECTED_MS = 3_000;

interface Expected {
  readonly entry: Entry;
  readonly isOn: boolean;
  readonly sentAt: number;
  readonly until: number;
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
      const until = now + EXPECTED_MS + transitionMs;
      this.#expected.set(keyOf(entry), { entry, isOn, sentAt: now, until, wasOtherwise, mustTurn });
    }
    for (const member of members) this.note(member, things);
  }

  /** The hub has told how things are; `askedAt`: when it was asked (monotonic, ms). */
  noteHeard(askedAt: number, things: Things): void {
    for (const [key, one] of this.#expected) {
      const isShown = isOnIn(things, one.entry) === one.isOn;
      if (!isShown) [one.wasOtherwise, one.mustTurn] = [true, false];
      else if (!one.mustTurn && (one.wasOtherwise || askedAt >= one.sentAt)) this.#expected.delete(key);
    }
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

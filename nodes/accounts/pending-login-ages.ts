import type { Clock } from '../../src/index.js';
import { Elapsed } from '../../src/nodes-api.js';

/** What tells a login in waiting from others, and since when it waits. */
export interface PendingSince {
  id: string;
  cloudUrl: string;
  /** Milliseconds since the epoch, by the clock of the wall as it was then. */
  since: number;
}

/** A clock runs a little wrong; one that is further off was set. */
const TOLERANCE_MS = 300_000;

/**
 * How long logins have waited, although the wall clock may be set meanwhile: it counts only for the time before this
 * process has first seen them.
 */
export class PendingLoginAges {
  readonly #clock: Clock;
  #elapsed = new Map<string, Elapsed>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds, counted from the first time that this process asks. */
  ageMs(login: PendingSince): number {
    const key = keyOf(login);
    let elapsed = this.#elapsed.get(key);
    if (elapsed?.at !== login.since) {
      elapsed = new Elapsed(this.#clock, login.since);
      this.#elapsed.set(key, elapsed);
    }
    return elapsed.steadyMs;
  }

  /** Since when a login waits by the wall clock of today, if that was set meanwhile. */
  corrected(login: PendingSince): number | undefined {
    const since = Math.round(this.#clock.now() - this.ageMs(login));
    return Math.abs(since - login.since) > TOLERANCE_MS ? since : undefined;
  }

  /** Forgets all other logins. */
  retain(logins: readonly PendingSince[]): void {
    const kept = new Set(logins.map(keyOf));
    this.#elapsed = new Map([...this.#elapsed].filter(([key]) => kept.has(key)));
  }
}

function keyOf({ id, cloudUrl }: PendingSince): string {
  return `${id} ${cloudUrl}`;
}

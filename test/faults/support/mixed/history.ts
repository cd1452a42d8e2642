// The changes of logins in the mixed test, and the logins that may be current after them.
import type { Family } from './cloud.js';

/** A change of an account's login: a new login, or the end of the current login. */
export interface Act {
  id: string;
  /** The origin of the cloud. If absent, the act applies to all clouds. */
  origin?: string;
  /** The new login; `undefined` if the act ends the login. */
  family?: Family;
  /**
   * The e-mail address, if the act is a login with a code. The act counts only after the cloud has accepted the code.
   */
  email?: string;
  /** Sequence number of the start of the act. */
  begunAt: number;
  /** Sequence number of the end of the act; `undefined` before the end. */
  endedAt?: number;
  /**
   * The result of the act. `sure`: it took effect. `maybe`: it may have taken effect, for example if no answer came.
   * `void`: it had no effect.
   */
  outcome: 'maybe' | 'sure' | 'void';
  /** When the act was started (monotonic, ms). */
  at: number;
}

/**
 * Time in milliseconds after which an act with the outcome `maybe` no longer takes effect. It covers the deadline of a
 * call and the time of a save.
 */
const LATE_MS = 60_000;

/** The changes of logins, in order, and the logins that may be current. */
export class History {
  readonly acts: Act[] = [];
  #sequence = 0;

  /** Records the start of an act. The outcome is `maybe` until the act ends. */
  begin(act: Pick<Act, 'id' | 'origin' | 'family' | 'email' | 'at'>): Act {
    const begun: Act = { ...act, begunAt: (this.#sequence += 1), outcome: 'maybe' };
    this.acts.push(begun);
    return begun;
  }

  /** Records that the cloud has accepted a code: sets the new login of the act that used the code. */
  noteLogin(family: Family): void {
    for (const act of this.acts) {
      const isMeant = act.email === family.email && act.origin === family.origin && act.endedAt === undefined;
      if (isMeant) act.family ??= family;
    }
  }

  /** Records the outcome of an act. */
  end(act: Act, outcome: Act['outcome']): void {
    act.endedAt = this.#sequence += 1;
    act.outcome = outcome;
  }

  /** Changes the outcome of an account's acts from `sure` to `maybe`, if they were started at `since` or later. */
  doubt(id: string, since = -Infinity): void {
    for (const act of this.acts) if (act.id === id && act.at >= since && act.outcome === 'sure') act.outcome = 'maybe';
  }

  /**
   * Returns the logins that an account may have at a cloud. If `undefined` is among them, the account may have no
   * login.
   */
  possible(id: string, origin: string): (Family | undefined)[] {
    const acts = this.acts.filter(
      (act) =>
        act.id === id &&
        (act.origin ?? origin) === origin &&
        act.outcome !== 'void' &&
        (act.email === undefined || act.family !== undefined),
    );
    const current = acts.filter((act) => !acts.some((later) => isReplaced(act, later)));
    const isUntouched = acts.every(({ outcome }) => outcome !== 'sure');
    return [...(isUntouched ? [undefined] : []), ...current.map(({ family }) => family)];
  }
}

/** Whether a later act has certainly replaced an act. */
function isReplaced(act: Act, later: Act): boolean {
  if (later.outcome !== 'sure' || later === act) return false;
  if (act.outcome === 'sure') return later.begunAt > (act.endedAt ?? Infinity);
  return later.at > act.at + LATE_MS;
}

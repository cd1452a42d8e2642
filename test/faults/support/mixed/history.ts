import type { Family } from './cloud.js';

/** A change of an account's login: a new login, or the end of it. */
export interface Act {
  id: string;
  /** The cloud; all clouds if absent. */
  origin?: string;
  /** The login that came; `undefined` where it was to go. */
  family?: Family;
  /** The address of the code that was typed. The code has an effect only after the cloud has accepted it. */
  email?: string;
  begunAt: number;
  /** When it was answered, `undefined` before. */
  endedAt?: number;
  /** `maybe`: failed or unanswered, but possibly done. `void`: certainly not done. */
  outcome: 'maybe' | 'sure' | 'void';
  /** In milliseconds by the clock that never jumps: one that may have come about has by so much later. */
  at: number;
}

/** The longest time in which an abandoned action may still happen: the deadline of a call and some of its saving. */
const LATE_MS = 60_000;

/** The changes of logins, in order, and the logins that may be current. */
export class History {
  readonly acts: Act[] = [];
  #turn = 0;

  /** Records the start of an action with an unknown result. */
  begin(act: Pick<Act, 'id' | 'origin' | 'family' | 'email' | 'at'>): Act {
    const begun: Act = { ...act, begunAt: (this.#turn += 1), outcome: 'maybe' };
    this.acts.push(begun);
    return begun;
  }

  /** The cloud has taken a code. */
  noteLogin(family: Family): void {
    for (const act of this.acts) {
      const isMeant = act.email === family.email && act.origin === family.origin && act.endedAt === undefined;
      if (isMeant) act.family ??= family;
    }
  }

  end(act: Act, outcome: Act['outcome']): void {
    act.endedAt = this.#turn += 1;
    act.outcome = outcome;
  }

  /** Marks the actions since then as uncertain. */
  doubt(id: string, since = -Infinity): void {
    for (const act of this.acts) if (act.id === id && act.at >= since && act.outcome === 'sure') act.outcome = 'maybe';
  }

  /** The possible logins of an account at a cloud; `undefined` for none. */
  possible(id: string, origin: string): (Family | undefined)[] {
    const acts = this.acts.filter(
      (act) =>
        act.id === id &&
        (act.origin ?? origin) === origin &&
        act.outcome !== 'void' &&
        (act.email === undefined || act.family !== undefined),
    );
    const current = acts.filter((act) => !acts.some((later) => isOutdone(act, later)));
    const isUntouched = acts.every(({ outcome }) => outcome !== 'sure');
    return [...(isUntouched ? [undefined] : []), ...current.map(({ family }) => family)];
  }
}

function isOutdone(act: Act, later: Act): boolean {
  if (later.outcome !== 'sure' || later === act) return false;
  if (act.outcome === 'sure') return later.begunAt > (act.endedAt ?? Infinity);
  return later.at > act.at + LATE_MS;
}

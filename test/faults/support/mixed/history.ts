import type { Family } from './cloud.js';

/** What somebody did about the login of an account: one came, or none was to be there any more. */
export interface Act {
  id: string;
  /** Of which cloud; all of them if it is not said. */
  origin?: string;
  /** The login that came; `undefined` where it was to go. */
  family?: Family;
  /** A code was typed, sent to this address: nothing comes of it before the cloud has taken it. */
  email?: string;
  begunAt: number;
  /** When it was answered, `undefined` before. */
  endedAt?: number;
  /** `maybe`: it was answered with an error, or never, and may have come about all the same. `void`: it may not. */
  outcome: 'maybe' | 'sure' | 'void';
  /** In milliseconds by the clock that never jumps: one that may have come about has by so much later. */
  at: number;
}

/** How long what was given up may still come about: the deadline of a call, and some of its keeping. */
const LATE_MS = 60_000;

/** What was done about logins, in turn, and what may be in force by that. */
export class History {
  readonly acts: Act[] = [];
  #turn = 0;

  /** Somebody begins something: nobody knows yet what comes of it. */
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

  /** What was done since then may have come to nothing after all. */
  doubt(id: string, since = -Infinity): void {
    for (const act of this.acts) if (act.id === id && act.at >= since && act.outcome === 'sure') act.outcome = 'maybe';
  }

  /** What may be in force of an account at a cloud: logins, and `undefined` for none. */
  possible(id: string, origin: string): (Family | undefined)[] {
    const acts = this.acts.filter(
      (act) =>
        act.id === id &&
        (act.origin ?? origin) === origin &&
        act.outcome !== 'void' &&
        (act.email === undefined || act.family !== undefined),
    );
    const standing = acts.filter((act) => !acts.some((later) => isOutdone(act, later)));
    const isUntouched = acts.every(({ outcome }) => outcome !== 'sure');
    return [...(isUntouched ? [undefined] : []), ...standing.map(({ family }) => family)];
  }
}

function isOutdone(act: Act, later: Act): boolean {
  if (later.outcome !== 'sure' || later === act) return false;
  if (act.outcome === 'sure') return later.begunAt > (act.endedAt ?? Infinity);
  return later.at > act.at + LATE_MS;
}

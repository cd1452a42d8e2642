/** How far a home is in step with its hub. Times are monotonic, in milliseconds. */
export interface Sync {
  /** Everything is to be asked for: nothing was yet, or the hub has asked for that. */
  isStale: boolean;
  /** When everything was asked for last. */
  at: number;
  /** When a poll was answered last. */
  heardAt: number;
  /** When the first of the polls began that have failed since; `undefined` where none has. */
  failingSince: number | undefined;
  /** When the first poll was answered after an absence in which the hub may have started anew; -Infinity once it lists devices. */
  backAt: number;
  /** The hub's version when everything was asked for: another one may count anew. */
  version: string | null;
}

/** How far a home is of which nothing has been heard yet. */
export function beginning(): Sync {
  return {
    isStale: true,
    at: -Infinity,
    heardAt: -Infinity,
    failingSince: undefined,
    backAt: -Infinity,
    version: null,
  };
}

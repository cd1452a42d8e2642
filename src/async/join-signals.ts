/** A signal of its own, and how to let go of those it follows. */
export interface JoinedSignal {
  signal: AbortSignal;
  release: () => void;
}

/**
 * A signal that is aborted, with what `reason` gives, by the first of others. Unlike `AbortSignal.any` it leaves nothing
 * behind at one that lives for months, if it is released.
 */
export function joinSignals(signals: readonly (AbortSignal | undefined)[], reason: () => Error): JoinedSignal {
  const own = new AbortController();
  const abort = (): void => own.abort(reason());
  for (const signal of signals) {
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
  }
  const release = (): void => {
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  };
  return { signal: own.signal, release };
}

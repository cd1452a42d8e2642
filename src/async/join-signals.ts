/** A joined signal, and a function that removes its listeners. */
export interface JoinedSignal {
  signal: AbortSignal;
  release: () => void;
}

/**
 * Returns a signal that is aborted, with the error of `reason`, by the first of several signals. Unlike
 * `AbortSignal.any`, a released signal leaves no listener at a signal that lives for months.
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

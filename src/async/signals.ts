import { setMaxListeners } from 'node:events';

/** Creates an abort controller whose signal takes any number of listeners, because each call in progress adds one. */
export function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A joined signal, and a function that removes its listeners. */
export interface JoinedSignal {
  signal: AbortSignal;
  release: () => void;
}

/**
 * Returns a signal that is aborted, with the error of `reason`, by the first of several signals. Unlike
 * `AbortSignal.any`, leaves no listener on a signal that lives for months, once `release` is called.
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

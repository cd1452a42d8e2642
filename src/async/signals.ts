import { setMaxListeners } from 'node:events';

/**
 * Creates an abort controller whose signal accepts any number of listeners without a warning of Node.js. Each call in
 * progress adds a listener.
 */
export function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A joined signal, and a function that removes its listeners from the original signals. */
export interface JoinedSignal {
  signal: AbortSignal;
  release: () => void;
}

/**
 * Returns a signal that is aborted as soon as one of `signals` is aborted. The abort reason is the error that `reason`
 * returns. Unlike `AbortSignal.any`, leaves no listener on a long-lived signal after `release` is called.
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

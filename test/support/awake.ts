// Measurement of time on a machine that may stop for seconds.
const TICK_MS = 20;
/** The most milliseconds that count from one tick to the next. A longer gap means that the process did not run. */
const LONGEST_TICK_MS = 100;

/**
 * Starts a stopwatch that counts only while the process runs. Returns a function that stops it and returns the
 * milliseconds. A test that limits the time of the product must not count the time of a stopped machine.
 */
export function awakeStopwatch(): () => number {
  let ms = 0;
  let at = performance.now();
  const tick = (): void => {
    const now = performance.now();
    ms += Math.min(now - at, LONGEST_TICK_MS);
    at = now;
  };
  const timer = setInterval(tick, TICK_MS).unref();
  return () => {
    clearInterval(timer);
    tick();
    return ms;
  };
}

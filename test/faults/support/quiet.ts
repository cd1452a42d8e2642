import { systemClock } from '../../../src/async/clock.js';

/** Delays all background tasks on the real clock by days. Returns a function that restores the clock. */
export function quietBackground(): () => void {
  systemClock.random = () => 1e6;
  return () => {
    systemClock.random = () => Math.random();
  };
}

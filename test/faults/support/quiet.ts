import { systemClock } from '../../../src/async/clock.js';

/** Accounts by the real clock do nothing by themselves until this is undone: their first turn is days away. */
export function quietBackground(): () => void {
  systemClock.random = () => 1e6;
  return () => {
    systemClock.random = () => Math.random();
  };
}

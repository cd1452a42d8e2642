import type { Entry } from '../things/device.js';

/** What changes while a hub answers may be told with a time that is so much later than the answer's. */
const MEANWHILE_MS = 1_000;

/**
 * Times of devices that were still to come at the hub when it told everything: they are from before its clock was set
 * back, and say nothing of what is newer.
 */
export class FutureTimes {
  readonly #times = new Map<string, number>();

  /** Takes all devices as they are known, and what time it was at the hub, if that is known. */
  note(devices: readonly Entry[], hubTime: number | null): void {
    this.#times.clear();
    if (hubTime === null) return;
    for (const { id, timestamp } of devices) {
      if (timestamp !== null && timestamp > hubTime + MEANWHILE_MS) this.#times.set(id, timestamp);
    }
  }

  /** Whether the time at which a thing has changed last is one of them. */
  has(known: Entry | undefined): boolean {
    return known?.kind === 'device' && this.#times.get(known.id) === known.timestamp;
  }
}

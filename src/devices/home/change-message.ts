import type { ChangeEvent } from '../things/changes.js';
import type { Thing } from '../things/device.js';

/** What a flow hears of a change. */
export interface ChangeMessage {
  topic: string;
  payload: unknown;
  previous: unknown;
  changed: string[];
  event: ChangeEvent | 'initial';
  own: boolean;
  /** When it was received, ISO 8601 UTC. */
  at: string;
  device: Thing;
}

/**
 * What a listener keeps of a thing that has to be so for a while, beyond a Deploy: since when (monotonic, ms), and what
 * is told when the time is over; `null` once it was.
 */
export interface Standing {
  readonly since: number;
  readonly message: ChangeMessage | null;
}

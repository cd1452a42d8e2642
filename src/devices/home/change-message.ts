import type { ChangeEvent } from '../things/changes.js';
import type { Entry, Thing } from '../things/device.js';
import type { State } from '../things/units.js';

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

/** What a message tells of. */
export interface Telling {
  readonly entry: Entry;
  /** How the thing is. */
  readonly state: State;
  readonly previous: State | null;
  readonly event: ChangeMessage['event'];
  readonly changed: readonly string[];
  readonly own: boolean;
  /** When it was received, in milliseconds since the epoch. */
  readonly at: number;
}

/** What has to be so for a while before it is told: since when (monotonic, ms), and what is told when the time is over. */
export interface Standing {
  readonly since: number;
  readonly telling: Telling;
}

import type { ChangeEvent } from '../things/changes.js';
import type { Entry, Thing } from '../things/device.js';
import type { State } from '../things/units.js';

/** The message of a changes node. */
export interface ChangeMessage {
  topic: string;
  payload: unknown;
  previous: unknown;
  changed: string[];
  event: ChangeEvent | 'initial';
  own: boolean;
  /** When the change was received, ISO 8601 UTC. */
  at: string;
  device: Thing;
}

/** The parts of a {@link ChangeMessage} before it is built. */
export interface MessageParts {
  readonly entry: Entry;
  readonly state: State;
  readonly previous: State | null;
  readonly event: ChangeMessage['event'];
  readonly changed: readonly string[];
  readonly own: boolean;
  /** When the change was received, in milliseconds since the epoch. */
  readonly at: number;
}

/** A running hold (`for`): its start (monotonic, ms), and the message that is sent when it has lasted long enough. */
export interface Hold {
  readonly since: number;
  readonly parts: MessageParts;
}

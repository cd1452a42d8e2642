import type { Seeded } from '../../seeded';

/** Properties of a device that none of the hub's answers show. */
export interface Traits {
  /**
   * Whether the device is a one-way 433 MHz device. The hub shows the last command as its state at once, and never
   * notices that the device is unreachable.
   */
  isOneWay?: boolean;
  /** Whether the device accepts every command but never carries one out. */
  isDeaf?: boolean;
  /** Whether the hub refuses every command for the device. */
  isRefused?: boolean;
  /**
   * Delay between the hub's answer and the new state. Defaults to a random delay from the hub's `settleMinMs` to
   * `settleMaxMs`.
   */
  settleMs?: number;
  /** Power while on, in watts. */
  ratedW?: number;
}

/** A device before it is placed in a home. */
export interface Sketch {
  type: string;
  manufacturer: string;
  model: string;
  capabilities: string[];
  buttons?: { id: number; label: string }[];
  /** The state. A device without the field `reachable` is reachable. */
  state: { type: string; reachable?: boolean; [field: string]: unknown };
  traits?: Traits;
}

/** Creates a device of a certain kind with random values. `now`: the time from which its time fields are calculated. */
export type Kind = (draw: Seeded, now: number) => Sketch;

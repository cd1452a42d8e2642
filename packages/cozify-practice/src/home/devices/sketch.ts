import type { Seeded } from '../../seeded';

/** Properties of a device that no answer of the hub shows. */
export interface Traits {
  /** A one-way 433 MHz device: the hub shows its last command at once, and never notices that the device is away. */
  isOneWay?: boolean;
  /** Accepts each command and never carries one out. */
  isDeaf?: boolean;
  /** The hub refuses every command for it. */
  isRefused?: boolean;
  /** Delay from the hub's answer to the new state; by default the hub's `settleMinMs` to `settleMaxMs`. */
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
  /** Reachable by default. */
  state: { type: string; reachable?: boolean; [field: string]: unknown };
  traits?: Traits;
}

/** Creates a device of a kind, with random values; `now` is used for the times in its state. */
export type Kind = (draw: Seeded, now: number) => Sketch;

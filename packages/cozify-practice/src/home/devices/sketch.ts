import type { Seeded } from '../../seeded';

/** What no answer of the hub shows of a device, and what it does all the same. */
export interface Traits {
  /** A one-way 433 MHz device: the hub believes what it last sent, at once, and never learns that one is away. */
  isOneWay?: boolean;
  /** Takes every command and never does one. */
  isDeaf?: boolean;
  /** The hub refuses every command for it. */
  isRefused?: boolean;
  /** How long it takes from the hub's answer to the new state; default: the hub's `settleMinMs` to `settleMaxMs`. */
  settleMs?: number;
  /** What it draws while on, in watts. */
  ratedW?: number;
}

/** A device before it stands anywhere. */
export interface Sketch {
  type: string;
  manufacturer: string;
  model: string;
  capabilities: string[];
  buttons?: { id: number; label: string }[];
  /** Reachable unless it says otherwise. */
  state: { type: string; reachable?: boolean; [field: string]: unknown };
  traits?: Traits;
}

/** Makes a device of some kind, its values drawn at random; `now` is for the times in its state. */
export type Kind = (draw: Seeded, now: number) => Sketch;

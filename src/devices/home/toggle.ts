import { type Clock, settlesWithin } from '../../async/clock.js';

/** A hub beside that at which it is a toggle's turn is waited for no longer: its things count as out of reach. */
const ELSEWHERE_MS = 1_000;

/** The things of a toggle that are at one hub. */
export interface TogglePart {
  /** Makes sure that it is known how they are; throws what keeps the hub from telling. */
  look(): Promise<void>;
  /** How they are, as far as anybody knows: each device of a group or room by itself. */
  states(): readonly { readonly isOn: boolean; readonly isReachable: boolean }[];
}

/** What one toggle of several things comes to, at however many hubs they are: any on, all off. */
export class Toggle {
  readonly #clock: Clock;
  readonly #allJoined: Promise<unknown>;
  readonly #parts: TogglePart[] = [];
  readonly #known = new Set<TogglePart>();
  #toggleTo: boolean | undefined;

  /** `allJoined`: resolves when {@link join} was called for all parts, as far as these are found. */
  constructor(clock: Clock, allJoined: Promise<unknown> = Promise.resolve()) {
    this.#clock = clock;
    this.#allJoined = allJoined;
  }

  join(part: TogglePart): void {
    this.#parts.push(part);
  }

  /** Makes sure of what it goes by when it is the turn of one part; throws what keeps that one's hub from telling. */
  async look(own: TogglePart): Promise<void> {
    if (this.#toggleTo !== undefined) return;
    const elsewhere = settlesWithin(this.#clock, this.#lookElsewhere(own), ELSEWHERE_MS);
    await Promise.all([this.#lookAt(own), elsewhere]);
  }

  /** Worked out once. What is out of reach counts only where nothing is in reach. */
  get toggleTo(): boolean {
    this.#toggleTo ??= this.#workOut();
    return this.#toggleTo;
  }

  #workOut(): boolean {
    const all = this.#parts.filter((part) => this.#known.has(part)).flatMap((part) => part.states());
    const inReach = all.filter(({ isReachable }) => isReachable);
    return !(inReach.length > 0 ? inReach : all).some(({ isOn }) => isOn);
  }

  async #lookElsewhere(own: TogglePart): Promise<void> {
    await this.#allJoined;
    const others = this.#parts.filter((part) => part !== own);
    await Promise.all(others.map((part) => this.#lookAt(part).catch(() => undefined)));
  }

  async #lookAt(part: TogglePart): Promise<void> {
    try {
      await part.look();
      this.#known.add(part);
    } catch (error) {
      this.#known.delete(part);
      throw error;
    }
  }
}

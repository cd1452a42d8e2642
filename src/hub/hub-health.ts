import type { Clock } from '../async/clock.js';

/** So many steps in a row without an answer mean that a hub is away. */
const SILENCES_TO_GO = 3;

/** And so does this much time without one. */
const SILENCE_TO_GO_MS = 15_000;

/** Tells whether the hub has answered. Of a step that tells several times the last answer counts, or the first silence. */
export type NoteHealth = (hasAnswered: boolean) => void;

/** Whether a hub can be reached, by what comes of the steps that ask it something. */
export class HubHealth {
  readonly #clock: Clock;
  readonly #onChange: (isReachable: boolean, before: boolean | null) => void;
  #isReachable: boolean | null = null;
  #silences = 0;
  /** When the first of them began. */
  #silentSince = 0;

  /** `onChange` is called when it is known, when the hub goes away and when it is back. */
  constructor(clock: Clock, onChange: (isReachable: boolean, before: boolean | null) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** `null` until something is known. */
  get isReachable(): boolean | null {
    return this.#isReachable;
  }

  begin(): NoteHealth {
    const startedAt = this.#clock.monotonic();
    let wasSilent = false;
    return (hasAnswered) => {
      if (hasAnswered) {
        this.#silences = 0;
        this.#change(true);
      } else if (!wasSilent) this.#noteSilence(startedAt);
      wasSilent ||= !hasAnswered;
    };
  }

  #noteSilence(startedAt: number): void {
    if (this.#silences === 0) this.#silentSince = startedAt;
    this.#silences += 1;
    const silentMs = this.#clock.monotonic() - this.#silentSince;
    if (this.#silences >= SILENCES_TO_GO || silentMs >= SILENCE_TO_GO_MS) this.#change(false);
  }

  #change(isReachable: boolean): void {
    const before = this.#isReachable;
    this.#isReachable = isReachable;
    if (before !== isReachable) this.#onChange(isReachable, before);
  }
}

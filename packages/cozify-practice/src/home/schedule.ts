interface Planned {
  /** The time when `run` is due, by the simulator's clock and not the hub's, which can be wrong. */
  at: number;
  run: (at: number) => void;
  /** Set for a step of a transition. Another command for the field cancels the step. */
  step?: { deviceId: string; field: string };
}

/**
 * The pending work of devices. There are no timers, because the clock may be stopped: each access to the home calls
 * {@link settle} first.
 */
export class Schedule {
  readonly #planned: Planned[] = [];

  add(planned: Planned): void {
    const index = this.#planned.findIndex(({ at }) => at > planned.at);
    this.#planned.splice(index < 0 ? this.#planned.length : index, 0, planned);
  }

  /** Cancels the transitions of a device's fields; `undefined` means every field. */
  dropSteps(deviceId: string, fields?: readonly string[]): void {
    const isDropped = ({ step }: Planned) => step?.deviceId === deviceId && (fields?.includes(step.field) ?? true);
    this.#planned.splice(0, Infinity, ...this.#planned.filter((planned) => !isDropped(planned)));
  }

  /** Runs the work that is due, in order. */
  settle(now: number): void {
    for (let next = this.#planned[0]; next !== undefined && next.at <= now; next = this.#planned[0]) {
      this.#planned.shift();
      next.run(next.at);
    }
  }

  /** The time when the next work is due; Infinity if there is none. */
  get nextAt(): number {
    return this.#planned[0]?.at ?? Infinity;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}

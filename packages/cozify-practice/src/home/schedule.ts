interface Planned {
  /** By the right time, not by the hub's clock. */
  at: number;
  work: (at: number) => void;
  /** A step on the way to where a transition goes: another command for the field ends it. */
  step?: { deviceId: string; field: string };
}

/**
 * What devices will do, by a clock that may stand still: nothing runs by itself. Who looks at the home calls
 * {@link settle} first.
 */
export class Schedule {
  readonly #planned: Planned[] = [];

  add(planned: Planned): void {
    const place = this.#planned.findIndex(({ at }) => at > planned.at);
    this.#planned.splice(place < 0 ? this.#planned.length : place, 0, planned);
  }

  /** A device leaves the way that these fields are on; `undefined` means every field. */
  dropSteps(deviceId: string, fields?: readonly string[]): void {
    const isDropped = ({ step }: Planned) => step?.deviceId === deviceId && (fields?.includes(step.field) ?? true);
    this.#planned.splice(0, Infinity, ...this.#planned.filter((planned) => !isDropped(planned)));
  }

  /** Does what is due, in order. */
  settle(now: number): void {
    for (let next = this.#planned[0]; next !== undefined && next.at <= now; next = this.#planned[0]) {
      this.#planned.shift();
      next.work(next.at);
    }
  }

  /** When the next is due; Infinity if nothing is planned. */
  get nextAt(): number {
    return this.#planned[0]?.at ?? Infinity;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}

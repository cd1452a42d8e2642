import { Misses } from '../../async/misses.js';
import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import type { Kind } from '../things/kinds.js';

/** Of which kinds a hub gave no list, though it answered, and why. */
export class ListFailures {
  readonly #misses: Misses;
  readonly #errors = new Map<Kind, CozifyError>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#misses = new Misses(clock);
  }

  note(kind: Kind, error: CozifyError): void {
    this.#misses.note(kind);
    this.#errors.set(kind, error);
  }

  /** The list came. */
  forget(kind: Kind): void {
    this.#misses.forget(kind);
    this.#errors.delete(kind);
  }

  /** Whether a list failed so lately that it is not worth another try. */
  has(kind: Kind): boolean {
    return this.#misses.has(kind);
  }

  /** What came in place of a list, unless that has come since. */
  of(kind: Kind): CozifyError | undefined {
    return this.#errors.get(kind);
  }

  /** Whether the hub has no list of a kind, for this account at least: it has nothing of that kind. */
  lacks(kind: Kind): boolean {
    const error = this.#errors.get(kind);
    return error !== undefined && isNoSuchList(error);
  }
}

/** Whether a hub says that it has no such list, or none for this account. Anything else says nothing of what is in it. */
export function isNoSuchList({ code, statusCode = 0 }: CozifyError): boolean {
  return code === 'COZIFY_FORBIDDEN' || (code === 'COZIFY_API' && [400, 404].includes(statusCode));
}

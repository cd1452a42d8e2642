import { isCount, isRecord } from './checks';
import type { Fault, FaultTarget, LoggedRequest } from './types';

interface Planned {
  /** Used up one by one, in the order they were given. */
  readonly limited: { fault: Fault; left: number }[];
  /** In force when those are used up: the last one given without `times`. */
  standing?: Fault;
}

/** The faults that are planned, and which of them is next. */
export class Faults {
  readonly #planned = new Map<FaultTarget, Planned>();

  /** Faults with `times` come first, in the order they were given; one without replaces the one before. */
  add(target: FaultTarget, fault: Fault): void {
    const planned = this.#planned.get(target) ?? { limited: [] };
    this.#planned.set(target, planned);
    const times = fault.times ?? Infinity;
    if (times === Infinity) planned.standing = fault;
    else if (times > 0) planned.limited.push({ fault, left: times });
  }

  clear(): void {
    this.#planned.clear();
  }

  /** The fault for a request that has just come, if any. The narrower target wins. */
  take(call: LoggedRequest['call']): Fault | undefined {
    const targets = targetsOf(call).map((target) => this.#planned.get(target));
    for (const planned of targets) {
      const next = planned?.limited[0];
      if (!planned || !next) continue;
      next.left -= 1;
      if (next.left <= 0) planned.limited.shift();
      return next.fault;
    }
    return targets.find((planned) => planned?.standing)?.standing;
  }
}

function targetsOf(call: LoggedRequest['call']): FaultTarget[] {
  if (call === 'hub') return ['hub', '*'];
  return call === 'unknown' ? ['cloud', '*'] : [call, 'cloud', '*'];
}

const TARGETS: readonly string[] = [
  'requestlogin',
  'emaillogin',
  'hubkeys',
  'refreshsession',
  'logout',
  'lan_ip',
  'remote',
  'hub',
  'cloud',
  '*',
];

const FIELDS: Record<keyof Fault, (value: unknown) => boolean> = {
  times: isCount,
  status: (value) => isCount(value) && value >= 200 && value <= 599,
  headers: (value) => isRecord(value) && Object.values(value).every((header) => typeof header === 'string'),
  body: (value) => typeof value === 'string',
  delayMs: isCount,
  hang: isBoolean,
  reset: isBoolean,
  truncateAt: isCount,
  drip: (value) => isRecord(value) && isCount(value['everyMs']) && isCount(value['bytes']) && value['bytes'] > 0,
  gzip: isBoolean,
  chunked: isBoolean,
  after: isBoolean,
};

/** Whether a value names something a fault can be for. */
export function isFaultTarget(value: unknown): value is FaultTarget {
  return typeof value === 'string' && TARGETS.includes(value);
}

/** Whether a value that came from outside is a fault, with nothing in it that would be ignored. */
export function isFault(value: unknown): value is Fault {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([field, content]) => Object.hasOwn(FIELDS, field) && FIELDS[field as keyof Fault](content),
  );
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

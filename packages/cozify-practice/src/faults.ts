import { isCount, isRecord } from './checks';
import type { HeldAnswer } from './held-answer';
import type { Fault, FaultTarget, LoggedRequest } from './types';

/** A simulated fault that is planned for later requests. */
export interface PlannedFault extends Fault {
  /** Holds the answer until it is released. */
  held?: HeldAnswer;
}

interface Planned {
  /** Faults with `times` (a limited number of uses), in the order in which they are used. */
  readonly limited: { fault: PlannedFault; left: number }[];
  /** Faults without `times`, newest first. They apply when those with `times` are used up. */
  lasting: PlannedFault[];
}

/** The properties of a request that determine which simulated fault it gets. */
interface FaultRequest {
  call: LoggedRequest['call'];
  hubId: string | undefined;
  path: string;
}

/** The planned faults by target. */
export class Faults {
  readonly #planned = new Map<FaultTarget, Planned>();

  /**
   * Adds a fault. Faults with `times` are used first, in the order in which they were added. A fault without `times`
   * replaces an earlier one that has the same target, `hubId` and `path`.
   */
  add(target: FaultTarget, fault: PlannedFault): void {
    const planned = this.#planned.get(target) ?? { limited: [], lasting: [] };
    this.#planned.set(target, planned);
    const times = fault.times ?? Infinity;
    const isReplaced = ({ hubId, path }: Fault) => hubId === fault.hubId && path === fault.path;
    if (times === Infinity) planned.lasting = [fault, ...planned.lasting.filter((old) => !isReplaced(old))];
    else if (times > 0) planned.limited.push({ fault, left: times });
  }

  /** Whether this fault is planned. It must be a fault without `times`, which applies until it is removed. */
  has(fault: PlannedFault): boolean {
    return [...this.#planned.values()].some(({ lasting }) => lasting.includes(fault));
  }

  /** Removes a fault without `times`, which would otherwise apply to all later requests. */
  remove(fault: PlannedFault): void {
    for (const planned of this.#planned.values()) planned.lasting = planned.lasting.filter((one) => one !== fault);
  }

  clear(): void {
    this.#planned.clear();
  }

  /**
   * Returns the fault for a new request, if any, and uses it up. A narrower target has priority: `hubkeys` before
   * `cloud`, and `cloud` before `*`.
   */
  take(request: FaultRequest): PlannedFault | undefined {
    const targets = targetsOf(request.call).flatMap((target) => this.#planned.get(target) ?? []);
    for (const { limited } of targets) {
      const next = limited.find(({ fault }) => isFor(fault, request));
      if (!next) continue;
      next.left -= 1;
      if (next.left <= 0) limited.splice(limited.indexOf(next), 1);
      return next.fault;
    }
    return targets.flatMap(({ lasting }) => lasting).find((fault) => isFor(fault, request));
  }
}

function isFor({ hubId, path }: Fault, request: FaultRequest): boolean {
  return (hubId === undefined || hubId === request.hubId) && (path === undefined || request.path.includes(path));
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
  hubId: isString,
  path: isString,
  times: isCount,
  status: (value) => isCount(value) && value >= 200 && value <= 599,
  headers: (value) => isRecord(value) && Object.values(value).every((header) => typeof header === 'string'),
  body: isString,
  delayMs: isCount,
  hang: isBoolean,
  reset: isBoolean,
  truncateAt: isCount,
  drip: (value) => isRecord(value) && isCount(value['everyMs']) && isCount(value['bytes']) && value['bytes'] > 0,
  gzip: isBoolean,
  chunked: isBoolean,
  after: isBoolean,
};

/** Whether a value is a valid target of a fault. */
export function isFaultTarget(value: unknown): value is FaultTarget {
  return typeof value === 'string' && TARGETS.includes(value);
}

/** Whether the fields in an untrusted value are all known and valid. */
export function isFault(value: unknown): value is Fault {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([field, content]) => Object.hasOwn(FIELDS, field) && FIELDS[field as keyof Fault](content),
  );
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

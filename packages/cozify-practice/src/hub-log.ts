import { isRecord } from './checks';

/** One request to a hub, whichever way it came. */
export interface HubVisit {
  at: number;
  way: 'lan' | 'cloud';
  method: string;
  /** The hub's own path, with the query: `/cc/1.14/hub/poll?ts=0`. */
  path: string;
  key: string | undefined;
  body: string;
  /** null while there is no answer. */
  status: number | null;
  /** How many requests of this method were under way when it came, itself included. */
  atOnce: number;
  /** null while it is under way. */
  endedAt: number | null;
}

/** Which visits are meant; `path` is a part of the hub's path. */
export interface VisitFilter {
  method?: string;
  path?: string;
  way?: HubVisit['way'];
}

/** An element of an array of commands, and which PUT it came in. */
export interface ReceivedCommand {
  visit: HubVisit;
  id: unknown;
  type: unknown;
  state?: unknown;
}

const MAX_VISITS = 20_000;

/**
 * What was asked of a hub: the last 20 000 requests, oldest first. Those through the cloud are here whether the cloud let
 * them pass or not.
 */
export class HubLog {
  readonly #visits: HubVisit[] = [];
  readonly #underWay = new Set<HubVisit>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get visits(): readonly HubVisit[] {
    return this.#visits;
  }

  /** Notes a request as it comes in; what is not known yet is filled in later. */
  open(about: Pick<HubVisit, 'way' | 'method' | 'path' | 'key'>): HubVisit {
    const alike = [...this.#underWay].filter(({ method }) => method === about.method);
    const visit = { ...about, at: this.#now(), body: '', status: null, atOnce: alike.length + 1, endedAt: null };
    this.#visits.push(visit);
    this.#underWay.add(visit);
    if (this.#visits.length > MAX_VISITS) this.#visits.shift();
    return visit;
  }

  /** The request has its answer, or nobody waits for one. */
  close(visit: HubVisit): void {
    visit.endedAt ??= this.#now();
    this.#underWay.delete(visit);
  }

  /** Those that are meant, e.g. `{ method: 'PUT', path: '/devices/command' }`. */
  of({ method, path = '', way }: VisitFilter): HubVisit[] {
    return this.#visits.filter(
      (visit) =>
        visit.path.includes(path) &&
        (method === undefined || visit.method === method) &&
        (way === undefined || visit.way === way),
    );
  }

  count(filter: VisitFilter = {}): number {
    return this.of(filter).length;
  }

  /** How many requests of a method were ever under way at once. */
  mostAtOnce(method: string): number {
    return Math.max(0, ...this.of({ method }).map(({ atOnce }) => atOnce));
  }

  /** The elements of all arrays of commands, in the order they came. */
  get commands(): ReceivedCommand[] {
    return this.of({ method: 'PUT', path: '/command' }).flatMap((visit) =>
      elementsOf(visit.body).map((element) => ({
        visit,
        id: element['id'],
        type: element['type'],
        ...('state' in element && { state: element['state'] }),
      })),
    );
  }

  clear(): void {
    this.#visits.length = 0;
  }
}

function elementsOf(body: string): Record<string, unknown>[] {
  try {
    const elements: unknown = JSON.parse(body);
    return Array.isArray(elements) ? elements.filter(isRecord) : [];
  } catch {
    return [];
  }
}

import { isRecord } from './checks';

/** A request to a hub, on the LAN or through the cloud. */
export interface HubVisit {
  at: number;
  transport: 'lan' | 'cloud';
  method: string;
  /** Path at the hub, with the query: `/cc/1.14/hub/poll?ts=0`. */
  path: string;
  key: string | undefined;
  body: string;
  /** HTTP status; null before the answer. */
  status: number | null;
  /** Number of requests of this method that were in flight when this request arrived, including itself. */
  atOnce: number;
  /** The time when the request ended; null while it is in flight. */
  endedAt: number | null;
}

/** A filter for requests. `path` matches any part of the path at the hub. */
export interface VisitFilter {
  method?: string;
  path?: string;
  transport?: HubVisit['transport'];
}

/** An element of an array of commands, and the PUT request that contained it. */
export interface ReceivedCommand {
  visit: HubVisit;
  id: unknown;
  type: unknown;
  state?: unknown;
}

const MAX_VISITS = 20_000;

/** The last 20 000 requests to a hub, oldest first. Includes requests through the cloud that the cloud rejected. */
export class HubLog {
  readonly #visits: HubVisit[] = [];
  readonly #inFlight = new Set<HubVisit>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get visits(): readonly HubVisit[] {
    return this.#visits;
  }

  /** Adds a request when it arrives. The other fields are set later. */
  open(about: Pick<HubVisit, 'transport' | 'method' | 'path' | 'key'>): HubVisit {
    const alike = [...this.#inFlight].filter(({ method }) => method === about.method);
    const visit = { ...about, at: this.#now(), body: '', status: null, atOnce: alike.length + 1, endedAt: null };
    this.#visits.push(visit);
    this.#inFlight.add(visit);
    if (this.#visits.length > MAX_VISITS) this.#visits.shift();
    return visit;
  }

  /** Marks a request as answered or abandoned. */
  close(visit: HubVisit): void {
    visit.endedAt ??= this.#now();
    this.#inFlight.delete(visit);
  }

  /** Returns the requests that match a filter, such as `{ method: 'PUT', path: '/devices/command' }`. */
  of({ method, path = '', transport }: VisitFilter): HubVisit[] {
    return this.#visits.filter(
      (visit) =>
        visit.path.includes(path) &&
        (method === undefined || visit.method === method) &&
        (transport === undefined || visit.transport === transport),
    );
  }

  count(filter: VisitFilter = {}): number {
    return this.of(filter).length;
  }

  /** Returns the highest number of requests of a method in flight at once. */
  mostAtOnce(method: string): number {
    return Math.max(0, ...this.of({ method }).map(({ atOnce }) => atOnce));
  }

  /** All commands that clients have sent, in order of arrival. A client sends commands in arrays. */
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

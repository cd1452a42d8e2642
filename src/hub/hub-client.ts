import { setMaxListeners } from 'node:events';
import { type Clock, Deadline } from '../async/clock.js';
import { joinSignals } from '../async/signals.js';
import { Subscribers } from '../async/subscribers.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { Http, HttpRequest } from '../http/http-client.js';
import { expectOk, isHtml } from '../http/response.js';
import type { CloudState } from '../state/cloud-state.js';
import { CloudTransport } from './cloud-transport.js';
import { type NoteHealth, HubHealth } from './hub-health.js';
import { parseHubPath } from './hub-path.js';
import type { TransportName } from './hub-api.js';
import type { KeyRenewal } from './key-renewal.js';
import { KnownHub } from './known-hub.js';
import { LanTransport } from './lan-transport.js';
import { RequestQueue } from './request-queue.js';
import { MAYBE_DONE, type PendingRequest, TransportSelector } from './transport-selector.js';

/** A request to a hub. */
export interface HubRequest {
  method: HttpRequest['method'];
  /** Path below `/cc/<version>`, parsed by {@link parseHubPath}. */
  path: string;
  /** JSON text. */
  body?: string | undefined;
  /**
   * Time limit for the request in milliseconds, including the wait in the queue. If omitted, the wait is not limited,
   * and the request has 20 s: up to 5 s on the LAN and up to 15 s through the cloud.
   */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Whether the user wrote the request. A hub that refuses such a request is still online. */
  isFree?: boolean | undefined;
  /**
   * The only transport that a poll may use; `undefined` for a request that is not a poll. Report the result of a poll
   * to {@link HubClient.notePoll}.
   */
  poll?: TransportName | undefined;
  /**
   * Whether the answer may be large, like the answer to a poll. If so, only its first byte has the usual time limit,
   * and the rest may take 20 s.
   */
  isLarge?: boolean | undefined;
}

/** A hub's answer. */
export interface HubAnswer {
  status: number;
  body: string;
}

/** An answer and the transport that it came over. */
export interface ReceivedAnswer extends HubAnswer {
  transport: TransportName;
  /** Whether the hub refused the request once, with status 410, because of its version. */
  wasObsolete?: boolean;
}

/** The dependencies of the client of one hub. */
export interface HubClientOptions {
  id: string;
  state: CloudState;
  client: CloudClient;
  send: Http;
  clock: Clock;
  keys: KeyRenewal;
  /** Called when {@link HubClient.isReachable} changes. */
  onReachabilityChange: () => void;
  /** Called when the hub goes offline (`false`) and when it is back online (`true`). */
  onOutage: (isOver: boolean) => void;
}

/** Default time limit of a request: enough for a call on the LAN and then a call through the cloud. */
const REQUEST_MS = 20_000;

/**
 * The client of one hub. Chooses the transport, key, API version and address. If one of these no longer works, replaces
 * it within the same request. Never sends a PUT, POST or DELETE twice, and sends no key to an address where another hub
 * may be (docs/dev/rules.md, "A changing request is sent once").
 */
export class HubClient {
  readonly id: string;
  readonly #options: HubClientOptions;
  readonly #hub: KnownHub;
  readonly #selector: TransportSelector;
  readonly #lan: LanTransport;
  readonly #health: HubHealth;
  readonly #answered = new Subscribers<[transport: TransportName]>(() => undefined);
  readonly #queue: RequestQueue;
  readonly #closing = new AbortController();

  constructor(options: HubClientOptions) {
    const { id, state, client, send, clock, onReachabilityChange: onChange, onOutage } = options;
    const hub = new KnownHub(id, state, clock);
    // Each call in flight adds a listener to the signal, so the number of listeners is not limited.
    setMaxListeners(0, this.#closing.signal);
    this.#lan = new LanTransport({
      hubId: id,
      clock,
      send,
      signal: this.#closing.signal,
      host: () => hub.record.host,
      lanAddresses: () => client.lanIp(),
      onFound: (info, host) => {
        hub.noteInfo(info);
        hub.noteRoute('host', host);
      },
      onMoved: () => this.#answered.notify(() => ['lan']),
    });
    this.id = id;
    this.#options = options;
    this.#hub = hub;
    const cloud = new CloudTransport({ hubId: id, state, client });
    this.#selector = new TransportSelector({ hub, lan: this.#lan, cloud, clock });
    this.#health = new HubHealth({ clock, onChange, onOutage });
    this.#queue = new RequestQueue(clock);
  }

  get name(): string {
    return this.#hub.record.name;
  }

  /** Whether the hub can be reached; `null` before the first request. */
  get isReachable(): boolean | null {
    return this.#health.isReachable;
  }

  /** Whether no request can be sent: the hub has no key, and there is no accepted login to get a key with. */
  get needsLogin(): boolean {
    const { login } = this.#options.state.cloud;
    return this.#hub.saved?.key === null && login?.isRejected !== false;
  }

  /** See {@link TransportSelector.isThroughCloud}. */
  get isThroughCloud(): boolean {
    return this.#selector.isThroughCloud;
  }

  /** See {@link TransportSelector.isLanAllowed}. */
  get isLanAllowed(): boolean {
    return this.#selector.isLanAllowed;
  }

  /** See {@link TransportSelector.isCloudAllowed}. */
  get isCloudAllowed(): boolean {
    return this.#selector.isCloudAllowed;
  }

  /** See {@link LanTransport.isDown}. */
  get isLanDown(): boolean {
    return this.#lan.isDown;
  }

  /** See {@link LanTransport.waitMs}. */
  get lanWaitMs(): number {
    return this.#lan.waitMs;
  }

  /** The key of the hub; `null` if there is none. */
  get key(): string | null {
    return this.#hub.saved?.key ?? null;
  }

  /**
   * Calls `subscriber` after each successful answer to a request other than a poll, until the returned function is
   * called. `transport`: the transport of the answer.
   */
  onAnswered(subscriber: (transport: TransportName) => void): () => void {
    return this.#answered.add(subscriber);
  }

  /** Records the result of a poll. `startedAt`: when the poll began (monotonic, ms). */
  notePoll(isGood: boolean, startedAt: number, transport: TransportName): void {
    this.#health.notePoll(isGood, startedAt, transport);
  }

  /** Sets the reachability to unknown, see {@link HubHealth.forget}. */
  forgetReachability(): boolean {
    return this.#health.forget();
  }

  /** Must be called when the last subscriber has unsubscribed and the hub is no longer polled. */
  endPolls(): void {
    this.#health.endPolls();
  }

  /**
   * Sends a request and returns the answer, whatever its status. Throws a {@link CozifyError} if there is no answer,
   * and for a refused key (`COZIFY_FORBIDDEN`, `COZIFY_OTP_REQUIRED`), a refused version (`COZIFY_OBSOLETE`), an
   * offline hub (`COZIFY_HUB_OFFLINE`), too many requests, and an unsafe path. Requests other than GET are queued.
   */
  async request(request: HubRequest): Promise<ReceivedAnswer> {
    const { method, deadlineMs, signal } = request;
    const path = parseHubPath(request.path);
    if (method === 'GET') return this.#run({ ...request, path });
    const deadline = deadlineMs === undefined ? undefined : new Deadline(this.#options.clock, deadlineMs);
    return this.#queued(() => this.#run({ ...request, path }, deadline), { signal, waitMs: deadlineMs });
  }

  /**
   * Runs `work` while no other change is sent to the hub. `work` sends its requests with the function it receives.
   * Throws `COZIFY_BUSY` if the queue is full.
   */
  exclusive<T>(work: (ask: (request: HubRequest) => Promise<HubAnswer>) => Promise<T>): Promise<T> {
    return this.#queued(() => work(async (request) => this.#run({ ...request, path: parseHubPath(request.path) })));
  }

  /** Number of jobs that were ever added to the queue. */
  get jobsAdded(): number {
    return this.#queue.jobsAdded;
  }

  /** Rejects all requests with `COZIFY_CLOSED`. */
  close(): void {
    this.#closing.abort();
    this.#health.close();
    this.#hub.close();
  }

  async #queued<T>(
    work: () => Promise<T>,
    limits: { signal?: AbortSignal | undefined; waitMs?: number | undefined } = {},
  ): Promise<T> {
    const { signal, release } = joinSignals([this.#closing.signal, limits.signal], closed);
    try {
      return await this.#queue.run(work, { waitMs: limits.waitMs, signal });
    } finally {
      release();
    }
  }

  async #run(request: HubRequest & Pick<PendingRequest, 'path'>, startedDeadline?: Deadline): Promise<ReceivedAnswer> {
    const { clock } = this.#options;
    const { method, path, body, deadlineMs, poll, isFree = false, isLarge = false } = request;
    const deadline = startedDeadline ?? new Deadline(clock, deadlineMs ?? REQUEST_MS);
    const timeout = new AbortController();
    const { signal, release } = joinSignals([this.#closing.signal, request.signal, timeout.signal], closed);
    const isTimed = deadlineMs !== undefined;
    const given = { method, path, body, deadline, isTimed, signal, isFree, poll, isLarge };
    const pending: PendingRequest = { ...given, hubKey: '', isSent: false };
    const noteHealth = poll === undefined ? this.#health.startRequest() : ignore;
    try {
      signal.throwIfAborted();
      const answer = await deadline.limit(this.#sendWithRemedies(pending, noteHealth), () => {
        // Abort a change that is late, because the queue sends the next change now.
        if (method !== 'GET') timeout.abort();
        return this.#late(pending, noteHealth);
      });
      if (poll === undefined && answer.status < 400) this.#answered.notify(() => [answer.transport]);
      return answer;
    } catch (error) {
      throw toCozifyError(error);
    } finally {
      release();
    }
  }

  /**
   * Sends a request. If the hub refuses its key or the API version, sends the request once more with another key and
   * once more with another version (docs/dev/rules.md, "Refused keys and versions are replaced").
   */
  async #sendWithRemedies(pending: PendingRequest, noteHealth: NoteHealth): Promise<ReceivedAnswer> {
    const { keys } = this.#options;
    const remedies = new Set(['key', 'version']);
    let wasObsolete = false;
    const isForPoll = pending.poll !== undefined;
    pending.hubKey = this.#hub.record.key ?? (await keys.replace(this.#hub, null, { isForPoll }));
    for (;;) {
      try {
        const answer = await this.#ask(pending, noteHealth);
        return wasObsolete ? { ...answer, wasObsolete } : answer;
      } catch (error) {
        const problem = toCozifyError(error);
        if (problem.code === 'COZIFY_FORBIDDEN' && remedies.delete('key')) {
          pending.hubKey = await keys.replace(this.#hub, pending.hubKey, { refusal: problem, isForPoll });
        } else if (problem.code === 'COZIFY_OBSOLETE' && remedies.delete('version')) {
          this.#hub.refuseVersion(pending.version);
          wasObsolete = true;
        } else throw problem;
      }
    }
  }

  async #ask(pending: PendingRequest, noteHealth: NoteHealth): Promise<ReceivedAnswer> {
    const response = await this.#selector.send(pending).catch((error: unknown) => {
      if (isNoAnswer(toCozifyError(error))) noteHealth(false);
      throw error;
    });
    const { status, body, isOfHub, transport } = response;
    noteHealth(isOfHub);
    // An HTML page comes from a proxy, not from the hub, and says nothing about the key.
    if ((status === 401 || status === 403) && !isHtml(body)) throw this.#hub.refusal(status);
    if (status === 410) expectOk(response);
    return { status, body, transport };
  }

  #late({ deadline, isSent }: PendingRequest, noteHealth: NoteHealth): CozifyError {
    noteHealth(false);
    const message = `The hub ${this.#hub.record.name} did not answer within ${deadline.limitMs / 1000} s.`;
    return new CozifyError('COZIFY_UNREACHABLE', isSent ? `${message} ${MAYBE_DONE}` : message, { isUnsent: !isSent });
  }
}

/** Whether an error means that the hub can't be reached, does not answer, or answers with a status of 500 or more. */
export function isNoAnswer({ code, statusCode = 0 }: CozifyError): boolean {
  return code === 'COZIFY_UNREACHABLE' || code === 'COZIFY_HUB_OFFLINE' || (code === 'COZIFY_API' && statusCode >= 500);
}

/**
 * Whether an error may concern one hub only. `false` for invalid input, an unknown name, a closed account and a full
 * queue.
 */
export function isHubTrouble({ code }: CozifyError): boolean {
  return !['COZIFY_BAD_INPUT', 'COZIFY_NOT_FOUND', 'COZIFY_CLOSED', 'COZIFY_BUSY'].includes(code);
}

/** Ignores the result of a poll, because the poll loop reports it to {@link HubClient.notePoll}. */
function ignore(): void {
  // Empty on purpose.
}

function closed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
}

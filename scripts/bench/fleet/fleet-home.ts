import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import type { Clock } from '../../../src/async/clock.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import { parseSelection } from '../../../src/devices/targets/selection.js';
import type { HttpRequest, HttpResponse } from '../../../src/http/http-client.js';
import { OtpLimiter } from '../../../src/login/otp-limiter.js';
import { type AccountRecord, cloudOf, emptyAccount, newLogin, withCloud } from '../../../src/state/account-record.js';
import { MemoryStore } from '../../../test/src/support/memory-store';
import { clockOf, type EventQueue } from './event-queue';
import { type FleetCloud, unreachable } from './fleet-cloud';
import { FleetHub } from './fleet-hub';

export const CLOUD_URL = 'https://cloud.example/ui/0.2';

const DAY = 86_400_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** The selection that the homes subscribe to: all devices. */
const DEVICES = parseSelection({ kinds: ['device'] });

/** Properties in which the homes of a fleet differ. */
export interface HomeKind {
  isOnLan: boolean;
  isSubscribed: boolean;
}

/** The event queue and the cloud that all homes of a fleet share, and the fleet's start time. */
export interface Surroundings {
  queue: EventQueue;
  cloud: FleetCloud;
  startsAt: number;
}

/**
 * A simulated home that runs the package: one account with one hub, and with its own store, limiter and random numbers.
 */
export class FleetHome {
  readonly kind: HomeKind;
  readonly hub: FleetHub;
  readonly #queue: EventQueue;
  readonly #cloud: FleetCloud;
  readonly #clock: Clock;
  readonly #store = new MemoryStore<AccountRecord>();
  #account: Account | undefined;
  #stopListening: (() => void) | undefined;
  /**
   * Whether connections to the LAN address of a missing hub are refused at once. If not, they hang until the timeout.
   */
  isRefusing = false;
  /** Called with each request. */
  onAsked: ((request: HttpRequest) => void) | undefined;
  /** Called with each answered request. */
  onAnswered: ((request: HttpRequest, response: HttpResponse) => void) | undefined;
  /** Poll interval through the cloud, in milliseconds. Defaults to the package's default. */
  pollCloudMs: number | undefined;

  constructor(index: number, kind: HomeKind, { queue, cloud, startsAt }: Surroundings) {
    this.kind = kind;
    this.#queue = queue;
    this.#cloud = cloud;
    this.#clock = clockOf(queue, startsAt, index + 1);
    this.hub = new FleetHub(`hub-${index}`, { isOnLan: kind.isOnLan, now: () => this.#clock.now() });
  }

  /** Saves a login of this age to the store, as an earlier process would have done. */
  keepLogin(ageMs: number): void {
    const { id, key, host, version } = this.hub;
    const { isOnLan } = this.kind;
    const at = this.#clock.now() - ageMs;
    const login = newLogin(this.#cloud.issue(at), at, 'owner@example.fi');
    const where = { host: isOnLan ? host : null, isRemote: !isOnLan, isAutoremote: true, isLanExcluded: false };
    const hubs = [{ id, name: 'Koti', key, version, missedLists: 0, ...where }];
    const { origin } = new URL(CLOUD_URL);
    const cloud = { ...cloudOf(emptyAccount, origin), login, revision: 1, hubs, defaultHub: id };
    this.#store.put(withCloud(emptyAccount, cloud));
  }

  /** Starts the package in this home. */
  start(): void {
    const managed = new ManagedAccount({
      id: 'cozify',
      name: '',
      email: undefined,
      cloudUrl: CLOUD_URL,
      isAutorefresh: true,
      expiryMs: DAY,
      store: this.#store,
      otpLimiter: new OtpLimiter(new MemoryStore(), this.#clock),
      http: { send: (request) => this.#send(request), close: () => undefined },
      rateLimiter: new RateLimiter(this.#clock),
      clock: this.#clock,
      log: SILENT,
      pollCloudMs: this.pollCloudMs,
    });
    managed.start();
    this.#account = managed.account;
    if (this.kind.isSubscribed) this.subscribe();
  }

  subscribe(): void {
    this.#stopListening = this.#account?.homes.subscribe(DEVICES, () => undefined);
  }

  stopListening(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  /** Whether the account is no longer logged in, or has a token that the cloud does not accept. */
  get isLost(): boolean {
    const token = this.#store.content?.clouds[0]?.login?.token ?? '';
    return this.#account?.snapshot().state !== 'authenticated' || !this.#cloud.takes(token);
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    this.onAsked?.(request);
    const response = await (request.isLan ? this.#askHub(request) : this.#cloud.ask(request, this.hub));
    this.onAnswered?.(request, response);
    return response;
  }

  async #askHub(request: HttpRequest): Promise<HttpResponse> {
    const { hostname, pathname, search } = new URL(request.url);
    if (!this.hub.isReachableOnLan || hostname !== this.hub.host) {
      if (!this.isRefusing) await this.#queue.pause(request.connectMs ?? request.deadlineMs);
      throw unreachable(request, true);
    }
    return { headers: {}, ...(await this.hub.answer(pathname + search)) };
  }
}

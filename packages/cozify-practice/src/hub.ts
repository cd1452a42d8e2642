import { failure, json, type Answer } from './answers';
import { BlackHole } from './black-hole';
import { DEFAULT_BEHAVIOUR, type HubBehaviour } from './behaviour';
import { Home } from './home/home';
import { HubCalls } from './hub-calls';
import { HubKeys, ROLES } from './hub-keys';
import { Listener, type Handler } from './listener';
import { HubLog } from './hub-log';
import { uuidOf } from './tokens';
import type { SimulatedHubOptions } from './types';
import type { Wire } from './wire';

const DEFAULT_PORT = 8893;
const YEAR_MS = 365 * 86_400_000;

/** A request to a hub's API, on the LAN or through the cloud. */
export interface HubRequest {
  method: string;
  /** Path with the query. */
  path: string;
  key: string | undefined;
  body: string;
  /** Aborted when the client has disconnected. */
  signal: AbortSignal;
}

/** A simulated hub with its keys, its home and a LAN server. */
export class SimulatedHub {
  readonly id: string;
  readonly home: Home;
  readonly behaviour: HubBehaviour;
  /** Log of all requests to this hub. */
  readonly log: HubLog;
  readonly onLan: boolean;
  /** The name that `/hub` returns; see {@link rename}. */
  name: string;
  /** The hub's name in new keys, if it differs from `name`. */
  keyName: string | undefined;
  /** Firmware version. After an update, calls with the old API version get 410. */
  version: string;
  /** Lifetime of new keys in milliseconds. */
  keyLifeMs: number;
  /** Role of the keys that the hub issues from now on, one of {@link ROLES}. Earlier keys keep their role. */
  role: number;
  /**
   * Whether the hub is connected to the cloud. If not, calls through the cloud get a 400 or 408; see
   * `hubOfflineStatus`.
   */
  connected = true;
  /** Whether `user/hubkeys` lists the hub with `null` instead of a key. */
  isKeyNull = false;
  readonly #keys: HubKeys;
  readonly #calls: HubCalls;
  readonly #handler: Handler;
  #listener: Listener;
  #hole: BlackHole | undefined;

  /** `index` gives hubs with the same name different ids. */
  constructor(options: SimulatedHubOptions, index: number, wire: Wire, now: () => number) {
    this.name = options.name ?? `Hub ${index + 1}`;
    this.keyName = options.keyName;
    this.id = options.id ?? uuidOf(`hub ${index} ${this.name}`);
    this.version = options.version ?? '1.14.9.124';
    this.keyLifeMs = options.keyLifeMs ?? YEAR_MS;
    this.role = options.role ?? ROLES.admin;
    this.onLan = options.onLan ?? true;
    this.behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
    this.home = new Home(this.id, this.behaviour, now, options.home);
    this.log = new HubLog(now);
    this.#keys = new HubKeys(this.id, now);
    this.#calls = new HubCalls(this.home, this.behaviour);
    this.#handler = (request, response, closing) =>
      wire.carry({
        request,
        response,
        closing,
        call: 'hub',
        visited: { hub: this, transport: 'lan', path: request.url ?? '', key: request.headers.authorization },
        handle: (body, signal) =>
          this.answer({
            method: request.method ?? '',
            path: request.url ?? '',
            body,
            key: request.headers.authorization,
            signal,
          }),
      });
    this.#listener = new Listener(options.address ?? '127.0.0.1', options.port ?? 0, this.#handler);
  }

  /** Address of the LAN server. */
  get address(): string {
    return this.#listener.address;
  }

  /** Port of the LAN server, even while it is offline; 0 without a server. */
  get port(): number {
    return this.onLan ? this.#listener.port : 0;
  }

  /** Address, with the port unless it is 8893; null for a hub that is not on the LAN. */
  get host(): string | null {
    if (!this.onLan) return null;
    return this.port === DEFAULT_PORT ? this.address : `${this.address}:${this.port}`;
  }

  /** Whether the LAN server accepts connections. */
  get isOnline(): boolean {
    return this.#listener.isOpen;
  }

  /**
   * Returns a user's key as listed by `user/hubkeys`. The key stays the same until it expires, its content changes or
   * the keys are rotated.
   */
  key(email: string): string {
    return this.#keys.key(email, { hubName: this.keyName ?? this.name, role: this.role, lifeMs: this.keyLifeMs });
  }

  /** Whether this hub has issued a key, valid or not. */
  hasIssued(key: string): boolean {
    return this.#keys.hasIssued(key);
  }

  /** Revokes all keys. After that, `user/hubkeys` lists new ones. */
  rotateKey(): void {
    this.#keys.rotate();
  }

  /** Revokes all keys, but `user/hubkeys` still lists them until the keys are rotated. */
  revokeKeys(): void {
    this.#keys.revoke();
  }

  /** Renames the hub, also in new keys. Issued keys stay valid. */
  rename(name: string): void {
    this.name = name;
  }

  /**
   * Moves the LAN server to another port and, if given, to another address, like a hub that gets a new address from the
   * router.
   */
  async move(port = 0, address = this.address): Promise<void> {
    const listener = new Listener(address, port, this.#handler);
    // Opens the new server first, so that it gets another free port.
    if (this.isOnline) await listener.open();
    await this.#listener.close();
    this.#listener = listener;
  }

  /** Installs another firmware version and restarts the hub. */
  async update(version: string): Promise<void> {
    this.version = version;
    await this.restart();
  }

  /** Restarts the hub and closes its connections; see {@link Home.restart}. */
  async restart(emptyAnswers = 0, emptyAs: 'empty' | 'missing' = 'empty'): Promise<void> {
    const wasOnline = this.isOnline;
    await this.#listener.close();
    this.home.restart(emptyAnswers, emptyAs);
    if (wasOnline) await this.#listener.open();
  }

  /**
   * Disconnects the hub from the LAN, but not from the cloud. Connections are refused or, with `silent`, hang as if the
   * hub had no power.
   */
  async leaveLan(how: 'refused' | 'silent' = 'refused'): Promise<void> {
    await this.#closeLan();
    if (how === 'silent') this.#hole = await BlackHole.open(this.address, this.port);
  }

  /** Reconnects the hub to the LAN at the same address. */
  async returnToLan(): Promise<void> {
    await this.#closeLan();
    if (this.onLan) await this.#listener.open();
  }

  /** Switches the hub off: the LAN server is closed, and the cloud can't reach the hub. */
  async goOffline(): Promise<void> {
    this.connected = false;
    await this.#closeLan();
  }

  /** Switches the hub on again, on the same port. */
  async goOnline(): Promise<void> {
    this.connected = true;
    await this.returnToLan();
  }

  /** Answers a call of the hub's API. */
  async answer({ method, path, key, body, signal }: HubRequest): Promise<Answer> {
    const { pathname, searchParams: query } = new URL(`http://hub${path}`);
    if (pathname === '/hub') return method === 'GET' ? json(this.#description()) : failure(405);
    const [, version, rest = ''] = /^\/cc\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    if (version === undefined) return failure(404);
    if (version !== this.version.split('.').slice(0, 2).join('.')) return failure(410, 'Obsolete API version');
    const role = this.#keys.roleOf(key);
    if (role === undefined) return failure(this.behaviour.deadKeyStatus, 'Authentication failed');
    return this.#calls.answer({ method, path: rest, query, body, role, signal });
  }

  async #closeLan(): Promise<void> {
    const hole = this.#hole;
    this.#hole = undefined;
    await Promise.all([this.#listener.close(), hole?.close()]);
  }

  #description(): Record<string, unknown> {
    const { id, name, version, connected } = this;
    return { hubId: id, name, version, state: 'claimed', connected, features: [1, 2, 5, 7, 12] };
  }
}

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

/** A request to a hub's API, whichever way it came. */
export interface HubRequest {
  method: string;
  /** With the query. */
  path: string;
  key: string | undefined;
  body: string;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** A hub: its keys, its home, and a LAN server of its own. */
export class SimulatedHub {
  readonly id: string;
  readonly home: Home;
  readonly behaviour: HubBehaviour;
  /** Everything asked of this hub. */
  readonly log: HubLog;
  readonly onLan: boolean;
  /** What `/hub` says; see {@link rename}. */
  name: string;
  /** The name in new keys when it differs from `name`. */
  keyName: string | undefined;
  /** An update changes it: calls with the first two parts of the old one are then 410. */
  version: string;
  /** How long new keys live. */
  keyLifeMs: number;
  /** What new keys may do; see {@link ROLES}. Keys given out before stay as they are. */
  role: number;
  /** Whether the cloud reaches the hub; without that, remote calls are answered 400 or, if so set, 408. */
  connected = true;
  /** Whether `user/hubkeys` lists the hub with `null` instead of a key. */
  isKeyNull = false;
  readonly #keys: HubKeys;
  readonly #calls: HubCalls;
  readonly #handler: Handler;
  #listener: Listener;
  #hole: BlackHole | undefined;

  /** `place` tells hubs of the same name apart. */
  constructor(options: SimulatedHubOptions, place: number, wire: Wire, now: () => number) {
    this.name = options.name ?? `Hub ${place + 1}`;
    this.keyName = options.keyName;
    this.id = options.id ?? uuidOf(`hub ${place} ${this.name}`);
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
        ...{ request, response, closing, call: 'hub' },
        visited: { hub: this, way: 'lan', path: request.url ?? '', key: request.headers.authorization },
        work: (body, signal) =>
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

  /** The address of the LAN server. */
  get address(): string {
    return this.#listener.address;
  }

  /** The port of the LAN server, also while it is offline; 0 without one. */
  get port(): number {
    return this.onLan ? this.#listener.port : 0;
  }

  /** The address, with the port unless it is 8893; null for a hub that is not on the LAN. */
  get host(): string | null {
    if (!this.onLan) return null;
    return this.port === DEFAULT_PORT ? this.address : `${this.address}:${this.port}`;
  }

  /** Whether its LAN server listens. */
  get isOnline(): boolean {
    return this.#listener.isOpen;
  }

  /** The key `user/hubkeys` lists for a user: the same one until it expires, what it says changes or keys are rotated. */
  key(email: string): string {
    return this.#keys.key(email, { hubName: this.keyName ?? this.name, role: this.role, lifeMs: this.keyLifeMs });
  }

  /** Whether a key was made for this hub, dead or alive. */
  hasIssued(key: string): boolean {
    return this.#keys.hasIssued(key);
  }

  /** Every key so far is dead; `user/hubkeys` lists new ones. */
  rotateKey(): void {
    this.#keys.rotate();
  }

  /** Every key so far is dead, but `user/hubkeys` goes on listing it until the keys are rotated. */
  revokeKeys(): void {
    this.#keys.revoke();
  }

  /** Gives the hub another name, in new keys too. Keys given out before stay valid. */
  rename(name: string): void {
    this.name = name;
  }

  /** Moves the LAN server to another port and, if given, to another address, as a router does. */
  async move(port = 0, address = this.address): Promise<void> {
    const listener = new Listener(address, port, this.#handler);
    // The new one first, so that any free port is another port.
    if (this.isOnline) await listener.open();
    await this.#listener.close();
    this.#listener = listener;
  }

  /** Installs another version, which takes a restart. */
  async update(version: string): Promise<void> {
    this.version = version;
    await this.restart();
  }

  /** Starts anew, with its connections closed; see {@link Home.restart}. */
  async restart(emptyAnswers = 0, emptyAs: 'empty' | 'missing' = 'empty'): Promise<void> {
    const wasOnline = this.isOnline;
    await this.#listener.close();
    this.home.restart(emptyAnswers, emptyAs);
    if (wasOnline) await this.#listener.open();
  }

  /**
   * Nobody reaches the hub on the LAN any more, the cloud still does: connections are refused or, `silent`, stay in the
   * making for ever, as when its plug was pulled.
   */
  async leaveLan(how: 'refused' | 'silent' = 'refused'): Promise<void> {
    await this.#closeLan();
    if (how === 'silent') this.#hole = await BlackHole.open(this.address, this.port);
  }

  /** The hub is back on the LAN, where it was. */
  async returnToLan(): Promise<void> {
    await this.#closeLan();
    if (this.onLan) await this.#listener.open();
  }

  /** Switches the hub off: its LAN server is closed, and the cloud doesn't reach it. */
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

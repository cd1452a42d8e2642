import { randomBytes } from 'node:crypto';
import { failure, json, type Answer } from './answers';
import { Home, type Listing } from './home';
import { Listener, type Handler } from './listener';
import { signJwt, uuidOf } from './tokens';
import type { SimulatedHubOptions } from './types';
import type { Wire } from './wire';

const DEFAULT_PORT = 8893;
const YEAR_MS = 365 * 86_400_000;
const LISTINGS: readonly string[] = ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'];

/** A request to a hub's API, whichever way it came. */
export interface HubRequest {
  method: string;
  /** With the query. */
  path: string;
  key: string | undefined;
  body: string;
}

interface IssuedKey {
  key: string;
  name: string;
  expiresAt: number;
}

/** A hub: its keys, its home, and a LAN server of its own. */
export class SimulatedHub {
  readonly id: string;
  readonly home: Home;
  readonly onLan: boolean;
  /** What `/hub` says; see {@link rename}. */
  name: string;
  /** The name in new keys when it differs from `name`. */
  keyName: string | undefined;
  /** An update changes it: calls with the first two parts of the old one are then 410. */
  version: string;
  /** How long new keys live. */
  keyLifeMs: number;
  /** Whether the cloud reaches the hub; without that, remote calls are answered 400. */
  connected = true;
  /** Whether `user/hubkeys` lists the hub with `null` instead of a key. */
  isKeyNull = false;
  readonly #secret = randomBytes(64);
  readonly #now: () => number;
  readonly #handler: Handler;
  readonly #current = new Map<string, IssuedKey>();
  readonly #known = new Map<string, { expiresAt: number; isRevoked: boolean }>();
  #listener: Listener;
  #keysIssued = 0;

  /** `place` tells hubs of the same name apart. */
  constructor(options: SimulatedHubOptions, place: number, wire: Wire, now: () => number) {
    this.name = options.name ?? `Hub ${place + 1}`;
    this.keyName = options.keyName;
    this.id = options.id ?? uuidOf(`hub ${place} ${this.name}`);
    this.version = options.version ?? '1.14.9.124';
    this.keyLifeMs = options.keyLifeMs ?? YEAR_MS;
    this.onLan = options.onLan ?? true;
    this.home = new Home(this.id, now);
    this.#now = now;
    this.#handler = (request, response, signal) =>
      wire.carry({
        request,
        response,
        signal,
        call: 'hub',
        hubId: this.id,
        work: (body) =>
          this.answer({
            method: request.method ?? '',
            path: request.url ?? '',
            body,
            key: request.headers.authorization,
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

  get isOnline(): boolean {
    return this.#listener.isOpen;
  }

  /** The key `user/hubkeys` lists for a user: the same one until it expires, the hub is renamed or keys are rotated. */
  key(email: string): string {
    const name = this.keyName ?? this.name;
    const current = this.#current.get(email);
    if (current && current.name === name && this.#now() < current.expiresAt) return current.key;
    const expiresAt = this.#now() + this.keyLifeMs;
    const key = signJwt(
      {
        hub_id: this.id,
        hub_name: name,
        owner: email,
        role: 32,
        email,
        exp: Math.round(expiresAt / 1000),
        kid: String(++this.#keysIssued),
      },
      this.#secret,
    );
    this.#current.set(email, { key, name, expiresAt });
    this.#known.set(key, { expiresAt, isRevoked: false });
    return key;
  }

  /** Whether a key was made for this hub, dead or alive. */
  hasIssued(key: string): boolean {
    return this.#known.has(key);
  }

  /** Every key so far is dead; `user/hubkeys` lists new ones. */
  rotateKey(): void {
    this.revokeKeys();
    this.#current.clear();
  }

  /** Every key so far is dead, but `user/hubkeys` goes on listing it until the keys are rotated. */
  revokeKeys(): void {
    for (const known of this.#known.values()) known.isRevoked = true;
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

  /** Switches the hub off: its LAN server is closed, and the cloud doesn't reach it. */
  async goOffline(): Promise<void> {
    this.connected = false;
    await this.#listener.close();
  }

  /** Switches the hub on again, on the same port. */
  async goOnline(): Promise<void> {
    this.connected = true;
    if (this.onLan) await this.#listener.open();
  }

  /** Answers a call of the hub's API. */
  answer(request: HubRequest): Answer {
    const url = new URL(`http://hub${request.path}`);
    if (url.pathname === '/hub') return request.method === 'GET' ? json(this.#description()) : failure(405);
    const [, version, path = ''] = /^\/cc\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    if (version === undefined) return failure(404);
    if (version !== this.version.split('.').slice(0, 2).join('.')) return failure(410, 'Obsolete API version');
    if (!this.#isAlive(request.key)) return failure(401, 'Authentication failed');
    return this.#call(request, path, url.searchParams);
  }

  #call({ method, body }: HubRequest, path: string, query: URLSearchParams): Answer {
    const [, listing = '', command] = /^\/([a-z]+)(\/command)?$/.exec(path) ?? [];
    if (LISTINGS.includes(listing)) {
      if (command) return method === 'PUT' ? this.#command(listing as Listing, body) : failure(405);
      return method === 'GET' ? json(this.home.list(listing as Listing)) : failure(405);
    }
    if (path !== '/hub/tz' && path !== '/hub/poll') return failure(404);
    if (method !== 'GET') return failure(405);
    return json(path === '/hub/tz' ? 'Europe/Helsinki' : this.home.poll(Number(query.get('ts') ?? 0)));
  }

  #command(listing: Listing, body: string): Answer {
    let commands: unknown;
    try {
      commands = JSON.parse(body);
    } catch {
      return failure(400, 'Not JSON');
    }
    const result = this.home.command(listing, commands);
    if (result === 'done') return json(null);
    return result === 'malformed' ? failure(400, 'Malformed command') : failure(404, 'No such id');
  }

  #isAlive(key: string | undefined): boolean {
    const known = key === undefined ? undefined : this.#known.get(key);
    return known !== undefined && !known.isRevoked && this.#now() < known.expiresAt;
  }

  #description(): Record<string, unknown> {
    const { id, name, version, connected } = this;
    return { hubId: id, name, version, state: 'claimed', connected, features: 15 };
  }
}

import type { HubClient, HubRequest } from '../../../../src/hub/hub-client.js';
import type { HttpRequest } from '../../../../src/http/http-client.js';
import {
  type AccountRecord,
  cloudOf,
  emptyAccount,
  type HubRecord,
  newLogin,
  withCloud,
} from '../../../../src/state/account-record.js';
import { signJwt } from '../../../simulator/index.js';
import type { Reply } from '../../support/fake-cloud.js';
import { FAKE_URL, type AccountFixture, Stage } from '../../support/stage.js';
import { makeToken } from '../../support/tokens.js';

const { origin } = new URL(FAKE_URL);

/** The host of the hub in the account's record. */
export const HOST = '192.168.1.5';

export const READ: HubRequest = { method: 'GET', path: '/devices' };
export const CHANGE: HubRequest = { method: 'PUT', path: '/devices/command', body: '[]' };

/** A request on its way to a hub. */
export interface HubExchange {
  transport: 'lan' | 'cloud';
  request: HttpRequest;
  /** The path at the hub, with the query. */
  path: string;
  /** Sends the request to the hub. */
  answer: () => Reply | Promise<Reply>;
}

/** A hub in memory, without network connections. {@link HubStage.asked} lists the requests to the hub. */
export class FakeHub {
  readonly id: string;
  name = 'Koti';
  version: string | undefined = '1.14.9.124';
  role: unknown = 32;
  /** The valid keys, each with the name that tests use for it. */
  readonly keys = new Map<string, string>();
  /** All keys that were ever issued. */
  readonly issued = new Set<string>();
  /** The key listed by `hubkeys`. */
  listed: string;
  /** Replies of the fake hub, by path below `/cc/<version>`. {@link serve} answers paths without an entry. */
  readonly replies = new Map<string, Reply | ((request: HttpRequest) => Reply)>();
  /**
   * Answers paths that have no reply. By default a poll lists the devices of `replies`, and other paths get an empty
   * object.
   */
  serve: (request: HttpRequest, path: string) => Reply | Promise<Reply> = (request, path) => this.#poll(request, path);
  /** Runs between the client and the hub; may delay a request or answer it in the hub's place. */
  intercept: (exchange: HubExchange) => Reply | Promise<Reply> = ({ answer }) => answer();

  #polls = 0;

  constructor(id = 'hub-1') {
    this.id = id;
    this.listed = this.newKey('key 1');
  }

  /** Issues a valid key, which `hubkeys` lists from then on. */
  newKey(name: string): string {
    const { id: hub_id, role } = this;
    this.listed = signJwt({ hub_id, role, name }, 'secret');
    this.keys.set(this.listed, name);
    this.issued.add(this.listed);
    return this.listed;
  }

  /** Revokes all keys; `hubkeys` still lists the last one. */
  killKeys(): void {
    this.keys.clear();
  }

  answer(request: HttpRequest, path: string, key: string | undefined): Reply | Promise<Reply> {
    const { id: hubId, name, version } = this;
    // The path /hub needs no key, but a revoked key is refused.
    const isKnown = key !== undefined && this.keys.has(key);
    if (path === '/hub') {
      return key === undefined || isKnown ? { body: JSON.stringify({ hubId, name, version }) } : { status: 401 };
    }
    const [, asked, rest = ''] = /^\/cc\/([^/]+)(\/.*)$/.exec(path) ?? [];
    if (asked !== version?.split('.').slice(0, 2).join('.')) return { status: 410 };
    if (!isKnown) return { status: 401 };
    const reply = this.replies.get(rest);
    if (reply === undefined) return this.serve(request, rest);
    return typeof reply === 'function' ? reply(request) : reply;
  }

  #poll(request: HttpRequest, path: string): Reply {
    const list = this.replies.get('/devices');
    if (!path.startsWith('/hub/poll') || list === undefined) return { body: '{}' };
    const reply = typeof list === 'function' ? list(request) : list;
    if (typeof reply !== 'object' || (reply.status ?? 200) !== 200) return reply;
    return { ...reply, body: pollOf(reply.body ?? '', (this.#polls += 1)) };
  }
}

/** Returns the response to a poll that lists these devices. A text that is not JSON is returned unchanged. */
function pollOf(devices: string, timestamp: number): string {
  try {
    const polls = [{ type: 'DEVICE_DELTA', devices: JSON.parse(devices) as unknown }];
    return JSON.stringify({ type: 'POLL_DELTA', full: true, timestamp, polls });
  } catch {
    return devices;
  }
}

/** An account with one known hub on a fake clock; tests control the LAN and the cloud. */
export class HubStage extends Stage {
  readonly hub = new FakeHub();
  /** Hubs, or fixed replies, by LAN address; other addresses refuse connections. */
  readonly lan = new Map<string, FakeHub | Reply>([[HOST, this.hub]]);
  /** The reply to all requests through the cloud. If it is undefined, the hub answers. */
  gateway: Reply | undefined;
  /** Requests to hubs since the last {@link take}, such as `lan GET /cc/1.14/devices key 1`. */
  asked: string[] = [];
  /** Requests beyond this number hang, so that an endless loop ends. */
  mostAsked = Infinity;
  fixture: AccountFixture | undefined;
  /** A second hub of the account. */
  other: FakeHub | undefined;
  readonly #keyNames = new Map<string, string>();

  constructor() {
    super();
    this.cloud.reply('lan', (request) => this.#answerOnLan(request));
    this.cloud.reply('remote', (request) => this.#answerRemote(request));
    this.cloud.reply('hubkeys', () => ({ body: JSON.stringify(this.#keyList) }));
    this.cloud.reply('lan_ip', () => ({ body: JSON.stringify([...this.lan.keys()]) }));
  }

  /** Adds a second hub to the account. */
  addOther(): FakeHub {
    const other = new FakeHub('hub-2');
    other.name = 'Mökki';
    this.lan.set('192.168.1.6', other);
    return (this.other = other);
  }

  /** Opens the account, without background tasks and with its hub known, and returns the hub's client. */
  async client(
    known: Partial<HubRecord> = {},
    login: 'logged in' | 'logged out' | 'rejected' = 'logged in',
  ): Promise<HubClient> {
    this.store.put(this.#record(known, login));
    this.fixture = await this.open({ isPassive: true });
    return this.fixture.account.hub();
  }

  /** The saved record of the hub. */
  get known(): HubRecord {
    const [known] = this.stored.hubs;
    if (known === undefined) throw new Error('no hub is known');
    return known;
  }

  get #hubs(): FakeHub[] {
    return this.other === undefined ? [this.hub] : [this.hub, this.other];
  }

  get #keyList(): Record<string, string> {
    return Object.fromEntries(this.#hubs.map(({ id, listed }) => [id, listed]));
  }

  #record(known: Partial<HubRecord>, login: string): AccountRecord {
    const place = { isRemote: false, isAutoremote: true, isLanExcluded: false, missedLists: 0 };
    const hubs = this.#hubs.map(({ id, name, version = null, listed: key }): HubRecord => {
      const host = [...this.lan].find(([, there]) => there instanceof FakeHub && there.id === id)?.[0] ?? null;
      return { id, name, version, key, host, ...place, ...(id === this.hub.id ? known : {}) };
    });
    const token = {
      ...newLogin(makeToken(this.clock.now()), this.clock.now(), null),
      isRejected: login === 'rejected',
    };
    const cloud = { ...cloudOf(emptyAccount, origin), login: login === 'logged out' ? null : token };
    return withCloud(emptyAccount, { ...cloud, revision: 1, hubs, defaultHub: this.hub.id });
  }

  #answerOnLan(request: HttpRequest): Reply | Promise<Reply> {
    const { host, port, pathname, search } = new URL(request.url);
    const key = request.headers?.['Authorization'];
    this.#note('lan', request.method, pathname + search, key);
    if (this.asked.length > this.mostAsked) return 'hang';
    const address = host.replace(/:8893$/, '');
    const there = this.lan.get(port === '8893' ? address : host) ?? 'refused';
    if (!(there instanceof FakeHub)) return there;
    const path = pathname + search;
    return there.intercept({ transport: 'lan', request, path, answer: () => there.answer(request, path, key) });
  }

  #answerRemote(request: HttpRequest): Reply | Promise<Reply> {
    const path = request.url.slice(`${FAKE_URL}/hub/remote`.length);
    const key = request.headers?.['X-Hub-Key'];
    this.#note('cloud', request.method, path, key);
    if (this.asked.length > this.mostAsked) return 'hang';
    const hub = this.#hubs.find(({ issued }) => key !== undefined && issued.has(key)) ?? this.hub;
    return (
      this.gateway ?? hub.intercept({ transport: 'cloud', request, path, answer: () => hub.answer(request, path, key) })
    );
  }

  #note(transport: string, method: string, path: string, key: string | undefined): void {
    for (const [known, name] of this.#hubs.flatMap(({ keys }) => [...keys])) this.#keyNames.set(known, name);
    const shown = key === undefined ? '' : ` ${this.#keyNames.get(key) ?? 'another key'}`;
    this.asked.push(`${transport} ${method} ${path}${shown}`);
  }

  /** Returns and clears the requests since the last call. */
  take(): string[] {
    return this.asked.splice(0);
  }
}

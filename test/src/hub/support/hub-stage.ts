import type { HubClient } from '../../../../src/hub/hub-client.js';
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
import { FAKE_URL, type Player, Stage } from '../../support/stage.js';
import { makeToken } from '../../support/tokens.js';

const { origin } = new URL(FAKE_URL);

/** Where the hub was found, as the account keeps it. */
export const HOST = '192.168.1.5';

/** A request on its way to a hub. */
export interface HubExchange {
  way: 'lan' | 'cloud';
  request: HttpRequest;
  /** The hub's own, with the query. */
  path: string;
  /** Lets it through. */
  answer: () => Reply | Promise<Reply>;
}

/** A hub without sockets. What is asked of it by either way is told in {@link HubStage.asked}. */
export class FakeHub {
  readonly id: string;
  name = 'Koti';
  version: string | undefined = '1.14.9.124';
  role: unknown = 32;
  /** The keys that it takes, by the names that tests call them by. */
  readonly keys = new Map<string, string>();
  /** All that it ever gave out. */
  readonly issued = new Set<string>();
  /** The key that `hubkeys` lists. */
  listed: string;
  /** What a path below `/cc/<version>` gets, where that is not an empty object. */
  readonly replies = new Map<string, Reply | ((request: HttpRequest) => Reply)>();
  /** What answers the other paths. */
  serve: (request: HttpRequest, path: string) => Reply | Promise<Reply> = () => ({ body: '{}' });
  /** What lies between the hub and whoever asks it: lets the request through to its answer, or doesn't. */
  between: (exchange: HubExchange) => Reply | Promise<Reply> = ({ answer }) => answer();

  constructor(id = 'hub-1') {
    this.id = id;
    this.listed = this.newKey('key 1');
  }

  /** Makes a key that the hub takes, and lists it. */
  newKey(name: string): string {
    const { id: hub_id, role } = this;
    this.listed = signJwt({ hub_id, role, name }, 'secret');
    this.keys.set(this.listed, name);
    this.issued.add(this.listed);
    return this.listed;
  }

  /** The keys so far are dead; `hubkeys` goes on listing the last. */
  killKeys(): void {
    this.keys.clear();
  }

  answer(request: HttpRequest, path: string, key: string | undefined): Reply | Promise<Reply> {
    const { id: hubId, name, version } = this;
    // Whoever asks who it is needs no key, but a dead one is refused.
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
}

/** An account with one hub, known from before, on a clock that stands still: the LAN and the cloud are a test's to move. */
export class HubStage extends Stage {
  readonly hub = new FakeHub();
  /** Who is at which address of the LAN; nobody takes a connection at the others. */
  readonly lan = new Map<string, FakeHub | Reply>([[HOST, this.hub]]);
  /** What every call through the cloud gets, where that is not the hub's own answer. */
  gateway: Reply | undefined;
  /** What was asked of hubs so far, such as `lan GET /cc/1.14/devices key 1`. */
  asked: string[] = [];
  /** Whoever asks more than this before {@link take} asks without end, and gets no answer any more. */
  mostAsked = Infinity;
  player: Player | undefined;
  /** Another hub of the account, where a test wants one. */
  other: FakeHub | undefined;
  readonly #keyNames = new Map<string, string>();

  constructor() {
    super();
    this.cloud.reply('lan', (request) => this.#answerOnLan(request));
    this.cloud.reply('remote', (request) => this.#answerRemote(request));
    this.cloud.reply('hubkeys', () => ({ body: JSON.stringify(this.#keyList) }));
    this.cloud.reply('lan_ip', () => ({ body: JSON.stringify([...this.lan.keys()]) }));
  }

  /** Puts a second hub into the home. */
  addOther(): FakeHub {
    const other = new FakeHub('hub-2');
    other.name = 'Mökki';
    this.lan.set('192.168.1.6', other);
    return (this.other = other);
  }

  /** Opens the account, with what it knows of its hub, and gives the hub's client. It does nothing by itself. */
  async client(
    known: Partial<HubRecord> = {},
    login: 'logged in' | 'logged out' | 'rejected' = 'logged in',
  ): Promise<HubClient> {
    this.store.put(this.#record(known, login));
    this.player = await this.open({ isResting: true });
    return this.player.account.hub();
  }

  /** What is known of the hub by now. */
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
    return there.between({ way: 'lan', request, path, answer: () => there.answer(request, path, key) });
  }

  #answerRemote(request: HttpRequest): Reply | Promise<Reply> {
    const path = request.url.slice(`${FAKE_URL}/hub/remote`.length);
    const key = request.headers?.['X-Hub-Key'];
    this.#note('cloud', request.method, path, key);
    if (this.asked.length > this.mostAsked) return 'hang';
    const hub = this.#hubs.find(({ issued }) => key !== undefined && issued.has(key)) ?? this.hub;
    return this.gateway ?? hub.between({ way: 'cloud', request, path, answer: () => hub.answer(request, path, key) });
  }

  #note(way: string, method: string, path: string, key: string | undefined): void {
    for (const [known, name] of this.#hubs.flatMap(({ keys }) => [...keys])) this.#keyNames.set(known, name);
    const shown = key === undefined ? '' : ` ${this.#keyNames.get(key) ?? 'another key'}`;
    this.asked.push(`${way} ${method} ${path}${shown}`);
  }

  /** What was asked since the last time. */
  take(): string[] {
    return this.asked.splice(0);
  }
}

import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { FeedAnswer, HomeEvent } from '../../../../nodes/editor/home/api.js';
import { Home, type HomeParts } from '../../../../nodes/editor/home/home.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import type { ThingUpdate, TreeRow } from '../../../../nodes/editor/home/tree.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { type FakeRequest, jqueryWith, Refusal } from '../support/fake-server.js';
import { hub, loggedIn } from '../support/snapshots.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

/** The names of the endpoints that a home uses. */
type Endpoint = 'feed' | 'rooms' | 'things' | 'resolve' | 'login';

/** Imitates the server and the parts of the home tab. */
class Tab {
  readonly texts = new HomeTexts(translateIn('en'), 'en-GB');
  /** The requests since the last call of `asked`. */
  #asked: string[] = [];
  readonly refusals: { [name in Endpoint]?: Refusal } = {};
  /** Promises that the next answers of endpoints wait for. */
  readonly #holds: { [name in Endpoint]?: Promise<void> } = {};
  /** Sends events as the answer to the held request. */
  send: (...events: Partial<HomeEvent>[]) => void = () => undefined;
  #last = 0;
  /** The state of the hub in the answers to requests for events. */
  followed: FeedAnswer['hubs'] = [];
  pageSize = 2;
  things: Thing[] = ['Kiuas', 'Lamppu', 'Mittari', 'Ovi', 'Pumppu'].map((name) => thing(name, { on: false }));
  room: Thing = thing('Sauna', {}, { kind: 'room', id: 'room-1', does: ['command'] });
  hubs = [hub()];
  away = false;
  hidden: number | undefined;
  /** The cloud of the account; `undefined` if the account does not exist. */
  cloudUrl: string | undefined;
  /** The nodes in the editor. */
  nodes: object[] = [];

  // The parts of the tab.
  home: Home | undefined;
  isSeen = true;
  query = '';
  shown = '';
  rows: TreeRow[] = [];
  /** The changes to the parts of the tab, except for the rows and the line. */
  done: string[] = [];

  readonly choice = {
    ask: async () => {
      const refusal = await this.#answer('login', 'login');
      return refusal === undefined
        ? { isOk: true, answer: loggedIn({ hubs: this.hubs }) }
        : { isOk: false, failure: { status: refusal.status } };
    },
  };
  readonly line = {
    showState: (text: string, trouble = '', count = '') => {
      this.shown = [text, trouble, count].filter(Boolean).join(' | ');
    },
  };
  readonly tree = {
    $list: { scrollTop: (top: number) => this.done.push(`scrolls to ${top}`) },
    isFull: false,
    count: 0,
    folds: undefined as unknown,
    replace: (rows: TreeRow[]) => this.#show(rows),
    append: (rows: TreeRow[]) => this.#show([...this.rows, ...rows]),
    refresh: () => this.done.push('marks the uses'),
    update: (key: string, update: ThingUpdate) => {
      const row = this.rows.find((one) => one.key === key);
      if (row?.thing !== undefined) Object.assign(row.thing, update);
    },
  };
  readonly filters = {
    set: {} as Record<string, string | true>,
    offerKinds: (capabilities: string[]) => this.done.push(`offers ${capabilities.join()}`),
    get isSet(): boolean {
      return Object.keys(this.set).length > 0;
    },
  };
  readonly log = {
    add: (events: HomeEvent[], isNew: boolean) =>
      events.length > 0 && this.done.push(`adds ${events.length} events${isNew ? ' anew' : ''}`),
    filter: (query: string) => this.done.push(`filters the events by "${query}"`),
    draw: () => this.done.push('draws the events'),
  };
  readonly gone = { show: () => this.done.push('shows what is gone') };

  /** Lets the next answer of an endpoint wait until the returned function is called. */
  hold(name: Endpoint): () => void {
    let release = (): void => undefined;
    this.#holds[name] = new Promise((resolve) => (release = resolve));
    return release;
  }

  open(): Home {
    const home = new Home('account', this as unknown as HomeParts);
    this.home = home;
    home.start();
    return home;
  }

  #show(rows: TreeRow[]): void {
    this.rows = rows;
    this.tree.count = rows.filter((row) => row.thing !== undefined).length;
  }

  /** The rows of the list, indented by their level, with their values. */
  get outline(): string[] {
    return this.rows.map(({ level, target, thing, actions }) => {
      const value = thing === undefined ? actions.join(' ') : this.texts.value(thing);
      return `${' '.repeat(level - 1)}${target.name}: ${value}`;
    });
  }

  get names(): string[] {
    return this.rows.filter((row) => row.thing !== undefined).map(({ target }) => target.name);
  }

  /** Returns the requests since the last call. */
  asked(): string[] {
    return this.#asked.splice(0);
  }

  async #answer(name: Endpoint, request: string): Promise<Refusal | undefined> {
    this.#asked.push(request);
    const held = this.#holds[name];
    delete this.#holds[name];
    await held;
    return this.refusals[name];
  }

  async answerTo({ path, query, body, method }: FakeRequest): Promise<unknown> {
    const endpoint = path.replace('cozify/accounts/account/', '');
    if (endpoint === 'feed') {
      const wait = Number(query.get('wait') ?? '0');
      const at = query.has('cloudUrl') ? ` at ${query.get('cloudUrl')}` : '';
      const refusal = await this.#answer('feed', `feed after "${query.get('after') ?? ''}" for ${wait} s${at}`);
      return refusal ?? this.#nextEvents(wait);
    }
    if (endpoint === 'resolve') {
      const targets = body['targets'] as { id: string }[];
      const refusal = await this.#answer('resolve', `resolve ${targets.map(({ id }) => id).join()}`);
      const found = targets.map(({ id }) => this.things.find((one) => one.id === id));
      const results = found.map((one) => ({ is: one === undefined ? 'gone' : 'found', thing: one ?? null }));
      return refusal ?? { targets: results, rooms: [], hubs: [] };
    }
    if (query.get('kind') === 'room') {
      return (await this.#answer('rooms', 'rooms')) ?? { things: [this.room], total: 1, next: null };
    }
    const text = method === 'POST' ? String(body['q']) : (query.get('q') ?? '');
    const after = Number((method === 'POST' ? body['after'] : query.get('after')) ?? '0');
    const filter = method === 'POST' ? ` by ${JSON.stringify(body['filter'])}` : '';
    const ids = query.getAll('ids');
    const more = [ids.length > 0 ? ` of ${ids.join()}` : '', after > 0 ? ` after ${after}` : ''].join('');
    const found = this.things.filter(({ name }) => name.toLowerCase().includes(text));
    const page = {
      things: structuredClone(found.slice(after, after + this.pageSize)),
      total: found.length,
      next: after + this.pageSize < found.length ? String(after + this.pageSize) : null,
      asOf: '2030-01-01T06:00:00.000',
      away: this.away,
      ...(this.hidden === undefined ? {} : { hidden: this.hidden }),
      ...(query.get('capabilities') === 'list' && { capabilities: ['ON_OFF'] }),
    };
    return (await this.#answer('things', `things "${text}"${more}${filter}`)) ?? page;
  }

  #nextEvents(wait: number): unknown {
    this.#last += 1;
    const answer = { events: [] as Partial<HomeEvent>[], last: String(this.#last), reset: false };
    const whole = (): object => ({ ...answer, hubs: this.followed });
    if (wait === 0) return whole();
    return new Promise((resolve) => {
      this.send = (...events) => {
        answer.events = events;
        resolve(whole());
      };
    });
  }
}

/** An event at home. */
function event(name: string, more: Partial<HomeEvent> = {}): HomeEvent {
  return {
    ...{ n: 1, at: '2030-01-01T07:00:00.000', event: 'changed', state: null, changed: [], press: null, by: null },
    thing: { hub: 'hub-1', kind: 'device', id: name, name, room: 'Sauna' },
    ...more,
  };
}

const LISTED = ['rooms', 'things ""'];
const BUSY = new Refusal(503, { code: 'COZIFY_TIMEOUT' });

describe('the home in the sidebar', () => {
  let clock: SinonFakeTimers;
  let tab: Tab;

  beforeEach(() => {
    clock = useFakeTimers({ now: new Date(2030, 0, 1, 8, 30) });
    tab = new Tab();
    const nodes = {
      node: () => (tab.cloudUrl === undefined ? null : { cloudUrl: tab.cloudUrl }),
      eachNode: (call: (node: object) => void) => tab.nodes.forEach(call),
    };
    Object.assign(globalThis, { $: jqueryWith((request) => tab.answerTo(request)), RED: { nodes, comms: {} } });
  });
  afterEach(() => {
    clock.restore();
    for (const name of ['$', 'RED']) Reflect.deleteProperty(globalThis, name);
  });

  const pass = (ms = 0): Promise<unknown> => clock.tickAsync(ms);
  /** Opens the home, and waits until its list is shown. */
  async function open(): Promise<Home> {
    const home = tab.open();
    await pass();
    tab.asked();
    tab.done = [];
    return home;
  }
  /** Searches for a text, by default with the filters or the text that has changed, and waits for the answer. */
  async function search(home: Home, query = tab.query): Promise<void> {
    tab.query = query;
    home.searchSoon();
    await pass(150);
  }
  /** Counts the nodes, as after a change of the flows, and waits for the answer. */
  async function count(home: Home): Promise<void> {
    home.countSoon();
    await pass(150);
  }
  const uses = (id: string): object => ({
    ...{ id: `node-${id}`, type: 'cozify-command', account: 'account' },
    targets: [{ hub: 'hub-1', kind: 'device', id, name: id }],
  });

  it('is listed when it is opened, then follows its events', async () => {
    tab.nodes = [uses('Ovi')];
    tab.open();
    await pass();
    assert.deepEqual(tab.asked(), [
      'feed after "" for 0 s',
      'login',
      'rooms',
      'things ""',
      'resolve Ovi',
      'feed after "1" for 20 s',
    ]);
    assert.deepEqual(tab.outline, ['Sauna: command changes', ' Kiuas: off', ' Lamppu: off']);
    assert.equal(tab.shown, 'Things: 2 of 5');
    assert.deepEqual(tab.done, [
      'offers ON_OFF',
      'filters the events by ""',
      'shows what is gone',
      'marks the uses',
      'draws the events',
    ]);
  });

  it('is that of the cloud in the editor', async () => {
    tab.cloudUrl = 'https://cloud.example';
    tab.open();
    await pass();
    assert.equal(tab.asked()[0], 'feed after "" for 0 s at https://cloud.example');
  });

  it('has a heading for each of several hubs, with the name of the hub', async () => {
    tab.hubs = [hub(), hub({ id: 'hub-2', name: 'Mökki' })];
    await open();
    assert.deepEqual(tab.outline.slice(0, 3), ['Koti: ', ' Sauna: command changes', '  Kiuas: off']);
  });

  it('is listed page by page, once for each page', async () => {
    const home = await open();
    await Promise.all([home.listMore(), home.listMore()]);
    assert.deepEqual(tab.asked(), ['things "" after 2']);
    assert.deepEqual(tab.names, ['Kiuas', 'Lamppu', 'Mittari', 'Ovi']);
    assert.equal(tab.rows.length, 5, 'one heading');
    assert.equal(tab.shown, 'Things: 4 of 5');
    tab.tree.isFull = true;
    await home.listMore();
    assert.deepEqual(tab.asked(), []);
    tab.tree.isFull = false;
    await home.listMore();
    await home.listMore();
    assert.deepEqual(tab.asked(), ['things "" after 4']);
    assert.equal(tab.shown, 'Things: 5 of 5');
  });

  it('shows no page that arrives after a new search', async () => {
    const home = await open();
    const release = tab.hold('things');
    const late = home.listMore();
    await search(home, 'o');
    release();
    await late;
    assert.deepEqual(tab.names, ['Ovi']);
  });

  it('loads a page again that has failed, and says how old its values are', async () => {
    tab.pageSize = 1;
    const home = await open();
    const lists = (): string[] => tab.asked().filter((one) => one.startsWith('things'));
    tab.refusals.things = BUSY;
    await home.listMore();
    assert.match(tab.shown, /^.+ These values are from 08:30\.$/);
    await home.listMore();
    await pass();
    assert.deepEqual(lists(), ['things "" after 1', 'things ""'], 'by itself, and not because the user scrolls');
    delete tab.refusals.things;
    await pass(1_000);
    assert.deepEqual(lists(), ['things ""', 'things "" after 1']);
    assert.deepEqual([tab.names, tab.shown], [['Kiuas', 'Lamppu'], 'Things: 2 of 5']);
    await search(home, 'a');
    assert.deepEqual([lists(), tab.names], [['things "a"'], ['Kiuas']]);
    await home.listMore();
    assert.deepEqual(tab.names, ['Kiuas', 'Lamppu']);
  });

  it('keeps the pages that are listed when it is listed again', async () => {
    tab.nodes = [uses('Ovi')];
    const home = await open();
    await home.listMore();
    tab.asked();
    tab.send(event('Uusi', { event: 'added' }));
    await pass(499);
    assert.deepEqual(tab.asked(), ['feed after "2" for 20 s']);
    tab.send(event('Vanha', { event: 'removed' }));
    await pass(1);
    assert.deepEqual(tab.asked(), ['feed after "3" for 20 s', 'login', ...LISTED, 'things "" after 2', 'resolve Ovi']);
    assert.equal(tab.names.length, 4);
    await pass(5_000);
    assert.deepEqual(tab.asked(), []);
    tab.things = tab.things.slice(0, 1);
    tab.send(event('Vanha', { event: 'removed' }));
    await pass(500);
    assert.deepEqual(tab.asked(), ['feed after "4" for 20 s', 'login', ...LISTED, 'resolve Ovi']);
    assert.deepEqual(tab.names, ['Kiuas']);
  });

  it('is searched after the last key, from the first thing on', async () => {
    const home = await open();
    await home.listMore();
    tab.asked();
    tab.query = 'm';
    home.searchSoon();
    await pass(149);
    tab.query = 'mit';
    home.searchSoon();
    await pass(149);
    assert.deepEqual(tab.asked(), []);
    await pass(1);
    assert.deepEqual(tab.asked(), ['things "mit"']);
    assert.deepEqual([tab.names, tab.shown], [['Mittari'], 'Things: 1 of 1']);
    assert.deepEqual(tab.done, ['offers ON_OFF', 'scrolls to 0', 'filters the events by "mit"']);
    await search(home, 'm');
    assert.deepEqual(tab.asked(), ['things "m"']);
  });

  it('expands all rooms during a search or with a filter, and keeps collapsed rooms collapsed without one', async () => {
    const home = await open();
    Object.assign(globalThis, {
      localStorage: {
        getItem: (key: string) => (key === 'cozify-home-collapsed-account' ? '["hub-1 room room-1"]' : null),
      },
    });
    const isCollapsed = async (query: string, filters: Record<string, true>): Promise<boolean> => {
      tab.filters.set = filters;
      await search(home, query);
      return (tab.tree.folds as { has: (key: string) => boolean }).has('hub-1 room room-1');
    };
    assert.equal(await isCollapsed('', {}), true);
    assert.equal(await isCollapsed('o', {}), false);
    assert.equal(await isCollapsed('', { unreachable: true }), false);
    Reflect.deleteProperty(globalThis, 'localStorage');
  });

  it('shows the answer to the last search only', async () => {
    const home = await open();
    const release = tab.hold('things');
    await search(home, 'kiuas');
    await search(home, 'ovi');
    release();
    await pass();
    assert.deepEqual([tab.names, tab.shown], [['Ovi'], 'Things: 1 of 1']);
    assert.equal(tab.asked().length, 2, 'the late answer is no failure');
  });

  it('shows values, presses and times of changes from events, also if a list is older', async () => {
    const home = await open();
    const [first, second] = [(): Thing | undefined => tab.rows[1]?.thing, (): Thing | undefined => tab.rows[2]?.thing];
    const release = tab.hold('things');
    await search(home);
    const at = '2030-01-01T07:00:00.000';
    const press = { button: 1, label: 'I', press: 'short' } as unknown as NonNullable<HomeEvent['press']>;
    tab.send(
      event('Kiuas', { state: { on: true }, changed: ['on'] }),
      event('Lamppu', { press }),
      event('Kiuas', { state: { on: true, power: 5 }, at: '2031-01-01T07:00:00.000' }),
      event('Kiuas', { changed: ['on'], at: '2031-01-01T07:00:00.000' }),
    );
    await pass();
    const expected = [{ on: true, power: 5 }, at, { ...press, at }, undefined, { on: false }];
    const seen = (): unknown[] => [
      first()?.state,
      first()?.changedAt,
      second()?.lastPress,
      second()?.changedAt,
      second()?.state,
    ];
    assert.deepEqual(seen(), expected);
    assert.ok(!('lastPress' in (first() ?? {})));
    assert.deepEqual(tab.done, ['adds 4 events']);
    release();
    await pass();
    assert.deepEqual(seen(), expected);
    await search(home);
    assert.deepEqual(first()?.state, { on: false }, 'a list that was requested later');
  });

  it('is listed again after an event that may change the list', async () => {
    await open();
    const isListed = async (...events: Partial<HomeEvent>[]): Promise<boolean> => {
      tab.send(...events);
      await pass(1_000);
      return tab.asked().includes('things ""') || tab.asked().some((one) => one.startsWith('things'));
    };
    assert.equal(await isListed(event('Kiuas', { event: 'unreachable' })), false);
    assert.equal(await isListed(event('Kiuas', { changed: ['batteryLow'] })), false);
    assert.equal(await isListed(event('hub', { event: 'hub-away' })), true);
    assert.equal(await isListed(event('Uusi', { event: 'added' }), event('Kiuas')), true);
    assert.equal(await isListed(event('Vanha', { event: 'removed' })), true);
    tab.filters.set = { unreachable: true };
    assert.equal(await isListed(event('Kiuas', { changed: ['on'] })), false);
    for (const one of [{ event: 'reachable' as const }, { changed: ['batteryLow'] }]) {
      tab.send(event('Kiuas', one));
      await pass(1_000);
      assert.ok(tab.asked().includes('things "" by {"unreachable":true}'), JSON.stringify(one));
    }
    tab.filters.set = {};
    tab.followed = [{ id: 'hub-1', asOf: null, away: false, revision: 1 }];
    assert.equal(await isListed(), false);
    tab.followed = [{ id: 'hub-1', asOf: null, away: false, revision: 2 }];
    assert.equal(await isListed(), true);
  });

  it('asks for events sooner while a hub is expected to answer', async () => {
    tab.away = true;
    tab.open();
    await pass();
    assert.equal(tab.asked().at(-1), 'feed after "1" for 3 s');
    assert.match(tab.shown, /^The hub can't be reached; these values are from 06:00\. \| Things: 2 of 5$/);
  });

  it('asks for events again if no answer has come for ten seconds longer than it may take', async () => {
    await open();
    await pass(29_999);
    assert.equal(tab.shown, 'Things: 2 of 5');
    await pass(1);
    assert.match(tab.shown, /These values are from 08:30\.$/);
    await pass(1_000);
    assert.equal(tab.shown, 'Things: 2 of 5');
  });

  it('says why events are missing and asks about the login, until events arrive', async () => {
    const home = await open();
    tab.refusals.feed = new Refusal(502);
    tab.send();
    await pass(1_000);
    assert.match(tab.shown, /These values are from 08:30\.$/);
    assert.deepEqual(tab.asked(), ['feed after "2" for 20 s', 'login']);
    home.noteLogin();
    await pass();
    assert.deepEqual(tab.asked(), ['feed after "2" for 0 s', 'login']);
    delete tab.refusals.feed;
    await pass(1_000);
    assert.deepEqual([tab.shown, tab.asked().includes('things ""')], ['Things: 2 of 5', true]);
    home.noteLogin();
    await pass();
    assert.deepEqual(tab.asked(), ['login']);
    tab.isSeen = false;
    home.noteLogin();
    await pass();
    assert.deepEqual(tab.asked(), []);
  });

  it('shows its count again after the wait that the server has asked for', async () => {
    await open();
    tab.refusals.feed = new Refusal(429, { code: 'COZIFY_BUSY', retryAfter: 15 });
    tab.send();
    await pass(1_000);
    assert.match(tab.shown, /^Too many editors/);
    delete tab.refusals.feed;
    await pass(15_000);
    tab.send();
    await pass();
    assert.equal(tab.shown, 'Things: 2 of 5');
    assert.ok(!tab.asked().includes('login'));
    tab.line.showState('searching');
    tab.send();
    await pass();
    assert.equal(tab.shown, 'searching');
  });

  for (const name of ['login', 'rooms', 'things', 'resolve'] as const) {
    it(`tries again if the request for ${name} fails`, async () => {
      tab.nodes = [uses('Ovi')];
      tab.refusals[name] = BUSY;
      tab.open();
      await pass();
      assert.match(tab.shown, name === 'resolve' ? /\. These values are from 08:30\.$/ : /\.$/);
      if (name !== 'resolve') assert.doesNotMatch(tab.shown, /These values/);
      delete tab.refusals[name];
      tab.asked();
      await pass(1_000);
      assert.deepEqual(tab.asked().slice(0, 4), ['feed after "1" for 0 s', 'login', ...LISTED]);
      assert.equal(tab.shown, 'Things: 2 of 5');
    });
  }

  it('does not fail if the tab is hidden while it is loaded, and shows nothing then', async () => {
    for (const name of ['login', 'things', 'resolve'] as const) {
      tab = new Tab();
      tab.nodes = [uses('Ovi')];
      tab.refusals[name] = BUSY;
      const release = tab.hold(name);
      tab.open();
      await pass();
      const before = tab.shown;
      tab.isSeen = false;
      release();
      await pass();
      assert.equal(tab.shown, before, name);
      assert.equal(tab.asked().at(-1), 'feed after "1" for 20 s', name);
    }
  });

  it('does not show the references of another account', async () => {
    tab.nodes = [uses('Ovi')];
    const release = tab.hold('resolve');
    const home = tab.open();
    await pass();
    tab.done = [];
    tab.home = undefined;
    home.pause();
    release();
    await pass(10_000);
    assert.deepEqual([tab.done, tab.asked().at(-1)], [[], 'resolve Ovi']);
  });

  it('stops all requests and timers while the tab is hidden', async () => {
    const home = await open();
    assert.equal(home.isFollowing, true);
    home.searchSoon();
    home.countSoon();
    tab.send(event('Uusi', { event: 'added' }));
    await pass();
    home.pause();
    assert.equal(home.isFollowing, false);
    await pass();
    tab.asked();
    assert.equal(clock.countTimers(), 0);
    home.start();
    await pass();
    tab.asked();
    tab.done = [];
    home.countSoon();
    await search(home);
    assert.deepEqual(tab.asked(), ['things ""']);
    assert.ok(tab.done.includes('shows what is gone'));
  });

  it('counts the nodes once after several have changed, and asks only about new references', async () => {
    tab.nodes = [uses('Ovi')];
    const home = await open();
    tab.nodes = [uses('Ovi'), uses('Kiuas')];
    home.countSoon();
    await pass(100);
    home.countSoon();
    await pass(49);
    assert.deepEqual(tab.asked(), []);
    await pass(1);
    assert.deepEqual(tab.asked(), ['resolve Kiuas']);
    assert.deepEqual(tab.done, ['shows what is gone', 'marks the uses', 'draws the events']);
    await pass(1_000);
    assert.deepEqual(tab.asked(), []);
    tab.nodes = [uses('Lamppu')];
    tab.refusals.resolve = BUSY;
    await count(home);
    assert.deepEqual(tab.asked().slice(0, 2), ['resolve Lamppu', 'feed after "1" for 0 s'], 'tries again');
    assert.match(tab.shown, /These values are from/);
  });

  it('is listed again after a count if it is filtered by use', async () => {
    tab.nodes = [uses('Ovi')];
    const home = await open();
    for (const name of ['used', 'unused'] as const) {
      tab.filters.set = { [name]: true };
      await count(home);
      assert.deepEqual(tab.asked(), [`things "" by {"${name}":["hub-1 device Ovi"]}`]);
    }
    tab.refusals.things = BUSY;
    await count(home);
    assert.equal(tab.asked()[1], 'feed after "1" for 0 s', 'tries again');
    delete tab.refusals.things;
    tab.filters.set = { unreachable: true };
    await pass(60_000);
    tab.asked();
    await count(home);
    assert.deepEqual(tab.asked(), []);
    tab.filters.set = { used: true };
    tab.isSeen = false;
    await count(home);
    assert.deepEqual(tab.asked(), []);
  });

  it('finds the things of events that are not listed', async () => {
    const home = await open();
    tab.query = 'o';
    assert.deepEqual(await home.find(['Ovi', 'Kiuas']), ['hub-1 device Ovi']);
    assert.deepEqual(tab.asked(), ['things "o" of Ovi,Kiuas']);
    tab.refusals.things = BUSY;
    assert.equal(await home.find(['Ovi']), undefined);
    delete tab.refusals.things;
    tab.isSeen = false;
    tab.asked();
    assert.equal(await home.find(['Ovi']), undefined);
    tab.isSeen = true;
    await search(home);
    tab.asked();
    assert.deepEqual(await home.find(['Ovi']), [], 'the list has all that match');
    assert.deepEqual(tab.asked(), []);
    tab.filters.set = { unreachable: true };
    assert.deepEqual(await home.find(['Ovi']), ['hub-1 device Ovi']);
  });

  it('says how many things its filters hide', async () => {
    tab.hidden = 3;
    await open();
    assert.equal(tab.shown, 'Things: 2 of 5 · 3 hidden by filters');
  });

  it('says since when its values are old', async () => {
    const home = await open();
    home.showNotLive('Paused.');
    assert.equal(tab.shown, 'Paused. These values are from 08:30.');
    tab.tree.count = 0;
    home.showNotLive('Paused.');
    assert.equal(tab.shown, 'Paused.');
  });
});

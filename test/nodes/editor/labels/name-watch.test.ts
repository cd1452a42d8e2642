import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { NameWatch } from '../../../../nodes/editor/labels/name-watch.js';
import { knownNames } from '../../../../nodes/editor/labels/names.js';
import type { SavedTarget } from '../../../../nodes/editor/picker/target.js';
import { checkTargets } from '../../../../nodes/editor/shared/targets-field.js';
import { jqueryWith, Refusal } from '../support/fake-server.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

type Node = { id: string; type: string } & Record<string, unknown>;

/** The body of a request to look up names. */
interface Asked {
  account: string;
  targets: SavedTarget[];
  rooms: string[];
  hub: string;
  lang: string;
  cloudUrl?: string;
}

const device = (id: string, hub = 'hub-1'): SavedTarget => ({ hub, kind: 'device', id, name: `Old ${id}` });
const byName = (name: string, hub = ''): SavedTarget => ({ hub, kind: '', id: '', name });

describe('the names of the things in the editor', () => {
  let clock: SinonFakeTimers;
  let nodes: Node[];
  let accounts: Node[];
  let asked: Asked[];
  let mayRead: boolean;
  /** Names of targets that are not found. */
  let gone: string[];
  let isFailing: boolean;
  let handlers: Map<string, Set<(node: object) => void>>;
  let watch: NameWatch;

  const emit = (event: string, node: object = {}): void => handlers.get(event)?.forEach((call) => call(node));
  const pass = async (ms: number): Promise<Asked[]> => {
    await clock.tickAsync(ms);
    return asked.splice(0);
  };
  const node = (account: string, more: object): Node => ({ id: 'n', type: 'cozify-changes', account, ...more });

  /** Answers a request as the endpoint `/resolve` does. */
  function answerTo({ targets, rooms }: Asked): object {
    const found = (id: string, hub: string): object => ({ is: 'found', thing: thing(`New ${id}`, {}, { id, hub }) });
    return {
      hubs: [],
      targets: targets.map(({ id, name, hub }) =>
        gone.includes(name) ? { is: 'gone', thing: null } : found(id || name, hub),
      ),
      rooms: rooms.map((id) => found(id, 'hub-1')),
    };
  }

  const $ = jqueryWith(({ path, body }) => {
    const question = { account: decodeURIComponent(path.split('/')[2] ?? ''), ...body } as Asked;
    asked.push(question);
    return isFailing ? new Refusal(503) : answerTo(question);
  });

  beforeEach(() => {
    clock = useFakeTimers();
    [nodes, accounts, asked, mayRead, gone, isFailing] = [[], [], [], true, [], false];
    handlers = new Map();
    const nothing = (): void => undefined;
    const catalogue = translateIn('en');
    const editor = {
      _: (key: string, more: Record<string, string>) => catalogue(key.replace(/^.*:/, '') as 'locale', more),
      user: { hasPermission: (permission: string) => permission === 'cozify.read' && mayRead },
      nodes: {
        eachNode: (call: (node: object) => void) => nodes.forEach(call),
        node: (id: string) => accounts.find((account) => account.id === id) ?? null,
      },
      events: {
        on: (name: string, call: () => void) => handlers.set(name, new Set([...(handlers.get(name) ?? []), call])),
        off: (name: string, call: () => void) => handlers.get(name)?.delete(call),
      },
      view: { redraw: nothing },
      editor: { validateNode: nothing },
      sidebar: { config: { refresh: nothing } },
    };
    Object.assign(globalThis, { RED: editor, window: globalThis, $ });
    accounts = ['home', 'cabin'].map((id) => ({ id, type: 'cozify-account', cloudUrl: '' }));
    watch = new NameWatch();
  });
  afterEach(() => {
    watch.stop();
    clock.restore();
    for (const name of ['RED', 'window', '$']) Reflect.deleteProperty(globalThis, name);
  });

  it('are looked up with one request per account, a moment after the flows were loaded', async () => {
    accounts = [{ id: 'home', type: 'cozify-account', cloudUrl: 'https://cloud.example' }, ...accounts.slice(1)];
    nodes = [
      node('home', { targets: [device('a'), byName('Valo'), byName('Ovi', 'hub-9')], rooms: ['r'], hub: 'hub-2' }),
      node('home', { targets: [device('a'), byName('Valo')], rooms: ['r', 's'], hub: '${HUB}' }),
      node('home', { targets: [null, {}, { hub: '', kind: '', id: '', name: '${LAMP}' }], rooms: 'x' }),
      node('home', { type: 'inject', targets: [device('not-ours')] }),
      node('home', {}),
      node('cabin', { targets: [byName('Sauna')] }),
      node('', { targets: [device('b')] }),
      node('removed', { targets: [device('c')] }),
    ];
    watch.start();
    assert.deepEqual(await pass(499), []);
    const common = { hub: '', lang: 'en' };
    assert.deepEqual(await pass(1), [
      {
        ...{ account: 'home', ...common, cloudUrl: 'https://cloud.example' },
        ...{ targets: [byName('Valo', 'hub-2'), byName('Ovi', 'hub-9'), device('a')], rooms: ['r', 's'] },
      },
      { account: 'cabin', ...common, targets: [byName('Sauna')], rooms: [] },
    ]);
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 'a' }), 'New a');
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 's' }), 'New s');
    assert.deepEqual(await pass(5_000), []);
  });

  it('are drawn again on the canvas as soon as they are known', async () => {
    const user = node('home', { targets: [device('drawn')] });
    nodes = [user];
    accounts = [{ id: 'home', type: 'cozify-account', users: [user] }];
    watch.start();
    await pass(500);
    assert.deepEqual([user['dirty'], user['resize']], [true, true]);
  });

  it('are looked up again after a Deploy, and for a new or changed node with other things', async () => {
    const known = node('home', { targets: [device('a')], rooms: ['r'] });
    nodes = [known, node('cabin', { targets: [device('theirs')] })];
    watch.start();
    assert.equal((await pass(500)).length, 2);
    for (const event of ['nodes:add', 'nodes:change']) {
      emit(event, known);
      emit(event, { type: 'inject', account: 'home', targets: [device('b')] });
      emit(event, { account: 'home', targets: [device('b')] });
      assert.deepEqual(await pass(500), [], 'they are known, or not ours');
      const added = node('home', { targets: [device('a'), device(event)] });
      nodes = [...nodes, added];
      emit(event, added);
      emit(event, added);
      assert.equal((await pass(500)).length, 1);
      emit(event, added);
      assert.deepEqual(await pass(500), []);
    }
    for (const event of ['flows:loaded', 'deploy']) {
      emit(event);
      assert.equal((await pass(500)).length, 2);
    }
    watch.ask('home');
    assert.equal((await pass(500)).length, 1, 'after a login');
  });

  it('are looked up again after a failure', async () => {
    const added = node('home', { targets: [device('fails')] });
    nodes = [added];
    isFailing = true;
    watch.start();
    assert.equal((await pass(500)).length, 1);
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 'fails' }), undefined);
    isFailing = false;
    emit('nodes:change', added);
    assert.equal((await pass(500)).length, 1);
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 'fails' }), 'New fails');
  });

  it('are not looked up without the permission, without things, or after the package was removed', async () => {
    const added = node('home', { targets: [device('a')] });
    nodes = [added];
    mayRead = false;
    watch.start();
    assert.deepEqual(await pass(500), []);
    mayRead = true;
    nodes = [node('home', { targets: [], rooms: [] })];
    emit('deploy');
    assert.deepEqual(await pass(500), []);
    nodes = [added];
    emit('deploy');
    watch.stop();
    emit('nodes:add', added);
    assert.deepEqual(await pass(1_000), []);
    watch.start();
    assert.equal((await pass(500)).length, 1);
  });

  it('are limited to 2 000 things and 2 000 rooms in a request', async () => {
    const ids = Array.from({ length: 2_005 }, (_none, index) => `many-${index}`);
    nodes = [node('home', { targets: ids.map((id) => device(id)), rooms: ids })];
    watch.start();
    const [first] = await pass(500);
    assert.deepEqual([first?.targets.length, first?.rooms.length], [2_000, 2_000]);
    assert.deepEqual([first?.targets[0]?.id, first?.rooms[0]], ['many-0', 'many-0']);
  });

  it('are an error of the node if there is no such thing', async () => {
    const lamp = node('home', { targets: [byName('Sold lamp'), byName('Lamp')], hub: 'hub-1' });
    nodes = [lamp];
    gone = ['Sold lamp'];
    const check = (name: string): unknown => checkTargets.call(lamp, [byName(name)], {});
    assert.equal(check('Sold lamp'), true, 'nothing is known yet');
    watch.start();
    await pass(500);
    assert.match(String(check('Sold lamp')), /Sold lamp/);
    assert.equal(check('Lamp'), true);
  });
});

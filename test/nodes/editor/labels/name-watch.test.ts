import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { NameWatch } from '../../../../nodes/editor/labels/name-watch.js';
import { knownNames } from '../../../../nodes/editor/labels/names.js';
import type { SavedTarget } from '../../../../nodes/editor/picker/target.js';
import { checkTargets } from '../../../../nodes/editor/shared/targets-field.js';
import { FakeEditor, type FakeNode } from '../support/fake-editor.js';
import { jqueryWith, Refusal } from '../support/fake-server.js';
import { thing } from '../support/things.js';

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
  let editor: FakeEditor;
  let asked: Asked[];
  /** Names of targets that are not found. */
  let gone: string[];
  let isFailing: boolean;
  let watch: NameWatch;

  const pass = async (ms: number): Promise<Asked[]> => {
    await clock.tickAsync(ms);
    return asked.splice(0);
  };
  const node = (account: string, more: object): FakeNode => ({ id: 'n', type: 'cozify-changes', account, ...more });

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
    [asked, gone, isFailing] = [[], [], false];
    editor = new FakeEditor();
    editor.permissions = ['cozify.read'];
    editor.install();
    Object.assign(globalThis, { window: globalThis, $ });
    editor.configs = ['home', 'cabin'].map((id) => ({ id, type: 'cozify-account', cloudUrl: '' }));
    watch = new NameWatch();
  });
  afterEach(() => {
    watch.stop();
    clock.restore();
    FakeEditor.remove();
    Reflect.deleteProperty(globalThis, 'window');
  });

  it('are looked up with one request per account, a moment after the flows were loaded', async () => {
    editor.configs = [
      { id: 'home', type: 'cozify-account', cloudUrl: 'https://cloud.example' },
      ...editor.configs.slice(1),
    ];
    editor.flow = [
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
    editor.flow = [user];
    editor.configs = [{ id: 'home', type: 'cozify-account', users: [user] }];
    watch.start();
    await pass(500);
    assert.deepEqual([user['dirty'], user['resize']], [true, true]);
  });

  it('are looked up again after a Deploy, and for a new or changed node with other things', async () => {
    const known = node('home', { targets: [device('a')], rooms: ['r'] });
    editor.flow = [known, node('cabin', { targets: [device('theirs')] })];
    watch.start();
    assert.equal((await pass(500)).length, 2);
    for (const event of ['nodes:add', 'nodes:change']) {
      editor.emit(event, known);
      editor.emit(event, { type: 'inject', account: 'home', targets: [device('b')] });
      editor.emit(event, { account: 'home', targets: [device('b')] });
      assert.deepEqual(await pass(500), [], 'they are known, or not ours');
      const added = node('home', { targets: [device('a'), device(event)] });
      editor.flow = [...editor.flow, added];
      editor.emit(event, added);
      editor.emit(event, added);
      assert.equal((await pass(500)).length, 1);
      editor.emit(event, added);
      assert.deepEqual(await pass(500), []);
    }
    for (const event of ['flows:loaded', 'deploy']) {
      editor.emit(event, {});
      assert.equal((await pass(500)).length, 2);
    }
    watch.ask('home');
    assert.equal((await pass(500)).length, 1, 'after a login');
  });

  it('are looked up again after a failure', async () => {
    const added = node('home', { targets: [device('fails')] });
    editor.flow = [added];
    isFailing = true;
    watch.start();
    assert.equal((await pass(500)).length, 1);
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 'fails' }), undefined);
    isFailing = false;
    editor.emit('nodes:change', added);
    assert.equal((await pass(500)).length, 1);
    assert.equal(knownNames.of('home', { hub: 'hub-1', id: 'fails' }), 'New fails');
  });

  it('are not looked up without the permission, without things, or after the package was removed', async () => {
    const added = node('home', { targets: [device('a')] });
    editor.flow = [added];
    editor.permissions = ['cozify.write'];
    watch.start();
    assert.deepEqual(await pass(500), []);
    editor.permissions = ['cozify.read'];
    editor.flow = [node('home', { targets: [], rooms: [] })];
    editor.emit('deploy', {});
    assert.deepEqual(await pass(500), []);
    editor.flow = [added];
    editor.emit('deploy', {});
    watch.stop();
    editor.emit('nodes:add', added);
    assert.deepEqual(await pass(1_000), []);
    watch.start();
    assert.equal((await pass(500)).length, 1);
  });

  it('are limited to 2 000 things and 2 000 rooms in a request', async () => {
    const ids = Array.from({ length: 2_005 }, (_none, index) => `many-${index}`);
    editor.flow = [node('home', { targets: ids.map((id) => device(id)), rooms: ids })];
    watch.start();
    const [first] = await pass(500);
    assert.deepEqual([first?.targets.length, first?.rooms.length], [2_000, 2_000]);
    assert.deepEqual([first?.targets[0]?.id, first?.rooms[0]], ['many-0', 'many-0']);
  });

  it('are an error of the node if there is no such thing', async () => {
    const lamp = node('home', { targets: [byName('Sold lamp'), byName('Lamp')], hub: 'hub-1' });
    editor.flow = [lamp];
    gone = ['Sold lamp'];
    const check = (name: string): unknown => checkTargets.call(lamp, [byName(name)], {});
    assert.equal(check('Sold lamp'), true, 'nothing is known yet');
    watch.start();
    await pass(500);
    assert.match(String(check('Sold lamp')), /Sold lamp/);
    assert.equal(check('Lamp'), true);
  });
});

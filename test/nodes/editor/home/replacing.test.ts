import assert from 'node:assert/strict';
import type { CanvasNode } from '../../../../nodes/editor/home/flow.js';
import type { Home, HomeParts } from '../../../../nodes/editor/home/home.js';
import { replaceAll, Replacer, type Successor } from '../../../../nodes/editor/home/replacing.js';
import type { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import type { TreeRow } from '../../../../nodes/editor/home/tree.js';
import type { Used } from '../../../../nodes/editor/home/uses.js';
import { ALARM, LAMP, PUMP, SOCKET } from '../support/able-things.js';
import { Canvas } from '../support/canvas.js';
import { translateIn } from '../support/texts.js';

const NEW = { hub: 'hub-1', kind: 'device', id: LAMP.id, name: LAMP.name };
const OLD = { hub: 'hub-1', kind: 'device', id: 'old', name: 'Vanha' };

const texts = {
  t: translateIn('en'),
  node: ({ id }: CanvasNode) => id,
  tryFailure: ({ message }: { message: string }) => message,
} as unknown as HomeTexts;

let canvas: Canvas;

function onCanvas(): void {
  beforeEach(() => {
    canvas = new Canvas().open();
  });
  after(() => Canvas.close());
}

/** Replaces a thing with a lamp in one node. Returns the message for the user. */
function replace(node: object, successor: Partial<Successor> = {}, old = OLD): string {
  const whole = { id: 'one', type: 'cozify-changes', z: 'tab', targets: [old], ...node } as CanvasNode;
  const uses = [{ key: 'key', target: old, nodeHub: '', nodes: [whole] }];
  const lamp: Successor = { ...LAMP, does: ['read', 'command'], ...successor };
  return replaceAll(old.name, uses, lamp, texts, false).message;
}

describe('the replacement of one thing by another', () => {
  onCanvas();

  /** Whether the new thing is used at once, without a warning that it can't do what the node asks for. */
  const isAble = (node: object, successor: Partial<Successor> = {}): boolean => {
    const message = replace(node, successor);
    if (/Nodes changed: 1/.test(message)) return true;
    assert.match(message, /^Nothing was replaced yet\. .* can't do what these nodes ask for: one\.$/);
    return false;
  };

  it('asks first about nodes that use fields which the new thing lacks', () => {
    assert.deepEqual(
      [
        isAble({ fields: ['temperature'] }),
        isAble({ fields: ['on', 'temperature'] }),
        isAble({ field: 'temperature' }),
        isAble({ payload: 'temperature' }),
        isAble({ condition: { field: 'temperature' } }),
      ],
      [false, false, false, false, false],
    );
    assert.deepEqual(
      [
        isAble({ fields: ['on'] }),
        isAble({ field: '', payload: 'state', condition: null }),
        isAble({ payload: 'on', condition: { field: 'hue' } }),
        isAble({}, { does: ['command'] }),
        isAble({}, { does: ['read'], state: {}, abilities: undefined as never }),
      ],
      [true, true, true, false, true],
    );
  });

  it('counts a field that the new thing can have, even if its state does not show it', () => {
    const state = { on: false };
    assert.equal(isAble({ fields: ['brightness'] }, { state }), true);
    assert.equal(isAble({ type: 'cozify-read', field: 'brightness' }, { state }), true);
    assert.equal(isAble({ fields: ['brightness'] }, { state, abilities: [] }), false);
  });

  it('asks first about buttons and commands that the new thing lacks', () => {
    const button = { type: 'cozify-button' };
    assert.deepEqual([isAble(button), isAble(button, { does: ['buttons'] })], [false, true]);
    const command = (name: string | undefined, thing: Partial<Successor>, field?: string): boolean =>
      isAble({ type: 'cozify-command', command: name, field }, { ...thing, does: thing.does ?? ['command'] });
    const scene = { kind: 'scene', does: [] as never[], abilities: [{ field: 'on', type: 'boolean' as const }] };
    assert.deepEqual(
      [command('on', SOCKET), command('on', scene), command('on', PUMP), command('on', ALARM)],
      [true, true, false, false],
    );
    assert.equal(isAble({ type: 'cozify-command', command: 'on' }, { abilities: [...(SOCKET.abilities ?? [])] }), true);
    assert.deepEqual([command('close', { kind: 'alarm' }), command('close', { kind: 'device' })], [true, false]);
    const set = (field: string | undefined, does: Successor['does']): boolean => command('set', { does }, field);
    assert.deepEqual(
      [set('brightness', ['command']), set('', ['command']), set(undefined, ['command'])],
      [true, true, true],
    );
    assert.deepEqual([set('mode', ['command']), set('brightness', ['read'])], [false, false]);
    assert.deepEqual(
      [command('payload', { does: ['command'] }), command('payload', { does: ['read'] })],
      [true, false],
    );
  });

  it('lets a room take commands, but nothing else', () => {
    const room = { kind: 'room', does: ['command'] as Successor['does'], state: {}, abilities: undefined as never };
    const lamps = { type: 'cozify-command', command: 'set', field: 'brightness' };
    assert.deepEqual(
      [
        isAble(lamps, room),
        isAble(lamps, { ...room, does: [] }),
        isAble({ type: 'cozify-command', command: 'close' }, room),
        isAble({ type: 'cozify-read' }, { ...room, does: ['read', 'command'] }),
      ],
      [true, false, false, false],
    );
  });

  it('puts the new thing in the place of the old one, once, and keeps every other target', () => {
    const other = { ...OLD, id: 'other' };
    const left = (targets: object[], old: object = OLD): unknown => {
      const node = canvas.place({ id: 'one', targets: targets as never, command: 'on' });
      const target = { hub: '', kind: '', id: '', name: '', ...old };
      replaceAll('Vanha', [{ key: 'key', target, nodeHub: '', nodes: [node] }], { ...LAMP, does: [] }, texts, false);
      assert.equal('rooms' in node, false);
      return node.targets;
    };
    assert.deepEqual(left([other, OLD]), [other, NEW]);
    assert.deepEqual(left([OLD, OLD, other]), [NEW, other]);
    assert.deepEqual(left([OLD, NEW, other]), [NEW, other]);
    assert.deepEqual(left([NEW, other, OLD]), [NEW, other]);
    const bare = { id: LAMP.id, name: 'by hand' };
    assert.deepEqual(left([bare, OLD]), [bare], 'the same thing without its hub');
    const elsewhere = { ...NEW, hub: 'hub-2' };
    assert.deepEqual(left([elsewhere, OLD]), [elsewhere, NEW], 'the same id at another hub');
    assert.deepEqual(left([other, other, OLD]), [other, other, NEW], 'what was twice before stays');
    assert.deepEqual(left([{ ...OLD, hub: 'hub-2' }, { ...OLD, kind: 'group' }, OLD]), [
      { ...OLD, hub: 'hub-2' },
      { ...OLD, kind: 'group' },
      NEW,
    ]);
    assert.deepEqual(left([{ ...OLD, name: 'another name' }]), [NEW]);
    assert.deepEqual(left([{ id: 'old' }, OLD], { id: 'old' }), [NEW, OLD]);
    assert.deepEqual(left([{ name: 'Toinen' }, { name: 'Vanha' }], { name: 'Vanha' }), [{ name: 'Toinen' }, NEW]);
    assert.deepEqual(left([{ ...OLD, id: '' }], { ...OLD, id: '' }), [NEW]);
  });

  it('replaces a room in the filter of a node, and keeps the other rooms', () => {
    const room = { ...LAMP, kind: 'room', id: 'new', does: [] } as unknown as Successor;
    const use = (node: CanvasNode): Used[] => [
      { key: 'key', target: { ...OLD, kind: 'room', name: 'old' }, nodeHub: 'room', nodes: [node] },
    ];
    const node = canvas.place({ id: 'one', type: 'cozify-read', rooms: ['old', 'sauna', 'new'], targets: [] });
    assert.deepEqual(replaceAll('Vanha', use(node), { ...LAMP, does: ['read'] }, texts, true), {
      isDone: false,
      message: 'Only a room can take its place in these nodes: one.',
    });
    assert.deepEqual([node.rooms, canvas.steps], [['old', 'sauna', 'new'], []]);
    assert.match(replaceAll('Vanha', use(node), room, texts, false).message, /Nodes changed: 1/);
    assert.deepEqual([node.rooms, node.targets], [['new', 'sauna'], []]);
  });

  it('puts a room in the place of another one, in a node without a filter too', () => {
    const node = canvas.place({ id: 'one', targets: [{ ...OLD, kind: 'room' }] });
    const use = { key: 'key', target: { ...OLD, kind: 'room' }, nodeHub: '', nodes: [node] };
    const room = { ...LAMP, kind: 'room', does: ['command'] } as unknown as Successor;
    assert.equal(replaceAll('Vanha', [use], room, texts, false).isDone, true);
    assert.deepEqual([node.targets, 'rooms' in node], [[{ ...NEW, kind: 'room' }], false]);
  });

  it('replaces a hub only where a node names that hub', () => {
    const node = canvas.place({ id: 'one', hub: 'old', targets: [OLD] });
    const hub = { hub: 'new', kind: 'hub', id: 'new', name: 'Koti', does: [], state: {} };
    const use = (kind: string): Used[] => [{ key: 'key', target: { ...OLD, kind }, nodeHub: '', nodes: [node] }];
    assert.deepEqual(replaceAll('Vanha', use('device'), hub, texts, true), {
      isDone: false,
      message: 'Only a room can take its place in these nodes: one.',
    });
    assert.match(replaceAll('Vanha', use('hub'), hub, texts, false).message, /Vanha was replaced by Koti\..*: 1\./);
    assert.deepEqual([node.hub, node.targets], ['new', [OLD]]);
    assert.deepEqual(replaceAll('Vanha', use('hub'), { ...LAMP, does: [] }, texts, true).isDone, false);
  });

  it('does not count or change a node that has the new thing already', () => {
    const node = { changed: false };
    assert.match(replace(node, {}, NEW), /Nodes changed: 0/);
    assert.deepEqual([node.changed, canvas.steps, canvas.isDirty], [false, [], false]);
  });

  it('names the nodes that would not work or stay, and replaces the others when it is asked again', () => {
    const uses = [
      {
        ...{ key: 'key', target: OLD, nodeHub: '' },
        nodes: [
          canvas.place({ id: 'plain', type: 'cozify-changes', targets: [OLD] }),
          canvas.place({ id: 'warm', type: 'cozify-read', field: 'temperature', targets: [OLD] }),
          canvas.place({ id: 'kept', type: 'cozify-read', z: 'locked', field: 'temperature', targets: [OLD] }),
        ],
      },
      {
        ...{ key: 'room', target: { ...OLD, kind: 'room' }, nodeHub: 'room' },
        nodes: [
          canvas.place({ id: 'filter', type: 'cozify-read', rooms: ['Vanha'] }),
          canvas.place({ id: 'kept-too', z: 'locked', type: 'cozify-read', rooms: ['Vanha'] }),
        ],
      },
    ];
    const lamp: Successor = { ...LAMP, does: ['read', 'command'] };
    const targets = (): unknown[] => canvas.placed.map((node) => node.targets?.[0]);
    assert.deepEqual(replaceAll('Vanha', uses, lamp, texts, false), {
      isDone: false,
      message: [
        'Nothing was replaced yet. Press Replace once more to do it.',
        "Kattovalo can't do what these nodes ask for: warm.",
        'Only a room can take its place in these nodes: filter.',
        'These nodes stay as they are, because their flows are locked: kept, kept-too.',
      ].join(' '),
    });
    assert.deepEqual([canvas.steps, targets()], [[], [OLD, OLD, OLD, undefined, undefined]]);
    assert.deepEqual(replaceAll('Vanha', uses, lamp, texts, true), {
      isDone: true,
      message: 'Vanha was replaced by Kattovalo. Nodes changed: 2. You can undo this. Press Deploy to use it.',
    });
    assert.deepEqual([canvas.steps.length, targets()], [1, [NEW, NEW, OLD, undefined, undefined]]);
  });

  it('replaces nothing, however often it is asked, if all nodes are in locked flows', () => {
    const nodes = [canvas.place({ id: 'kept', z: 'locked', targets: [OLD] })];
    for (const isWarned of [false, true]) {
      assert.deepEqual(
        replaceAll('Vanha', [{ key: 'key', target: OLD, nodeHub: '', nodes }], { ...LAMP, does: [] }, texts, isWarned),
        { isDone: false, message: 'These nodes stay as they are, because their flows are locked: kept.' },
      );
    }
    assert.deepEqual([canvas.steps, canvas.isDirty], [[], false]);
  });
});

describe('the button that replaces a thing', () => {
  onCanvas();

  /** The messages and the panel that the tab shows, and `rows` for each redraw of the rows. */
  let shown: string[];
  let hubs: Map<string, string>;
  let listed: object | undefined;
  let replacer: Replacer;
  let home: Home;
  let uses: Used[];

  beforeEach(() => {
    shown = [];
    hubs = new Map([
      ['hub-1', 'Koti'],
      ['hub-2', 'Mökki'],
    ]);
    listed = { ...LAMP, does: ['read', 'command'] };
    uses = [{ key: 'key', target: OLD, nodeHub: '', nodes: [canvas.place({ id: 'one', targets: [OLD] })] }];
    home = {
      get hubs() {
        return hubs;
      },
      uses: {
        usesOf: (key: string) => (key === 'hub-1 device old' ? uses : []),
        now: (keys: readonly string[]) => uses.filter(({ key }) => keys.includes(key)),
      },
      api: {
        list: ({ ids }: { ids: string[] }) =>
          Promise.resolve(
            listed === undefined
              ? { isOk: false, failure: { message: `no answer about ${ids.join()}` } }
              : { isOk: true, answer: { things: [SOCKET, { ...LAMP, kind: 'group' }, listed] } },
          ),
      },
    } as unknown as Home;
    replacer = new Replacer({
      texts,
      line: { result: (text: string) => shown.push(text) },
      showPanel: (panel: string) => shown.push(`panel ${panel}`),
      tree: { refresh: () => shown.push('rows') },
    } as unknown as HomeParts);
  });

  const row = (target: object, more: object = {}): TreeRow => {
    const whole = { ...NEW, ...target };
    return { key: `${whole.hub} ${whole.kind} ${whole.id}`, target: whole, ...more } as unknown as TreeRow;
  };
  const press = async (target: object, more: object = {}): Promise<string[]> => {
    await replacer.press(home, row(target, more));
    return shown.splice(0);
  };
  const CHOOSE = 'Press Replace on the one that takes the place of Vanha. Esc cancels.';
  const ENDED = 'Nothing was replaced.';
  const DONE = 'Vanha was replaced by Kattovalo. Nodes changed: 1. You can undo this. Press Deploy to use it.';
  const AGAIN = 'Nothing was replaced yet. Press Replace once more to do it.';
  const UNABLE = (name: string): string => `${AGAIN} ${name} can't do what these nodes ask for: one.`;
  const begin = (): void => {
    replacer.start(home, 'Vanha', uses);
    assert.deepEqual(shown.splice(0), ['panel things', 'rows', CHOOSE]);
  };
  const takes = (): unknown[] => [replacer.takes('device'), replacer.takes('hub')];

  it('chooses the old thing first, then the new one', async () => {
    assert.deepEqual([replacer.nextStep, takes()], ['', [undefined, undefined]]);
    assert.deepEqual(await press(OLD), ['panel things', 'rows', CHOOSE]);
    assert.deepEqual([replacer.nextStep, takes()], [CHOOSE, [true, false]]);
    assert.deepEqual(await press(NEW), [DONE, 'rows']);
    assert.deepEqual([replacer.nextStep, takes(), canvas.placed[0]?.targets], ['', [undefined, undefined], [NEW]]);
  });

  it('is cancelled by a second press on the same row, or by Escape', async () => {
    await press(OLD);
    assert.deepEqual(await press(OLD), [ENDED, 'rows']);
    assert.equal(replacer.nextStep, '');
    replacer.cancel();
    assert.deepEqual(shown, []);
    begin();
    replacer.cancel();
    assert.deepEqual(shown.splice(0), [ENDED, 'rows']);
    assert.equal(replacer.nextStep, '');
    begin();
    replacer.drop();
    assert.deepEqual([shown, replacer.nextStep], [[], '']);
  });

  it('says why the new thing could not be looked up, and can be pressed again', async () => {
    begin();
    listed = undefined;
    assert.deepEqual(await press(NEW), ['no answer about Kattovalo']);
    listed = { ...LAMP, does: ['command'] };
    assert.deepEqual(await press(NEW), [DONE, 'rows']);
  });

  it('uses the data of the row for a thing that the server no longer lists', async () => {
    begin();
    listed = { ...LAMP, hub: 'hub-2' };
    assert.deepEqual(await press(NEW), [UNABLE('Kattovalo'), 'rows']);
    assert.deepEqual(await press(NEW, { thing: { ...LAMP, does: ['command'] } }), [DONE, 'rows']);
  });

  it('replaces nothing if it is cancelled while the new thing is looked up', async () => {
    begin();
    const pressed = press(NEW);
    replacer.cancel();
    assert.deepEqual(await pressed, [ENDED, 'rows']);
    assert.deepEqual([canvas.placed[0]?.targets, canvas.steps], [[OLD], []]);
  });

  it('warns again after another thing was tried in between', async () => {
    begin();
    listed = { ...PUMP, does: ['command'] };
    const pump = { id: PUMP.id, name: PUMP.name };
    const alarm = { kind: 'alarm', id: 'alarm', name: 'Hälytys' };
    assert.deepEqual(await press(pump), [UNABLE(PUMP.name), 'rows']);
    assert.deepEqual(await press(alarm), [UNABLE('Hälytys'), 'rows']);
    assert.deepEqual(await press(pump), [UNABLE(PUMP.name), 'rows']);
    begin();
    assert.deepEqual(
      (await press(pump))[0]?.startsWith('Vanha was replaced'),
      true,
      'the same start keeps the warning',
    );
  });

  it('forgets the warning when another thing is to be replaced', async () => {
    begin();
    listed = { ...PUMP, does: ['command'] };
    const pump = { id: PUMP.id, name: PUMP.name };
    assert.deepEqual(await press(pump), [UNABLE(PUMP.name), 'rows']);
    const use = { ...uses[0], key: 'other', nodes: [canvas.place({ id: 'two', targets: [OLD] })] } as Used;
    uses.push(use);
    replacer.start(home, 'Toinen', [use]);
    assert.match(replacer.nextStep, /takes the place of Toinen/);
    shown.length = 0;
    assert.deepEqual(await press(pump), [UNABLE(PUMP.name).replace('one.', 'two.'), 'rows']);
  });

  describe('for a hub', () => {
    beforeEach(() => {
      const node = canvas.place({ id: 'of-hub', hub: 'old' });
      uses = [{ key: 'hub', target: { ...OLD, kind: 'hub' }, nodeHub: '', nodes: [node] }];
    });

    it('takes another hub, which is chosen from several', async () => {
      begin();
      assert.deepEqual(takes(), [false, true]);
      const [done] = await press({ kind: 'hub', hub: 'hub-2', id: 'hub-2', name: 'Mökki' });
      assert.match(String(done), /^Vanha was replaced by Mökki\. Nodes changed: 1\./);
      assert.equal(canvas.placed.at(-1)?.hub, 'hub-2');
    });

    it('takes the only hub at once', () => {
      hubs.delete('hub-2');
      replacer.start(home, 'Vanha', uses);
      assert.match(String(shown[0]), /^Vanha was replaced by Koti\. Nodes changed: 1\./);
      assert.deepEqual([shown.length, canvas.placed.at(-1)?.hub], [2, 'hub-1']);
    });

    it('waits for a choice before any hub is known', () => {
      hubs.clear();
      begin();
    });
  });

  it('does not take the only hub for a thing', () => {
    hubs.delete('hub-2');
    begin();
  });
});

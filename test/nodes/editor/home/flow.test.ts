import assert from 'node:assert/strict';
import {
  addFlow,
  changeNames,
  dashboardNodes,
  type DropTarget,
  hasPermission,
  letDrag,
  makerIn,
  mayAdd,
  mayAddFlow,
  mayChange,
  mayReveal,
  nameOfNode,
  type NodeMaker,
  putIntoFlow,
  reveal,
} from '../../../../nodes/editor/home/flow.js';
import { Canvas, CHART } from '../support/canvas.js';

let canvas: Canvas;

function onCanvas(): void {
  beforeEach(() => {
    canvas = new Canvas().open();
    canvas.placed.push({ id: 'account', type: 'cozify-account', z: '', x: 0, y: 0, w: 0, h: 0 });
  });
  after(() => Canvas.close());
}

const target = (kind: string, id = 'one') => ({ hub: 'hub-1', kind, id, name: id });
const LAMP = target('device');

function put(place: DropTarget, maker: NodeMaker = 'command', targets = [LAMP]): string | undefined {
  return putIntoFlow(maker, targets, 'account', place);
}

/** Returns the properties of the added node, without its id, size and account. */
function added(): Record<string, unknown> {
  const { id, w, h, account, ...others } = canvas.placed.at(-1) ?? { id: '', w: 0, h: 0 };
  assert.deepEqual([id, w, h, account], ['new', 100, 30, 'account']);
  return others;
}

describe('a new node in the open flow', () => {
  onCanvas();

  it('refers to the things of the row, with settings that suit their kind', () => {
    const made = (maker: NodeMaker, ...kinds: string[]): Record<string, unknown> => {
      put(
        { pageX: 500, pageY: 450 },
        maker,
        kinds.map((kind, index) => target(kind, `id-${index}`)),
      );
      const { x, y, z, targets, ...others } = added();
      assert.deepEqual([x, y, z], [350, 300, 'tab']);
      return { ...others, targets: (targets as { id: string }[]).map(({ id }) => id) };
    };
    assert.deepEqual(made('command', 'device'), { type: 'cozify-command', targets: ['id-0'] });
    assert.deepEqual(made('command', 'scene', 'scene'), {
      ...{ type: 'cozify-command', targets: ['id-0', 'id-1'], command: 'on' },
    });
    assert.deepEqual(made('command', 'scene', 'device'), { type: 'cozify-command', targets: ['id-0', 'id-1'] });
    assert.deepEqual(made('command', 'alarm'), { type: 'cozify-command', targets: ['id-0'], command: 'close' });
    assert.deepEqual(made('command', 'room'), { type: 'cozify-command', targets: ['id-0'] });
    assert.deepEqual(made('read', 'group'), { type: 'cozify-read', targets: ['id-0'], kind: 'group' });
    assert.deepEqual(made('changes', 'device', 'group', 'device'), {
      ...{ type: 'cozify-changes', targets: ['id-0', 'id-1', 'id-2'], kinds: ['device', 'group'] },
    });
    assert.deepEqual(made('changes', 'room'), { type: 'cozify-changes', targets: [], rooms: ['id-0'] });
    assert.deepEqual(made('button', 'device'), { type: 'cozify-button', targets: ['id-0'] });
  });

  it('is one step that can be undone, valid, selected and deployable, and stays where it was dropped', () => {
    put({ pageX: 500, pageY: 450 });
    assert.deepEqual(canvas.steps, [{ t: 'add', nodes: ['new'] }]);
    assert.deepEqual(
      [canvas.log, canvas.shown, canvas.isDirty],
      [['validated new', 'drawn with its links'], [['new']], true],
    );
    // Imitates the first drawing of Node-RED, which widens a node and thereby moves its middle.
    Object.assign(canvas.placed.at(-1) as object, { x: 380, dirty: false });
    canvas.frames.forEach((draw) => draw());
    assert.deepEqual([added()['x'], added()['y'], added()['dirty']], [350, 300, true]);
    assert.equal(canvas.log.at(-1), 'drawn');
  });

  it('is at the mouse in a version of Node-RED that has no zoom', () => {
    delete canvas.red.view['scale'];
    put({ pageX: 500, pageY: 450 });
    assert.deepEqual([added()['x'], added()['y']], [700, 600]);
  });

  it('is in the middle of the visible part, on the grid, below other nodes', () => {
    const place = (): unknown[] => {
      put('view');
      const { x, y } = canvas.placed.pop() ?? {};
      return [x, y];
    };
    // The middle is at 500, 350 of the page, and so at (500 - 100 + 300) / 2 and (350 - 50 + 200) / 2 of the flow.
    assert.deepEqual(place(), [350, 250]);
    const near = (x: number, y: number): unknown[] => {
      const node = canvas.place({ id: 'near', x, y, w: 100, h: 30 });
      const found = place();
      canvas.placed.splice(canvas.placed.indexOf(node), 1);
      return found;
    };
    assert.deepEqual(near(350, 250), [350, 300]);
    // Beside a node of this size, another one has room 110 to the side of its middle, or 35 above or below.
    for (const x of [459, 241]) assert.deepEqual(near(x, 250), [350, 300]);
    for (const x of [460, 240]) assert.deepEqual(near(x, 250), [350, 250]);
    for (const y of [285, 215]) assert.deepEqual(near(350, y), [350, 250]);
    assert.deepEqual(near(350, 216), [350, 300]);
    assert.deepEqual(near(350, 284), [350, 350]);
    canvas.place({ id: 'elsewhere', z: 'sub', x: 350, y: 250 });
    assert.deepEqual(place(), [350, 250]);
    canvas.red.view['scale'] = () => 1.02;
    assert.deepEqual(place(), [675, 500], 'on the grid');
    delete canvas.red.view['gridSize'];
    assert.deepEqual(place(), [680, 500], 'on the usual grid');
    delete canvas.red.nodes['filterNodes'];
    assert.deepEqual(place(), [680, 500]);
  });

  it('hangs at the mouse with the defaults of its type, and the keys go to the flow', () => {
    put('mouse', 'read');
    put('mouse', 'changes');
    put('mouse', 'button');
    put('mouse', 'command');
    const common = { id: 'cozify-home', account: 'account', targets: [LAMP], z: 'tab', x: 0, y: 0 };
    const options = { addFlow: false, notify: false, generateIds: true };
    const read = { ...common, type: 'cozify-read', name: '', rooms: [], outputs: 2, kind: 'device', wires: [[], []] };
    const changes = { ...common, type: 'cozify-changes', name: '', kinds: ['device'], wires: [[]] };
    assert.deepEqual(canvas.imported, [
      { nodes: [read], options },
      { nodes: [changes], options },
      { nodes: [{ ...common, type: 'cozify-button', wires: [] }], options },
      { nodes: [{ ...common, type: 'cozify-command', wires: [] }], options },
    ]);
    assert.deepEqual(canvas.shown, ['focus', 'focus', 'focus', 'focus']);
    assert.deepEqual([canvas.placed.length, canvas.steps], [1, []]);
    delete canvas.red.view['importNodes'];
    put('mouse');
    assert.deepEqual(
      [added()['x'], added()['y']],
      [350, 250],
      'in the middle if Node-RED can hang nothing at the mouse',
    );
  });

  it('is not added to a locked flow, without a flow, or to a flow that cannot use the account', () => {
    const refused = (): (string | undefined)[] => {
      const reasons = [put('mouse'), put('view'), put({ pageX: 500, pageY: 450 })];
      return [...new Set(reasons)];
    };
    canvas.active = 'locked';
    assert.deepEqual(refused(), ['locked']);
    canvas.active = 0;
    assert.deepEqual(refused(), ['noFlow']);
    canvas.active = 'deleted';
    assert.deepEqual(refused(), ['noFlow']);
    canvas.active = 'tab';
    canvas.placed.length = 0;
    assert.deepEqual(refused(), ['account']);
    canvas.place({ id: 'account', z: 'sub' });
    assert.deepEqual(refused(), ['account']);
    assert.deepEqual([canvas.steps, canvas.imported, canvas.shown], [[], [], []]);
    canvas.active = 'sub';
    assert.deepEqual(refused(), [undefined]);
  });

  it('is not added if Node-RED cannot create nodes', () => {
    delete canvas.red.view['createNode'];
    put('view');
    assert.deepEqual([canvas.placed.length, canvas.steps, canvas.isDirty], [1, [], false]);
  });
});

describe('the access of the home tab to flows', () => {
  onCanvas();

  const allowed = (): string[] =>
    Object.entries({ add: mayAdd(), change: mayChange(), flow: mayAddFlow(), reveal: mayReveal() })
      .filter(([, is]) => is)
      .map(([name]) => name);

  it('depends on the permissions of the user', () => {
    assert.deepEqual(allowed(), ['add', 'change', 'flow', 'reveal']);
    canvas.user.permissions = ['flows.read', 'cozify.read'];
    assert.deepEqual([hasPermission('cozify.read'), hasPermission('cozify.write')], [true, false]);
    assert.deepEqual(allowed(), ['reveal']);
    delete canvas.red.user['hasPermission'];
    assert.equal(hasPermission('cozify.write'), true);
  });

  it('depends on the functions that this version of Node-RED has', () => {
    for (const [part, name, rest] of [
      ['view', 'createNode', ['change', 'flow', 'reveal']],
      ['nodes', 'add', ['change', 'flow', 'reveal']],
      ['view', 'importNodes', ['add', 'change', 'reveal']],
      ['nodes', 'createCompleteNodeSet', ['add', 'change', 'reveal']],
      ['workspaces', 'show', ['add', 'change', 'reveal']],
      ['view', 'reveal', ['add', 'change', 'flow']],
      ['history', 'push', ['reveal']],
    ] as const) {
      canvas = new Canvas().open();
      delete canvas.red[part][name];
      assert.deepEqual(allowed(), rest, name);
    }
  });

  it('shows a node', () => {
    reveal('one');
    assert.deepEqual(canvas.shown, ['one']);
  });

  it('drags a row as the node that fits it best', () => {
    assert.equal(makerIn(['read', 'changes', 'button', 'command', 'on']), 'command');
    assert.equal(makerIn(['read', 'changes', 'button']), 'button');
    assert.equal(makerIn(['read', 'changes']), 'changes');
    assert.equal(makerIn(['read']), 'read');
    assert.equal(makerIn(['on', 'replace']), undefined);
  });
});

describe('a drag from the list', () => {
  onCanvas();

  it('ends in the flow where it is dropped there, and nowhere else', () => {
    const dropped: unknown[] = [];
    const made: Record<string, Record<string, unknown>> = {};
    const workspace = {
      droppable: (options: Record<string, unknown> | string): void => {
        if (typeof options === 'string') dropped.push(options);
        else made['drop'] = options;
      },
    };
    const chart = (globalThis as unknown as { $: () => object }).$();
    const beside = { label: '', text: (label: string) => ({ label }) };
    const parts: Record<string, object> = { '#red-ui-workspace': workspace, '#red-ui-workspace-chart': chart };
    Object.assign(globalThis, { $: (selector: string) => parts[selector] ?? beside });
    const $list = { draggable: (options: Record<string, unknown>): void => void (made['drag'] = options) };
    const end = new AbortController();
    letDrag(
      $list as unknown as JQuery,
      (element) =>
        (element as unknown) === 'heading'
          ? undefined
          : { label: `Lamp ${element as unknown as string}`, drop: ({ pageX, pageY }) => dropped.push([pageX, pageY]) },
      end.signal,
    );
    const { helper, start, ...options } = made['drag'] as {
      helper: (event: object) => { label: string };
      start: () => boolean;
    };
    const { drop } = made['drop'] as { drop: (spot: object) => void };
    assert.deepEqual(options, {
      scope: 'cozify-home',
      handle: '[role=treeitem]',
      cancel: '.cozify-home-uses, .cozify-home-nodes, .cozify-home-details',
      distance: 5,
      appendTo: 'body',
      cursorAt: { left: -8, top: -8 },
      zIndex: 1000,
    });
    assert.equal(helper({ target: 'heading' }).label, '');
    assert.equal(start(), false, 'a row that creates no node stays');
    assert.equal(helper({ target: 'row' }).label, 'Lamp row');
    assert.equal(start(), true);
    const { left, top, width, height } = CHART;
    for (const [pageX, pageY] of [
      ...[
        [left - 1, 300],
        [left + width, 300],
        [300, top - 1],
        [300, top + height],
        [0, 0],
      ],
    ]) {
      drop({ pageX, pageY });
    }
    assert.deepEqual(dropped, [], 'on a bar or sidebar');
    drop({ pageX: left, pageY: top });
    drop({ pageX: left + width - 1, pageY: top + height - 1 });
    assert.deepEqual(dropped.splice(0), [
      [100, 50],
      [899, 649],
    ]);
    end.abort();
    assert.deepEqual(dropped, ['destroy']);
  });
});

describe('the name of a node', () => {
  onCanvas();

  it('is its label and its flow, and says whether it is disabled', () => {
    const named = (node: object): unknown[] => {
      const { label, flow, isDisabled } = nameOfNode(canvas.place({ id: 'one', ...node }));
      return [label, flow, isDisabled];
    };
    assert.deepEqual(named({ name: 'Lamp' }), ['Lamp', 'Home', false]);
    assert.deepEqual(named({ z: 'sub' }), ['one', 'Evening', false]);
    assert.deepEqual(named({ z: 'off' }), ['one', 'Off', true]);
    assert.deepEqual(named({ d: true }), ['one', 'Home', true]);
    assert.deepEqual(named({ d: false, z: 'deleted' }), ['one', '', false]);
  });
});

describe('the dashboard of the home in the editor', () => {
  onCanvas();

  it('is found by its tabs, its configuration and the flows that have widgets', () => {
    let asked: unknown;
    const all = [
      { id: 'tab', type: 'tab', label: 'Home', info: 'long' },
      { id: 'page', type: 'ui-page', name: 'Home', path: '/home' },
      { id: 'switch', type: 'ui-switch', z: 'tab', group: 'group', label: 'Lamp' },
      { id: 'command', type: 'cozify-command', z: 'tab', wires: [[]], targets: [LAMP], credentials: {} },
      { id: 'event', type: 'ui-event', z: 'other' },
      { id: 'function', type: 'function', z: 'other', group: 'group' },
      { id: 'config', type: 'mqtt-broker' },
    ];
    canvas.red.nodes['createCompleteNodeSet'] = (options: object) => {
      asked = options;
      return all;
    };
    const sent = JSON.parse(JSON.stringify(dashboardNodes())) as unknown;
    assert.deepEqual(sent, [
      { id: 'tab', type: 'tab', label: 'Home' },
      { id: 'page', type: 'ui-page', name: 'Home', path: '/home' },
      { id: 'switch', type: 'ui-switch', z: 'tab', group: 'group', label: 'Lamp' },
      { id: 'command', type: 'cozify-command', z: 'tab', wires: [[]], targets: [LAMP] },
      { id: 'event', type: 'ui-event', z: 'other' },
    ]);
    assert.deepEqual(asked, { credentials: false });
    delete canvas.red.nodes['createCompleteNodeSet'];
    assert.deepEqual(dashboardNodes(), []);
  });

  it('is added as a flow with the ids of the answer, and shown', () => {
    const nodes = [
      { id: 'base', type: 'ui-base' },
      { id: 'flow', type: 'tab' },
      { id: 'switch', type: 'ui-switch', z: 'flow' },
    ];
    addFlow(nodes);
    assert.deepEqual(canvas.imported, [{ nodes, options: { addFlow: false, notify: false, generateIds: false } }]);
    assert.deepEqual(canvas.shown, ['flow']);
  });
});

describe('a change of the targets of nodes', () => {
  onCanvas();

  it('is one step that can be undone, validates the nodes, and lights Deploy', () => {
    const old = target('device', 'old');
    const [one, two] = [
      canvas.place({ id: 'one', targets: [old], command: 'on' }),
      canvas.place({ id: 'two', rooms: ['old'], changed: true, dirty: false }),
    ];
    changeNames([
      { node: one, names: { targets: [LAMP] } },
      { node: two, names: { rooms: ['new'] } },
    ]);
    const marks = { changed: true, dirty: true, resize: true };
    assert.deepEqual({ ...one }, { ...one, targets: [LAMP], command: 'on', ...marks });
    assert.deepEqual({ ...two }, { ...two, rooms: ['new'], ...marks });
    assert.deepEqual(canvas.steps, [
      {
        t: 'multi',
        events: [
          { t: 'edit', node: one, changes: { targets: [old] }, changed: false, dirty: false },
          { t: 'edit', node: two, changes: { rooms: ['old'] }, changed: true, dirty: false },
        ],
        dirty: false,
      },
    ]);
    assert.deepEqual(canvas.log, [
      ...['validated one', 'nodes:change one', 'validated two', 'nodes:change two', 'drawn with its links'],
    ]);
    assert.equal(canvas.isDirty, true);
    changeNames([{ node: one, names: { targets: [old] } }]);
    assert.equal(canvas.steps.at(-1)?.['dirty'], true);
  });
});

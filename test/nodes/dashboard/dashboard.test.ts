import assert from 'node:assert/strict';
import { type DashboardPlan, type DashboardQuery, planDashboard } from '../../../nodes/dashboard/dashboard';
import type { FlowNode } from '../../../nodes/dashboard/existing';
import type { ListedState } from '../../../src/homes-api';
import { each } from '../../support/each';
import { afterDeploy } from '../../support/variables';

const ACCOUNT = 'account';
const HUB = 'hub-1';
const COTTAGE = 'hub-2';
const HUBS = new Map([
  [HUB, 'Koti'],
  [COTTAGE, 'Mökki'],
]);

type Given = Partial<ListedState> & { name: string };
type Ability = NonNullable<ListedState['abilities']>[number];

const ON: Ability = { field: 'on', type: 'boolean' };
const BRIGHTNESS: Ability = { field: 'brightness', type: 'number', min: 0, max: 100, unit: '%' };

/** Returns a device. Defaults to the first hub and to the living room (Olohuone). */
function device({ name, hub = HUB, room = 'Olohuone', ...rest }: Given): ListedState {
  return {
    id: `id of ${name} at ${hub}`,
    name,
    kind: 'device',
    type: null,
    room,
    roomId: room === null ? null : `${hub} ${room}`,
    hub,
    capabilities: [],
    groups: [],
    manufacturer: null,
    model: null,
    does: [],
    state: {},
    abilities: [],
    ...rest,
  };
}

const lamp = (name = 'Lamppu', rest: Partial<ListedState> = {}): ListedState =>
  device({ name, abilities: [ON, BRIGHTNESS], state: { on: true, brightness: 40 }, ...rest });
const thermometer = (name = 'Lämpömittari', rest: Partial<ListedState> = {}): ListedState =>
  device({ name, state: { temperature: 21.4, battery: 80 }, ...rest });
const scene = (name: string, hub = HUB): ListedState => device({ name, hub, kind: 'scene', room: null });

function plan(things: ListedState[], rest: Partial<DashboardQuery> = {}): DashboardPlan {
  let count = 0;
  const newId = (): string => `new-${(count += 1)}-${rest.flows?.length ?? 0}`;
  return planDashboard({
    account: ACCOUNT,
    things,
    hubs: HUBS,
    rooms: undefined,
    flows: [],
    language: 'en',
    newId,
    ...rest,
  });
}

/** Returns the nodes for all rooms. */
function make(things: ListedState[], rest: Partial<DashboardQuery> = {}): FlowNode[] {
  const { rooms } = plan(things, rest);
  return plan(things, { ...rest, rooms: rooms.map(({ key }) => key) }).nodes;
}

const ofType = (nodes: readonly FlowNode[], type: string): FlowNode[] => nodes.filter((node) => node.type === type);
function only(nodes: readonly FlowNode[], type: string): FlowNode {
  const [first, ...others] = ofType(nodes, type);
  assert.ok(first && others.length === 0, `one ${type}, not ${ofType(nodes, type).length}`);
  return first;
}
const wiresOf = (node: FlowNode): string[][] => node['wires'] as string[][];
/** Returns the widgets as texts in their order on the page, with group, type and label. */
function pageOf(nodes: readonly FlowNode[]): string[] {
  const nameOf = (id: unknown): unknown => nodes.find((node) => node.id === id)?.['name'];
  return nodes
    .filter((node) => node['group'] !== undefined)
    .sort((one, other) => Number(one['order']) - Number(other['order']))
    .map(({ type, label, group }) => `${String(nameOf(group))}: ${type} ${String(label)}`);
}
/** Returns the nodes, with changed properties for one of them. */
const withChange = (nodes: readonly FlowNode[], id: string | undefined, change: object): FlowNode[] =>
  nodes.map((node) => (node.id === id ? { ...node, ...change } : node));

describe('The widgets of a dashboard', () => {
  const percent = (field: string): Ability => ({ field, type: 'number', min: 0, max: 100, unit: '%' });
  const modes: Ability = { field: 'mode', type: 'word', words: ['off', 'heat'] };
  const slats = { position: 26, tilt: 0, battery: 74 };
  const blind = device({ name: 'Verho', abilities: [percent('position'), percent('tilt')], state: slats });
  const heatPump = device({ name: 'Pumppu', abilities: [modes], state: { mode: 'heat' } });
  const heater = device({ name: 'Kiuas', abilities: [ON], state: { on: false, power: 0 } });
  const siren = device({ name: 'Sireeni', type: 'SIREN', abilities: [ON], state: { on: false } });
  const air = device({ name: 'Ilma', state: { co2: 920, humidity: 25 } });
  const motion = device({ name: 'Liike', state: { motion: false, temperature: 19.7 } });
  const cases: [title: string, thing: ListedState, widgets: string[]][] = [
    ['a dimmable lamp', lamp(), ['ui-switch Lamppu', 'ui-slider Brightness, %']],
    ['a lamp without a dimmer', lamp('Valo', { abilities: [ON] }), ['ui-switch Valo']],
    ['a blind with slats', blind, ['ui-slider Verho, %', 'ui-slider Slats, %']],
    [
      'a thermostat',
      device({
        name: 'Patteri',
        abilities: [{ field: 'targetTemperature', type: 'number', min: 0, max: 100, unit: '°C' }],
        state: { temperature: 19.5, targetTemperature: 21, heatingDemand: 88 },
      }),
      ['ui-number-input Patteri, °C', 'ui-text Patteri, temperature', 'ui-chart Temperatures, °C'],
    ],
    ['a heat pump', heatPump, ['ui-dropdown Pumppu']],
    ['a thermometer', thermometer(), ['ui-text Lämpömittari', 'ui-chart Temperatures, °C']],
    ['an air quality sensor', air, ['ui-text Ilma', 'ui-text Ilma, carbon dioxide']],
    ['a door', device({ name: 'Ulko-ovi', state: { open: false, batteryLow: true } }), ['ui-text Ulko-ovi']],
    ['a leak sensor', device({ name: 'Vuotovahti', state: { leak: false, temperature: 21 } }), ['ui-text Vuotovahti']],
    ['a motion sensor', motion, ['ui-text Liike', 'ui-text Liike, temperature', 'ui-chart Temperatures, °C']],
    ['a socket with a meter', heater, ['ui-switch Kiuas', 'ui-text Kiuas, power']],
    ['a water meter', device({ name: 'Vesi', state: { flow: 0, volume: 359460 } }), ['ui-text Vesi']],
    ['a siren, which has no switch', siren, ['ui-text Sireeni']],
    ['a remote control', device({ name: 'Kytkin', state: { battery: 80, button: 1 } }), []],
  ];
  for (const [title, thing, widgets] of cases) {
    it(`are chosen for ${title}`, () => {
      assert.deepEqual(
        pageOf(make([thing])),
        widgets.map((widget) => `Olohuone: ${widget}`),
      );
    });
  }

  it('are a button for each scene', () => {
    const nodes = make([scene('Kotona')]);
    assert.deepEqual(pageOf(nodes), ['Scenes: ui-button Kotona']);
    const command = only(nodes, 'cozify-command');
    assert.deepEqual(wiresOf(only(nodes, 'ui-button')), [[command.id]]);
    assert.equal(command['command'], 'on');
    assert.deepEqual(command['targets'], [{ hub: HUB, kind: 'scene', id: 'id of Kotona at hub-1', name: 'Kotona' }]);
  });

  it('show the state of a lamp and share its command node, without a loop', () => {
    const nodes = make([lamp()]);
    const [toggle, slider, command] = ['ui-switch', 'ui-slider', 'cozify-command'].map((type) => only(nodes, type));
    assert.ok(toggle && slider && command);
    const target = [{ hub: HUB, kind: 'device', id: 'id of Lamppu at hub-1', name: 'Lamppu' }];
    const changes = ofType(nodes, 'cozify-changes');
    assert.deepEqual(
      changes.map(({ payload, targets, initial, wires }) => [payload, targets, initial, wires]),
      [
        ['on', target, true, [[toggle.id]]],
        ['brightness', target, true, [[slider.id]]],
      ],
    );
    for (const widget of [toggle, slider]) {
      assert.equal(widget['passthru'], false);
      assert.deepEqual(wiresOf(widget), [[command.id]]);
    }
    assert.equal(toggle['decouple'], true, 'the switch shows what arrives, not what was requested');
    assert.deepEqual([slider['min'], slider['max']], [1, 100]);
    assert.deepEqual([command['command'], command['targets'], command['confirm']], ['payload', target, 3]);
  });

  it('set the fields of a blind', () => {
    assert.deepEqual(
      ofType(make([blind]), 'cozify-command').map(({ command, field }) => [command, field]),
      [
        ['set', 'position'],
        ['set', 'tilt'],
      ],
    );
  });

  it('accept the temperature of a boiler', () => {
    const boiler = device({
      name: 'Varaaja',
      abilities: [{ field: 'targetTemperature', type: 'number', min: 0, max: 100, unit: '°C' }],
      state: { targetTemperature: 60 },
    });
    assert.equal(only(make([boiler]), 'ui-number-input')['max'], 100);
  });

  it('show values and states in words of the language', () => {
    const things = [thermometer(), device({ name: 'Ovi', state: { open: false } })];
    const valuesIn = (language: 'en' | 'fi'): unknown[] =>
      ofType(make(things, { language }), 'ui-text').map(({ value }) => value);
    assert.deepEqual(valuesIn('en'), ['payload & " °C"', 'payload ? "open" : "closed"']);
    assert.deepEqual(valuesIn('fi'), ['$replace($string(payload), ".", ",") & " °C"', 'payload ? "auki" : "kiinni"']);
  });

  it('have labels that are text and not HTML', () => {
    assert.equal(only(make([lamp('<b>Lamppu</b>', { abilities: [ON] })]), 'ui-switch')['label'], '&lt;b>Lamppu&lt;/b>');
  });

  it('show names that look like variables of the environment as names', () => {
    for (const name of ['${PATH}', '$(PATH)']) {
      const nodes = make([lamp(name, { room: name }), scene(name)], { hubs: new Map([[HUB, name]]) });
      for (const node of nodes) assert.deepEqual(afterDeploy(node), node);
      assert.equal(String(only(nodes, 'ui-button')['label']).trim(), name);
      assert.ok(ofType(nodes, 'ui-group').some((group) => String(group['name']).trim() === name));
    }
  });

  it('draw the temperatures of a room in one chart', () => {
    const leak = device({ name: 'Vuoto', state: { leak: false, temperature: 9 } });
    const nodes = make([thermometer('A'), thermometer('B'), leak]);
    const source = ofType(nodes, 'cozify-changes').at(-1);
    assert.deepEqual(each(source?.['targets'] as { name: string }[], 'name'), ['A', 'B']);
    assert.deepEqual(source?.['wires'], [[only(nodes, 'ui-chart').id]]);
    assert.deepEqual(each(ofType(nodes, 'cozify-changes'), 'name'), ['', '', '', 'Temperatures']);
  });
});

describe('A plan of a dashboard', () => {
  const home = [lamp(), thermometer('Mittari', { room: 'Keittiö', roomId: 'kitchen' }), scene('Kotona')];

  it('lists the rooms with their new widgets, and makes no nodes', () => {
    const { rooms, nodes, shown, path } = plan(home);
    assert.deepEqual(
      rooms.map(({ name, adds }) => [name, adds]),
      [
        ['Olohuone', '1 switch, 1 slider'],
        ['Keittiö', '1 value, 1 chart'],
        ['Scenes', '1 button'],
      ],
    );
    assert.deepEqual([nodes, shown, path], [[], 0, '/dashboard/home']);
  });

  it('is in Finnish too', () => {
    const { rooms } = plan([lamp('A'), lamp('B'), scene('Kotona')], { language: 'fi' });
    assert.deepEqual(
      rooms.map(({ name, adds }) => [name, adds]),
      [
        ['Olohuone', '2 kytkintä, 2 liukusäädintä'],
        ['Tilanteet', '1 painike'],
      ],
    );
  });

  it('makes only the chosen rooms', () => {
    const [, kitchen] = plan(home).rooms;
    const { nodes } = plan(home, { rooms: [kitchen?.key ?? ''] });
    assert.deepEqual(pageOf(nodes), ['Keittiö: ui-text Mittari', 'Keittiö: ui-chart Temperatures, °C']);
    assert.deepEqual(plan(home, { rooms: ['no room'] }).nodes, []);
  });

  it('distinguishes rooms with the same name, at two hubs and at one hub', () => {
    const things = [
      lamp('A', { room: 'Sauna', roomId: '1' }),
      lamp('B', { room: 'Sauna', roomId: '2' }),
      lamp('C', { room: null, roomId: null }),
      scene('Kotona'),
      lamp('D', { room: 'Sauna', roomId: '3', hub: COTTAGE }),
      scene('Kotona', COTTAGE),
    ];
    const atHome = ['Sauna (Koti)', 'Sauna (Koti) 2', 'Other devices', 'Scenes (Koti)'];
    const names = [...atHome, 'Sauna (Mökki)', 'Scenes (Mökki)'];
    assert.deepEqual(each(plan(things).rooms, 'name'), names);
    assert.deepEqual(each(ofType(make(things), 'ui-group'), 'name'), names);
  });
});

describe('The flow of a dashboard', () => {
  it('has no wire, group, page or link to a missing node', () => {
    const nodes = make([lamp(), thermometer(), scene('Kotona'), lamp('B', { room: 'Keittiö', roomId: 'k' })]);
    const ids = nodes.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const used = nodes.flatMap(({ wires, links, group, page, ui, theme, z }) =>
      [wires, links, group, page, ui, theme, z].flat(3).filter((id) => typeof id === 'string'),
    );
    assert.ok(used.length > 20);
    assert.deepEqual(
      used.filter((id) => !ids.includes(id)),
      [],
    );
  });

  it('reports failures of all commands on the page', () => {
    const nodes = make([lamp(), lamp('B', { room: 'Keittiö', roomId: 'k' }), thermometer()]);
    const [linkIn, caught] = [only(nodes, 'link in'), only(nodes, 'catch')];
    const reason = only(nodes, 'change');
    const outs = ofType(nodes, 'link out');
    assert.deepEqual([wiresOf(linkIn), wiresOf(caught)], [[[reason.id]], [[reason.id]]]);
    assert.deepEqual(wiresOf(reason), [[only(nodes, 'ui-notification').id]]);
    assert.equal(caught['scope'], null, 'all nodes of the flow');
    assert.deepEqual(
      linkIn['links'],
      outs.map(({ id }) => id),
    );
    for (const out of outs) assert.deepEqual(out['links'], [linkIn.id]);
    for (const command of ofType(nodes, 'cozify-command')) {
      const [done, failed] = wiresOf(command);
      assert.deepEqual(done, []);
      assert.ok(outs.some(({ id }) => failed?.[0] === id));
    }
  });

  it('has its nodes in columns below a heading for each room', () => {
    const nodes = make([lamp('A'), lamp('B')]);
    assert.deepEqual(
      nodes.filter(({ x }) => x !== undefined).map(({ type, x, y }) => `${type} ${String(x)},${String(y)}`),
      [
        'comment 280,40',
        'link in 220,110',
        'catch 220,170',
        'change 600,140',
        'ui-notification 980,140',
        'comment 220,280',
        'cozify-command 980,380',
        'ui-switch 600,350',
        'cozify-changes 220,350',
        'ui-slider 600,410',
        'cozify-changes 220,410',
        'cozify-command 980,500',
        'ui-switch 600,470',
        'cozify-changes 220,470',
        'ui-slider 600,530',
        'cozify-changes 220,530',
        'link out 1200,440',
      ],
    );
    const { id, ...tab } = only(nodes, 'tab');
    assert.deepEqual(tab, { type: 'tab', label: 'Dashboard: home', disabled: false, info: '', env: [] });
    assert.ok(nodes.filter(({ x }) => x !== undefined).every(({ z }) => z === id));
    const orders = ['ui-page', 'ui-group', 'ui-switch'].map((type) => each(ofType(nodes, type), 'order'));
    assert.deepEqual(orders, [[1], [1], [1, 3]]);
  });

  it('splits a room with more than 28 widgets', () => {
    const headings = [28, 29].map((count) => {
      const lamps = Array.from({ length: count }, (_, index) => lamp(`Lamppu ${index}`, { abilities: [ON] }));
      return ofType(make(lamps), 'comment').filter(({ name }) => name === 'Olohuone').length;
    });
    assert.deepEqual(headings, [1, 2]);
  });

  for (const count of [1, 40, 400, 3000]) {
    it(`is laid out on the canvas without overlaps, with ${count} lamps in a room`, () => {
      const nodes = make(Array.from({ length: count }, (_, index) => lamp(`Lamppu ${index}`)));
      const placed = nodes.filter(({ x }) => x !== undefined) as (FlowNode & { x: number; y: number })[];
      const taken = new Map<string, FlowNode>();
      for (const node of placed) {
        assert.ok(node.x > 0 && node.x < 7900 && node.y > 0 && node.y < 7980, `${node.type} at ${node.x}, ${node.y}`);
        const place = `${String(node['z'])} ${node.x} ${Math.round(node.y / 30)}`;
        assert.equal(taken.get(place), undefined, place);
        taken.set(place, node);
      }
      const orders = nodes.filter(({ group }) => group !== undefined).map(({ order }) => order);
      assert.equal(new Set(orders).size, 2 * count, 'each widget has its place on the page');
      const flows = ofType(nodes, 'tab');
      assert.equal(new Set(flows.map(({ label }) => label)).size, flows.length);
      for (const type of ['catch', 'link in', 'ui-notification'])
        assert.equal(ofType(nodes, type).length, flows.length);
    });
  }
});

describe('A dashboard beside existing flows', () => {
  const home = [lamp(), thermometer(), scene('Kotona')];
  const base = { id: 'base', type: 'ui-base', name: 'Mine', path: '/ui' };
  const theme = { id: 'theme', type: 'ui-theme', name: 'Dark' };
  const page = { id: 'page', type: 'ui-page', name: 'Home', path: '/home', ui: 'base', theme: 'theme', order: 4 };

  it('uses their base and theme, with a page, path and flow of its own', () => {
    const flow = { id: 'tab', type: 'tab', label: 'Dashboard: home' };
    const nodes = make(home, { flows: [base, theme, page, flow] });
    assert.deepEqual([ofType(nodes, 'ui-base'), ofType(nodes, 'ui-theme')], [[], []]);
    const made = only(nodes, 'ui-page');
    assert.deepEqual([made['name'], made['path'], made['order']], ['Home 2', '/home-2', 5]);
    assert.deepEqual([made['ui'], made['theme']], ['base', 'theme']);
    assert.equal(only(nodes, 'tab')['label'], 'Dashboard: home 2');
    assert.equal(only(nodes, 'ui-notification')['ui'], 'base');
    assert.equal(plan(home, { flows: [base, theme, page, flow] }).path, '/ui/home-2');
  });

  it('keeps the base of its page', () => {
    const other = { id: 'other', type: 'ui-base', name: 'Other', path: '/other' };
    const marked = { ...page, className: 'cozify-home' };
    assert.equal(plan(home, { flows: [other, base, theme, marked] }).path, '/ui/home');
  });

  it('adds only new things, to the page and group of their room', () => {
    const flows = make(home);
    const things = [...home, lamp('Uusi valo'), lamp('Hella', { room: 'Keittiö', roomId: 'k' }), scene('Poissa')];
    assert.deepEqual(
      plan(things, { flows }).rooms.map(({ name, adds }) => [name, adds]),
      [
        ['Olohuone', '1 switch, 1 slider'],
        ['Scenes', '1 button'],
        ['Keittiö', '1 switch, 1 slider'],
      ],
    );
    const nodes = make(things, { flows });
    assert.deepEqual(ofType(nodes, 'ui-page'), []);
    const made = only(nodes, 'ui-group');
    assert.deepEqual([made['name'], made['page'], made['order']], ['Keittiö', only(flows, 'ui-page').id, 3]);
    const groupNamed = (name: string): string =>
      flows.find((node) => node.type === 'ui-group' && node['name'] === name)?.id ?? '';
    const added = nodes.find(({ label }) => label === 'Uusi valo');
    assert.equal(added?.['group'], groupNamed('Olohuone'));
    assert.equal(added['order'], 5, 'behind the four widgets there');
    assert.equal(only(nodes, 'ui-button')['group'], groupNamed('Scenes'));
  });

  it('recognises its page, groups and things after changes by hand', () => {
    const made = make(home);
    const [pageId, groupId] = [only(made, 'ui-page').id, ofType(made, 'ui-group')[0]?.id];
    let flows = withChange(made, pageId, { name: 'Kämppä', path: '/', className: 'wide cozify-home' });
    flows = withChange(flows, groupId, { name: 'Olkkari' });
    // Inserts a delay node after the switch, and replaces a target by one that has only a name, as the dialog saves it.
    const toggle = only(flows, 'ui-switch');
    const byId = ofType(flows, 'cozify-changes').slice(1);
    flows = flows.filter((node) => !byId.includes(node));
    flows = withChange(flows, toggle.id, { wires: [['delay']] });
    flows.push({ id: 'delay', type: 'delay', wires: [] });
    const byName = { hub: '', kind: 'device', id: '', name: ' lämpömittari' };
    flows.push({ id: 'mine', type: 'cozify-changes', account: ACCOUNT, targets: [byName], wires: [['words']] });
    flows.push({ id: 'words', type: 'function', wires: [[only(flows, 'ui-text').id]] });
    const { rooms, path } = plan([...home, lamp('Uusi'), scene('Lämpömittari')], { flows });
    assert.deepEqual(
      rooms.map(({ name, adds }) => [name, adds]),
      [
        ['Olohuone', '1 switch, 1 slider'],
        ['Scenes', '1 button'],
      ],
    );
    assert.equal(path, '/dashboard/');
    const nodes = make([...home, lamp('Uusi')], { flows });
    assert.equal(only(nodes, 'ui-switch')['group'], groupId);
  });

  it('adds a thing again whose nodes were deleted', () => {
    const flows = make(home).filter(({ type }) => type !== 'ui-button');
    assert.deepEqual(each(plan(home, { flows }).rooms, 'name'), ['Scenes']);
  });

  it('does not count nodes on other pages', () => {
    const flows = make(home).map((node) => (node.type === 'ui-page' ? { ...node, className: '' } : node));
    assert.equal(plan(home, { flows }).shown, 0);
  });

  it('leaves the page of another account alone', () => {
    const flows = make([scene('Kotona')], { account: 'other' });
    assert.equal(plan(home, { flows }).shown, 0);
    const made = only(make(home, { flows }), 'ui-page');
    assert.deepEqual([made['name'], made['path']], ['Home 2', '/home-2']);
  });

  it('visits a chain of nodes once, however many widgets are wired to it', () => {
    const flows = make([lamp()]);
    const group = only(flows, 'ui-group').id;
    let visits = 0;
    const chain = Array.from({ length: 100 }, (_, index): FlowNode => {
      const next = `link-${index + 1}`;
      return {
        id: `link-${index}`,
        wires: [[next]],
        get type() {
          visits += 1;
          return 'function';
        },
      };
    });
    const widgets = chain.map(({ id }, index) => ({ id: `widget-${index}`, type: 'ui-text', group, wires: [[id]] }));
    const { shown } = plan([lamp()], { flows: [...flows, ...chain, ...widgets] });
    assert.equal(shown, 1);
    assert.ok(visits < 20 * chain.length, `${visits} visits`);
  });

  it('ignores properties of other types', () => {
    const odd = [
      { id: 'a', type: 'ui-page', className: 7, ui: null },
      { id: 'b', type: 'ui-switch', group: {}, wires: 'none' },
      { id: 'd', type: 'ui-page', order: { valueOf: 7 } },
      { id: 'c', type: 'cozify-command', targets: [null, 7, { id: {} }], wires: [[null, {}], 7] },
    ] as FlowNode[];
    assert.equal(plan(home, { flows: odd }).rooms.length, 2);
  });
});

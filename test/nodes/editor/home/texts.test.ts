import assert from 'node:assert/strict';
import type { HomeEvent } from '../../../../nodes/editor/home/api.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { translateIn } from '../support/texts.js';

const texts = new HomeTexts(translateIn('en'), 'en-GB');
const finnish = new HomeTexts(translateIn('fi'), 'fi');

describe('the value of a row of the home', () => {
  it('is the same as in the picker', () => {
    assert.equal(texts.value({ state: { position: 26, reachable: true } }), '26 % open');
    assert.equal(texts.value({ state: { mode: 'standard', humidity: 60 } }), 'standard, humidity 60 %');
    assert.equal(texts.value({ state: { position: 26, reachable: false } }), "can't be reached");
  });

  it('is the last press of a remote control, not its battery', () => {
    const at = new Date(2030, 0, 1, 6, 9).toISOString();
    const remote = { state: { battery: 90 }, lastPress: { button: 1, label: 'I', press: 'short' as const, at } };
    assert.match(texts.value(remote), /^I short /);
    assert.match(finnish.value(remote), /^I lyhyt /);
    assert.equal(texts.value({ state: remote.state, does: ['read', 'buttons'] }), 'not pressed yet');
    assert.equal(texts.value({ state: { on: true, battery: 90 }, does: ['buttons'] }), 'on');
    assert.equal(texts.value({ state: remote.state }), 'battery 90 %');
    assert.equal(texts.value({ state: {}, does: ['buttons'] }), 'not pressed yet');
    assert.match(texts.value({ ...remote, does: ['buttons'] }), /^I short /);
  });
});

describe('the fields of an opened row', () => {
  const state = {
    battery: 90,
    lastSeen: '2030-01-01T06:09:00.000Z',
    range: [2200, 4000],
    modes: [],
    on: true,
    hue: null,
  };

  it('are all that have a value, with units and words, the most informative first', () => {
    const fields = texts.fields(state).filter(([, value]) => value !== '');
    assert.deepEqual(
      fields.map(([name]) => name),
      ['on or off', 'battery', 'last heard of', 'range'],
    );
    assert.deepEqual([fields[0]?.[1], fields[1]?.[1], fields[3]?.[1]], ['on', '90 %', '2200, 4000']);
    assert.match(String(fields[2]?.[1]), /1 Jan 2030/);
    assert.equal(finnish.fieldValue({ targetTemperature: 21.5 }, 'targetTemperature'), '21,5 °C');
    assert.equal(texts.fieldValue({ flow: 2, volume: 200 }, 'volume'), '200 l');
    assert.equal(texts.fieldValue({ color: { hue: 5 } }, 'color'), '{"hue":5}');
    assert.equal(texts.fieldValue({ mode: 'heat' }, 'mode'), 'heat');
  });
});

const changed = (state: HomeEvent['state'], ...fields: string[]): HomeEvent => ({
  ...{ n: 1, at: '2030-01-01T06:09:00.000Z', event: 'changed', press: null, by: null },
  ...{ thing: { hub: 'h', kind: 'device', id: 'd', name: 'Laite', room: null }, state, changed: fields },
});

describe('the text of an event', () => {
  it('is the value of the thing if that has changed, otherwise the names and values of the changed fields', () => {
    assert.equal(texts.what(changed({ on: true, brightness: 40 }, 'on')), 'on 40 %');
    assert.equal(texts.what(changed({ on: true, brightness: 40 }, 'brightness')), 'on 40 %');
    assert.equal(
      texts.what(changed({ on: true, power: 5, battery: 90 }, 'power', 'battery')),
      'power 5 W, battery 90 %',
    );
    assert.equal(texts.what(changed({ temperature: 21, brightness: 40 }, 'brightness')), 'brightness 40 %');
    assert.equal(texts.what(changed({ on: true }, 'hue')), 'hue');
    assert.equal(texts.what(changed({}, 'hue', 'saturation')), 'hue, saturation');
    assert.equal(texts.what(changed(null, 'hue')), 'hue');
  });

  it('is the press, or the type of the event', () => {
    const press = { button: 1, label: 'I', press: 'long' } as unknown as NonNullable<HomeEvent['press']>;
    assert.equal(texts.what({ ...changed(null), event: 'press', press }), 'I long');
    assert.equal(texts.what({ ...changed(null), event: 'added' }), 'was added');
    assert.equal(texts.what({ ...changed({ on: true }), event: 'unreachable' }), "can't be reached");
  });
});

describe('a text about nodes', () => {
  beforeEach(() => {
    const workspace = (id: string): object | undefined => (id === 'tab' ? { id, label: 'Koti' } : undefined);
    const nodes = {
      node: (id: string) => (id === 'deleted' ? null : { id, z: 'tab' }),
      ...{ workspace, subflow: () => undefined },
    };
    Object.assign(globalThis, { RED: { nodes, utils: { getNodeLabel: ({ id }: { id: string }) => `Node ${id}` } } });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'RED');
  });

  it('has their label and flow, and says which are disabled', () => {
    const node = { id: 'one', z: 'tab' } as Parameters<HomeTexts['node']>[0];
    assert.equal(texts.node(node), 'Node one · Koti');
    assert.equal(texts.node({ ...node, d: true }), 'Node one · Koti (disabled)');
    assert.equal(texts.node({ ...node, z: 'unknown' }), 'Node one');
    assert.deepEqual([texts.uses(1), texts.uses(2)], ['1 node', '2 nodes']);
  });

  it('says which node has caused an event', () => {
    const by = (author: HomeEvent['by'], more: Partial<HomeEvent> = {}): unknown =>
      texts.who({ ...changed({ on: true }, 'on'), by: author, ...more });
    assert.deepEqual(by({ node: 'one' }), { text: 'Node one', node: 'one' });
    assert.deepEqual(by({ node: 'deleted' }), { text: 'this Node-RED' });
    assert.deepEqual(by('own'), { text: 'this Node-RED' });
    assert.deepEqual(by('editor'), { text: 'the editor' });
    assert.equal(by('editor', { event: 'added' }), undefined);
  });
});

describe('the author of an event', () => {
  it('is another person if a command could have caused the event', () => {
    assert.equal(texts.who(changed({ on: true }, 'on'))?.text, 'somebody else');
    assert.equal(texts.who(changed({ closed: true }, 'closed'))?.text, 'somebody else');
    assert.equal(texts.who(changed({ volume: 20 }, 'volume'))?.text, 'somebody else');
    assert.equal(texts.who(changed({ flow: 2, on: true }, 'on'))?.text, 'somebody else');
  });

  it('is missing for the reading of a sensor or meter', () => {
    assert.equal(texts.who(changed({ temperature: 22.2 }, 'temperature')), undefined);
    assert.equal(texts.who(changed(null, 'battery')), undefined);
    assert.equal(texts.who(changed({ flow: 2, volume: 200_000 }, 'flow', 'volume')), undefined);
  });
});

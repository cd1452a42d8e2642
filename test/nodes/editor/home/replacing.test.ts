import assert from 'node:assert/strict';
import type { CanvasNode } from '../../../../nodes/editor/home/flow.js';
import { replaceAll, type Successor } from '../../../../nodes/editor/home/replacing.js';
import type { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { LAMP } from '../support/able-things.js';
import { translateIn } from '../support/texts.js';

const TARGET = { hub: 'hub-1', kind: 'device', id: LAMP.id, name: LAMP.name };
const OLD = { hub: 'hub-1', kind: 'device', id: 'old', name: 'Vanha' };

const texts = { t: translateIn('en'), node: ({ id }: CanvasNode) => id } as unknown as HomeTexts;

/** Replaces a thing with a lamp in one node. Returns the message for the user. */
function replace(node: object, successor: Partial<Successor> = {}, old = OLD): string {
  const whole = { id: 'one', type: 'cozify-changes', z: 'tab', targets: [old], ...node } as CanvasNode;
  const uses = [{ key: 'key', target: old, nodeHub: '', nodes: [whole] }];
  const lamp: Successor = { ...LAMP, does: ['read', 'command'], ...successor };
  return replaceAll(old.name, uses, lamp, texts, false).message;
}

describe('the replacement of one thing by another', () => {
  before(() => {
    const nothing = (): undefined => undefined;
    const editor = {
      ...{ view: { redraw: nothing }, nodes: { dirty: nothing }, history: { push: nothing } },
      ...{ editor: { validateNode: nothing }, events: { emit: nothing }, workspaces: {} },
    };
    Object.assign(globalThis, { RED: editor });
  });
  after(() => {
    Reflect.deleteProperty(globalThis, 'RED');
  });

  it('asks first about nodes that use fields which the new thing lacks', () => {
    assert.match(replace({ fields: ['temperature'] }), /can't do what these nodes ask for: one/);
    assert.match(replace({ fields: ['on', 'temperature'] }), /can't do what these nodes ask for: one/);
    assert.match(replace({ fields: ['on'] }), /was replaced .*Nodes changed: 1/);
  });

  it('counts a field that the new thing can have, even if its state does not show it', () => {
    const state = { on: false };
    assert.match(replace({ fields: ['brightness'] }, { state }), /was replaced .*Nodes changed: 1/);
    assert.match(replace({ type: 'cozify-read', field: 'brightness' }, { state }), /was replaced .*Nodes changed: 1/);
  });

  it('replaces a room in the filter of a node, and keeps the other rooms', () => {
    const node = { id: 'one', type: 'cozify-read', z: 'tab', rooms: ['old', 'sauna'] } as unknown as CanvasNode;
    const target = { ...OLD, kind: 'room', name: 'old' };
    const room = { ...LAMP, kind: 'room', id: 'new', does: [] } as unknown as Successor;
    const uses = [{ key: 'key', target, nodeHub: 'room', nodes: [node] }];
    assert.match(replaceAll('Vanha', uses, room, texts, false).message, /Nodes changed: 1/);
    assert.deepEqual(node.rooms, ['new', 'sauna']);
  });

  it('does not count or change a node that has the new thing already', () => {
    const node = { changed: false };
    assert.match(replace(node, {}, TARGET), /Nodes changed: 0/);
    assert.equal(node.changed, false);
  });
});

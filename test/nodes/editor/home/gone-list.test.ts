import assert from 'node:assert/strict';
import { goneAmong } from '../../../../nodes/editor/home/gone-list.js';
import type { Used } from '../../../../nodes/editor/home/uses.js';

const BARE = { hub: '', kind: '', id: '', name: '' };
const GONE = { hub: 'hub-1', kind: 'device', id: 'gone', name: 'Vanha' };

/** Returns the rows for references to these targets, each with the keys of its references. */
function rowsFor(...targets: (Partial<Used['target']> & { nodeHub?: string; is?: string })[]): unknown[] {
  const used = targets.map(({ nodeHub = '', is = 'gone', ...target }, index) => ({
    ...{ key: `${is} ${index}`, target: { ...BARE, ...target }, nodeHub, nodes: [] },
  }));
  return goneAmong(used, ({ key }) => key.split(' ')[0] as 'gone').map(({ key, target, is, uses }) => [
    ...[key, is, [target.hub, target.kind, target.id, target.name].join('/')],
    uses.map((one) => Number(one.key.split(' ')[1])),
  ]);
}

describe('the list of missing things', () => {
  it('has the gone and ambiguous references, but no found or unknown ones', () => {
    assert.deepEqual(
      rowsFor(
        { ...GONE, is: 'found' },
        { ...GONE, id: 'unknown', is: 'unknown' },
        { ...GONE, id: 'other' },
        { name: 'Valo', is: 'several' },
      ),
      [
        ['gone 2', 'gone', 'hub-1/device/other/Vanha', [2]],
        ['several 3', 'several', '///Valo', [3]],
      ],
    );
  });

  it('has one row per id, whether a node names the hub and the kind or not', () => {
    const whole = ['hub-1/device/gone/Vanha', [0, 1, 2, 3]];
    const parts = [{ ...GONE, hub: '' }, { ...GONE, kind: '' }, GONE];
    assert.deepEqual(rowsFor({ ...GONE, hub: '', kind: '' }, ...parts), [['gone 0', 'gone', ...whole]]);
    assert.deepEqual(rowsFor(...parts, { ...GONE, hub: '', kind: '' }), [['gone 0', 'gone', ...whole]]);
    assert.deepEqual(rowsFor(GONE, { ...GONE, hub: 'hub-2' }, { ...GONE, kind: 'group' }, { ...GONE, id: 'b' }), [
      ['gone 0', 'gone', 'hub-1/device/gone/Vanha', [0]],
      ['gone 1', 'gone', 'hub-2/device/gone/Vanha', [1]],
      ['gone 2', 'gone', 'hub-1/group/gone/Vanha', [2]],
      ['gone 3', 'gone', 'hub-1/device/b/Vanha', [3]],
    ]);
    assert.deepEqual(rowsFor({ id: 'gone' }), [['gone 0', 'gone', '//gone/gone', [0]]], 'named by its id');
  });

  it('has one row per name, kind and hub of things that are used by name', () => {
    assert.deepEqual(
      rowsFor(
        { name: 'Hukassa' },
        { name: ' hukassa' },
        { name: 'Hukassa', nodeHub: 'hub-2' },
        { name: 'Hukassa', hub: 'hub-1' },
        { name: 'Hukassa', kind: 'group' },
        { name: 'Toinen' },
        { name: 'Hukassa', id: 'hukassa' },
      ).map((row) => (row as unknown[]).at(-1)),
      [[0, 1], [2], [3], [4], [5], [6]],
    );
  });

  it('has a room of a filter under its id or its name', () => {
    assert.deepEqual(rowsFor({ hub: 'hub-1', kind: 'room', name: 'Vintti', nodeHub: 'room' }), [
      ['gone 0', 'gone', 'hub-1/room/Vintti/Vintti', [0]],
    ]);
    assert.deepEqual(
      rowsFor(
        { hub: 'hub-1', kind: 'room', id: 'room-1', name: 'Vintti' },
        { hub: 'hub-1', kind: 'room', name: 'room-1', nodeHub: 'room' },
      ),
      [['gone 0', 'gone', 'hub-1/room/room-1/Vintti', [0, 1]]],
      'shares the row of the room as a target',
    );
  });
});

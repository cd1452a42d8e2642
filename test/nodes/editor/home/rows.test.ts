import assert from 'node:assert/strict';
import { rowsOf } from '../../../../nodes/editor/home/rows.js';
import type { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { thing } from '../support/things.js';

const headings = { texts: { section: () => '' } as unknown as HomeTexts, rooms: new Map(), hubs: new Map() };

function actionsOf(rest: Partial<Thing>, state: Thing['state'] = {}): string {
  const rows = rowsOf(
    [thing('one', state, { does: ['read', 'command'], kind: 'device', ...rest })],
    new Set(),
    headings,
  );
  return rows.at(-1)?.actions.join(' ') ?? '';
}

describe('a row of the home', () => {
  it('has actions for a thing that can be switched', () => {
    const lamp: Thing['does'] = ['read', 'command', 'blink'];
    assert.equal(actionsOf({ does: lamp, capabilities: ['ON_OFF'] }), 'command changes read on off blink');
    assert.equal(actionsOf({ capabilities: ['ACTIVE_POWER'] }, { on: false }), 'command changes read on off');
    assert.equal(actionsOf({ kind: 'group', capabilities: [] }), 'command changes read on off');
    assert.equal(actionsOf({ kind: 'scene', capabilities: [] }), 'command changes read on');
  });

  it('has no on and off for a thing with other commands', () => {
    assert.equal(actionsOf({ capabilities: ['LIFT'] }, { position: 50 }), 'command changes read');
    assert.equal(actionsOf({ kind: 'alarm', capabilities: [] }), 'command changes read');
  });
});

import assert from 'node:assert/strict';
import { rowsOf } from '../../../../nodes/editor/home/rows.js';
import type { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { thing } from '../support/things.js';

const headings = { texts: { section: () => '' } as unknown as HomeTexts, rooms: new Map(), hubs: new Map() };

function actionsOf(does: Thing['does'], kind: Thing['kind'] = 'device'): string {
  const rows = rowsOf([thing('one', {}, { does, kind })], new Set(), headings);
  return rows.at(-1)?.actions.join(' ') ?? '';
}

describe('a row of the home', () => {
  it('switches what can be switched', () => {
    assert.equal(actionsOf(['read', 'command', 'on', 'blink']), 'command changes read on off blink');
    assert.equal(actionsOf(['read', 'command', 'on'], 'scene'), 'command changes read on');
  });

  it('offers no switching of what is commanded otherwise', () => {
    assert.equal(actionsOf(['read', 'command']), 'command changes read');
    assert.equal(actionsOf(['read', 'command'], 'alarm'), 'command changes read');
  });
});

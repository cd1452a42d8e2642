import { KINDS } from '../../src/devices/things/kinds.js';
import type texts from '../locales/en-US/cozify-read.json';
import { showDefaults } from './absent.js';
import type { ActionNode } from './action-node.js';
import type { KeyOf } from './catalogue.js';
import { prepareCondition, readCondition, type SavedCondition } from './condition.js';
import { kindText, prepareFilter, readFilter, type SavedFilter } from './filter.js';
import { shownFields, suggest } from './picker/suggestions.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget } from './targets-field.js';

export { targetLabel as label, labelStyle, paletteLabel } from './action-node.js';
export { checkCondition } from './condition.js';

interface Read extends ActionNode<KeyOf<typeof texts>>, SavedFilter {
  targets?: SavedTarget[];
  kind?: string;
  field?: string;
  condition?: SavedCondition | null;
}

export function outputLabels(this: Read, index: number): string {
  if (this.condition === null || this.condition === undefined) return this._('output.read');
  return this._(index === 0 ? 'output.yes' : 'output.no');
}

export function oneditprepare(this: Read): void {
  showDefaults(this);
  const kinds = KINDS.map((kind) => $('<option>').val(kind).text(kindText(kind)));
  $('#node-input-kind')
    .append(kinds)
    .val(this.kind ?? 'device');
  const picker = prepareTargets(this.targets, this._('placeholder.targets'), {
    onChange: ({ things }) =>
      suggest(
        $('#node-input-field'),
        'cozify-fields',
        shownFields(things).map((value) => ({ value })),
      ),
  });
  prepareFilter(this, picker);
  prepareCondition(this.condition, ['is', 'not', 'above', 'below']);
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Read): boolean {
  const condition = readCondition(this.condition);
  // By the second one it says that nothing meets the condition.
  $('#node-input-outputs').val(condition === null ? 1 : 2);
  return keep(this, { targets: readTargets(this.targets), ...readFilter(), condition });
}

import type texts from '../locales/en-US/cozify-button.json';
import { showDefaults } from './absent.js';
import type { ActionNode } from './action-node.js';
import type { KeyOf } from './catalogue.js';
import { buttonsOf, suggest } from './picker/suggestions.js';
import { preparePresses, readPresses, type SavedPress } from './press-rows.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget } from './targets-field.js';

export { targetLabel as label, labelStyle, paletteLabel } from './action-node.js';

interface Button extends ActionNode<KeyOf<typeof texts>> {
  targets?: SavedTarget[];
  presses?: SavedPress[];
  outputs?: number;
}

export function outputLabels(this: Button, index: number): string {
  const chosen = this.presses?.[index];
  if (chosen === undefined) return this._('output.all');
  const { button, press } = chosen;
  const how = this._(`press.${(press || 'any') as 'any'}`);
  return button === '' ? how : this._('output.of', { button: String(button), press: how });
}

export function oneditprepare(this: Button): void {
  showDefaults(this);
  prepareTargets(this.targets, this._('placeholder.targets'), {
    kinds: ['device'],
    can: () => 'press',
    onChange: ({ things }) => suggest($('.cozify-press-button'), 'cozify-press-buttons', buttonsOf(things)),
  });
  preparePresses(this.presses, this.outputs ?? 1, {
    button: this._('label.button'),
    anyButton: this._('placeholder.button'),
    press: this._('label.press'),
    add: this._('label.add'),
    of: (press) => this._(`press.${press}`),
  });
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Button): boolean {
  return keep(this, { targets: readTargets(this.targets), presses: readPresses() });
}

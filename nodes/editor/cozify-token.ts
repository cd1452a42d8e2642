import type texts from '../locales/en-US/cozify-token.json';
import { type ActionNode, labelOf, prepareSetting } from './shared/action-node.js';
import type { KeyOf } from './shared/catalogue.js';
import { showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

type Token = ActionNode<KeyOf<typeof texts>> & { mode?: string };

export function label(this: Token): string {
  return this.mode === 'set' ? labelOf(this, 'label.set', 'label.setOf') : labelOf(this, 'label.get', 'label.getOf');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  prepareSetting('token', ['msg', 'flow', 'global', 'env', 'jsonata']);
  rememberForm(this);
}

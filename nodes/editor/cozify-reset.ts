import type texts from '../locales/en-US/cozify-reset.json';
import { type ActionNode, labelOf } from './shared/action-node.js';
import type { KeyOf } from './shared/catalogue.js';
import { showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

type Reset = ActionNode<KeyOf<typeof texts>> & { logout?: boolean };

export function label(this: Reset): string {
  return this.logout ? labelOf(this, 'label.logOut', 'label.logOutOf') : labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  rememberForm(this);
}

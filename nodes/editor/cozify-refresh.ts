import type texts from '../locales/en-US/cozify-refresh.json';
import { type ActionNode, labelOf } from './shared/action-node.js';
import type { KeyOf } from './shared/catalogue.js';
import { greyOut, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';

export {
  checkExpiry,
  labelStyle,
  paletteLabel,
  saveAction as oneditsave,
  twoOutputLabels as outputLabels,
} from './shared/action-node.js';

type Refresh = ActionNode<KeyOf<typeof texts>> & { force?: boolean };

export function label(this: Refresh): string {
  return labelOf(this, 'label.palette', this.force ? 'label.forced' : 'label.node');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  greyOut($('#node-input-expiry'), $('#node-input-force'), 'ticked');
  rememberForm(this);
}

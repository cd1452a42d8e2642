import type texts from '../locales/en-US/cozify-authenticate.json';
import { type ActionNode, labelOf, prepareRenewal } from './shared/action-node.js';
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

export function label(this: ActionNode<KeyOf<typeof texts>>): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  prepareRenewal();
  // A hub that is reached only through the cloud can't switch between transports.
  greyOut($('#node-input-autoremote'), $('#node-input-remote'), 'ticked');
  rememberForm(this);
}

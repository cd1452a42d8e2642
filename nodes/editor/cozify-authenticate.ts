import type texts from '../locales/en-US/cozify-authenticate.json';
import { showDefaults } from './absent.js';
import { type ActionNode, labelOf, prepareRenewal } from './action-node.js';
import { greyOut } from './effect.js';
import type { KeyOf } from './catalogue.js';

export {
  checkExpiry,
  labelStyle,
  saveExpiry as oneditsave,
  paletteLabel,
  twoOutputLabels as outputLabels,
} from './action-node.js';

export function label(this: ActionNode<KeyOf<typeof texts>>): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  prepareRenewal();
  // A hub that is reached through the cloud only has no ways to switch between.
  greyOut($('#node-input-autoremote'), $('#node-input-remote'), 'ticked');
}

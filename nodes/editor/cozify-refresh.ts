import type texts from '../locales/en-US/cozify-refresh.json';
import { showDefaults } from './absent.js';
import { type ActionNode, labelOf } from './action-node.js';
import { greyOut } from './effect.js';
import type { KeyOf } from './catalogue.js';

export {
  checkExpiry,
  labelStyle,
  saveExpiry as oneditsave,
  paletteLabel,
  twoOutputLabels as outputLabels,
} from './action-node.js';

type Refresh = ActionNode<KeyOf<typeof texts>> & { force?: boolean };

export function label(this: Refresh): string {
  return labelOf(this, 'label.palette', this.force ? 'label.forced' : 'label.node');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  greyOut($('#node-input-expiry'), $('#node-input-force'), 'ticked');
}

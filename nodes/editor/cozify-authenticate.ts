import type texts from '../locales/en-US/cozify-authenticate.json';
import { type ActionNode, labelOf } from './action-node.js';
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

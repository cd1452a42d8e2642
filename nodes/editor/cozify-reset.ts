import type texts from '../locales/en-US/cozify-reset.json';
import { type ActionNode, labelOf } from './action-node.js';
import type { KeyOf } from './catalogue.js';

export { labelStyle, outputLabels, paletteLabel } from './action-node.js';

type Reset = ActionNode<KeyOf<typeof texts>> & { logout?: boolean };

export function label(this: Reset): string {
  return this.logout ? labelOf(this, 'label.logOut', 'label.logOutOf') : labelOf(this, 'label.palette', 'label.node');
}

import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-wait.json';
import { showDefaults } from './absent.js';
import { type ActionNode, prepareHub } from './action-node.js';
import { type KeyOf, translate } from './catalogue.js';
import { isFromEnv, isSeconds } from './checks.js';
import { checkCondition as checkOptionalCondition, prepareCondition, readCondition } from './condition.js';
import type { SavedCondition } from './condition.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget } from './targets-field.js';

export { targetLabel as label, labelStyle, paletteLabel, twoOutputLabels as outputLabels } from './action-node.js';

interface Wait extends ActionNode<KeyOf<typeof texts>> {
  targets?: SavedTarget[];
  condition?: SavedCondition | null;
}

/** Without a condition there is nothing to wait for. */
export function checkCondition(condition: unknown, options: object): true | string {
  if (condition === undefined || condition === null) return translate('invalid.noCondition');
  return checkOptionalCondition(condition, options);
}

export function checkTimeout(value: unknown, _options: object): true | string {
  return isFromEnv(value) || isSeconds(value, SECONDS.wait) || translate('invalid.wait');
}

export function oneditprepare(this: Wait): void {
  showDefaults(this);
  prepareTargets(this.targets, this._('placeholder.targets'));
  prepareHub(this._('placeholder.hub'));
  prepareCondition(this.condition, ['is', 'not', 'above', 'below', 'changes'], this._('label.condition'));
  const $op = $('#node-input-condition-op');
  const showValue = (): void => {
    $('#node-input-condition-value').toggle($op.val() !== 'changes');
  };
  $op.on('change', showValue);
  showValue();
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Wait): boolean {
  return keep(this, { targets: readTargets(this.targets), condition: readCondition(this.condition) });
}

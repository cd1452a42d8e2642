// Labels and fields that the dialogs of several nodes share.
import type { EditorNodeInstance } from 'node-red';
import { translate } from './catalogue.js';
import { isFromEnv, isStepExpiry, withUnit } from './checks.js';
import { saveForm } from './saving.js';

/** A node with an account, in the editor. `Key`: the keys of the node's own catalogue. */
export interface ActionNode<Key extends string> {
  name?: string;
  account?: string;
  /** Looks up a text in the node's own catalogue. */
  _(key: Key, parameters?: Record<string, string>): string;
}

/** The properties that every node with an account has. */
export const DEFAULTS = {
  name: { value: '' },
  account: { value: '', type: 'cozify-account', required: true },
};

/** Returns a node's label on the canvas: its name, or else its action and account. */
export function labelOf<Key extends string>(node: ActionNode<Key>, alone: Key, withAccount: Key): string {
  if (node.name) return node.name;
  const account = accountLabel(node.account ?? '');
  return account === undefined ? node._(alone) : node._(withAccount, { account });
}

/** Returns an account's name without the state of its login, which the node's status shows. */
function accountLabel(id: string): string | undefined {
  // Node-RED's types declare a node only as an object.
  const account = RED.nodes.node(id) as (EditorNodeInstance & { _def?: { plainLabel?: () => string } }) | null;
  return account ? (account._def?.plainLabel?.call(account) ?? RED.utils.getNodeLabel(account)) : undefined;
}

/** Returns the CSS class of a node's label: italics for a name that the user has given, as in Node-RED's own nodes. */
export function labelStyle(this: { name?: string }): string {
  return this.name ? 'node_label_italic' : '';
}

export function paletteLabel(this: ActionNode<'label.palette'>): string {
  return this._('label.palette');
}

/** Returns the label of an output: "yes" for the first output, "no" for the second. */
export function outputLabels(this: ActionNode<'output.yes' | 'output.no'>, index: number): string {
  return this._(index === 0 ? 'output.yes' : 'output.no');
}

// Node-RED shows an error text only if the check has two parameters.
export function checkExpiry(value: unknown, _options: object): true | string {
  return !value || isFromEnv(value) || isStepExpiry(value) || translate('invalid.stepExpiry');
}

/**
 * Saves a node's dialog. If an expiry was typed without a unit, adds the unit. Returns true if a property has changed
 * and Node-RED can't detect it.
 */
export function saveAction(this: { expiry?: string | number }): boolean {
  const $expiry = $<HTMLInputElement>('#node-input-expiry');
  const typed = String($expiry.val() ?? '');
  if (typed !== String(this.expiry ?? '')) $expiry.val(withUnit(typed));
  return saveForm(this);
}

/** Connects a property's label with its typed input, which Node-RED shows instead of the plain input. */
export function labelTypedInput(property: string): void {
  const id = `node-input-${property}`;
  const $label = $(`label[for="${id}"]`).attr('id', `${id}-label`);
  $label.closest('.form-row').find('.red-ui-typedInput-input').attr('aria-labelledby', `${id}-label`);
}

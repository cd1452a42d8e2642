// Labels and inputs that the dialogs of several node types share.
import type { EditorNodeInstance } from 'node-red';
import { translate } from './catalogue.js';
import { isFromEnv, isStepExpiry, withUnit } from './checks.js';
import { saveForm } from './saving.js';

/** A node in the editor that uses an account. `Key`: the text keys of the node's own message catalogue. */
export interface ActionNode<Key extends string> {
  name?: string;
  account?: string;
  /** Looks up a text in the node's own message catalogue. */
  _(key: Key, parameters?: Record<string, string>): string;
}

/** The properties that every node with an account has. */
export const DEFAULTS = {
  name: { value: '' },
  account: { value: '', type: 'cozify-account', required: true },
};

/**
 * Returns the label of a node on the canvas: its name or, without a name, its action and its account. `alone`,
 * `withAccount`: the text keys without and with an account.
 */
export function labelOf<Key extends string>(node: ActionNode<Key>, alone: Key, withAccount: Key): string {
  if (node.name) return node.name;
  const account = accountLabel(node.account ?? '');
  return account === undefined ? node._(alone) : node._(withAccount, { account });
}

/** Returns the name of an account without a note about a lost login, because the status of the node shows that. */
function accountLabel(id: string): string | undefined {
  // Node-RED's type definitions declare a node only as `object`.
  const account = RED.nodes.node(id) as (EditorNodeInstance & { _def?: { plainLabel?: () => string } }) | null;
  return account ? (account._def?.plainLabel?.call(account) ?? RED.utils.getNodeLabel(account)) : undefined;
}

/**
 * Returns the CSS class of a node's label: a name that the user has given is in italics, as in Node-RED's own nodes.
 */
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

// Node-RED shows the returned error text only if the function has two parameters.
export function checkExpiry(value: unknown, _options: object): true | string {
  return !value || isFromEnv(value) || isStepExpiry(value) || translate('invalid.stepExpiry');
}

/**
 * Saves a node's dialog. If an expiry was typed without a unit, adds `s` for seconds. Returns true if a property has
 * changed and Node-RED can't detect it.
 */
export function saveAction(this: { expiry?: string | number }): boolean {
  const $expiry = $<HTMLInputElement>('#node-input-expiry');
  const typed = String($expiry.val() ?? '');
  if (typed !== String(this.expiry ?? '')) $expiry.val(withUnit(typed));
  return saveForm(this);
}

/**
 * Connects the label of a property with its typed input, because Node-RED shows the typed input in place of the plain
 * one.
 */
export function labelTypedInput(property: string): void {
  const id = `node-input-${property}`;
  const $label = $(`label[for="${id}"]`).attr('id', `${id}-label`);
  $label.closest('.form-row').find('.red-ui-typedInput-input').attr('aria-labelledby', `${id}-label`);
}

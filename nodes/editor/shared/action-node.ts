import type { EditorNodeInstance, EditorWidgetTypedInputType } from 'node-red';
import { translate } from './catalogue.js';
import { isFromEnv, isStepExpiry, withUnit } from './checks.js';
import { greyOut } from './effect.js';
import { saveForm } from './saving.js';

/** A node that uses an account, as the editor has it. `Key` are the keys of its own catalogue. */
export interface ActionNode<Key extends string> {
  name?: string;
  /** The id of its account. */
  account?: string;
  /** Looks a text up in the node's own catalogue. */
  _(key: Key, parameters?: Record<string, string>): string;
}

/** What a node is called on the canvas: by its name, else by what it does and to which account. */
export function labelOf<Key extends string>(node: ActionNode<Key>, alone: Key, withAccount: Key): string {
  if (node.name) return node.name;
  const account = accountLabel(node.account ?? '');
  return account === undefined ? node._(alone) : node._(withAccount, { account });
}

/** An account's name, without what its own label says of the login: the node has a status for that. */
function accountLabel(id: string): string | undefined {
  // Node-RED's types know all kinds of nodes as objects only.
  const account = RED.nodes.node(id) as (EditorNodeInstance & { _def?: { plainLabel?: () => string } }) | null;
  return account ? (account._def?.plainLabel?.call(account) ?? RED.utils.getNodeLabel(account)) : undefined;
}

/** A name that a person gave is set in italics, as Node-RED does it. */
export function labelStyle(this: { name?: string }): string {
  return this.name ? 'node_label_italic' : '';
}

/** What the node is called in the palette. */
export function paletteLabel(this: ActionNode<'label.palette'>): string {
  return this._('label.palette');
}

/** For a node with one output. */
export function outputLabels(this: ActionNode<'output.yes'>): string {
  return this._('output.yes');
}

/** For a node whose second output says no. */
export function twoOutputLabels(this: ActionNode<'output.yes' | 'output.no'>, index: number): string {
  return this._(index === 0 ? 'output.yes' : 'output.no');
}

// Node-RED shows the reason only of checks that take two parameters.
export function checkExpiry(value: string | undefined, _options: object): true | string {
  return !value || isFromEnv(value) || isStepExpiry(value) || translate('invalid.stepExpiry');
}

/** Greys out when to renew for as long as the node does not renew. */
export function prepareRenewal(): void {
  greyOut($('#node-input-expiry'), $('#node-input-autorefresh'), 'empty');
}

/** Saves a dialog all of whose settings are single inputs. Seconds that were typed without their unit get it. */
export function saveAction(this: { expiry?: string | number }): boolean {
  const $expiry = $<HTMLInputElement>('#node-input-expiry');
  const typed = String($expiry.val() ?? '');
  if (typed !== String(this.expiry ?? '')) $expiry.val(withUnit(typed));
  return saveForm(this);
}

/** Lets the row's label name the field that Node-RED has put in place of a typed input. */
export function labelTypedInput(property: string): void {
  const id = `node-input-${property}`;
  const $label = $(`label[for="${id}"]`).attr('id', `${id}-label`);
  $label.closest('.form-row').find('.red-ui-typedInput-input').attr('aria-labelledby', `${id}-label`);
}

/** Sets up the field for what is to be set, and shows the rows about it only while that is chosen. */
export function prepareSetting(property: string, types: EditorWidgetTypedInputType[]): void {
  $(`#node-input-${property}`).typedInput({ default: 'msg', types, typeField: `#node-input-${property}Type` });
  labelTypedInput(property);
  $('#node-input-mode').on('change', function () {
    $('.cozify-setting').toggle($(this).val() === 'set');
  });
}

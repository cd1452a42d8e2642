// Saves only those properties that the user has changed in a dialog.
import { chooseOnlyAccount } from '../account/accounts.js';
import { heldBy, propertiesOf } from './form.js';

/**
 * Selector and id prefix of a node's dialog. The dialog of an account, which may be open on top of it, does not match.
 */
const OF_NODE = { dialog: '#dialog-form .cozify-dialog', prefix: 'node-input' };
export const OF_ACCOUNT: typeof OF_NODE = { dialog: '.cozify-account', prefix: 'node-config-input' };

const FORM = 'cozify-saved-form';

/** The content of a dialog when it was opened. */
interface Form {
  /** Returns the properties that have no input of their own. */
  read: () => object;
  /** The values that `read` returned when the dialog was opened, by property, as JSON. */
  values: ReadonlyMap<string, string | undefined>;
  /** The values of all inputs when the dialog was opened, by property. */
  inputs: ReadonlyMap<string, unknown>;
}

/**
 * Stores the contents of a node's dialog, so that {@link saveForm} saves only what the user changes. Call it after all
 * inputs were filled. A later automatic choice, such as that of the only account, counts as a change. `read`: returns
 * the properties that have no input of their own.
 */
export function rememberForm<N extends object>(node: N, read: () => Partial<N> = () => ({}), of = OF_NODE): void {
  const names = Object.keys(propertiesOf(node));
  const form: Form = {
    read,
    values: new Map(Object.entries(read()).map(([name, value]) => [name, JSON.stringify(value)])),
    inputs: new Map(names.map((name) => [name, heldBy(inputOf(name, of))])),
  };
  $(of.dialog).data(FORM, form);
  if (of === OF_NODE) chooseOnlyAccount(node);
}

/**
 * Writes the properties that have changed in the dialog to the node. An unchanged property keeps its saved value, even
 * if it is absent, unknown or of another type. Returns true if the node has changed in a way that Node-RED does not
 * notice.
 */
export function saveForm<N extends object>(node: N, of = OF_NODE): boolean {
  const form = $(of.dialog).data(FORM) as Form | undefined;
  if (form === undefined) return false;
  // The keyboard shortcut for Done leaves the focus in a field. Some fields store their value only at `blur`, so `blur`
  // is triggered here.
  $(of.dialog).find(':focus').trigger('blur');
  const next = Object.entries(form.read()).filter(([name, value]) => JSON.stringify(value) !== form.values.get(name));
  for (const [name, held] of form.inputs) {
    // Node-RED saves every input whose id begins with the prefix, and would thereby add properties that the node lacks.
    // An unchanged input therefore loses its id.
    const $input = inputOf(name, of);
    if (heldBy($input) === held) $input.removeAttr('id');
  }
  const before = { ...node } as Record<string, unknown>;
  Object.assign(node, Object.fromEntries(next));
  return next.some(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
}

function inputOf(name: string, { prefix }: typeof OF_NODE): JQuery {
  return $(`#${prefix}-${name}`);
}

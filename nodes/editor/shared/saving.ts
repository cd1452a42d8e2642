import { chooseOnlyAccount } from './chosen-account.js';

/** Whose dialog it is: where it lies, and what its inputs' ids begin with. That of an account may lie over that of a node. */
const OF_NODE = { dialog: '#dialog-form .cozify-dialog', prefix: 'node-input' };
export const OF_ACCOUNT: typeof OF_NODE = { dialog: '.cozify-account', prefix: 'node-config-input' };

const FORM = 'cozify-saved-form';

/** A dialog as it was when it was opened. */
interface Form {
  /** What it says where no single input does. */
  read: () => object;
  /** What that was, by the properties of the node, as JSON. */
  said: ReadonlyMap<string, string | undefined>;
  /** What the inputs of the other properties held. */
  inputs: ReadonlyMap<string, unknown>;
}

/** As much of a node's type as tells which properties it has. */
interface Defined {
  _def?: { defaults?: Record<string, unknown> };
}

/**
 * Remembers how the dialog of a node looks at first, so that {@link saveForm} saves only what a person changes. `read`:
 * what the dialog says where no single input does. To be called once everything is filled in: what is chosen for the person
 * after that, as the only account, is saved.
 */
export function rememberForm<N extends object>(node: N, read: () => Partial<N> = () => ({}), of = OF_NODE): void {
  const names = Object.keys((node as Defined)._def?.defaults ?? {});
  const form: Form = {
    read,
    said: new Map(Object.entries(read()).map(([name, value]) => [name, JSON.stringify(value)])),
    inputs: new Map(names.map((name) => [name, heldBy(inputOf(name, of))])),
  };
  $(of.dialog).data(FORM, form);
  if (of === OF_NODE) chooseOnlyAccount(node);
}

/**
 * Gives a node what its dialog says now and did not say at first; everything else stays as it was saved, absent, of another
 * type, or unknown. Gives whether something has changed that Node-RED does not see.
 */
export function saveForm<N extends object>(node: N, of = OF_NODE): boolean {
  const form = $(of.dialog).data(FORM) as Form | undefined;
  if (form === undefined) return false;
  // Done can be pressed by keys while somebody types; what takes a text when it is left takes it now.
  $(of.dialog).find(':focus').trigger('blur');
  const next = Object.entries(form.read()).filter(([name, value]) => JSON.stringify(value) !== form.said.get(name));
  for (const [name, held] of form.inputs) {
    // Node-RED saves what it finds by this id, and a look at the dialog would have filled in what is absent.
    const $input = inputOf(name, of);
    if (heldBy($input) === held) $input.removeAttr('id');
  }
  return keep(node, Object.fromEntries(next) as Partial<N>);
}

/** Gives a node what its dialog says where no single input does. Gives whether that is something else than before. */
export function keep<T extends object>(node: T, next: Partial<T>): boolean {
  const before = { ...node } as Record<string, unknown>;
  const isOther = Object.entries(next).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  Object.assign(node, next);
  return isOther;
}

function heldBy($input: JQuery): unknown {
  return $input.is(':checkbox') ? $input.prop('checked') : $input.val();
}

function inputOf(name: string, { prefix }: typeof OF_NODE): JQuery {
  return $(`#${prefix}-${name}`);
}

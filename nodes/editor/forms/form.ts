import type { EditorWidgetTypedInputType } from 'node-red';
import type { SecondsRange } from '../../../src/input.js';
import {
  type ActionNode,
  checkExpiry,
  DEFAULTS,
  labelOf,
  labelStyle,
  labelTypedInput,
  outputLabels,
  paletteLabel,
  saveAction,
} from '../shared/action-node.js';
import { type AccountKey, type KeyOf, translate } from '../shared/catalogue.js';
import { isFromEnv, secondsCheck } from '../shared/checks.js';
import { greyOut, showDefaults } from '../shared/form.js';
import { rememberForm } from '../shared/saving.js';

/** A node with any saved properties. */
type Saved = ActionNode<string> & Record<string, unknown>;

/** The default value of a property and its check, in the form of Node-RED's `defaults`. */
interface Property {
  value: unknown;
  validate?: (this: Saved, value: unknown, options: object) => true | string;
}

/** A row of a dialog. `scripts/form-html.mjs` generates its HTML from the kind. */
export interface Field {
  kind: 'check' | 'typed' | 'select' | 'seconds' | 'row';
  /** The name of the property; for the kind `row`, the name of a file in `nodes/editor/rows/`. */
  name: string;
  /** The node properties that belong to the row, with their default values and checks. */
  defaults: Record<string, Property>;
  /** Name of a Font Awesome 4 icon. */
  icon?: string;
  /** Key of the label; if absent, `label.<name>`. A key that begins with a colon belongs to the account's catalogue. */
  label?: string;
  /** Key of the placeholder. */
  placeholder?: string;
  /** The options of a select: each value with the key of its text. For an empty key, the value itself is shown. */
  options?: Readonly<Record<string, string>>;
  /** The types that a typed input offers, such as `str` or `msg`. */
  types?: EditorWidgetTypedInputType[];
  /** The row is shown only while another property has one of these values. */
  only?: Only;
  /** Prepares the row when the dialog opens. */
  prepare?(node: Saved): void;
  /** Returns the values of properties that have no input of their own. */
  read?(node: Saved): object;
}

/** A check with the key of its error text. */
interface Test {
  isValid: (text: unknown) => boolean;
  problem: AccountKey;
}

type Only = readonly [property: string, ...values: string[]];

/** Returns a checkbox. */
export function check(name: string, value: boolean, more: Pick<Field, 'label' | 'only'> = {}): Field {
  return { kind: 'check', name, defaults: { [name]: { value } }, ...more };
}

/** Returns a list of options. The first option is the default. */
export function select(name: string, options: Record<string, string>, more: Pick<Field, 'label' | 'icon'>): Field {
  return { kind: 'select', name, options, defaults: { [name]: { value: Object.keys(options)[0] } }, ...more };
}

/** Returns a typed input. Its initial type is the first of `types`. `text`: the check for a typed text. */
export function typed(
  name: string,
  value: string,
  types: EditorWidgetTypedInputType[],
  { text, ...more }: Pick<Field, 'icon' | 'placeholder' | 'only'> & { text?: Test },
): Field {
  const type = `${name}Type`;
  // Node-RED shows an error text only if the check has two parameters.
  const validate: Property['validate'] = function (typedText, _options) {
    const isTyped = (valueOf(this, type) ?? types[0]) === 'str' && isShown(this, more.only);
    return !isTyped || text === undefined || isFromEnv(typedText) || text.isValid(typedText) || translate(text.problem);
  };
  const property: Property = text === undefined ? { value } : { value, validate };
  return { kind: 'typed', name, types, defaults: { [name]: property, [type]: { value: types[0] } }, ...more };
}

/** Returns a field for a time in seconds. */
export function seconds(
  name: string,
  value: number,
  { range, problem, icon }: { range: SecondsRange; problem: AccountKey; icon: string },
): Field {
  const validate = secondsCheck(range, problem);
  return { kind: 'seconds', name, icon, defaults: { [name]: { value, validate } } };
}

/** Returns a row whose HTML is in a file of its own. */
export function row(
  name: string,
  more: Pick<Field, 'prepare' | 'read'> & Partial<Pick<Field, 'defaults'>> = {},
): Field {
  return { kind: 'row', name, defaults: {}, ...more };
}

/** The row for the time after which a login is renewed. */
export const EXPIRY = row('expiry', { defaults: { expiry: { value: '', validate: checkExpiry } } });

interface FormOptions<C> {
  inputs?: 0 | 1;
  outputs: 1 | 2;
  /** Class of the dialog. */
  className?: string;
  /**
   * Returns a node's label: the whole text, or two catalogue keys: for a label without the account's name, and for a
   * label with it.
   */
  label: (node: Saved) => readonly [alone: KeyOf<C>, withAccount: KeyOf<C>] | string;
  /** The rows between the row of the account and the row of the name. */
  fields: readonly Field[];
  /**
   * By property: the checkbox that disables the property's field, and whether it does so while it is ticked or while it
   * is empty.
   */
  off?: Readonly<Record<string, readonly [checkbox: string, isWithout: 'ticked' | 'empty']>>;
}

/** Returns the definition of a node type whose dialog is a list of fields. `C`: the catalogue of the type. */
export function form<C>({ inputs = 1, outputs, className = '', label, fields, off = {} }: FormOptions<C>) {
  return {
    defaults: Object.assign({}, DEFAULTS, ...fields.map(({ defaults }) => defaults)) as Record<string, Property>,
    inputs,
    outputs,
    paletteLabel,
    labelStyle,
    outputLabels,
    label(this: Saved): string {
      const text = this.name || label(this);
      return typeof text === 'string' ? text : labelOf(this, ...text);
    },
    oneditprepare(this: Saved): void {
      showDefaults(this);
      for (const field of fields) {
        if (field.types !== undefined) prepareTyped(field.name, field.types);
        if (field.only !== undefined) showOnly(this, field.name, field.only);
        field.prepare?.(this);
      }
      for (const [name, [checkbox, isWithout]] of Object.entries(off))
        greyOut(inputOf(name), inputOf(checkbox), isWithout);
      rememberForm(this, () => Object.assign({}, ...fields.map((field) => field.read?.(this))) as object);
    },
    oneditsave: saveAction,
    /** The layout of the dialog, from which the build generates its HTML. */
    layout: { className, fields },
  };
}

function prepareTyped(name: string, types: EditorWidgetTypedInputType[]): void {
  inputOf(name).typedInput({ default: types[0], types, typeField: `#node-input-${name}Type` });
  labelTypedInput(name);
}

function showOnly(node: Saved, name: string, only: Only): void {
  const show = (): void => void inputOf(name).closest('.form-row').toggle(isShown(node, only));
  inputOf(only[0]).on('change', show);
  show();
}

function isShown(node: Saved, only: Only | undefined): boolean {
  if (only === undefined) return true;
  const [property, ...values] = only;
  return values.includes(String(valueOf(node, property)));
}

/** Returns a property's value in the open dialog; if there is no input for it, the saved value. */
function valueOf(node: Saved, property: string): unknown {
  return inputOf(property).val() ?? node[property];
}

function inputOf(property: string): JQuery {
  return $(`#node-input-${property}`);
}

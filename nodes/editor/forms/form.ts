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

/** A row of a dialog, with its input. `scripts/form-html.mjs` generates its HTML from `kind`. */
export interface Field {
  kind: 'check' | 'typed' | 'select' | 'seconds' | 'row';
  /** The name of the property; for the kind `row`, the name of a file in `nodes/editor/rows/`. */
  name: string;
  /** The node properties that belong to the row, with their default values and checks. */
  defaults: Record<string, Property>;
  /** Name of a Font Awesome 4 icon. */
  icon?: string;
  /**
   * The text key of the label; if absent, `label.<name>`. A key that begins with a colon is looked up in the catalogue
   * of the account node.
   */
  label?: string;
  /** The text key of the placeholder. */
  placeholder?: string;
  /** The options of a select: each value with its text key. If the key is empty, the value itself is shown. */
  options?: Readonly<Record<string, string>>;
  /** The types that a typed input offers, such as `str` or `msg`. */
  types?: EditorWidgetTypedInputType[];
  /** The name of another property, and the values of it for which this row is shown. */
  only?: Only;
  /** Prepares the row when the dialog opens. */
  prepare?(node: Saved): void;
  /** Returns the values of properties that have no input of their own. */
  read?(node: Saved): object;
}

/** A check, and the text key of its error. */
interface Test {
  isValid: (text: unknown) => boolean;
  problem: AccountKey;
}

type Only = readonly [property: string, ...values: string[]];

/** Returns a row with a checkbox. */
export function check(name: string, value: boolean, more: Pick<Field, 'label' | 'only'> = {}): Field {
  return { kind: 'check', name, defaults: { [name]: { value } }, ...more };
}

/** Returns a row with a select. Its first option is the default. */
export function select(
  name: string,
  options: Record<string, string>,
  more: Pick<Field, 'label'> & { icon: string },
): Field {
  return { kind: 'select', name, options, defaults: { [name]: { value: Object.keys(options)[0] } }, ...more };
}

/**
 * Returns a row with Node-RED's typed input. The first of `types` is the default. `text`: the check for a value of the
 * type `str`.
 */
export function typed(
  name: string,
  value: string,
  types: EditorWidgetTypedInputType[],
  { text, ...more }: Pick<Field, 'placeholder' | 'only'> & { icon: string; text?: Test },
): Field {
  const type = `${name}Type`;
  // Node-RED shows the returned error text only if the function has two parameters.
  const validate: Property['validate'] = function (typedText, _options) {
    const isTyped = (valueOf(this, type) ?? types[0]) === 'str' && isShown(this, more.only);
    return !isTyped || text === undefined || isFromEnv(typedText) || text.isValid(typedText) || translate(text.problem);
  };
  const property: Property = text === undefined ? { value } : { value, validate };
  return { kind: 'typed', name, types, defaults: { [name]: property, [type]: { value: types[0] } }, ...more };
}

/** Returns a row with an input for a time in seconds. */
export function seconds(
  name: string,
  value: number,
  { range, problem, icon }: { range: SecondsRange; problem: AccountKey; icon: string },
): Field {
  const validate = secondsCheck(range, problem);
  return { kind: 'seconds', name, icon, defaults: { [name]: { value, validate } } };
}

/** Returns a row whose HTML is a file in `nodes/editor/rows/`. */
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
  /** The CSS class of the dialog. */
  className?: string;
  /**
   * Returns the label of a node: the text itself, or two keys of texts. The second text also has the name of the
   * account.
   */
  label: (node: Saved) => readonly [alone: KeyOf<C>, withAccount: KeyOf<C>] | string;
  /** The rows of the dialog, shown after the account and before the name. */
  fields: readonly Field[];
  /**
   * The inputs that a checkbox disables: by property, the name of the checkbox, and its state in which the input has no
   * effect.
   */
  off?: Readonly<Record<string, readonly [checkbox: string, isWithout: 'ticked' | 'empty']>>;
}

/** Returns the definition of a node type whose dialog is a list of rows. `C`: the type of its message catalogue. */
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

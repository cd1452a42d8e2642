// A condition, such as "temperature above 21": its inputs in a dialog, its check, and whether things meet it.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { type Condition, meets, parseCondition } from '../../../src/devices/things/condition.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import { valueText } from '../../../src/devices/things/live-value.js';
import type { Language } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import { translate, type Translate } from '../shared/catalogue.js';
import { isAccepted, isFromEnv } from '../shared/checks.js';
import { announce, fill, type Option } from '../shared/draw.js';
import {
  fieldsToChoose,
  type FieldType,
  fieldTypeOf,
  OpenSelect,
  optionsOf,
  OTHER,
  valuesToChoose,
} from './field-select.js';

/** A condition as a node saves it. */
export interface SavedCondition {
  field: string;
  op: string;
  value: unknown;
}

/** The operators of a condition, in the order of the select. */
const OPS = ['is', 'not', 'above', 'below', 'changes'] as const;

type Op = (typeof OPS)[number];

/** The operators for fields whose values are words or booleans. */
const OPS_OF_WORDS: readonly Op[] = ['is', 'not', 'changes'];

/**
 * The three inputs of a condition: the field, the operator, and the value to compare with. The value is chosen from a
 * list or typed, depending on the type of the field.
 */
export class ConditionForm {
  readonly #$op = $('#node-input-condition-op');
  readonly #$place = $('#cozify-condition-value');
  readonly #saved: SavedCondition | null;
  readonly #field: OpenSelect;
  readonly #canChange: boolean;
  readonly #isRequired: boolean;
  /**
   * The kind of input that the value has now: "select" or "input". It is replaced only by an input of the other kind.
   */
  #inputKind = '';
  /** Whether the user has chosen to type a value that is not among the options. */
  #isTyped = false;
  /**
   * Whether the field was chosen by this class before any thing was known, and the user has not changed it since. It is
   * chosen again when the things are known.
   */
  #isGuess = false;
  #things: readonly Thing[] = [];

  /** `canChange`: whether to offer the operator "changes". `isRequired`: whether an empty condition is an error. */
  constructor(saved: unknown, { canChange = false, isRequired = false } = {}) {
    this.#isRequired = isRequired;
    this.#saved = typeof saved === 'object' ? (saved as SavedCondition | null) : null;
    this.#canChange = canChange;
    const { field = '', op = 'is', value } = this.#saved ?? {};
    this.#field = new OpenSelect({
      id: 'node-input-condition-field',
      saved: String(field),
      ...(field === '' && { none: { value: '', text: translate('fields.choose') } }),
      onChange: () => this.#restart(),
    });
    this.#show(String(op), shownValue(value ?? null));
    this.#$op.on('change', () => {
      this.#isGuess = false;
      this.#show();
    });
    this.#$place.on('input change', () => {
      this.#isGuess = false;
      if (this.#inputKind === 'select' && this.#typed === OTHER) {
        this.#isTyped = true;
        this.#showValue('');
        this.#$value.trigger('focus');
      }
      this.#check();
    });
  }

  /** The condition from the inputs; `null` if no field is chosen. */
  get value(): SavedCondition | null {
    const condition = conditionOf(this.#field.value, this.#op, this.#typed);
    const saved = this.#saved;
    if (condition === null || saved === null || condition.op === 'changes') return condition;
    // An unchanged value keeps its type, so that a text that looks like a number stays a text.
    return this.#typed === shownValue(saved.value) ? { ...condition, value: saved.value } : condition;
  }

  /** Offers the fields of the things, and the values of the chosen field. */
  offer(things: readonly Thing[]): void {
    this.#things = things;
    this.#field.offer(fieldsToChoose(things));
    this.#show();
    if (this.#isGuess && things.length > 0) this.#choose();
  }

  /** Chooses the most informative field of the things, unless a field is already chosen. */
  chooseFirst(): void {
    if (this.#field.value !== '') return;
    this.#choose();
    this.#isGuess = this.#things.length === 0;
  }

  #choose(): void {
    this.#field.choose(fieldsToChoose(this.#things)[0] ?? 'on');
  }

  get #op(): string {
    return String(this.#$op.val() ?? 'is');
  }

  get #typed(): string {
    return String(this.#$value.val() ?? '');
  }

  get #$value(): JQuery {
    return $('#node-input-condition-value');
  }

  get #fieldType(): FieldType {
    return fieldTypeOf(this.#field.value, this.#things);
  }

  /** Whether the field's values are booleans, or words from a list. */
  get #hasListedValues(): boolean {
    return this.#fieldType === 'words' || this.#fieldType === 'flag';
  }

  /**
   * Sets the operator and the value for a newly chosen field: "above" for a number, otherwise "is"; and the current
   * number or text of the field or, if it has none, its first option.
   */
  #restart(): void {
    this.#isTyped = false;
    this.#isGuess = false;
    const field = this.#field.value;
    const now = this.#things.map(({ state }) => state[field]).find((value) => value !== undefined);
    const isNumber = this.#fieldType === 'number';
    const first = isNumber ? '' : (valuesToChoose(field, this.#things)[0] ?? '');
    const isShort = typeof now === 'number' || typeof now === 'string';
    this.#show(isNumber ? 'above' : 'is', isShort ? String(now) : first);
  }

  #show(op = this.#op, value = this.#typed): void {
    const all = this.#hasListedValues ? OPS_OF_WORDS : OPS;
    const ops = all.filter((one) => this.#canChange || one !== 'changes');
    const texts = [...new Set<string>([...ops, op])].map((one) => ({ value: one, text: opText(one) }));
    fill(this.#$op, texts, op);
    this.#showValue(value);
    this.#$place.toggle(op !== 'changes');
    const unit = this.#fieldType === 'number' ? fieldOf(this.#field.value)?.unit : undefined;
    $('#cozify-condition-unit')
      .text(unit ?? '')
      .toggle(unit !== undefined && op !== 'changes');
    this.#check();
  }

  #showValue(value: string): void {
    const options = this.#optionsFor(value);
    const kind = options.length > 0 ? 'select' : 'input';
    if (this.#inputKind !== kind) {
      this.#inputKind = kind;
      const attributes = { id: 'node-input-condition-value', 'aria-label': translate('label.value') };
      const $value = kind === 'select' ? $('<select>') : $('<input type="text" spellcheck="false">');
      this.#$place.empty().append($value.attr(attributes));
    }
    if (kind === 'select') fill(this.#$value, options, value);
    else if (this.#typed !== value) this.#$value.val(value);
  }

  /** Returns the options for the value, including the chosen value. Returns no options if the value has to be typed. */
  #optionsFor(value: string): Option[] {
    const fieldType = this.#fieldType;
    if (this.#isTyped || !this.#hasListedValues) return [];
    const field = this.#field.value;
    const values = [...valuesToChoose(field, this.#things), value].filter((one) => one !== '');
    const options = optionsOf(field, values, fieldType === 'flag');
    return fieldType === 'words' ? [...options, { value: OTHER, text: translate('fields.other') }] : options;
  }

  /** Marks an invalid input red and shows the error. */
  #check(): void {
    const condition = this.value;
    const isMissing = condition === null && this.#isRequired;
    const checked = condition === null || checkCondition(condition, {});
    const problem = isMissing ? translate('invalid.noCondition') : checked === true ? '' : checked;
    mark(this.#$value, problem !== '' && !isMissing);
    mark($('#node-input-condition-field'), isMissing);
    announce($('#cozify-condition-problem'), problem);
  }
}

function mark($field: JQuery, isWrong: boolean): void {
  $field
    .toggleClass('input-error', isWrong)
    .attr({ 'aria-invalid': String(isWrong), 'aria-describedby': 'cozify-condition-problem' });
}

function opText(op: string): string {
  return OPS.some((one) => one === op) ? translate(`op.${op as Op}`) : op;
}

/** Returns the condition for the contents of the three inputs; `null` if no field is given. */
export function conditionOf(field: string, op: string, typed: string): SavedCondition | null {
  const name = field.trim();
  if (name === '') return null;
  return { field: name, op, value: op === 'changes' ? null : valueOf(typed) };
}

/** Converts a typed text to a number or boolean if possible. Accepts a decimal comma. */
function valueOf(typed: string): unknown {
  const text = typed.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '') return text;
  const number = numberIn(text) ?? Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Returns the text that the input shows for a condition's value. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : (JSON.stringify(value) ?? '');
}

/**
 * Checks a condition with the parser that the nodes use. A condition with an environment variable is valid, because the
 * editor does not know its value.
 */
export function checkCondition(condition: unknown, _options: object): true | string {
  return hasVariable(condition) || isAccepted(() => parse(condition)) || translate('invalid.condition');
}

function hasVariable(condition: unknown): boolean {
  return Object.values(condition ?? {}).some(isFromEnv);
}

function parse(condition: unknown): Condition | null {
  return parseCondition(condition, { canChange: true });
}

/** The things to describe, and the language of the description. */
interface NowTextOptions {
  things: readonly Thing[];
  language: Language;
  t: Translate;
}

/** The number of things that meet a condition, and the total number of things. */
export interface MetCount {
  met: number;
  count: number;
}

/** Returns how many things meet a condition; `undefined` if the condition is invalid or no thing is known. */
export function metCountOf(condition: SavedCondition | null, things: readonly Thing[]): MetCount | undefined {
  const parsed = parsedOf(condition);
  if (parsed === null || things.length === 0) return undefined;
  return { met: things.filter(({ state }) => meets(state, parsed)).length, count: things.length };
}

/**
 * Describes whether the things meet a condition now. For one thing, returns its value and whether it meets the
 * condition; for several, how many of them meet the condition. For the operator "changes", returns only the value of one
 * thing, and nothing for several. Empty if no thing is known or the condition is invalid.
 */
export function nowText(condition: SavedCondition | null, { things, language, t }: NowTextOptions): string {
  const parsed = parsedOf(condition);
  const [only, ...others] = things;
  if (parsed === null || only === undefined) return '';
  const met = things.filter(({ state }) => meets(state, parsed)).length;
  if (others.length > 0) return parsed.op === 'changes' ? '' : t('now.some', { met, count: things.length });
  const value = Object.hasOwn(only.state, parsed.field) ? only.state[parsed.field] : undefined;
  if (value === undefined) return t('now.absent');
  const parameters = { value: valueText(parsed.field, value, language) || JSON.stringify(value) };
  if (parsed.op === 'changes') return t('now.is', parameters);
  return t(met === 1 ? 'now.true' : 'now.false', parameters);
}

/** Parses a condition; `null` if it is invalid, or has an environment variable. */
function parsedOf(condition: SavedCondition | null): Condition | null {
  return hasVariable(condition) || !isAccepted(() => parse(condition)) ? null : parse(condition);
}

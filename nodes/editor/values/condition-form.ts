import { wordText } from '../../../src/devices/things/field-words.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import { valueText } from '../../../src/devices/things/live-value.js';
import type { Thing } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { OpenSelect } from './open-select.js';
import { fieldsToChoose, type Holding, holdingOf, valuesToChoose } from './offered.js';
import { fillSelect, type Option, OTHER } from './options.js';
import { checkCondition, conditionOf, OPS, type SavedCondition, shownValue } from './typed-value.js';

type Op = (typeof OPS)[number];

/** Comparisons, by type of value. */
const OPS_OF: Readonly<Record<Holding, readonly Op[]>> = {
  flag: ['is', 'not', 'changes'],
  words: ['is', 'not', 'changes'],
  number: OPS,
  text: OPS,
};

/**
 * A condition as three fields: the value, the comparison, and the operand, which is chosen or typed depending on the
 * value's type.
 */
export class ConditionForm {
  readonly #$op = $('#node-input-condition-op');
  readonly #$place = $('#cozify-condition-value');
  readonly #saved: SavedCondition | null;
  readonly #field: OpenSelect;
  readonly #canChange: boolean;
  readonly #isRequired: boolean;
  /** Key of the operand's control that is shown, so that an unchanged control is not redrawn. */
  #shown = '';
  #isTyped = false;
  /** Whether the condition was started before the things were known, and is untouched since. */
  #isGuess = false;
  #things: readonly Thing[] = [];

  /** `canChange`: offers "changes" as a comparison; `isRequired`: a node without a condition is invalid. */
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
      this.#check();
    });
  }

  /** The condition in the fields; `null` if no field is named. */
  get value(): SavedCondition | null {
    const condition = conditionOf(this.#field.value, this.#op, this.#typed);
    const saved = this.#saved;
    if (condition === null || saved === null || condition.op === 'changes') return condition;
    // An untouched operand keeps its type: a text that looks like a number stays a text.
    return this.#typed === shownValue(saved.value) ? { ...condition, value: saved.value } : condition;
  }

  /** Offers the fields and values of the things. */
  offer(things: readonly Thing[]): void {
    this.#things = things;
    this.#field.offer(fieldsToChoose(things));
    this.#show();
    if (this.#isGuess && things.length > 0) this.#choose();
  }

  /** If no field is chosen, chooses the most telling field of the things. */
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

  get #holding(): Holding {
    return holdingOf(this.#field.value, this.#things);
  }

  /** Starts a newly chosen field with its present value as operand; a number is compared by "above", others by "is". */
  #restart(): void {
    this.#isTyped = false;
    this.#isGuess = false;
    const field = this.#field.value;
    const now = this.#things.map(({ state }) => state[field]).find((value) => value !== undefined);
    const isNumber = this.#holding === 'number';
    const first = isNumber ? '' : (valuesToChoose(field, this.#things)[0] ?? '');
    const isShort = typeof now === 'number' || typeof now === 'string';
    this.#show(isNumber ? 'above' : 'is', isShort ? String(now) : first);
  }

  #show(op = this.#op, value = this.#typed): void {
    const ops = OPS.filter((one) => OPS_OF[this.#holding].includes(one) && (this.#canChange || one !== 'changes'));
    const texts = [...new Set<string>([...ops, op])].map((one) => ({ value: one, text: opText(one) }));
    fillSelect(this.#$op, texts, op);
    this.#showValue(value);
    this.#$place.toggle(op !== 'changes');
    const unit = this.#holding === 'number' ? fieldOf(this.#field.value)?.unit : undefined;
    $('#cozify-condition-unit')
      .text(unit ?? '')
      .toggle(unit !== undefined && op !== 'changes');
    this.#check();
  }

  #showValue(value: string): void {
    const options = this.#optionsFor(value);
    const kind = options.length > 0 ? 'select' : 'input';
    if (this.#shown !== kind) {
      this.#shown = kind;
      this.#$place.empty().append(kind === 'select' ? this.#newSelect() : newInput());
    }
    if (kind === 'select') fillSelect(this.#$value, options, value);
    else if (this.#typed !== value) this.#$value.val(value);
  }

  /** Returns the options for the operand, including the saved one; none if the operand has to be typed. */
  #optionsFor(value: string): Option[] {
    const holding = this.#holding;
    if (this.#isTyped || holding === 'number' || holding === 'text') return [];
    const field = this.#field.value;
    const values = [...new Set([...valuesToChoose(field, this.#things), value])].filter((one) => one !== '');
    const textOf = (one: string): string =>
      holding === 'flag' && (one === 'true' || one === 'false')
        ? valueText(field, one === 'true', viewerLanguage())
        : wordText(field, one, viewerLanguage());
    const options = values.map((one) => ({ value: one, text: textOf(one) }));
    return holding === 'words' ? [...options, { value: OTHER, text: translate('fields.other') }] : options;
  }

  #newSelect(): JQuery {
    return labelled($('<select>')).on('change', () => {
      if (this.#typed !== OTHER) return;
      this.#isTyped = true;
      this.#showValue('');
      this.#$value.trigger('focus');
    });
  }

  /** Marks an invalid field red and shows the error. */
  #check(): void {
    const condition = this.value;
    const isMissing = condition === null && this.#isRequired;
    const checked = condition === null || checkCondition(condition, {});
    const problem = isMissing ? translate('invalid.noCondition') : checked === true ? '' : checked;
    mark(this.#$value, problem !== '' && !isMissing);
    mark($('#node-input-condition-field'), isMissing);
    const $problem = $('#cozify-condition-problem');
    if ($problem.text() !== problem) $problem.text(problem);
  }
}

function mark($field: JQuery, isWrong: boolean): void {
  $field
    .toggleClass('input-error', isWrong)
    .attr({ 'aria-invalid': String(isWrong), 'aria-describedby': 'cozify-condition-problem' });
}

function newInput(): JQuery {
  return labelled($('<input type="text" spellcheck="false">'));
}

function labelled($field: JQuery): JQuery {
  return $field.attr({ id: 'node-input-condition-value', 'aria-label': translate('label.value') });
}

function opText(op: string): string {
  return OPS.some((one) => one === op) ? translate(`op.${op as Op}`) : op;
}

// The row of the dialog with the value that a command sets.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { type HueSaturation, parseColor } from '../../../src/devices/things/color.js';
import { colorText, whiteText } from '../../../src/devices/things/shades.js';
import type { Thing } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { announce, fill } from '../shared/draw.js';
import { optionsOf } from '../values/field-select.js';
import type { CommandTexts } from './actions.js';
import { type Control, controlOf, firstValue, fits, hexOf, type TypedValue, valueProblem } from './value.js';

const TYPES = ['msg', 'flow', 'global', 'num', 'bool', 'str', 'json', 'jsonata', 'env'] as const;

/** The value `msg.payload`. */
const PAYLOAD: TypedValue = { value: 'payload', type: 'msg' };

/** Colours that can be chosen with one click. */
const SWATCHES = ['#ff2a00', '#ff8800', '#ffd500', '#2ecc40', '#00cccc', '#1a66ff', '#8a2be2', '#ff4da6'];

/** Returns the element with the id `cozify-value-<name>`. */
const part = (name: string): JQuery => $(`#cozify-value-${name}`);

/**
 * The row with the value that a command sets. The user sets it with a control for its field, such as a slider, or with
 * Node-RED's typed input.
 */
export class ValueView {
  readonly #t: CommandTexts;
  readonly #language = viewerLanguage();
  readonly #onChange: () => void;
  readonly #row = $('#cozify-value');
  readonly #input = $('#node-input-value');
  #field = '';
  #things: readonly Thing[] = [];
  #control: Control | undefined;
  /** Whether a control made for the field, such as a slider, shows the value, instead of the typed input. */
  #isOwn = false;
  /** Whether the value is still the initial value of its field, unchanged by the user. */
  #isUntouched = false;
  /** The value that the typed input had before the user switched to the field's own control. */
  #typedBefore = PAYLOAD;
  /** The value that the field's own control had before the user switched to the typed input. */
  #ownBefore: string | undefined;
  /**
   * The field, the control and the things that the row shows, as JSON. While they are unchanged, the row is not
   * redrawn.
   */
  #shownOf = '';

  constructor(t: CommandTexts, onChange: () => void) {
    this.#t = t;
    this.#onChange = onChange;
    this.#input.typedInput({ default: 'msg', types: [...TYPES], typeField: '#node-input-valueType' });
    this.#row.find('.red-ui-typedInput-input').attr('aria-label', t('question.value'));
    this.#input.on('change', () => this.#noteTyped());
    this.#fillSwatches();
    this.#listen();
  }

  /** The error text for the value; empty if the value is valid. */
  get problem(): string {
    return valueProblem(this.#field, this.#value, translate, this.#language);
  }

  /**
   * Shows the row for a field. `isChosen`: whether the user has just chosen this field, so that it gets an initial
   * value.
   */
  show(field: string, things: readonly Thing[], isChosen = false): void {
    const control = controlOf(field, things);
    const isKnownNow = JSON.stringify([field, control, things.map(({ id }) => id)]);
    if (!isChosen && isKnownNow === this.#shownOf) return;
    this.#shownOf = isKnownNow;
    const isSame = field === this.#field;
    this.#field = field;
    this.#things = things;
    this.#control = control;
    if (isChosen) this.#startValue();
    else if (this.#isUntouched && control !== undefined) this.#keep(firstValue(control, field, things));
    this.#isOwn = control !== undefined && ((isSame && this.#isOwn) || fits(control, this.#value));
    this.#draw();
  }

  /**
   * Sets the initial value of a newly chosen field: the things' current value or, if there is none, a usual value. A
   * value that is JSON, or comes from a variable, an expression or a message property other than `msg.payload`, stays
   * unchanged.
   */
  #startValue(): void {
    const { value, type } = this.#value;
    this.#ownBefore = undefined;
    this.#isOwn = false;
    const isOpen = (type === PAYLOAD.type && value === PAYLOAD.value) || ['num', 'str', 'bool'].includes(type);
    if (this.#control === undefined || !isOpen) return;
    this.#keep(firstValue(this.#control, this.#field, this.#things));
    this.#isUntouched = true;
  }

  get #value(): TypedValue {
    return { value: String(this.#input.typedInput('value')), type: String(this.#input.typedInput('type')) };
  }

  #keep(value: string, type: string | undefined = this.#control?.type): void {
    if (type !== undefined) this.#input.typedInput('type', type);
    this.#input.typedInput('value', value);
  }

  /** Stores a value that the user has set with a control. */
  #set(value: string): void {
    this.#isUntouched = false;
    this.#keep(value);
    this.#draw();
  }

  #noteTyped(): void {
    this.#drawProblem();
    this.#onChange();
  }

  #listen(): void {
    for (const name of ['slider', 'color', 'word']) {
      part(name).on('input', () => this.#set(String(part(name).val())));
    }
    part('hex').on('input', () => this.#set(String(part('hex').val()).trim()));
    part('number').on('input', () => {
      const typed = String(part('number').val());
      this.#set(String(numberIn(typed) ?? typed));
    });
    part('typed').on('click', () => this.#switchControl());
  }

  /**
   * Switches between the field's own control and the typed input. Restores the last value of the input that appears.
   */
  #switchControl(): void {
    const control = this.#control;
    if (control === undefined) return;
    if (this.#isOwn) {
      this.#ownBefore = this.#value.value;
      this.#keep(this.#typedBefore.value, this.#typedBefore.type);
    } else if (!fits(control, this.#value)) {
      this.#typedBefore = this.#value;
      this.#keep(this.#ownBefore ?? firstValue(control, this.#field, this.#things));
    }
    this.#isOwn = !this.#isOwn;
    this.#isUntouched = false;
    this.#draw();
    (!this.#isOwn ? this.#row.find('.red-ui-typedInput-input') : this.#firstInput()).trigger('focus');
  }

  #firstInput(): JQuery {
    return this.#row.find('input, select').filter(':visible').first();
  }

  #draw(): void {
    const shown = this.#isOwn ? this.#control : undefined;
    this.#row.attr('data-as', shown?.as ?? 'typed');
    part('typed')
      .toggle(this.#control !== undefined)
      .text(this.#t(shown === undefined ? 'value.own' : 'value.typed'));
    if (shown?.type === 'num') this.#drawNumber(shown);
    if (shown?.as === 'color') this.#drawColor();
    if (shown?.as === 'words') this.#drawWords(shown.words);
    this.#drawProblem();
  }

  #drawNumber(control: Extract<Control, { type: 'num' }>): void {
    const { value } = this.#value;
    const number = Number(value);
    const isWhite = control.as === 'white' && number > 0;
    const unit = isWhite ? `${control.unit}, ${whiteText(number, this.#language)}` : control.unit;
    write(part('number'), this.#language === 'fi' ? value.replace('.', ',') : value);
    part('unit').text(unit);
    if (control.as === 'number') return;
    const { min, max } = control;
    const [least, most] = this.#ends();
    part('least').text(least);
    part('most').text(most);
    part('slider').attr({ min, max, 'aria-valuetext': `${value} ${unit}` });
    if (Number.isFinite(number)) part('slider').val(number);
  }

  #ends(): [string, string] {
    if (this.#field === 'colorTemperature') return [this.#t('value.warm'), this.#t('value.cold')];
    return this.#field === 'position' ? [this.#t('value.closed'), this.#t('value.open')] : ['', ''];
  }

  #drawColor(): void {
    const { value } = this.#value;
    write(part('hex'), value);
    this.#row.find('[data-color]').each((_index, swatch) => {
      $(swatch).attr('aria-pressed', String($(swatch).attr('data-color') === value.toLowerCase()));
    });
    const color = parseColor(value);
    part('hint').text(color === undefined ? '' : this.#t('value.color', { color: this.#nameOf(color) }));
    if (color !== undefined) part('color').val(/^#[\da-f]{6}$/i.test(value) ? value.toLowerCase() : hexOf(color));
  }

  #nameOf({ hue, saturation }: HueSaturation): string {
    return colorText(hue, saturation, this.#language);
  }

  #fillSwatches(): void {
    const swatches = SWATCHES.map((color) => {
      const name = this.#nameOf(parseColor(color) ?? { hue: 0, saturation: 0 });
      return $('<button type="button" class="cozify-swatch" aria-pressed="false">')
        .attr({ 'data-color': color, 'aria-label': name })
        .css('background', color)
        .on('click', () => this.#set(color));
    });
    part('color').after(swatches);
  }

  #drawWords(words: readonly string[]): void {
    const { value, type } = this.#value;
    fill(part('word'), optionsOf(this.#field, [...words, value], type === 'bool'), value);
  }

  #drawProblem(): void {
    const { problem } = this;
    announce(part('problem'), problem);
    this.#row.find('#cozify-value-number, #cozify-value-hex').attr('aria-invalid', String(problem !== ''));
  }
}

/** Shows a value in a field, unless the user is typing there. */
function write($field: JQuery, value: string): void {
  if (!$field.is(':focus')) $field.val(value);
}

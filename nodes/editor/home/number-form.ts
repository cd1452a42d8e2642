// A form in the opened row of the home tab that sets a number of a thing.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { fieldLabel } from '../../../src/devices/things/field-words.js';
import { type Control, controlOf, firstValue } from '../command/value.js';
import type { Thing } from '../picker/things-api.js';
import { numberTyped } from './details.js';
import type { HomeTexts } from './texts.js';

/** Fields that can be set in an opened row. */
const SET_HERE = ['brightness', 'colorTemperature', 'targetTemperature', 'position', 'tilt'];

/** Called when the user sets a field. */
type OnSet = (field: string, number: number) => void;

/** A form that sets a field of a thing: an input for the number and, if the field has a range, a slider. */
export class NumberForm {
  readonly $form: JQuery;
  readonly #$slider: JQuery;
  readonly #$number = $('<input type="text" inputmode="decimal">');
  readonly #texts: HomeTexts;
  readonly #field: string;
  readonly #control: Control;

  /** `onProblem`: called with a text if the user has typed something that can't be set. */
  constructor(field: string, control: Control, texts: HomeTexts, onSet: OnSet, onProblem: (text: string) => void) {
    this.#field = field;
    this.#control = control;
    this.#texts = texts;
    const label = fieldLabel(field, texts.language);
    const set = texts.t('home.set');
    this.#$slider = 'min' in control ? $('<input type="range">').attr({ min: control.min, max: control.max }) : $();
    this.#$slider.add(this.#$number).attr('aria-label', label);
    this.#$slider.on('input', () => this.#$number.val(this.#inWords(String(this.#$slider.val()))));
    this.#$number.on('input', () => {
      const number = numberIn(this.#typed);
      if (number !== undefined) this.#$slider.val(number);
    });
    this.$form = $('<form class="cozify-home-set">')
      .attr('data-field', field)
      .on('submit', (event) => {
        event.preventDefault();
        const number = numberTyped(field, this.#typed, texts);
        this.#$number.attr('aria-invalid', String(typeof number === 'string'));
        if (typeof number === 'string') onProblem(number);
        else onSet(field, number);
      })
      .append(
        $('<span>').text(label),
        this.#$slider,
        this.#$number,
        $('<button type="submit" class="red-ui-button red-ui-button-small">')
          .attr('aria-label', texts.t('home.doOf', { what: set, name: label }))
          .text(set),
      );
  }

  /** Shows the present value, unless the form has the focus, because the user may be setting the number. */
  show(thing: Thing): void {
    if (this.$form.find(':focus').length > 0) return;
    const value = firstValue(this.#control, this.#field, [thing]);
    this.#$slider.val(value);
    this.#$number.val(this.#inWords(value));
  }

  get #typed(): string {
    return String(this.#$number.val());
  }

  /** Returns a number with a decimal comma if the editor's language is Finnish. */
  #inWords(value: string): string {
    return this.#texts.language === 'fi' ? value.replace('.', ',') : value;
  }
}

/** Returns a form for each field of a thing that can be set in an opened row. */
export function numberForms(
  thing: Thing,
  texts: HomeTexts,
  onSet: OnSet,
  onProblem: (text: string) => void,
): NumberForm[] {
  return (thing.abilities ?? []).flatMap(({ field }) => {
    const control = SET_HERE.includes(field) ? controlOf(field, [thing]) : undefined;
    return control === undefined ? [] : [new NumberForm(field, control, texts, onSet, onProblem)];
  });
}

import { fieldLabel } from '../../../src/devices/things/field-words.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { showTags } from '../shared/tags.js';
import { FIELD_WORDS, TypedField } from './typed-field.js';

/** A choice of several fields, as tags. A field that the things lack can be typed, and becomes a pressed tag. */
export class FieldTags {
  readonly #$row: JQuery;
  readonly #$other: JQuery;
  readonly #typed: TypedField;
  #chosen: readonly string[];
  /** Fields that have been chosen before, which stay on offer. */
  #known: readonly string[];
  #offered: readonly string[] = [];
  #all: readonly string[] = [];

  constructor(id: string, saved: readonly string[]) {
    this.#chosen = saved;
    this.#known = saved;
    this.#$row = $(`#${id}`);
    this.#$other = $('<button type="button" class="cozify-tag">').text(translate('fields.other'));
    this.#typed = new TypedField(`${id}-other`, FIELD_WORDS, (isByKey) => this.#take(isByKey));
    this.#$row.append(this.#$other, this.#typed.$input);
    this.#$other.on('click', () => {
      this.#$other.hide();
      this.#typed.toggle(true, this.#all);
    });
    this.#show();
  }

  /** The pressed fields, and the typed one. */
  get value(): string[] {
    const typed = this.#typed.value;
    return typed === '' || this.#chosen.includes(typed) ? [...this.#chosen] : [...this.#chosen, typed];
  }

  /** Offers fields besides the chosen ones; `all`: the suggestions for a typed field. */
  offer(fields: readonly string[], all: readonly string[]): void {
    this.#offered = fields;
    this.#all = all;
    this.#show();
  }

  /** Turns the typed text into a tag. */
  #take(isByKey: boolean): void {
    const { value } = this;
    this.#$other.show();
    this.#typed.toggle(false);
    this.#choose(value);
    if (isByKey) this.#$other.trigger('focus');
  }

  #toggle(field: string): void {
    const isChosen = this.#chosen.includes(field);
    this.#choose(isChosen ? this.#chosen.filter((one) => one !== field) : [...this.#chosen, field]);
  }

  #choose(fields: readonly string[]): void {
    const isOther = fields.join('\n') !== this.#chosen.join('\n');
    this.#chosen = fields;
    this.#known = [...new Set([...this.#known, ...fields])];
    this.#show();
    if (isOther) this.#$row.trigger('change');
  }

  #show(): void {
    const fields = [...new Set([...this.#offered, ...this.#known])];
    const tags = fields.map((value) => ({
      value,
      text: fieldLabel(value, viewerLanguage()),
      isPressed: this.#chosen.includes(value),
    }));
    showTags(this.#$row, 'data-field', tags, (field) => this.#toggle(field));
  }
}

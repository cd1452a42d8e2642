import { fieldLabel } from '../../../src/devices/things/field-words.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { showTags } from '../shared/tags.js';
import { FIELD_WORDS, TypedField } from './typed-field.js';

/** Fields of which several can be chosen, as tags. What things do not have can be typed and becomes a tag, pressed. */
export class FieldTags {
  readonly #$row: JQuery;
  readonly #$other: JQuery;
  readonly #typed: TypedField;
  #chosen: readonly string[];
  /** Those that were chosen once stay to be chosen again. */
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

  /** Those that are pressed, and what is typed. */
  get value(): string[] {
    const typed = this.#typed.value;
    return typed === '' || this.#chosen.includes(typed) ? [...this.#chosen] : [...this.#chosen, typed];
  }

  /** Offers fields beside those that are chosen; `all`: those that are offered to somebody who types, too. */
  offer(fields: readonly string[], all: readonly string[]): void {
    this.#offered = fields;
    this.#all = all;
    this.#show();
  }

  /** Makes a tag of what is typed. */
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

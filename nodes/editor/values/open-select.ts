import { fillSelect, type Option, OTHER } from './options.js';
import { FIELD_WORDS, TypedField, type TypedWords } from './typed-field.js';

/** Options of a select that also accepts typed values. */
export interface OpenSelectOptions {
  /** The id of the select, which is still empty. */
  id: string;
  /** The select itself, if it is not on the page yet. */
  $select?: JQuery;
  /** The saved value, which always stays on offer. */
  saved: string;
  /** A first option for "none". */
  none?: Option;
  /** Called after another value was chosen. */
  onChange?: () => void;
  /** Texts of the select; by default those for fields. */
  words?: TypedWords;
}

/**
 * A select with readable options. Its last option opens a field for another value; the typed text becomes the chosen
 * option.
 */
export class OpenSelect {
  readonly #$select: JQuery;
  readonly #typed: TypedField;
  readonly #none: Option | undefined;
  readonly #saved: string;
  readonly #onChange: () => void;
  readonly #words: TypedWords;
  #offered: readonly string[] = [];
  #added: readonly string[] = [];
  /** The chosen value before typing started. */
  #before: string;

  constructor({ id, $select, saved, none, onChange = () => undefined, words = FIELD_WORDS }: OpenSelectOptions) {
    this.#$select = $select ?? $(`#${id}`);
    this.#none = none;
    this.#saved = saved;
    this.#onChange = onChange;
    this.#words = words;
    this.#before = saved;
    this.#typed = new TypedField(`${id}-other`, words, (isByKey) => this.#take(isByKey));
    this.#typed.$input.insertAfter(this.#$select);
    this.#fill(saved);
    this.#$select.on('change', () => this.#choose());
  }

  /** The chosen or typed value. */
  get value(): string {
    const chosen = String(this.#$select.val() ?? '');
    if (chosen !== OTHER) return chosen;
    return this.#typed.value || this.#before;
  }

  /** Offers values besides the chosen one. */
  offer(values: readonly string[]): void {
    this.#offered = values;
    this.#fill(String(this.#$select.val() ?? ''));
  }

  choose(value: string): void {
    this.#fill(value);
    this.#$select.trigger('change');
  }

  /** Turns the typed text into an option. */
  #take(isByKey: boolean): void {
    if (this.#$select.val() !== OTHER) return;
    const { value } = this;
    this.#added = [...this.#added, value];
    this.choose(value);
    if (isByKey) this.#$select.trigger('focus');
  }

  #choose(): void {
    const isOther = this.#$select.val() === OTHER;
    this.#typed.toggle(isOther, this.#offered);
    if (isOther || this.value === this.#before) return;
    this.#before = this.value;
    this.#onChange();
  }

  #fill(chosen: string): void {
    const none = this.#none;
    const isOne = (value: string): boolean => value !== '' && value !== none?.value && value !== OTHER;
    const values = [...new Set([...this.#offered, this.#saved, ...this.#added, chosen])].filter(isOne);
    const options = [
      ...(none === undefined ? [] : [none]),
      ...values.map((value) => ({ value, text: this.#words.textOf(value) })),
      { value: OTHER, text: this.#words.other },
    ];
    fillSelect(this.#$select, options, chosen);
  }
}

import { fillSelect, type Option, OTHER } from './options.js';
import { FIELD_WORDS, TypedField, type TypedWords } from './typed-field.js';

/** What a list to choose from holds beside what is offered. */
export interface OpenSelectOptions {
  /** The id of the select, which is empty yet. */
  id: string;
  /** The select itself, where it is not on the page yet. */
  $select?: JQuery;
  /** What the node has saved. It stays to be chosen, whatever is offered. */
  saved: string;
  /** A first choice that is none of those. */
  none?: Option;
  /** Something else is chosen. */
  onChange?: () => void;
  /** What it is called; default fields. */
  words?: TypedWords;
}

/**
 * A list to choose from, in people's words. Its last choice is another one: what is typed then becomes a choice, chosen,
 * so that what nobody could offer can be had as well.
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
  /** What was chosen before another one is typed. */
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

  /** What is chosen, or typed. */
  get value(): string {
    const chosen = String(this.#$select.val() ?? '');
    if (chosen !== OTHER) return chosen;
    return this.#typed.value || this.#before;
  }

  /** Offers these beside what is chosen. */
  offer(values: readonly string[]): void {
    this.#offered = values;
    this.#fill(String(this.#$select.val() ?? ''));
  }

  /** Chooses one, as a person does. */
  choose(value: string): void {
    this.#fill(value);
    this.#$select.trigger('change');
  }

  /** Makes a choice of what is typed. */
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

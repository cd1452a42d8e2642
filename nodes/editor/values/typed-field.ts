import { fieldChoice } from '../../../src/devices/things/field-words.js';
import { suggest } from '../picker/suggestions.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';

/** Texts for a typed value. */
export interface TypedWords {
  textOf: (value: string) => string;
  /** The option that opens the field. */
  readonly other: string;
  /** The label of the field. */
  readonly typed: string;
}

/** Texts for fields. */
export const FIELD_WORDS: TypedWords = {
  textOf: (field) => fieldChoice(field, viewerLanguage()),
  // Node-RED has not loaded its texts when this code runs.
  get other() {
    return translate('fields.other');
  },
  get typed() {
    return translate('fields.typed');
  },
};

/** A field for a value outside the list. It is visible only while the user types. */
export class TypedField {
  readonly $input: JQuery;
  readonly #id: string;
  readonly #words: TypedWords;

  /**
   * `onEnd`: called after the user has finished or cancelled, which empties the field; `isByKey`: ended with a key, so
   * that the focus has to move.
   */
  constructor(id: string, words: TypedWords, onEnd: (isByKey: boolean) => void) {
    this.#id = id;
    this.#words = words;
    this.$input = $('<input type="text" spellcheck="false" autocapitalize="off">')
      .attr({ id, 'aria-label': words.typed, placeholder: words.typed })
      .hide();
    this.$input
      .on('change blur', () => onEnd(false))
      .on('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        // Node-RED would close the dialog.
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') this.$input.val('');
        onEnd(true);
      });
  }

  /** The typed text. */
  get value(): string {
    return String(this.$input.val() ?? '').trim();
  }

  /** Shows the field, with suggestions from the browser, or hides it. */
  toggle(isShown: boolean, offered: readonly string[] = []): void {
    this.$input.toggle(isShown);
    if (!isShown) this.$input.val('');
    else {
      const known = offered.map((value) => ({ value, label: this.#words.textOf(value) }));
      suggest(this.$input, `${this.#id}-offered`, known);
      this.$input.trigger('focus');
    }
  }
}

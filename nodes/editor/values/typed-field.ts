import { fieldChoice } from '../../../src/devices/things/field-words.js';
import { suggest } from '../picker/suggestions.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';

/** What something that can be chosen is called. */
export interface TypedWords {
  textOf: (value: string) => string;
  /** The choice by which another is typed. */
  readonly other: string;
  /** What is typed then. */
  readonly typed: string;
}

/** The words of fields. */
export const FIELD_WORDS: TypedWords = {
  textOf: (field) => fieldChoice(field, viewerLanguage()),
  // Node-RED has no texts yet when this code is loaded.
  get other() {
    return translate('fields.other');
  },
  get typed() {
    return translate('fields.typed');
  },
};

/** Where something is typed that is not among what can be chosen. It is there only for so long. */
export class TypedField {
  readonly $input: JQuery;
  readonly #id: string;
  readonly #words: TypedWords;

  /** `onEnd`: it is typed, or given up, which leaves nothing typed; `isByKey`: by a key, so that the focus needs a place. */
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

  /** What is typed by now. */
  get value(): string {
    return String(this.$input.val() ?? '').trim();
  }

  /** Shows it, to be typed into, with what the browser offers meanwhile; or hides it. */
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

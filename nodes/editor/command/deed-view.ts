import type { Language } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import { type CommandTexts, deedOf, deedsFor, partsOf } from './deeds.js';

/** What is chosen to type the name of a field that is not in the list. */
const OTHER = 'other';

/** What a command does: one list, behind which the command and its field are kept. */
export class DeedView {
  readonly #t: CommandTexts;
  readonly #language: Language;
  readonly #onChoose: () => void;
  readonly #do = $('#cozify-do');
  readonly #command = $('#node-input-command');
  readonly #field = $('#node-input-field');
  #things: readonly Thing[] = [];
  #shownField = '';

  /** `onChoose`: a person has chosen something else to do. */
  constructor(t: CommandTexts, language: Language, onChoose: () => void) {
    this.#t = t;
    this.#language = language;
    this.#onChoose = onChoose;
    this.#do.on('change', () => this.#choose(String(this.#do.val())));
    this.#field.on('change', () => {
      // Node-RED says so of each field when a dialog opens.
      if (this.command === 'set' && this.field !== this.#shownField) this.#choose(deedOf('set', this.field));
    });
    this.show([]);
  }

  get command(): string {
    return String(this.#command.val() ?? '');
  }

  /** The field that is set; empty for several, or where none is set. */
  get field(): string {
    return this.command === 'set' ? String(this.#field.val() ?? '').trim() : '';
  }

  /** Offers what things can do. */
  show(things: readonly Thing[]): void {
    this.#things = things;
    this.#shownField = this.field;
    // Nothing moves away while somebody types the name of a field.
    if (this.#do.val() === OTHER && this.field === '') return;
    const now = deedOf(this.command, this.field);
    const deeds = [...deedsFor(things, now, this.#t, this.#language), { value: OTHER, text: this.#t('deed.other') }];
    const words = JSON.stringify(deeds);
    if (this.#do.data('words') !== words) {
      const options = deeds.map(({ value, text }) => $('<option>').val(value).text(text));
      this.#do.data('words', words).empty().append(options);
    }
    this.#do.val(now);
    this.#field.toggle(now === 'set:');
  }

  #choose(deed: string): void {
    const { command, field } = deed === OTHER ? { command: 'set', field: '' } : partsOf(deed);
    this.#command.val(command).trigger('change');
    if (field !== undefined) this.#field.val(field);
    if (deed === OTHER) this.#field.show().trigger('focus');
    else this.show(this.#things);
    this.#onChoose();
  }
}

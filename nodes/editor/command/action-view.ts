import type { Language } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import { type CommandTexts, actionOf, actionsFor, partsOf } from './actions.js';

/** The entry of the list that shows a field for another name. */
const OTHER = 'other';

/** The list of a command node's actions. An action is stored as a command and a field. */
export class ActionView {
  readonly #t: CommandTexts;
  readonly #language: Language;
  readonly #onChoose: () => void;
  readonly #do = $('#cozify-do');
  readonly #command = $('#node-input-command');
  readonly #field = $('#node-input-field');
  #things: readonly Thing[] = [];
  #shownField = '';

  /** `onChoose`: called after the user has chosen another action. */
  constructor(t: CommandTexts, language: Language, onChoose: () => void) {
    this.#t = t;
    this.#language = language;
    this.#onChoose = onChoose;
    this.#do.on('change', () => this.#choose(String(this.#do.val())));
    this.#field.on('change', () => {
      // Node-RED triggers `change` in each field when a dialog opens.
      if (this.command === 'set' && this.field !== this.#shownField) this.#choose(actionOf('set', this.field));
    });
    this.show([]);
  }

  get command(): string {
    return String(this.#command.val() ?? '');
  }

  /** The field to set; empty for several fields, or a command that sets none. */
  get field(): string {
    return this.command === 'set' ? String(this.#field.val() ?? '').trim() : '';
  }

  /** Offers the actions that the things support. */
  show(things: readonly Thing[]): void {
    this.#things = things;
    this.#shownField = this.field;
    // The list stays unchanged while the user types the name of a field.
    if (this.#do.val() === OTHER && this.field === '') return;
    const now = actionOf(this.command, this.field);
    const actions = [
      ...actionsFor(things, now, this.#t, this.#language),
      { value: OTHER, text: this.#t('deed.other') },
    ];
    const words = JSON.stringify(actions);
    if (this.#do.data('words') !== words) {
      const options = actions.map(({ value, text }) => $('<option>').val(value).text(text));
      this.#do.data('words', words).empty().append(options);
    }
    this.#do.val(now);
    this.#field.toggle(now === 'set:');
  }

  #choose(action: string): void {
    const { command, field } = action === OTHER ? { command: 'set', field: '' } : partsOf(action);
    this.#command.val(command).trigger('change');
    if (field !== undefined) this.#field.val(field);
    if (action === OTHER) this.#field.show().trigger('focus');
    else this.show(this.#things);
    this.#onChoose();
  }
}

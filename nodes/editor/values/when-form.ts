// The inputs for choosing when a changes node sends a message.
import { fieldName } from '../../../src/devices/things/field-words.js';
import type { Thing } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { ConditionForm, type SavedCondition } from './condition.js';
import { type DurationCheck, DurationField } from './duration.js';
import { FieldTags } from './field-select.js';

/** The saved properties of a `cozify-changes` node that decide when it sends a message. */
export interface SavedWhen {
  fields?: string[];
  condition?: SavedCondition | null;
  for?: number | string;
}

/**
 * The event after which the node sends a message: any change, a change of some fields, or a condition that becomes
 * true.
 */
type When = 'any' | 'fields' | 'condition';

/**
 * The radio buttons for choosing when a changes node sends a message, and the inputs that belong to each. Only the
 * inputs of the chosen button are saved.
 */
export class WhenForm {
  readonly #$radios = $<HTMLInputElement>('input[name=cozify-when]');
  readonly #fields: FieldTags;
  /**
   * The fields whose changes can cause a message while a condition is chosen. This row is in the folded section "More".
   */
  readonly #only: FieldTags;
  readonly #condition: ConditionForm;
  readonly #time: DurationField;
  /** The radio button that was chosen when the dialog was opened. */
  readonly #saved: When;
  readonly #hasTime: boolean;
  readonly #hasOnly: boolean;

  /** `checkTime`: the check of the duration. Returns true, or the error text. */
  constructor(saved: SavedWhen, checkTime: DurationCheck) {
    const fields = Array.isArray(saved.fields) ? saved.fields : [];
    const isConditional = Boolean(saved.condition);
    this.#saved = isConditional ? 'condition' : fields.length > 0 ? 'fields' : 'any';
    this.#hasTime = !['', '0'].includes(String(saved.for ?? ''));
    this.#hasOnly = isConditional && fields.length > 0;
    this.#fields = new FieldTags('cozify-fields', isConditional ? [] : fields);
    this.#only = new FieldTags('cozify-only-fields', isConditional ? fields : []);
    this.#condition = new ConditionForm(saved.condition);
    this.#time = new DurationField('for', saved.for ?? 0, checkTime);
    this.#$radios.val([this.#saved]).on('change', () => {
      if (this.when === 'condition') this.#condition.chooseFirst();
      this.#show();
    });
    this.#show();
  }

  get when(): When {
    return (this.#$radios.filter(':checked').val() as When | undefined) ?? 'any';
  }

  /** The values to save. */
  get value(): { fields: string[]; condition: SavedCondition | null; for: number | string } {
    const { when } = this;
    const fields = when === 'fields' ? this.#fields.value : when === 'condition' ? this.#only.value : [];
    return { fields, condition: when === 'condition' ? this.#condition.value : null, for: this.#time.value };
  }

  /**
   * Whether the duration is shown: if a condition is chosen, or if the chosen radio button is the saved one and was
   * saved with a duration.
   */
  get #isTimed(): boolean {
    return this.when === 'condition' || (this.#hasTime && this.when === this.#saved);
  }

  /** Offers the fields of the things in all inputs for fields. */
  offer(things: readonly Thing[]): void {
    this.#fields.offer(things);
    this.#only.offer(things);
    this.#condition.offer(things);
  }

  /** Sets the text of the first radio button. The text depends on the payload: the whole state, or one field. */
  word(payload: string): void {
    $('#cozify-when-any-text').text(anyText(payload));
  }

  #show(): void {
    $('#cozify-fields').toggle(this.when === 'fields');
    $('#cozify-when-true').toggle(this.when === 'condition');
    $('#cozify-for-row').toggle(this.#isTimed);
    this.#time.use(this.#isTimed);
    $('#cozify-only-fields-row').toggle(this.when === 'condition' && this.#hasOnly);
  }
}

/** Returns the text of the radio button "after any change" for the payload that the node sends. */
function anyText(payload: string): string {
  if (payload === '' || payload === 'state') return translate('whenAny.state');
  const name = fieldName(payload, viewerLanguage());
  // A field name such as "open or closed" is a question, so it needs a text of its own. "vai" is Finnish for "or".
  return translate(/ (or|vai) |,/.test(name) ? 'whenAny.question' : 'whenAny.field', { name });
}

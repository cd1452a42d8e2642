// The inputs that determine when a changes node sends a message.
import { fieldName } from '../../../src/devices/things/field-words.js';
import type { Thing } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { ConditionForm, type SavedCondition } from './condition.js';
import { type DurationCheck, DurationField } from './duration.js';
import { FieldTags } from './field-select.js';

/** The saved properties that determine when a changes node sends a message. */
export interface SavedWhen {
  fields?: string[];
  condition?: SavedCondition | null;
  for?: number | string;
}

/** When the node sends: after any change, after a change of some fields, or when a condition becomes true. */
type When = 'any' | 'fields' | 'condition';

/**
 * The radio buttons that determine when a changes node sends a message, with their inputs. The inputs of a button that
 * is not chosen are not saved.
 */
export class WhenForm {
  readonly #$radios = $<HTMLInputElement>('input[name=cozify-when]');
  readonly #fields: FieldTags;
  /** The fields whose changes can cause a message while a condition is chosen. The row is under "More". */
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
   * Whether the duration is shown: if a condition is chosen, or if the chosen radio button was saved with a duration.
   */
  get #isTimed(): boolean {
    return this.when === 'condition' || (this.#hasTime && this.when === this.#saved);
  }

  /** Offers the fields of the things. */
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

/** Returns the text of the radio button "after any change". */
function anyText(payload: string): string {
  if (payload === '' || payload === 'state') return translate('whenAny.state');
  const name = fieldName(payload, viewerLanguage());
  // A name such as "open or closed" is a question, and can't be used as a noun.
  return translate(/ (or|vai) |,/.test(name) ? 'whenAny.question' : 'whenAny.field', { name });
}

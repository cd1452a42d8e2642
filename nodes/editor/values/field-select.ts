// Inputs for one or several device fields. The user chooses among the fields of the things, or types the name of one.
import { fieldChoice, fieldLabel, wordsOf, wordText } from '../../../src/devices/things/field-words.js';
import { fieldOf, FIELDS } from '../../../src/devices/things/fields.js';
import { mostInformativeFirst, valueText } from '../../../src/devices/things/live-value.js';
import { settableValues, shownFields, suggest } from '../picker/suggestions.js';
import type { Thing } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { fill, type Option } from '../shared/draw.js';
import { showTags } from '../shared/tags.js';

/** Options of a select that also accepts typed values. */
interface OpenSelectOptions {
  /** The id of the select. The select must be empty. */
  id: string;
  /** The select itself; needed only if it has not been added to the page yet. */
  $select?: JQuery;
  /** The saved value. Always offered as an option. */
  saved: string;
  /** The first option, which means "none"; absent if there is no such option. */
  none?: Option;
  /** Called after another value was chosen. */
  onChange?: () => void;
  /** The texts of the select. By default, those for a choice of fields. */
  words?: TypedWords;
}

/** A select whose last option opens an input for any other value. The typed text becomes an option, and is chosen. */
export class OpenSelect {
  readonly #$select: JQuery;
  readonly #typed: TypedField;
  readonly #none: Option | undefined;
  readonly #onChange: () => void;
  readonly #words: TypedWords;
  #offered: readonly string[] = [];
  /** The saved value and the typed values. Always offered as options. */
  #known: readonly string[];
  /**
   * The last value that was chosen from the list. It stays the value of the select while the input for typing is empty.
   */
  #before: string;

  constructor({ id, $select, saved, none, onChange = () => undefined, words = FIELD_WORDS }: OpenSelectOptions) {
    this.#$select = $select ?? $(`#${id}`);
    this.#none = none;
    this.#known = [saved];
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

  /** Sets the values to offer. The chosen, saved and typed values stay among the options. */
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
    this.#known = [...this.#known, value];
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
    const values = [...new Set([...this.#offered, ...this.#known, chosen])].filter(isOne);
    const options = [
      ...(none === undefined ? [] : [none]),
      ...values.map((value) => ({ value, text: this.#words.textOf(value) })),
      { value: OTHER, text: this.#words.other },
    ];
    fill(this.#$select, options, chosen);
  }
}

/** Returns an option with a text for each value of a field. `isFlag`: whether the values are booleans. */
export function optionsOf(field: string, values: readonly string[], isFlag: boolean): Option[] {
  const language = viewerLanguage();
  const textOf = (value: string): string =>
    isFlag && ['true', 'false'].includes(value)
      ? valueText(field, value === 'true', language)
      : wordText(field, value, language);
  return [...new Set(values)].map((value) => ({ value, text: textOf(value) }));
}

/** Texts of a select that also accepts typed values. */
export interface TypedWords {
  textOf: (value: string) => string;
  /** The text of the last option, which shows the input for typing. */
  readonly other: string;
  /** The label of the input for typing. */
  readonly typed: string;
}

/** The texts for a choice of fields. */
const FIELD_WORDS: TypedWords = {
  textOf: (field) => fieldChoice(field, viewerLanguage()),
  // Getters, because Node-RED has not loaded its texts yet when this module is loaded.
  get other() {
    return translate('fields.other');
  },
  get typed() {
    return translate('fields.typed');
  },
};

/** An input for a value that the select does not offer. Hidden unless the user has chosen to type another value. */
class TypedField {
  readonly $input: JQuery;
  readonly #id: string;
  readonly #words: TypedWords;

  /**
   * `onEnd`: called when the user has finished or cancelled typing. After a cancellation, the input is empty.
   * `isByKey`: whether Enter or Escape ended the typing, so that the focus has to be moved.
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
        // Otherwise Node-RED would close the dialog at Enter or Escape.
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

  /** Shows the input, with suggestions from the browser, or hides it. */
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

/** The value of the last option of a select, which shows the input for typing. No field or word is equal to it. */
export const OTHER = '…';

/**
 * A choice of several fields, shown as tags (toggle buttons). The user can also type another field, which becomes a
 * pressed tag.
 */
export class FieldTags {
  readonly #$row: JQuery;
  readonly #$other: JQuery;
  readonly #typed: TypedField;
  #chosen: readonly string[];
  /** The saved fields, and all fields that were chosen since the dialog opened. Each of these keeps its tag. */
  #known: readonly string[];
  #offered: readonly string[] = [];
  /** The fields that are suggested while the user types. */
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

  /** The fields of the pressed tags and, if one is being typed, that field. */
  get value(): string[] {
    const typed = this.#typed.value;
    return typed === '' || this.#chosen.includes(typed) ? [...this.#chosen] : [...this.#chosen, typed];
  }

  /** Offers the fields of the things as tags, in addition to the chosen fields. */
  offer(things: readonly Thing[]): void {
    this.#offered = fieldsToTick(things);
    this.#all = fieldsToChoose(things);
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

/** The type of a field's values: booleans, words from a list, numbers, or anything else. */
export type FieldType = 'flag' | 'words' | 'number' | 'text';

/** Fields about the device itself and not about the home, such as its signal strength. They come last in a list. */
const BACKGROUND: ReadonlySet<string> = new Set([
  'reachable',
  'lastSeen',
  'rssi',
  'motionAt',
  'colorMode',
  'colorTemperatureRange',
]);

/**
 * Returns the fields to choose from: the fields of the things, the most informative ones first. If no things are known,
 * returns all known fields.
 */
export function fieldsToChoose(things: readonly Thing[]): string[] {
  const shown = shownFields(things);
  const fields = mostInformativeFirst(shown.length > 0 ? shown : FIELDS.map(({ name }) => name));
  const main = fields.filter((field) => !BACKGROUND.has(field));
  const isKnown = (field: string): boolean => fieldOf(field) !== undefined;
  return [
    ...main.filter(isKnown),
    ...main.filter((field) => !isKnown(field)),
    ...fields.filter((field) => BACKGROUND.has(field)),
  ];
}

/** The maximum number of tags. A longer list would not help the user. */
const MAX_TICKED = 12;

/**
 * Returns the fields to offer as tags: the fields of the things, except technical and unknown fields. If there are too
 * many, returns the fields that most things have.
 */
export function fieldsToTick(things: readonly Thing[]): string[] {
  const fields = fieldsToChoose(things).filter((field) => fieldOf(field) !== undefined && !BACKGROUND.has(field));
  const countOf = (field: string): number => things.filter(({ state }) => state[field] !== undefined).length;
  const most = [...fields].sort((one, other) => countOf(other) - countOf(one)).slice(0, MAX_TICKED);
  return fields.filter((field) => most.includes(field));
}

/**
 * Returns the type of a field's values. The current values of the things decide; if there are none, the list of fields
 * that the package knows.
 */
export function fieldTypeOf(field: string, things: readonly Thing[]): FieldType {
  const values = things.map(({ state }) => state[field]).filter((value) => value !== undefined);
  if (values.some((value) => typeof value === 'boolean')) return 'flag';
  if (values.some((value) => typeof value === 'number')) return 'number';
  const { unit, says, setting } = fieldOf(field) ?? {};
  if (setting?.words !== undefined || wordsOf(field).length > 0) return 'words';
  if (values.length > 0) return 'text';
  return says !== undefined ? 'flag' : unit !== undefined ? 'number' : 'text';
}

/**
 * Returns the values that a field can have: `true` and `false` for a boolean; otherwise the values that can be set, the
 * known words (enum values), and the current texts. Empty if none of them are known.
 */
export function valuesToChoose(field: string, things: readonly Thing[]): string[] {
  if (fieldTypeOf(field, things) === 'flag') return ['true', 'false'];
  const now = things.map(({ state }) => state[field]).filter((value) => typeof value === 'string');
  return [...new Set([...settableValues(things, field), ...wordsOf(field), ...now])];
}

// Suggestions for the inputs of a dialog: the fields, values and buttons of the chosen things.
import type { Ability } from '../../../src/devices/things/abilities.js';
import { replace } from '../shared/draw.js';
import type { Thing } from './things-api.js';

/** A suggested value, with its label. */
export interface Suggestion {
  value: string;
  label: string;
}

/** Returns the names of the fields that the things have, the first thing's fields first. */
export function shownFields(things: readonly Thing[]): string[] {
  return unique(things.flatMap(({ state }) => Object.keys(state)));
}

/** Returns the words (enum values) to which a field can be set; empty if the field has no list of words. */
export function settableValues(things: readonly Thing[], field: string): string[] {
  return unique(abilitiesOf(things, field).flatMap(({ words = [] }) => words));
}

/**
 * Returns the abilities to set a field, one for each thing that has it. An ability contains the range or the words that
 * the thing accepts.
 */
export function abilitiesOf(things: readonly Thing[], field: string): Ability[] {
  return things.flatMap(({ abilities = [] }) => abilities).filter((ability) => ability.field === field);
}

/** Returns the buttons of remote controls with their labels, each button once. */
export function buttonsOf(things: readonly Thing[]): Suggestion[] {
  const all = things.flatMap(({ buttons = [] }) => buttons);
  return [...new Map(all.map(({ id, label }) => [id, { value: id, label }])).values()];
}

/**
 * Offers suggestions for an input, which also accepts other values. The browser shows the suggestions while the user
 * types.
 */
export function suggest($input: JQuery, id: string, suggestions: readonly Suggestion[]): void {
  if ($input.length === 0) return;
  let $list = $(`#${id}`);
  if ($list.length === 0) $list = $('<datalist>').attr('id', id).insertAfter($input.last());
  const options = suggestions.map(({ value, label }) => $('<option>').val(value).attr('label', label));
  replace($list, options);
  $input.attr('list', id);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

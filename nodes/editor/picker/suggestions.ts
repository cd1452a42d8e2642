import type { Ability } from '../../../src/devices/abilities.js';
import type { Thing } from './things-api.js';

/** A value that a field offers, and what it means where that says more. */
export interface Suggestion {
  value: string;
  label?: string;
}

/** The fields that things show, those of the first thing first. */
export function shownFields(things: readonly Thing[]): string[] {
  return unique(things.flatMap(({ state }) => Object.keys(state)));
}

/** The fields that can be set on things; how long it takes has a row of its own. */
export function settableFields(things: readonly Thing[]): string[] {
  return unique(abilitiesOf(things).map(({ field }) => field)).filter((field) => field !== 'transition');
}

/** What a field can be set to, as far as that can be listed. */
export function settableValues(things: readonly Thing[], field: string): string[] {
  return unique(abilitiesOf(things, field).flatMap(({ words = [] }) => words));
}

/** The range of a field that takes numbers, such as "0–100 %"; empty where it takes none. */
export function rangeText(things: readonly Thing[], field: string): string {
  const ranges = abilitiesOf(things, field).filter(({ min, max }) => min !== undefined && max !== undefined);
  if (ranges.length === 0) return '';
  const min = Math.min(...ranges.map((range) => range.min ?? 0));
  const max = Math.max(...ranges.map((range) => range.max ?? 0));
  return `${min}–${max} ${ranges[0]?.unit ?? ''}`.trimEnd();
}

/** What a field may be: all that it can be set to, and what it is now. */
export function shownValues(things: readonly Thing[], field: string): string[] {
  const values = things.map(({ state }) => state[field]);
  if (values.some((value) => typeof value === 'boolean')) return ['true', 'false'];
  const now = values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
  return unique([...settableValues(things, field), ...now]);
}

/** The buttons of remote controls, with their labels. */
export function buttonsOf(things: readonly Thing[]): Suggestion[] {
  const all = things.flatMap(({ buttons = [] }) => buttons);
  return [...new Map(all.map(({ id, label }) => [id, { value: id, label }])).values()];
}

/** Offers values for an input, which takes any other as well. Gives it what the browser shows as it is typed into. */
export function suggest($input: JQuery, id: string, suggestions: readonly Suggestion[]): void {
  if ($input.length === 0) return;
  let $list = $(`#${id}`);
  if ($list.length === 0) $list = $('<datalist>').attr('id', id).insertAfter($input.last());
  const options = suggestions.map(({ value, label }) =>
    $('<option>')
      .val(value)
      .attr(label === undefined ? {} : { label }),
  );
  const words = JSON.stringify(suggestions);
  if ($list.data('words') !== words) $list.data('words', words).empty().append(options);
  $input.attr('list', id);
}

function abilitiesOf(things: readonly Thing[], field?: string): Ability[] {
  const all = things.flatMap(({ abilities = [] }) => abilities);
  return field === undefined ? all : all.filter((ability) => ability.field === field);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

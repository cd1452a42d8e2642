import type { Ability } from '../../../src/devices/things/abilities.js';
import type { Thing } from './things-api.js';

/** A value that a field offers, with a label if the value is not clear alone. */
export interface Suggestion {
  value: string;
  label?: string;
}

/** Returns the fields in the states of things, the first thing's fields first. */
export function shownFields(things: readonly Thing[]): string[] {
  return unique(things.flatMap(({ state }) => Object.keys(state)));
}

/** Returns the values to which a field can be set, if they can be listed. */
export function settableValues(things: readonly Thing[], field: string): string[] {
  return unique(abilitiesOf(things, field).flatMap(({ words = [] }) => words));
}

/** The buttons of remote controls, with their labels. */
export function buttonsOf(things: readonly Thing[]): Suggestion[] {
  const all = things.flatMap(({ buttons = [] }) => buttons);
  return [...new Map(all.map(({ id, label }) => [id, { value: id, label }])).values()];
}

/** Returns the capabilities that only some of the things have, the most frequent first. */
export function tellingCapabilities(things: readonly Thing[]): string[] {
  const counts = new Map<string, number>();
  for (const name of things.flatMap(({ capabilities }) => capabilities)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count < things.length)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
}

/** Offers values in an input, which accepts other values, too. The browser shows the list while the user types. */
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

/** The most values that are offered; a longer list is no help. */
const MOST_OFFERED = 15;

/**
 * Offers lines for a text area. A button adds a line; existing lines are not offered. `addText`: returns the
 * description of a line's button.
 */
export function offerLines(
  $lines: JQuery,
  id: string,
  values: readonly string[],
  addText: (value: string) => string,
): void {
  let $offers = $(`#${id}`);
  if ($offers.length === 0) {
    $offers = $('<div>').attr('id', id).css({ marginLeft: '104px', width: '70%' }).insertAfter($lines);
    $lines.on('input change', () => show());
  }
  $offers.data('values', unique(values));
  const show = (): void => {
    const typed = String($lines.val() ?? '').split('\n');
    const lines = typed.map((line) => line.trim()).filter((line) => line !== '');
    const all = ($offers.data('values') ?? []) as string[];
    const left = all.filter((value) => !lines.includes(value)).slice(0, MOST_OFFERED);
    const words = left.join('\n');
    if ($offers.data('words') === words) return;
    const add = (value: string): void => void $lines.val([...lines, value].join('\n')).trigger('change');
    const buttons = left.map((value) =>
      $('<button type="button" class="red-ui-button red-ui-button-small">')
        .css({ margin: '4px 4px 0 0' })
        .attr('aria-label', addText(value))
        .text(`+ ${value}`)
        .on('click', () => add(value)),
    );
    $offers.data('words', words).empty().append(buttons);
  };
  show();
}

function abilitiesOf(things: readonly Thing[], field?: string): Ability[] {
  const all = things.flatMap(({ abilities = [] }) => abilities);
  return field === undefined ? all : all.filter((ability) => ability.field === field);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

import type { Press } from '../../src/devices/things/presses.js';
import type texts from '../locales/en-US/cozify-button.json';
import type { Suggestion } from './picker/suggestions.js';
import type { KeyOf } from './shared/catalogue.js';
import { fill } from './shared/draw.js';
import { OpenSelect, type TypedWords } from './values/fields.js';

/** The saved press of an output; an empty property matches any. */
export interface SavedPress {
  button: string | number;
  press: string;
}

/** A row of the list, with its output at the opening of the dialog. */
interface Row extends SavedPress {
  output?: number;
}

/** Looks up a text in the button node's catalogue. */
type ButtonTexts = (key: KeyOf<typeof texts>, parameters?: Record<string, string>) => string;

const PRESSES: readonly Press['press'][] = ['short', 'long', 'release', 'toggle', 'full'];

const LIST = '#node-input-presses-list';

/** Keys in a row's data for its button's select, and in the list's data for the offered buttons. */
const BUTTON = 'cozify-press-button';
const OFFERED = 'cozify-press-offered';

/**
 * Returns the mapping from which Node-RED derives the number of outputs and moves the wires with their rows: for each
 * earlier or new output the present one, or -1 if it is removed. `rows`: the rows' earlier outputs; a new row has none.
 * Without rows there is a single output.
 */
export function outputsOf(rows: readonly (number | undefined)[], before: number): string {
  const map: Record<string, number> = {};
  for (let output = 0; output < before; output++) map[output] = rows.indexOf(output);
  rows.forEach((output, index) => {
    if (output === undefined) map[`new${index}`] = index;
  });
  if (rows.length === 0) map['new0'] = 0;
  return JSON.stringify(map);
}

/** Fills the list with the presses, one per output. */
export function preparePresses(presses: readonly SavedPress[] | undefined, outputs: number, t: ButtonTexts): void {
  const note = (): void => {
    const rows = rowsOf().map(({ output }) => output);
    $('#node-input-outputs').val(outputsOf(rows, Math.max(1, outputs)));
    numberRows(t);
  };
  $(LIST).editableList<Row>({
    removable: true,
    sortable: true,
    addButton: false,
    height: 'auto',
    addItem: ($item, index, row) => {
      // The only output of a node without rows becomes the output of its first row.
      const isFirst = (presses ?? []).length === 0 && index === 0 && !rowsOf().some(({ output }) => output === 0);
      if (isFirst && row.output === undefined) row.output = 0;
      fillRow($item, row, t);
      note();
    },
    removeItem: note,
    sortItems: note,
  });
  (presses ?? []).forEach((press, output) => $(LIST).editableList('addItem', { ...press, output }));
  numberRows(t);
  $('#cozify-press-add').on('click', () => {
    $(LIST).editableList('addItem', { button: '', press: '' });
    itemsOf().at(-1)?.find('select').first().trigger('focus');
  });
}

/** Offers the buttons of the switches in each row. */
export function offerButtons(buttons: readonly Suggestion[]): void {
  $(LIST).data(OFFERED, buttons);
  for (const $item of itemsOf()) offerIn($item);
}

export function readPresses(): SavedPress[] {
  return itemsOf().map(($item) => {
    const button = selectOf($item)?.value ?? '';
    const { button: before } = rowOf($item);
    return {
      button:
        before !== undefined && String(before) === button ? before : /^\d+$/.test(button) ? Number(button) : button,
      press: String($item.find('.cozify-press-how').val() ?? ''),
    };
  });
}

/** Returns the output of a press, counted from 1: the first matching row's, or else a new row's. */
export function placeOfPress({ button, label, press }: Pick<Press, 'button' | 'label' | 'press'>): number {
  const isFor = (saved: SavedPress): boolean =>
    (saved.press === '' || saved.press === press) &&
    (saved.button === '' ||
      String(saved.button) === String(button) ||
      String(saved.button).toLowerCase() === label?.toLowerCase());
  const known = readPresses().findIndex(isFor);
  if (known < 0) $(LIST).editableList('addItem', { button: label ?? button, press });
  return known < 0 ? itemsOf().length : known + 1;
}

/** Highlights the row of a press. */
export function flashPress(output: number): void {
  const $row = itemsOf()[output - 1]?.closest('li');
  $row?.addClass('cozify-press-flash');
  setTimeout(() => $row?.removeClass('cozify-press-flash'), 1_500);
}

/** Shows the output's number in each row. Node-RED's link for removing a row has no accessible name, so it gets one. */
function numberRows(t: ButtonTexts): void {
  const items = itemsOf();
  for (const [index, $item] of items.entries()) {
    const output = String(index + 1);
    $item.find('.cozify-press-output').text(t('label.output', { output }));
    const $row = $item.closest('li').attr('data-output', output);
    const remove = t('label.remove', { output });
    $row.find('.red-ui-editableList-item-remove').attr({ 'aria-label': remove, title: remove });
  }
  $('#cozify-press-none').toggle(items.length === 0);
}

/** Returns an id that is unique even after rows were removed. */
function nextId(): number {
  const numbers = Array.from($('[data-press-row]'), (row) => Number(row.dataset['pressRow']));
  return Math.max(0, ...numbers) + 1;
}

function fillRow($item: JQuery, row: Partial<Row>, t: ButtonTexts): void {
  const number = nextId();
  const id = `cozify-press-button-${number}`;
  const $button = $('<select>').attr({ id, 'aria-label': t('label.button'), class: 'cozify-press-button' });
  const $press = $('<select class="cozify-press-how">').attr('aria-label', t('label.press'));
  const presses = PRESSES.map((press) => ({ value: press, text: t(`press.${press}`) }));
  fill($press, [{ value: '', text: t('press.any') }, ...presses], row.press ?? '');
  $item.addClass('cozify-press-row').attr('data-press-row', number);
  $item.append($('<span class="cozify-press-output">'), $button, $press);
  const words: TypedWords = { textOf: labelOfButton, other: t('button.other'), typed: t('placeholder.button') };
  const none = { value: '', text: t('button.any') };
  const select = new OpenSelect({ id, saved: String(row.button ?? ''), none, words, $select: $button });
  $item.data(BUTTON, select);
  offerIn($item);
}

/** Offers the buttons, by name, without the chosen one. */
function offerIn($item: JQuery): void {
  const select = selectOf($item);
  const isChosen = ({ label }: Suggestion): boolean => label?.toLowerCase() === select?.value.toLowerCase();
  select?.offer(
    offered()
      .filter((button) => !isChosen(button))
      .map(({ value }) => value),
  );
}

function labelOfButton(button: string): string {
  return offered().find(({ value }) => value === button)?.label ?? button;
}

function offered(): readonly Suggestion[] {
  return ($(LIST).data(OFFERED) ?? []) as readonly Suggestion[];
}

function selectOf($item: JQuery): OpenSelect | undefined {
  return $item.data(BUTTON) as OpenSelect | undefined;
}

function itemsOf(): JQuery[] {
  return Array.from($(LIST).editableList('items'), (item) => $(item));
}

function rowsOf(): Partial<Row>[] {
  return itemsOf().map(rowOf);
}

/** Returns the data of a row's list item. */
function rowOf($item: JQuery): Partial<Row> {
  return ($item.data('data') ?? {}) as Partial<Row>;
}

import type { Press } from '../../src/devices/things/presses.js';
import type texts from '../locales/en-US/cozify-button.json';
import type { Suggestion } from './picker/suggestions.js';
import type { KeyOf } from './shared/catalogue.js';
import { fill } from './shared/draw.js';
import { OpenSelect, type TypedWords } from './values/field-select.js';

/**
 * A press of a button, as a button node saves it. Each saved press has an output of its own. An empty `button` matches
 * any button, an empty `press` any kind of press.
 */
export interface SavedPress {
  button: string | number;
  press: string;
}

/** A row of the list in which the user chooses presses. Each row has an output. */
interface PressRow extends SavedPress {
  /** The number of the output that the row had when the dialog was opened, from 0; absent for a new row. */
  output?: number;
}

/** Looks up a text in the button node's catalogue. */
type ButtonTexts = (key: KeyOf<typeof texts>, parameters?: Record<string, string>) => string;

const PRESSES: readonly Press['press'][] = ['short', 'long', 'release', 'toggle', 'full'];

const LIST = '#node-input-presses-list';

/** The key under which a row keeps the select of its button in its jQuery data. */
const BUTTON = 'cozify-press-button';
/** The key under which the list keeps the buttons to offer in its jQuery data. */
const OFFERED = 'cozify-press-offered';

/**
 * Returns the JSON from which Node-RED sets the number of outputs and moves the wires: `{"0":1,"1":-1,"new0":0}` if the
 * output 0 becomes 1, the output 1 is removed, and a new output is added in front. `rows`: the former output of each
 * row, `undefined` for a new row. `before`: the former number of outputs. Without rows, there is one output.
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

/**
 * Sets up the list of presses, and fills it with the saved ones. Each press has one output. `outputs`: the saved number
 * of outputs.
 */
export function preparePresses(presses: readonly SavedPress[], outputs: number, t: ButtonTexts): void {
  let rowsMade = 0;
  const note = (): void => {
    const rows = itemsOf().map(($item) => rowDataOf($item).output);
    $('#node-input-outputs').val(outputsOf(rows, outputs));
    numberRows(t);
  };
  $(LIST).editableList<PressRow>({
    removable: true,
    sortable: true,
    addButton: false,
    height: 'auto',
    addItem: ($item, index, row) => {
      // A node without rows has one output. That output becomes the output of the first row, so that its wires stay.
      if (presses.length === 0 && index === 0) row.output = 0;
      fillRow($item, row, `cozify-press-button-${rowsMade++}`, t);
      note();
    },
    removeItem: note,
    sortItems: note,
  });
  presses.forEach((press, output) => $(LIST).editableList('addItem', { ...press, output }));
  $('#cozify-press-add').on('click', () => {
    $(LIST).editableList('addItem', { button: '', press: '' });
    itemsOf().at(-1)?.find('select').first().trigger('focus');
  });
}

/** Offers the buttons of the chosen switches in each row of the list. */
export function offerButtons(buttons: readonly Suggestion[]): void {
  $(LIST).data(OFFERED, buttons);
  for (const $item of itemsOf()) offerIn($item);
}

export function readPresses(): SavedPress[] {
  return itemsOf().map(($item) => {
    const button = selectOf($item)?.value ?? '';
    const { button: before } = rowDataOf($item);
    return {
      button:
        before !== undefined && String(before) === button ? before : /^\d+$/.test(button) ? Number(button) : button,
      press: String($item.find('.cozify-press-how').val() ?? ''),
    };
  });
}

/** Returns the number of the output, from 1, whose row matches a press. If no row matches, adds a row. */
export function placeOfPress(heard: HeardPress): number {
  const { button, label, press } = heard;
  if (!readPresses().some((saved) => isOfRow(saved, heard))) {
    $(LIST).editableList('addItem', { button: label ?? button, press });
  }
  return readPresses().findIndex((saved) => isOfRow(saved, heard)) + 1;
}

/** A press at the home, as an event describes it. */
type HeardPress = Pick<Press, 'button' | 'label' | 'press'>;

/** Whether a press leaves by the output of a row. */
export function isOfRow(row: SavedPress, { button, label, press }: HeardPress): boolean {
  const isOfButton = ['', String(button), label?.toLowerCase()].includes(String(row.button).toLowerCase());
  return isOfButton && ['', press].includes(row.press);
}

/** Highlights the row of an output for a moment. */
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

/** Fills a new row. `id`: the id of the select of its button, which no other row has. */
function fillRow($item: JQuery, row: Partial<PressRow>, id: string, t: ButtonTexts): void {
  const $button = $('<select>').attr({ id, 'aria-label': t('label.button'), class: 'cozify-press-button' });
  const $press = $('<select class="cozify-press-how">').attr('aria-label', t('label.press'));
  const presses = PRESSES.map((press) => ({ value: press, text: t(`press.${press}`) }));
  fill($press, [{ value: '', text: t('press.any') }, ...presses], row.press ?? '');
  $item.addClass('cozify-press-row');
  $item.append($('<span class="cozify-press-output">'), $button, $press);
  const words: TypedWords = { textOf: labelOfButton, other: t('button.other'), typed: t('placeholder.button') };
  const none = { value: '', text: t('button.any') };
  const select = new OpenSelect({ id, saved: String(row.button ?? ''), none, words, $select: $button });
  $item.data(BUTTON, select);
  offerIn($item);
}

/**
 * Offers the buttons in the select of a row, except the button whose label is the chosen value: that value is already
 * an option.
 */
function offerIn($item: JQuery): void {
  const select = selectOf($item);
  const isChosen = ({ label }: Suggestion): boolean => label.toLowerCase() === select?.value.toLowerCase();
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

/** Returns the select of a row; `undefined` for the place that is kept free for a row while it is dragged. */
function selectOf($item: JQuery): OpenSelect | undefined {
  return $item.data(BUTTON) as OpenSelect | undefined;
}

function itemsOf(): JQuery[] {
  return Array.from($(LIST).editableList('items'), (item) => $(item));
}

/** Returns the data that Node-RED keeps for an item of the list. */
function rowDataOf($item: JQuery): Partial<PressRow> {
  return ($item.data('data') ?? {}) as Partial<PressRow>;
}

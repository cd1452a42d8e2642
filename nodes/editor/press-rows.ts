import type { Press } from '../../src/devices/things/presses.js';

/** Presses of one output as a node keeps them; empty for any. */
export interface SavedPress {
  button: string | number;
  press: string;
}

/** A row of the list, with the output that it had when the dialog was opened. */
interface Row extends SavedPress {
  output?: number;
}

/** The texts of the rows. */
export interface PressTexts {
  button: string;
  anyButton: string;
  press: string;
  add: string;
  of: (press: Press['press'] | 'any') => string;
}

const PRESSES: readonly Press['press'][] = ['short', 'long', 'release', 'toggle', 'full'];

const LIST = '#node-input-presses-list';

/**
 * What Node-RED takes for the number of outputs, so that wires stay with their rows: for each output there was, and for
 * each new one, by which it leaves now, -1 where it is gone. `rows`: the former outputs of the rows; a new row has none.
 * Without a row everything leaves by one output.
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

/** Fills the list with the presses, one an output. */
export function preparePresses(presses: readonly SavedPress[] | undefined, outputs: number, texts: PressTexts): void {
  const note = (): void => {
    const rows = rowsOf().map(({ output }) => output);
    $('#node-input-outputs').val(outputsOf(rows, Math.max(1, outputs)));
  };
  $(LIST).editableList<Row>({
    removable: true,
    sortable: true,
    addButton: texts.add,
    height: 'auto',
    addItem: ($item, index, row) => {
      // The only output of a node without rows is that of its first one.
      const isFirst = (presses ?? []).length === 0 && index === 0 && !rowsOf().some(({ output }) => output === 0);
      if (isFirst && row.output === undefined) row.output = 0;
      fillRow($item, row, texts);
      note();
    },
    removeItem: note,
    sortItems: note,
  });
  (presses ?? []).forEach((press, output) => $(LIST).editableList('addItem', { ...press, output }));
}

/** What the list says. */
export function readPresses(): SavedPress[] {
  return itemsOf().map(($item) => {
    const button = String($item.find('.cozify-press-button').val() ?? '').trim();
    const { button: before } = rowOf($item);
    return {
      button:
        before !== undefined && String(before) === button ? before : /^\d+$/.test(button) ? Number(button) : button,
      press: String($item.find('.cozify-press-how').val() ?? ''),
    };
  });
}

function fillRow($item: JQuery, row: Partial<Row>, texts: PressTexts): void {
  const $button = $('<input type="text" class="cozify-press-button">')
    .attr({
      placeholder: texts.anyButton,
      'aria-label': texts.button,
      spellcheck: 'false',
      list: 'cozify-press-buttons',
    })
    .css({ width: '45%', marginRight: '6px' })
    .val(String(row.button ?? ''));
  const $press = $('<select class="cozify-press-how">').attr('aria-label', texts.press).css('width', '45%');
  $press.append($('<option>').val('').text(texts.of('any')));
  $press.append(PRESSES.map((press) => $('<option>').val(press).text(texts.of(press))));
  $press.val(row.press ?? '');
  $item.append($button, $press);
}

function itemsOf(): JQuery[] {
  return $(LIST)
    .editableList('items')
    .toArray()
    .map((item) => $(item));
}

function rowsOf(): Partial<Row>[] {
  return itemsOf().map(rowOf);
}

/** A row as it was filled. */
function rowOf($item: JQuery): Partial<Row> {
  return ($item.data('data') ?? {}) as Partial<Row>;
}

/** A choice of a list. */
export interface Option {
  value: string;
  text: string;
}

/** The value of a list's last choice, by which any other can be typed. No field is named so, nor any word. */
export const OTHER = '…';

/** Where a list keeps what it holds, so that it is left alone, under somebody's hands, while that is the same. */
const HELD = 'cozify-options';

/** Fills a list of choices, of which one is chosen; none where that is not among them. */
export function fillSelect($select: JQuery, options: readonly Option[], chosen: string): void {
  const held = JSON.stringify(options);
  if ($select.data(HELD) !== held) {
    $select.data(HELD, held).empty();
    $select.append(options.map(({ value, text }) => $('<option>').val(value).text(text)));
  }
  if ($select.val() !== chosen) $select.val(chosen);
}

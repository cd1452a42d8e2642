/** An option of a select. */
export interface Option {
  value: string;
  text: string;
}

/** The value of a select's last option, which opens a field for typing. No field or word has this name. */
export const OTHER = '…';

/** Key of a select's options in its data, so that unchanged options are not redrawn. */
const HELD = 'cozify-options';

/** Fills a select and chooses an option; none if the value is not among them. */
export function fillSelect($select: JQuery, options: readonly Option[], chosen: string): void {
  const held = JSON.stringify(options);
  if ($select.data(HELD) !== held) {
    $select.data(HELD, held).empty();
    $select.append(options.map(({ value, text }) => $('<option>').val(value).text(text)));
  }
  if ($select.val() !== chosen) $select.val(chosen);
}

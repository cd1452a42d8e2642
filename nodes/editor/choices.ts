/** Fills a group of boxes to tick, one for each value. */
export function prepareChoices(
  name: string,
  values: readonly string[],
  chosen: unknown,
  textOf: (value: string) => string,
) {
  const isChosen = (value: string): boolean => Array.isArray(chosen) && chosen.includes(value);
  const rows = values.map((value) => {
    const id = `node-input-${name}-${value}`;
    const $box = $('<input type="checkbox">').attr('id', id).css({ width: 'auto', margin: '-2px 6px 0 0' });
    $box.val(value).prop('checked', isChosen(value));
    const $label = $('<label>').attr('for', id).css({ display: 'block', width: 'auto' });
    return $label.append($box, document.createTextNode(textOf(value)));
  });
  $(`#node-input-${name}-list`).append(rows);
}

/** The values that are ticked. */
export function readChoices(name: string): string[] {
  return $<HTMLInputElement>(`#node-input-${name}-list input:checked`)
    .get()
    .map(({ value }) => value);
}

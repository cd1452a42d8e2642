/** A value that can be chosen together with others. */
export interface Tag {
  value: string;
  text: string;
  isPressed: boolean;
}

const HELD = 'cozify-tags';

/**
 * Shows tags as toggle buttons at the start of a row. `attribute`: holds a tag's value; `onPress`: called after each
 * press. Unchanged tags are not redrawn, so that no button disappears under the mouse or the focus.
 */
export function showTags(
  $row: JQuery,
  attribute: `data-${string}`,
  tags: readonly Tag[],
  onPress: (value: string) => void,
): void {
  const held = JSON.stringify(tags);
  if ($row.data(HELD) === held) return;
  $row.data(HELD, held);
  const focused = document.activeElement?.getAttribute(attribute);
  const buttons = tags.map(({ value, text, isPressed }) =>
    $('<button type="button" class="cozify-tag">')
      .attr({ [attribute]: value, 'aria-pressed': String(isPressed) })
      .text(text)
      .on('click', () => onPress(value)),
  );
  $row.children(`[${attribute}]`).remove();
  $row.prepend(buttons);
  if (typeof focused === 'string') buttons.find(($button) => $button.attr(attribute) === focused)?.trigger('focus');
}

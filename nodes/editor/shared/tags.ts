/** Something that can be chosen beside others by a press. */
export interface Tag {
  value: string;
  text: string;
  isPressed: boolean;
}

const HELD = 'cozify-tags';

/**
 * Shows tags as buttons that are pressed or not, before what else is in the row. `attribute`: which of them says a tag's
 * value; `onPress` hears of each press. Tags that are the same as before are left alone, so that none goes from under
 * somebody's hands.
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

/** Greys fields out for as long as they have no effect, going by a box to tick. */
export function greyOut($fields: JQuery<HTMLElement>, $box: JQuery<HTMLElement>, isWithout: 'ticked' | 'empty'): void {
  const show = (): void => void $fields.prop('disabled', $box.prop('checked') === (isWithout === 'ticked'));
  $box.on('change', show);
  show();
}

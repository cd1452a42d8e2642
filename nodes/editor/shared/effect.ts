/** Disables fields while they have no effect, depending on a checkbox. */
export function greyOut($fields: JQuery<HTMLElement>, $box: JQuery<HTMLElement>, isWithout: 'ticked' | 'empty'): void {
  const show = (): void => void $fields.prop('disabled', $box.prop('checked') === (isWithout === 'ticked'));
  $box.on('change', show);
  show();
}

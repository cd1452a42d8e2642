// Draws a chip: a box in a dialog that shows one target of the node, with buttons.
import type { Chip, ThingAction } from './chips.js';
import type { PickerTexts } from './texts.js';

/** All actions of the buttons in a chip. "remove" removes its target; "choose" replaces the target. */
export type ChipAction = ThingAction | 'remove' | 'choose';

/** Returns the element of a chip. Inserts names as text, never as HTML, because they come from the hub. */
export function chipElement(chip: Chip, texts: PickerTexts): JQuery {
  const { kind, id, is, icon, name, what, about, actions } = chip;
  const $about = $('<div class="cozify-target-about">').text(about);
  if (is === 'gone' || is === 'several') $about.append(' ', choices(chip, texts));
  const mayWrite = RED.user.hasPermission('cozify.write');
  return $('<div class="cozify-target-chip">')
    .attr({ 'data-kind': kind, 'data-id': id, 'data-is': is })
    .append(
      $(`<i class="fa fa-${icon}" aria-hidden="true">`),
      $('<div class="cozify-target-text">').append(
        $('<span class="cozify-target-name">').text(name),
        ' ',
        $('<span class="cozify-target-about">').text(what),
        $about,
      ),
      mayWrite ? actions.map((action) => actionButton(action, name, texts)) : [],
      button('remove', texts.t('picker.remove', { name })).append('<i class="fa fa-times" aria-hidden="true">'),
    );
}

/**
 * Returns buttons that correct a target: one for each thing that has the ambiguous name, or one that replaces the
 * missing thing.
 */
function choices({ is, namesakeRooms, name }: Chip, { t }: PickerTexts): JQuery[] {
  const link = (text: string): JQuery => button('choose', `${text}: ${name}`).text(text);
  if (is === 'gone') return [link(t('picker.chooseAnother'))];
  return namesakeRooms.flatMap((room, index) => [...(index > 0 ? [$('<span> · </span>')] : []), link(room)]);
}

function actionButton(action: ThingAction, name: string, { t }: PickerTexts): JQuery {
  const text = t(`picker.do.${action}`);
  return button(action, `${text}: ${name}`).addClass('red-ui-button red-ui-button-small').text(text);
}

function button(action: string, label: string): JQuery {
  return $('<button type="button">').attr({ 'data-do': action, 'aria-label': label, title: label });
}

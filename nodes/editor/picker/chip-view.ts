// The chips of chosen things on the page.
import { replace } from '../shared/draw.js';
import type { Chip, ThingAction } from './choices.js';
import type { SavedTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** Actions of the buttons in a chip. */
export type ChipAction = ThingAction | 'remove' | 'choose';

/** Called when a button is pressed. `thing`: the chosen thing, if several have the name of the target. */
type ChipPress = (action: ChipAction, target: SavedTarget, thing: Thing | undefined) => void;

/** The chips on the page. Names come from the hub, so that they are inserted as text, never as HTML. */
export class ChipView {
  readonly #texts: PickerTexts;
  readonly #onPress: ChipPress;
  readonly #$chips = $('#cozify-target-chips');
  readonly #mayWrite = RED.user.hasPermission('cozify.write');
  #chips: readonly Chip[] = [];

  constructor(texts: PickerTexts, onPress: ChipPress) {
    this.#texts = texts;
    this.#onPress = onPress;
    this.#$chips.on('click', 'button', ({ currentTarget }) => this.#press($(currentTarget as HTMLElement)));
  }

  show(chips: readonly Chip[]): void {
    this.#chips = chips;
    replace(
      this.#$chips,
      chips.map((chip) => this.#chip(chip)),
    );
  }

  #press($button: JQuery): void {
    const chip = this.#chips[$button.closest('.cozify-target-chip').index()];
    if (chip === undefined) return;
    const thing = chip.several[$button.prevAll('button').length]?.thing;
    this.#onPress($button.attr('data-do') as ChipAction, chip.target, thing);
  }

  #chip(chip: Chip): JQuery {
    const { kind, id, is, icon, name, what, about, actions } = chip;
    const $chip = $('<div class="cozify-target-chip">').attr({ 'data-kind': kind, 'data-id': id, 'data-is': is });
    $(`<i class="fa fa-${icon}" aria-hidden="true">`).appendTo($chip);
    const $about = $('<div class="cozify-target-about">').text(about);
    $('<div class="cozify-target-text">')
      .append($('<span class="cozify-target-name">').text(name), ' ')
      .append($('<span class="cozify-target-about">').text(what))
      .append($about)
      .appendTo($chip);
    if (is === 'gone' || is === 'several') $about.append(' ', this.#choices(chip));
    if (this.#mayWrite) $chip.append(actions.map((action) => this.#actionButton(action, name)));
    const $remove = button('remove', this.#texts.t('picker.remove', { name }));
    return $chip.append($remove.append('<i class="fa fa-times" aria-hidden="true">'));
  }

  /** Buttons for all things with an ambiguous name, or a button to replace a missing thing. */
  #choices({ is, several, name }: Chip): JQuery[] {
    const link = (text: string): JQuery => button('choose', `${text}: ${name}`).text(text);
    if (is === 'gone') return [link(this.#texts.t('picker.chooseAnother'))];
    return several.flatMap(({ label }, index) => [...(index > 0 ? [$('<span> · </span>')] : []), link(label)]);
  }

  #actionButton(action: ThingAction, name: string): JQuery {
    const text = this.#texts.t(`picker.do.${action}`);
    return button(action, `${text}: ${name}`).addClass('red-ui-button red-ui-button-small').text(text);
  }
}

function button(action: string, label: string): JQuery {
  return $('<button type="button">').attr({ 'data-do': action, 'aria-label': label, title: label });
}

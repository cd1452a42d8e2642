import type { Chip, ThingAction } from './choices.js';
import type { SavedTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** Actions of the user on a chip. */
interface ChipActions {
  remove: (target: SavedTarget) => void;
  /** Runs a button's action; the node stays unchanged. */
  act: (action: ThingAction, target: SavedTarget) => void;
  /** Replaces a target by a thing; without a thing, starts a search for one. */
  replace: (target: SavedTarget, thing: Thing | undefined) => void;
}

/** The chips on the page. Names come from the hub, so that they are inserted as text, never as HTML. */
export class ChipView {
  readonly #texts: PickerTexts;
  readonly #actions: ChipActions;
  readonly #mayWrite: boolean;
  readonly #chips = $('#cozify-target-chips');
  #shown = '[]';

  constructor(texts: PickerTexts, actions: ChipActions, mayWrite: boolean) {
    this.#texts = texts;
    this.#actions = actions;
    this.#mayWrite = mayWrite;
  }

  /** Unchanged chips are not redrawn, so that no button disappears under the mouse or the focus. */
  show(chips: readonly Chip[]): void {
    const words = JSON.stringify(chips);
    if (words === this.#shown) return;
    this.#shown = words;
    const focused = this.#chips
      .find('button')
      .toArray()
      .indexOf(document.activeElement as HTMLButtonElement);
    this.#chips.empty().append(chips.map((chip) => this.#chip(chip)));
    if (focused >= 0) this.#chips.find('button').eq(focused).trigger('focus');
  }

  #chip(chip: Chip): JQuery {
    const { kind, id, is, icon, name, what, about, target } = chip;
    const $chip = $('<div class="cozify-target-chip">').attr({ 'data-kind': kind, 'data-id': id, 'data-is': is });
    $(`<i class="fa fa-${icon}" aria-hidden="true">`).appendTo($chip);
    const $about = $('<div class="cozify-target-about">').text(about);
    $('<div class="cozify-target-text">')
      .append($('<span class="cozify-target-name">').text(name), ' ')
      .append($('<span class="cozify-target-about">').text(what))
      .append($about)
      .appendTo($chip);
    if (is === 'gone' || is === 'several') $about.append(' ', this.#choices(chip));
    if (this.#mayWrite) for (const action of chip.actions) $chip.append(this.#actionButton(action, chip));
    this.#button('remove', this.#texts.t('picker.remove', { name }))
      .append('<i class="fa fa-times" aria-hidden="true">')
      .on('click', () => this.#actions.remove(target))
      .appendTo($chip);
    return $chip;
  }

  /** Buttons for all things with an ambiguous name, or a button to replace a missing thing. */
  #choices({ is, several, target, name }: Chip): JQuery[] {
    const link = (text: string, thing: Thing | undefined): JQuery =>
      this.#button('choose', `${text}: ${name}`)
        .text(text)
        .on('click', () => this.#actions.replace(target, thing));
    if (is === 'gone') return [link(this.#texts.t('picker.chooseAnother'), undefined)];
    return several.flatMap(({ label, thing }, index) => [
      ...(index > 0 ? [$('<span> · </span>')] : []),
      link(label, thing),
    ]);
  }

  #actionButton(action: ThingAction, { name, target }: Chip): JQuery {
    const text = this.#texts.t(`picker.do.${action}`);
    return this.#button(action, `${text}: ${name}`)
      .addClass('red-ui-button red-ui-button-small')
      .text(text)
      .on('click', () => this.#actions.act(action, target));
  }

  #button(action: string, label: string): JQuery {
    return $('<button type="button">').attr({ 'data-do': action, 'aria-label': label, title: label });
  }
}

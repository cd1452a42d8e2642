import type { Chip } from './choices.js';
import type { Row, Section } from './result-list.js';
import type { SavedTarget } from './target.js';
import type { PickerTexts } from './texts.js';

/** What a person does in the picker. */
export interface PickerActions {
  type: () => void;
  /** The field got the focus, or was clicked. */
  look: () => void;
  leave: () => void;
  /** A key that may mean something; gives whether it did. */
  press: (key: string) => boolean;
  choose: (target: SavedTarget) => void;
  turn: (way: 'next' | 'back') => void;
  remove: (target: SavedTarget) => void;
  blink: (target: SavedTarget) => void;
}

/** What the list shows. */
export interface ShownList {
  isOpen: boolean;
  sections: readonly Section[];
  /** The row the keys are at. */
  active: Row | undefined;
  hasNext: boolean;
  hasBack: boolean;
}

/** The picker as it is on the page. Names come from the hub: everything is put in as text. */
export class PickerView {
  readonly field = $<HTMLInputElement>('#cozify-target-search');
  readonly #texts: PickerTexts;
  readonly #actions: PickerActions;
  readonly #mayWrite: boolean;
  readonly #chips = $('#cozify-target-chips');
  readonly #list = $('#cozify-target-list');
  readonly #state = $('#cozify-target-state');
  #shownChips = '[]';
  #shownList = '';

  constructor(texts: PickerTexts, actions: PickerActions, mayWrite: boolean) {
    this.#texts = texts;
    this.#actions = actions;
    this.#mayWrite = mayWrite;
    this.field
      .on('input', () => actions.type())
      .on('focus click', () => actions.look())
      .on('blur', () => actions.leave())
      .on('keydown', (event) => {
        // Enter may end the input of a character.
        if (event.originalEvent?.isComposing === true || !actions.press(event.key)) return;
        event.preventDefault();
        // Node-RED would close the dialog at Escape.
        event.stopPropagation();
      });
    // The field keeps the focus while somebody clicks into the list.
    this.#list.on('mousedown', (event) => event.preventDefault());
  }

  /** Whether the dialog is still on the page. */
  get isThere(): boolean {
    return this.#state.closest('body').length > 0;
  }

  get typed(): string {
    return String(this.field.val() ?? '').trim();
  }

  clear(): void {
    this.field.val('');
  }

  /** What is chosen. What has not changed is left alone, so that no button goes from under somebody's hands. */
  showChips(chips: readonly Chip[]): void {
    const words = JSON.stringify(chips);
    if (words === this.#shownChips) return;
    this.#shownChips = words;
    const focused = this.#chips
      .find('button')
      .toArray()
      .indexOf(document.activeElement as HTMLButtonElement);
    this.#chips.empty().append(chips.map((chip) => this.#choice(chip)));
    if (focused >= 0) this.#chips.find('button').eq(focused).trigger('focus');
  }

  showList(shown: ShownList): void {
    const words = JSON.stringify(shown);
    if (words === this.#shownList) return;
    this.#shownList = words;
    const { isOpen, sections, active, hasNext, hasBack } = shown;
    this.field.attr('aria-expanded', String(isOpen)).removeAttr('aria-activedescendant');
    this.#list.toggle(isOpen).empty();
    if (!isOpen) return;
    let count = 0;
    for (const [index, { title, rows }] of sections.entries()) {
      const $section = $('<div role="group">').appendTo(this.#list);
      if (title !== '') {
        const id = `cozify-target-section-${index}`;
        $section.attr('aria-labelledby', id);
        $('<div class="cozify-target-section" role="presentation">').attr('id', id).text(title).appendTo($section);
      }
      for (const row of rows) $section.append(this.#option(row, `cozify-target-option-${count++}`, row === active));
    }
    if (hasNext || hasBack) this.#list.append(this.#turn(hasNext, hasBack));
  }

  say(sentence: string, isProblem = false): void {
    this.#state.toggleClass('cozify-target-problem', isProblem);
    if (this.#state.text() !== sentence) this.#state.text(sentence);
  }

  #choice({ target, name, about, isGone, isLamp }: Chip): JQuery {
    const { t } = this.#texts;
    const $chip = $('<span class="cozify-target-chip">').attr({ 'data-id': target.id, 'data-kind': target.kind });
    const $text = $('<span class="cozify-target-text">').append($('<span class="cozify-target-name">').text(name));
    for (const part of about) {
      $text.append(' ', $('<span class="cozify-target-about">').toggleClass('cozify-target-gone', isGone).text(part));
    }
    $chip.append($text);
    $('<button type="button">')
      .attr('aria-label', t('picker.remove', { name }))
      .append('<i class="fa fa-times" aria-hidden="true">')
      .on('click', () => this.#actions.remove(target))
      .appendTo($chip);
    const $choice = $('<div class="cozify-target-choice">').append($chip);
    if (isLamp && this.#mayWrite) {
      $('<button type="button" class="red-ui-button cozify-target-blink">')
        .attr('aria-label', t('picker.blinkOf', { name }))
        .text(t('picker.blink'))
        .on('click', () => this.#actions.blink(target))
        .appendTo($choice);
    }
    return $choice;
  }

  #option({ target, name, state, isChosen }: Row, id: string, isActive: boolean): JQuery {
    const $option = $('<div role="option">').attr({ id, 'data-id': target.id, 'data-kind': target.kind });
    $option.attr('aria-selected', String(isChosen)).toggleClass('cozify-target-active', isActive);
    $('<span class="cozify-target-name">').text(name).appendTo($option);
    $('<span class="cozify-target-about">').text(state).appendTo($option);
    $option.on('click', () => this.#actions.choose(target));
    if (isActive) {
      this.field.attr('aria-activedescendant', id);
      // After it is on the page.
      window.requestAnimationFrame(() => $option[0]?.scrollIntoView({ block: 'nearest' }));
    }
    return $option;
  }

  #turn(hasNext: boolean, hasBack: boolean): JQuery {
    const button = (way: 'next' | 'back', isThere: boolean): JQuery =>
      $('<button type="button" class="red-ui-button" tabindex="-1">')
        .css('visibility', isThere ? 'visible' : 'hidden')
        .text(this.#texts.t(`picker.${way}`))
        .on('click', () => this.#actions.turn(way));
    return $('<div class="cozify-target-turn" role="presentation">').append(
      button('back', hasBack),
      button('next', hasNext),
    );
  }
}

import type { Row, Section } from './list.js';
import type { PickerTexts } from './texts.js';

/** Actions of the user in the search. */
interface SearchActions {
  type: () => void;
  /** The field got the focus or was clicked. */
  look: () => void;
  leave: () => void;
  /** Handles a key. Returns whether the key had an effect. */
  press: (key: string) => boolean;
  choose: (row: Row) => void;
  turn: (direction: 'next' | 'back') => void;
}

/** The content of the list. */
interface ShownList {
  isOpen: boolean;
  sections: readonly Section[];
  active: Row | undefined;
  hasNext: boolean;
  hasBack: boolean;
}

/** A status text. A problem is red; a text for screen readers only is invisible. */
export interface StatusMessage {
  text: string;
  isProblem?: boolean;
  isForScreenReaders?: boolean;
}

/** The elements of the search. Names come from the hub, so that they are inserted as text, never as HTML. */
export class SearchView {
  readonly field = $<HTMLInputElement>('#cozify-target-search');
  readonly #texts: PickerTexts;
  readonly #actions: SearchActions;
  readonly #drop = $('.cozify-target-drop');
  readonly #list = $('#cozify-target-list');
  readonly #turns = $('.cozify-target-turn');
  readonly #state = $('#cozify-target-state');
  #shown = '';

  constructor(texts: PickerTexts, actions: SearchActions) {
    this.#texts = texts;
    this.#actions = actions;
    this.field
      .on('input', () => actions.type())
      .on('focus click', () => actions.look())
      .on('blur', () => actions.leave())
      .on('keydown', (event) => {
        // Enter may end the composition of a character.
        if (event.originalEvent?.isComposing === true || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!actions.press(event.shiftKey && event.key === 'Tab' ? 'BackTab' : event.key)) return;
        event.preventDefault();
        // Node-RED would close the dialog at Escape.
        event.stopPropagation();
      });
    // The field keeps the focus while the user clicks in the list.
    this.#drop.on('mousedown', (event) => event.preventDefault());
  }

  /** Whether the dialog is still on the page. */
  get isThere(): boolean {
    return this.#state.closest('body').length > 0;
  }

  get typed(): string {
    return String(this.field.val() ?? '').trim();
  }

  /** Whether the field is empty, without even a space. */
  get isEmpty(): boolean {
    return this.field.val() === '';
  }

  fill(text: string): void {
    // Other parts of the dialog listen for `change`, which setting a value does not cause.
    this.field.val(text).trigger('change');
  }

  showList(shown: ShownList): void {
    const words = JSON.stringify(shown);
    if (words === this.#shown) return;
    this.#shown = words;
    const { isOpen, sections, active, hasNext, hasBack } = shown;
    const hasRows = sections.length > 0;
    this.#drop.toggleClass('cozify-target-open', isOpen && hasRows);
    this.field.attr('aria-expanded', String(isOpen && hasRows)).removeAttr('aria-activedescendant');
    this.#list.toggle(isOpen && hasRows).empty();
    this.#turns.empty();
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
    if (hasNext || hasBack) this.#turns.append(this.#turn('back', hasBack), this.#turn('next', hasNext));
  }

  showMessage({ text, isProblem = false, isForScreenReaders = false }: StatusMessage): void {
    this.#state.toggleClass('cozify-target-problem', isProblem).toggleClass('cozify-heard', isForScreenReaders);
    if (this.#state.text() !== text) this.#state.text(text);
  }

  #option(row: Row, id: string, isActive: boolean): JQuery {
    const { kind, icon, name, about, isChosen } = row;
    const $option = $('<div role="option">').attr({
      id,
      'data-id': row.id,
      'data-kind': kind,
      'data-row': row.action.do,
    });
    $option.attr('aria-selected', String(isChosen)).toggleClass('cozify-target-active', isActive);
    $(`<i class="fa ${icon === '' ? '' : `fa-${icon}`}" aria-hidden="true">`).appendTo($option);
    $('<span class="cozify-target-name">').text(name).appendTo($option);
    $('<span class="cozify-target-about">').text(about).appendTo($option);
    $option.on('click', () => this.#actions.choose(row));
    if (isActive) {
      this.field.attr('aria-activedescendant', id);
      // The element has to be on the page first.
      window.requestAnimationFrame(() => $option[0]?.scrollIntoView({ block: 'nearest' }));
    }
    return $option;
  }

  #turn(direction: 'next' | 'back', isThere: boolean): JQuery {
    return $('<button type="button" class="red-ui-button red-ui-button-small" tabindex="-1">')
      .css('visibility', isThere ? 'visible' : 'hidden')
      .text(this.#texts.t(`picker.${direction}`))
      .on('click', () => this.#actions.turn(direction));
  }
}

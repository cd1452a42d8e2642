// The DOM elements of a search.
import { announce, replace } from '../shared/draw.js';
import type { PickerRow, Section } from './list.js';
import type { PickerTexts } from './texts.js';

/** A text in the status line. A problem is shown in red; a text that only screen readers need is invisible. */
export interface StatusMessage {
  text: string;
  isProblem?: boolean;
  isForScreenReaders?: boolean;
}

/** The DOM elements of a search. Names are inserted as text, never as HTML, because they come from the hub. */
export class SearchView {
  readonly field = $<HTMLInputElement>('#cozify-target-search');
  readonly list = $('#cozify-target-list');
  /** The buttons that turn the pages. */
  readonly pageButtons = $('.cozify-target-turn');
  readonly #texts: PickerTexts;
  readonly #drop = $('.cozify-target-drop');
  readonly #state = $('#cozify-target-state');

  constructor(texts: PickerTexts) {
    this.#texts = texts;
    // Keeps the focus in the field while the user clicks in the list.
    this.#drop.on('mousedown', (event) => event.preventDefault());
  }

  /** Whether the dialog is still open: whether its elements are on the page. */
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

  focus(): void {
    this.field.trigger('focus');
  }

  fill(text: string): void {
    // Setting the value from code does not trigger `change`, but other parts of the dialog rely on that event.
    this.field.val(text).trigger('change');
  }

  /**
   * Shows the list with its sections; hides it if there are none. `active`: index of the active row, -1 if none is
   * active. `hasPage`: whether there is a previous and a next page.
   */
  showList(sections: readonly Section[], active: number, hasPage: Record<'back' | 'next', boolean>): void {
    const isTurning = sections.length > 0 && (hasPage.back || hasPage.next);
    const pageButtons = (isTurning ? (['back', 'next'] as const) : []).map((direction) =>
      $('<button type="button" class="red-ui-button red-ui-button-small" tabindex="-1">')
        .attr('data-do', direction)
        .css('visibility', hasPage[direction] ? 'visible' : 'hidden')
        .text(this.#texts.t(`picker.${direction}`)),
    );
    replace(this.pageButtons, pageButtons);
    if (!replace(this.list, sectionElements(sections, active))) return;
    const isShown = sections.length > 0;
    this.#drop.toggleClass('cozify-target-open', isShown);
    this.list.toggle(isShown);
    this.field.attr('aria-expanded', String(isShown)).removeAttr('aria-activedescendant');
    if (active < 0) return;
    this.field.attr('aria-activedescendant', idOf(active));
    // Scrolls in the next frame, because the element has to be on the page first.
    window.requestAnimationFrame(() => document.getElementById(idOf(active))?.scrollIntoView({ block: 'nearest' }));
  }

  showMessage({ text, isProblem = false, isForScreenReaders = false }: StatusMessage): void {
    this.#state
      .toggleClass('cozify-target-problem', isProblem)
      .toggleClass('cozify-for-screen-reader', isForScreenReaders);
    announce(this.#state, text);
  }
}

function idOf(row: number): string {
  return `cozify-target-option-${row}`;
}

function sectionElements(sections: readonly Section[], active: number): JQuery[] {
  let count = 0;
  return sections.map(({ title, rows }, index) => {
    const $section = $('<div role="group">');
    if (title !== '') {
      const id = `cozify-target-section-${index}`;
      $section.attr('aria-labelledby', id);
      $('<div class="cozify-target-section" role="presentation">').attr('id', id).text(title).appendTo($section);
    }
    return $section.append(rows.map((row) => optionOf(row, count++, active)));
  });
}

function optionOf(row: PickerRow, index: number, active: number): JQuery {
  const { do: what, target, icon, name, about, isChosen } = row;
  return $('<div role="option">')
    .attr({
      id: idOf(index),
      'data-id': target.id,
      'data-kind': target.kind,
      'data-row': what,
      'aria-selected': String(isChosen),
    })
    .toggleClass('cozify-target-active', index === active)
    .append(
      $(`<i class="fa ${icon === '' ? '' : `fa-${icon}`}" aria-hidden="true">`),
      $('<span class="cozify-target-name">').text(name),
      $('<span class="cozify-target-about">').text(about),
    );
}

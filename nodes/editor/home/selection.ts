// The selection of several rows in the home tab, with the mouse and the keyboard.
import type { StateLine } from './state-line.js';
import type { HomeTexts } from './texts.js';
import { ROW, type TreeRow, type ThingTree } from './tree.js';

/** The selected rows. Rows that a search hides stay selected. */
export class RowSelection {
  readonly #rows = new Map<string, TreeRow>();
  readonly #tree: ThingTree;
  readonly #line: StateLine;
  readonly #texts: HomeTexts;
  /** Key of the last row that was selected or deselected without Shift. A selection with Shift begins there. */
  #start = '';

  constructor(tree: ThingTree, line: StateLine, texts: HomeTexts) {
    this.#tree = tree;
    this.#line = line;
    this.#texts = texts;
    tree.$list
      .on('click', ROW, (event) => this.#click(event))
      .on('keydown', ROW, (event) => {
        if (event.target !== event.currentTarget) return;
        if (event.key === 'Escape') this.clear();
        if (event.key !== ' ') return;
        event.preventDefault();
        this.#select(event);
      });
  }

  /** A text with the number of selected rows; empty if there are none. */
  get text(): string {
    return this.#rows.size === 0 ? '' : this.#texts.t('home.selected', { count: this.#rows.size });
  }

  /**
   * Returns the rows that an action in this row applies to: all selected rows if this row is selected, otherwise only
   * this row.
   */
  rowsFor(row: TreeRow): readonly TreeRow[] {
    return this.#rows.has(row.key) ? [...this.#rows.values()] : [row];
  }

  /** Marks a drawn row as selected or not selected. */
  draw(row: TreeRow, $row: JQuery): void {
    if (row.thing === undefined) return;
    const isSelected = this.#rows.has(row.key);
    if (isSelected) this.#rows.set(row.key, row);
    $row.attr('aria-selected', String(isSelected));
  }

  clear(): void {
    if (this.#rows.size === 0) return;
    this.#rows.clear();
    this.#show();
  }

  #show(): void {
    this.#tree.refresh();
    this.#line.result(this.text);
  }

  #click(event: JQuery.TriggeredEvent): void {
    const isModified = event.ctrlKey === true || event.metaKey === true || event.shiftKey === true;
    if (isModified && $(event.target as Element).closest('button, .cozify-home-details').length === 0) {
      return this.#select(event);
    }
    const row = this.#tree.rowOf(event.currentTarget as Element);
    if (row !== undefined && !this.#rows.has(row.key)) this.clear();
  }

  /** Selects or deselects a row; with Shift, selects all things from the start of the range to the row. */
  #select({ currentTarget, shiftKey }: JQuery.TriggeredEvent): void {
    const $rows = this.#tree.$list.find(ROW).filter(':visible');
    const start = $rows.get().findIndex((one) => $(one).attr('data-key') === this.#start);
    const end = $rows.index(currentTarget as Element);
    const isRange = shiftKey === true && start >= 0;
    const range = isRange ? $rows.slice(Math.min(start, end), Math.max(start, end) + 1).get() : [currentTarget];
    for (const element of range) {
      const row = this.#tree.rowOf(element as Element);
      if (row?.thing === undefined) continue;
      if (!isRange) this.#start = row.key;
      if (!isRange && this.#rows.delete(row.key)) continue;
      this.#rows.set(row.key, row);
    }
    this.#show();
  }
}

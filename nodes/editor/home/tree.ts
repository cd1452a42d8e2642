// The tree of rows in the home tab: draws the rows, and moves the focus with the keyboard.
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { keepFocus, replace } from '../shared/draw.js';
import { type CanvasNode, mayReveal } from './flow.js';
import { Folds } from './folds.js';
import type { HomeTexts } from './texts.js';

/** The maximum number of rows on the page, however large the home is. */
const MAX_ROWS = 500;

/** New values of a thing from an event. */
export type ThingUpdate = Partial<Pick<Thing, 'state' | 'lastPress' | 'changedAt'>>;

/** A row: a hub, a room or another heading, or a thing. */
export interface TreeRow {
  readonly key: string;
  readonly level: number;
  readonly target: SavedTarget;
  /** The actions of the row, in the order of its buttons. */
  readonly actions: readonly string[];
  readonly thing?: Thing;
}

/** The texts and callbacks of the tree. */
interface TreeOptions {
  readonly texts: HomeTexts;
  /** Returns the names of the buttons that a row shows now. */
  actionsOf: (row: TreeRow) => readonly string[];
  usesOf: (row: TreeRow) => readonly CanvasNode[];
  /** Draws the parts of a row that other classes own: its selection and its details. */
  decorate: (row: TreeRow, $row: JQuery) => void;
  /** Called when the user has scrolled nearly to the end of the list. */
  onEnd: () => void;
}

export const ROW = '[role=treeitem]';
/** CSS selector of the rows that are not hidden by a collapsed heading. */
const SHOWN = `${ROW}:not([hidden])`;

/**
 * CSS selector of the details below an opened row: inputs and events. Inside them, the mouse and the keyboard work as
 * in a form.
 */
const DETAILS = '.cozify-home-details';

/** The things of a home as an ARIA tree: each thing below its room. Only one row at a time can be reached with Tab. */
export class ThingTree {
  readonly $list: JQuery;
  readonly #options: TreeOptions;
  readonly #rows = new Map<string, { row: TreeRow; $row: JQuery }>();
  /** Key of the row that gets the focus when the user tabs into the tree. */
  #current = '';
  /** Key of the row that shows its buttons. */
  #entered: string | undefined;
  /** The collapsed headings of the shown account. */
  folds = new Folds('', false);

  constructor($list: JQuery, options: TreeOptions) {
    this.$list = $list;
    this.#options = options;
    $list
      // Mousedown must not focus the row. Otherwise the buttons of the row would appear, and another element might be
      // under the mouse pointer at mouseup.
      .on('mousedown', ROW, (event) => {
        if ($(event.target as Element).closest(DETAILS).length === 0) event.preventDefault();
      })
      .on('click', ROW, ({ currentTarget, target }) => {
        this.#enter($(currentTarget as HTMLElement));
        if ($(target as Element).closest(DETAILS).length > 0) return;
        const button = (target as Element).closest('button');
        ((button ?? currentTarget) as HTMLElement).focus({ preventScroll: true });
      })
      .on('focusin', ROW, ({ currentTarget }) => this.#enter($(currentTarget as HTMLElement)))
      .on('click', '.cozify-home-fold', ({ currentTarget }) =>
        this.#toggle($(currentTarget as HTMLElement).closest(ROW)),
      )
      .on('click', '.cozify-home-uses', ({ currentTarget }) => this.#unfold($(currentTarget as HTMLElement)))
      .on('keydown', (event) => this.#press(event))
      .on('scroll', () => this.#lookForEnd());
  }

  get #list(): Element {
    return this.$list[0] as Element;
  }

  get count(): number {
    return [...this.#rows.values()].filter(({ row }) => row.thing !== undefined).length;
  }

  get isFull(): boolean {
    return this.#rows.size >= MAX_ROWS;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  rowOf(element: Element | JQuery): TreeRow | undefined {
    return this.#rows.get(keyOf($(element as Element).closest(ROW)))?.row;
  }

  /** Empties the list, because another account is shown. */
  clear(folds: Folds): void {
    this.folds = folds;
    this.#rows.clear();
    this.$list.empty();
    this.#current = '';
  }

  /** Replaces the rows. A row that remains keeps the focus, and stays expanded. */
  replace(rows: readonly TreeRow[]): void {
    const change = (): void => {
      const before = new Map(this.#rows);
      const keys = new Set(rows.slice(0, MAX_ROWS).map(({ key }) => key));
      for (const [key, { $row }] of before) if (!keys.has(key)) $row.remove();
      this.#rows.clear();
      this.append(rows, before, this.#list.firstElementChild);
    };
    keepFocus(this.$list, change, () => this.#rows.get(this.#current)?.$row[0]);
  }

  /**
   * Adds rows before the element `next`, or at the end. `before`: earlier rows by key, whose elements are reused and
   * moved into the order of `rows`.
   */
  append(
    rows: readonly TreeRow[],
    before: ReadonlyMap<string, { $row: JQuery }> = new Map(),
    next: Element | null = null,
  ): void {
    for (const row of rows) {
      if (this.isFull || this.#rows.has(row.key)) continue;
      const $row = before.get(row.key)?.$row ?? createRow();
      this.#rows.set(row.key, { row, $row });
      this.#draw(row, $row);
      if ($row[0] === next) next = next?.nextElementSibling ?? null;
      else this.#list.insertBefore($row[0] as Element, next);
    }
    if (!this.#rows.has(this.#current)) this.#mark(this.$list.find(ROW).first());
    this.#fold();
  }

  /** Hides the rows below collapsed headings. If the focused row is hidden, its heading gets the focus. */
  #fold(): void {
    // Found out before the rows are hidden, because a hidden element loses the focus.
    const isFocused = this.$list.is(':focus-within');
    let collapsed = Infinity;
    for (const { row, $row } of this.#rows.values()) {
      if (row.level <= collapsed) collapsed = Infinity;
      $row.prop('hidden', collapsed < Infinity);
      if (row.thing !== undefined) continue;
      const isCollapsed = this.folds.has(row.key);
      $row.attr('aria-expanded', String(!isCollapsed));
      if (isCollapsed) collapsed = Math.min(collapsed, row.level);
    }
    const $current = this.$list.find(`${ROW}[tabindex=0][hidden]`);
    if ($current.length > 0) {
      const $heading = $current.prevAll(SHOWN).first();
      this.#mark($heading);
      if (isFocused) $heading.trigger('focus');
    }
    this.#lookForEnd();
  }

  #toggle($row: JQuery): void {
    this.folds.toggle(keyOf($row));
    this.#fold();
  }

  /** Stores the new state or press of a thing, and shows it. */
  update(key: string, changed: ThingUpdate): void {
    const found = this.#rows.get(key);
    if (found?.row.thing === undefined) return;
    Object.assign(found.row.thing, changed);
    found.$row.find('.cozify-home-value').text(this.#options.texts.value(found.row.thing));
    this.#options.decorate(found.row, found.$row);
  }

  /**
   * Redraws all rows. Call it after the nodes that use the things, the possible actions, the selection or the opened
   * row have changed.
   */
  refresh(): void {
    for (const { row, $row } of this.#rows.values()) this.#drawButtons(row, $row);
  }

  #draw(row: TreeRow, $row: JQuery): void {
    const { target, level, thing } = row;
    $row.attr({
      'aria-level': level,
      'data-key': row.key,
      'data-hub': target.hub,
      'data-kind': target.kind,
      'data-id': target.id,
    });
    $row.find('.cozify-home-name').text(target.name);
    $row.find('.cozify-home-value').text(thing === undefined ? '' : this.#options.texts.value(thing));
    this.#drawButtons(row, $row);
  }

  /**
   * Redraws what changes in a row without a change of its thing: the number of nodes that use the thing, the buttons,
   * the selection and the details.
   */
  #drawButtons(row: TreeRow, $row: JQuery): void {
    const { texts, actionsOf, decorate, usesOf } = this.#options;
    decorate(row, $row);
    const nodes = usesOf(row);
    const $uses = $row.find('.cozify-home-uses');
    if (nodes.length > 0) {
      const $shown = $uses.length > 0 ? $uses : $(USES).appendTo($row.children('.cozify-home-line'));
      $shown.text(texts.uses(nodes.length));
    } else {
      if ($uses.is(':focus')) $row.trigger('focus');
      $uses.remove();
    }
    const unfolded = $uses.attr('aria-expanded') === 'true' ? nodeButtons(nodes, texts) : [];
    for (const $node of unfolded) $node.attr('tabindex', '-1');
    replace($row.children('.cozify-home-nodes'), unfolded, { $row });
    const names = row.key === this.#entered ? actionsOf(row) : [];
    const buttons = names.map((name) => actionButton(name, row.target.name, texts));
    const isOpen = $row.children(DETAILS).length > 0;
    for (const $button of buttons) $button.filter('[data-view]').attr('aria-expanded', String(isOpen));
    replace($row.children('.cozify-home-actions'), buttons, { $row });
  }

  #redraw($row: JQuery): void {
    const row = this.rowOf($row);
    if (row !== undefined) this.#drawButtons(row, $row);
  }

  #unfold($button: JQuery): void {
    $button.attr('aria-expanded', String($button.attr('aria-expanded') !== 'true'));
    this.#redraw($button.closest(ROW));
  }

  #enter($row: JQuery): void {
    if (keyOf($row) === this.#entered) return;
    this.$list.find('.cozify-home-actions').empty();
    this.#mark($row);
    this.#entered = this.#current;
    this.#redraw($row);
  }

  #mark($row: JQuery): void {
    this.$list.find(`${ROW}[tabindex=0]`).attr('tabindex', '-1');
    $row.attr('tabindex', '0');
    this.#current = keyOf($row);
    this.#entered = undefined;
  }

  #press(event: JQuery.TriggeredEvent): void {
    const $from = $(event.target as HTMLElement);
    const $row = $from.closest(ROW);
    const isInside = !$from.is(ROW);
    // In the inputs and the events of an opened row, all keys except Escape keep their usual effect.
    if ($from.is('input, .cozify-home-own') && event.key !== 'Escape') return;
    const $inside = $row.find('button, input');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key as string];
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key as string];
    let $next: JQuery | undefined;
    if (step !== undefined) $next = this.#at(this.#indexOf($row) + step);
    else if (event.key === 'Home') $next = this.#at(0);
    else if (event.key === 'End') $next = this.#at(Infinity);
    else if (event.key === 'Escape' && isInside) $next = $row;
    else if (!isInside && side !== undefined && (side < 0 || this.rowOf($row)?.thing === undefined))
      $next = this.#beside($row, side);
    else if (!isInside && (event.key === 'ArrowRight' || event.key === 'Enter'))
      $next = firstOf($row.find('[data-do], [data-view]'), $inside);
    else if (isInside && side !== undefined) {
      const index = $inside.index($from) + side;
      $next = index < 0 ? $row : $inside.eq(index);
    }
    if ($next === undefined) return;
    event.preventDefault();
    // Escape also cancels a replacement, so the page has to receive this event.
    if (event.key !== 'Escape') event.stopPropagation();
    $next.trigger('focus');
  }

  /**
   * Handles the right arrow key (`side` is 1) or the left one (-1). Expands or collapses a heading, and returns the
   * heading. If there is nothing to expand or collapse, returns the element to go to: the first action or, without one,
   * the next row for the right key; the heading above for the left key.
   */
  #beside($row: JQuery, side: number): JQuery {
    const isExpanded = $row.attr('aria-expanded');
    if (isExpanded === String(side < 0)) this.#toggle($row);
    else if (side > 0) return firstOf($row.find('[data-do]'), this.#at(this.#indexOf($row) + 1));
    else return firstOf($row.prevAll(`[aria-level="${Number($row.attr('aria-level')) - 1}"]`), $row);
    return $row;
  }

  #indexOf($row: JQuery): number {
    return this.$list.find(SHOWN).index($row);
  }

  #at(index: number): JQuery {
    const $rows = this.$list.find(SHOWN);
    return $rows.eq(Math.max(0, Math.min(index, $rows.length - 1)));
  }

  #lookForEnd(): void {
    const list = this.#list;
    if (list.clientHeight === 0) return;
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) this.#options.onEnd();
  }
}

function keyOf($row: JQuery): string {
  return String($row.attr('data-key'));
}

/** Returns the first element of `$these` or, if that is empty, the first of `$others`. */
function firstOf($these: JQuery, $others: JQuery): JQuery {
  return $these.length > 0 ? $these.first() : $others.first();
}

const USES = '<button type="button" class="cozify-home-uses red-ui-button red-ui-button-small" tabindex="-1">';

export function actionButton(name: string, of: string, { t }: HomeTexts): JQuery {
  const label = t(`home.do.${name as 'read'}`);
  return $('<button type="button" class="red-ui-button red-ui-button-small" tabindex="-1">')
    .attr({
      [name === 'details' ? 'data-view' : 'data-do']: name,
      'aria-label': t('home.doOf', { what: label, name: of }),
    })
    .text(label);
}

/** Returns a button that shows a node in its flow; plain text if this version of Node-RED can't do that. */
export function nodeButton(id: string, text: string): JQuery {
  const $node = $(mayReveal() ? '<button type="button" class="cozify-home-node">' : '<span>');
  return $node.attr('data-node', id).text(text);
}

/** Returns, for each node, a button that shows the node in its flow. */
export function nodeButtons(nodes: readonly CanvasNode[], texts: HomeTexts): JQuery[] {
  return nodes.map((node) => nodeButton(node.id, texts.node(node)));
}

function createRow(): JQuery {
  return $('<div role="treeitem" class="cozify-home-row" tabindex="-1">').append(
    $('<div class="cozify-home-line">').append(
      $('<i class="cozify-home-fold fa fa-angle-down" aria-hidden="true">'),
      $('<span class="cozify-home-name">'),
      $('<span class="cozify-home-value">'),
    ),
    $('<div class="cozify-home-actions">'),
    $('<div class="cozify-home-nodes">'),
  );
}

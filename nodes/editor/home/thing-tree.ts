import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { type CanvasNode, mayReveal } from './canvas.js';
import type { HomeTexts } from './texts.js';

/** More rows than this are not in the page, whatever the home has. */
const MOST_ROWS = 500;

/** A row: a hub, a room or another heading, or a thing. */
export interface Row {
  readonly key: string;
  readonly level: number;
  readonly target: SavedTarget;
  /** What can be done with it, in the order of the buttons. */
  readonly actions: readonly string[];
  readonly thing?: Thing;
}

/** What a tree needs, and whom it tells. */
export interface TreeOptions {
  readonly texts: HomeTexts;
  /** The buttons of a row now. */
  actionsOf: (row: Row) => readonly string[];
  usesOf: (row: Row) => readonly CanvasNode[];
  /** The end of the list can be seen. */
  onEnd: () => void;
}

const ROW = '[role=treeitem]';

/** The things of a home as a tree: each thing under its room, with one tab stop for all. */
export class ThingTree {
  readonly $list: JQuery;
  readonly #options: TreeOptions;
  readonly #rows = new Map<string, { row: Row; $row: JQuery }>();

  #current = '';

  constructor($list: JQuery, options: TreeOptions) {
    this.$list = $list;
    this.#options = options;
    $list
      // What a row shows when it is entered would move what is under the mouse before the button is let go.
      .on('mousedown', ROW, (event) => event.preventDefault())
      .on('click', ROW, ({ currentTarget, target }) => {
        this.#enter($(currentTarget as HTMLElement));
        const button = (target as Element).closest('button');
        ((button ?? currentTarget) as HTMLElement).focus({ preventScroll: true });
      })
      .on('focusin', ROW, ({ currentTarget }) => this.#enter($(currentTarget as HTMLElement)))
      .on('click', '.cozify-home-uses', ({ currentTarget }) => this.#unfold($(currentTarget as HTMLElement)))
      .on('keydown', (event) => this.#press(event))
      .on('scroll', () => this.#lookForEnd());
  }

  get count(): number {
    return [...this.#rows.values()].filter(({ row }) => row.thing !== undefined).length;
  }

  /** No more rows come into the page. */
  get isFull(): boolean {
    return this.#rows.size >= MOST_ROWS;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  rowOf(element: Element | EventTarget | null): Row | undefined {
    const key = $(element as Element)
      .closest(ROW)
      .attr('data-key');
    return key === undefined ? undefined : this.#rows.get(key)?.row;
  }

  clear(): void {
    this.#rows.clear();
    this.$list.empty();
    this.#current = '';
  }

  /** Puts rows in place of all others; the focus and the scroll stay where they were. */
  replace(rows: readonly Row[]): void {
    const { scrollTop } = this.$list[0] as Element;
    const current = this.#current;
    const hadFocus = this.$list.find(':focus').length > 0;
    this.clear();
    this.append(rows);
    this.$list.scrollTop(scrollTop);
    const again = this.#rows.get(current)?.$row ?? this.$list.find(ROW).first();
    this.#mark(again);
    if (hadFocus) again.trigger('focus');
  }

  append(rows: readonly Row[]): void {
    for (const row of rows) {
      if (this.isFull || this.#rows.has(row.key)) continue;
      const $row = this.#draw(row);
      this.#rows.set(row.key, { row, $row });
      this.$list.append($row);
    }
    if (this.#current === '') this.#mark(this.$list.find(ROW).first());
    this.#lookForEnd();
  }

  /** A thing is otherwise now. */
  update(key: string, state: Thing['state']): void {
    const found = this.#rows.get(key);
    if (found?.row.thing === undefined) return;
    found.row.thing.state = state;
    found.$row.find('.cozify-home-value').text(this.#options.texts.value(found.row.thing));
  }

  /** Who uses what, and what can be done, may be otherwise now. */
  refresh(): void {
    for (const { row, $row } of this.#rows.values()) this.#drawUses(row, $row);
    const current = this.#rows.get(this.#current);
    if (current !== undefined && current.$row.children('.cozify-home-actions').length > 0) {
      this.#drawActions(current.row, current.$row);
    }
  }

  #draw(row: Row): JQuery {
    const { target, level, thing } = row;
    const $row = $('<div role="treeitem" class="cozify-home-row" tabindex="-1">').attr({
      'aria-level': level,
      'data-key': row.key,
      'data-hub': target.hub,
      'data-kind': target.kind,
      'data-id': target.id,
    });
    const value = thing === undefined ? '' : this.#options.texts.value(thing);
    $row.append(
      $('<div class="cozify-home-line">').append(
        $('<span class="cozify-home-name">').text(target.name),
        $('<span class="cozify-home-value">').text(value),
      ),
    );
    this.#drawUses(row, $row);
    return $row;
  }

  #drawUses(row: Row, $row: JQuery): void {
    const { texts, usesOf } = this.#options;
    const nodes = usesOf(row);
    const $line = $row.children('.cozify-home-line');
    const $button = $line.children('.cozify-home-uses');
    if (nodes.length === 0) {
      $button.remove();
      $row.children('.cozify-home-nodes').remove();
      return;
    }
    const $uses = $button.length > 0 ? $button : $(USES).appendTo($line);
    $uses.text(texts.uses(nodes.length));
    if ($row.children('.cozify-home-nodes').length > 0) drawNodes($row, nodes, texts);
  }

  #unfold($button: JQuery): void {
    const $row = $button.closest(ROW);
    const row = this.rowOf($row[0] ?? null);
    const $nodes = $row.children('.cozify-home-nodes');
    const isOpen = $nodes.length > 0;
    $button.attr('aria-expanded', String(!isOpen));
    if (isOpen) $nodes.remove();
    else if (row !== undefined) drawNodes($row, this.#options.usesOf(row), this.#options.texts);
  }

  #enter($row: JQuery): void {
    const key = $row.attr('data-key') ?? '';
    const isNew = key !== this.#current || $row.children('.cozify-home-actions').length === 0;
    if (!isNew) return;
    this.$list.find('.cozify-home-actions').remove();
    this.#mark($row);
    const found = this.#rows.get(key);
    if (found !== undefined) this.#drawActions(found.row, found.$row);
  }

  #mark($row: JQuery): void {
    this.$list.find(`${ROW}[tabindex=0]`).attr('tabindex', -1);
    $row.attr('tabindex', 0);
    this.#current = $row.attr('data-key') ?? '';
  }

  #drawActions(row: Row, $row: JQuery): void {
    const { texts, actionsOf } = this.#options;
    const focused = $row.find('[data-do]:focus').attr('data-do');
    $row.children('.cozify-home-actions').remove();
    const buttons = actionsOf(row).map((name) => actionButton(name, row.target.name, texts));
    if (buttons.length === 0) return;
    $row.children('.cozify-home-line').after($('<div class="cozify-home-actions">').append(buttons));
    if (focused !== undefined) $row.find(`[data-do=${focused}]`).trigger('focus');
  }

  #press(event: JQuery.TriggeredEvent): void {
    const $from = $(event.target as HTMLElement);
    const $row = $from.closest(ROW);
    const isInside = !$from.is(ROW);
    const $inside = $row.find('button');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key ?? ''];
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key ?? ''];
    let $next: JQuery | undefined;
    if (step !== undefined) $next = this.#at(this.#indexOf($row) + step);
    else if (event.key === 'Home') $next = this.#at(0);
    else if (event.key === 'End') $next = this.#at(Infinity);
    else if (event.key === 'Escape' && isInside) $next = $row;
    else if (!isInside && (event.key === 'ArrowRight' || event.key === 'Enter'))
      $next = firstOf($row.find('[data-do]'), $inside);
    else if (isInside && side !== undefined) {
      const index = $inside.index($from) + side;
      $next = index < 0 ? $row : $inside.eq(index);
    }
    if ($next === undefined) return;
    event.preventDefault();
    // Escape also ends what was begun.
    if (event.key !== 'Escape') event.stopPropagation();
    $next.trigger('focus');
  }

  #indexOf($row: JQuery): number {
    return this.$list.find(ROW).index($row);
  }

  #at(index: number): JQuery {
    const $rows = this.$list.find(ROW);
    return $rows.eq(Math.max(0, Math.min(index, $rows.length - 1)));
  }

  #lookForEnd(): void {
    const list = this.$list[0];
    if (list === undefined || list.clientHeight === 0) return;
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) this.#options.onEnd();
  }
}

/** The first of these, or of the others where there are none. */
function firstOf($these: JQuery, $others: JQuery): JQuery {
  return $these.length > 0 ? $these.first() : $others.first();
}

const USES = '<button type="button" class="cozify-home-uses red-ui-button red-ui-button-small" tabindex="-1">';

/** A button that does something with a thing. */
export function actionButton(name: string, of: string, { t }: HomeTexts): JQuery {
  const label = t(`home.do.${name as 'read'}`);
  return $('<button type="button" class="red-ui-button red-ui-button-small" tabindex="-1">')
    .attr({ 'data-do': name, 'aria-label': t('home.doOf', { what: label, name: of }) })
    .text(label);
}

/** A button that reveals a node; where the editor can't do that, the text alone. */
export function nodeButton(id: string, text: string): JQuery {
  const $node = $(mayReveal() ? '<button type="button" class="cozify-home-node">' : '<span>');
  return $node.attr('data-node', id).text(text);
}

/** Nodes, each a button that reveals it. */
export function nodeButtons(nodes: readonly CanvasNode[], texts: HomeTexts): JQuery[] {
  return nodes.map((node) => nodeButton(node.id, texts.node(node)));
}

function drawNodes($row: JQuery, nodes: readonly CanvasNode[], texts: HomeTexts): void {
  $row.children('.cozify-home-nodes').remove();
  const buttons = nodeButtons(nodes, texts).map(($button) => $button.attr('tabindex', -1));
  $row.append($('<div class="cozify-home-nodes">').append(buttons));
}

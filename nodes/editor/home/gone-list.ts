import type { SavedTarget } from '../picker/target.js';
import { mayChange } from './canvas.js';
import type { HomeTexts } from './texts.js';
import { actionButton, nodeButtons } from './thing-tree.js';
import { ROOM_FILTER, type Used, type Verdict } from './uses.js';

/** One thing that is gone, by all that nodes call it. */
export interface GoneRow {
  readonly key: string;
  readonly target: SavedTarget;
  readonly is: Verdict['is'];
  readonly uses: Used[];
}

/** What nodes are about that is not at home any more, or that several have the name of. */
export class GoneList {
  readonly #$list: JQuery;
  readonly #texts: HomeTexts;
  #gone: GoneRow[] = [];
  /** Whether it is known of all that it is there. */
  #isAllFound = false;

  constructor($list: JQuery, texts: HomeTexts) {
    this.#$list = $list;
    this.#texts = texts;
  }

  get count(): number {
    return this.#gone.length;
  }

  /** What a row is about; `undefined` beside the rows. */
  at(element: Element): GoneRow | undefined {
    const key = $(element).closest('[data-key]').attr('data-key');
    return this.#gone.find((one) => one.key === key);
  }

  /** `isCounted`: whether this is all that nodes use. */
  show(used: readonly Used[], verdicts: ReadonlyMap<string, Verdict>, isCounted = true): void {
    const rows = new Map<string, GoneRow>();
    this.#isAllFound = isCounted;
    for (const one of used) {
      const is = verdicts.get(one.key)?.is;
      if (is !== 'found') this.#isAllFound = false;
      if (is !== 'gone' && is !== 'several') continue;
      const { hub, kind, name } = one.target;
      // Nodes that choose by room name it by its id or its name.
      const id = one.nodeHub === ROOM_FILTER ? name : one.target.id;
      // By an id it is one thing, whatever nodes call it.
      const key = id === '' ? one.key : JSON.stringify([hub, kind, id]);
      const row = rows.get(key) ?? { key, is, uses: [], target: { hub, kind, id, name: name || id } };
      row.uses.push(one);
      rows.set(key, row);
    }
    this.#gone = [...rows.values()];
    this.#draw();
  }

  #draw(): void {
    const { t } = this.#texts;
    const $all = $('<div>');
    if (this.#gone.length === 0)
      $all.append($('<p>').text(t(this.#isAllFound ? 'home.noneGone' : 'home.noneKnownGone')));
    for (const { key, uses, is, target } of this.#gone) {
      const { hub, kind, id, name } = target;
      const nodes = [...new Set(uses.flatMap((one) => one.nodes))];
      $all.append(
        $('<div class="cozify-home-row">')
          .attr({ 'data-key': key, 'data-hub': hub, 'data-kind': kind, 'data-id': id })
          .append(
            $('<div class="cozify-home-line">').append(
              $('<span class="cozify-home-name">').text(name),
              $('<span class="cozify-home-value">').text(t(is === 'gone' ? 'home.isGone' : 'home.isSeveral')),
            ),
            ...(mayChange()
              ? [
                  $('<div class="cozify-home-actions">').append(
                    actionButton('replace', name, this.#texts).attr('tabindex', 0),
                  ),
                ]
              : []),
            $('<div class="cozify-home-nodes">').append(nodeButtons(nodes, this.#texts)),
          ),
      );
    }
    // What is the same keeps the focus.
    if ($all.html() !== this.#$list.html()) this.#$list.empty().append($all.contents());
  }
}

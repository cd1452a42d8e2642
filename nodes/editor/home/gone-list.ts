// The list of things that nodes refer to but that are missing from the home.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { nameKey } from '../../../src/devices/things/names.js';
import type { SavedTarget } from '../picker/target.js';
import { replace } from '../shared/draw.js';
import { mayChange } from './flow.js';
import type { HomeTexts } from './texts.js';
import { actionButton, nodeButtons } from './tree.js';
import { isRoomFilter, nodesOf, type Used, type UseIndex } from './uses.js';

/** A thing that no longer exists or whose name is ambiguous, with the references of nodes to it. */
interface GoneRow {
  readonly key: string;
  readonly target: SavedTarget;
  readonly is: Resolved['is'];
  readonly uses: Used[];
}

/** The list of things that nodes refer to, but that no longer exist or whose name several things have. */
export class GoneList {
  readonly #$list: JQuery;
  /** The tab that shows this list. Its text contains the number of missing things. */
  readonly #$tab: JQuery;
  readonly #texts: HomeTexts;
  #gone: GoneRow[] = [];

  constructor($frame: JQuery, texts: HomeTexts) {
    this.#$list = $frame.find('#cozify-home-gone');
    this.#$tab = $frame.find('#cozify-home-tab-gone');
    this.#texts = texts;
  }

  /** Returns the row that contains an element; `undefined` if the element is not in a row. */
  at(element: Element): GoneRow | undefined {
    const key = $(element).closest('[data-key]').attr('data-key');
    return this.#gone.find((one) => one.key === key);
  }

  /** Shows the missing things. `uses`: the references of all nodes; `undefined` before they were counted. */
  show(uses?: UseIndex): void {
    const { t } = this.#texts;
    const { used = [], verdicts } = uses ?? {};
    const verdictOf = ({ key }: Used): Resolved['is'] | undefined => verdicts?.get(key)?.is;
    this.#gone = goneAmong(used, verdictOf);
    const count = this.#gone.length;
    this.#$tab.text(count === 0 ? t('home.gone') : t('home.goneCount', { count }));
    const isAllFound = uses !== undefined && used.every((one) => verdictOf(one) === 'found');
    const nothing = t(isAllFound ? 'home.noneGone' : 'home.noneKnownGone');
    replace(this.#$list, count === 0 ? [$('<p>').text(nothing)] : this.#gone.map((row) => this.#row(row)));
  }

  #row({ key, uses, is, target }: GoneRow): JQuery {
    const { hub, kind, id, name } = target;
    const $replace = (): JQuery => actionButton('replace', name, this.#texts).attr('tabindex', 0);
    return $('<div class="cozify-home-row">')
      .attr({ 'data-key': key, 'data-hub': hub, 'data-kind': kind, 'data-id': id })
      .append(
        $('<div class="cozify-home-line">').append(
          $('<span class="cozify-home-name">').text(name),
          $('<span class="cozify-home-value">').text(this.#texts.t(is === 'gone' ? 'home.isGone' : 'home.isSeveral')),
        ),
        mayChange() ? $('<div class="cozify-home-actions">').append($replace()) : $(),
        $('<div class="cozify-home-nodes">').append(nodeButtons(nodesOf(uses), this.#texts)),
      );
  }
}

/**
 * Returns one row for each missing thing. References to the same thing share a row, even if only some of the references
 * contain the thing's hub and kind.
 */
export function goneAmong(used: readonly Used[], verdictOf: (one: Used) => Resolved['is'] | undefined): GoneRow[] {
  const rows: GoneRow[] = [];
  for (const one of used) {
    const is = verdictOf(one);
    if (is !== 'gone' && is !== 'several') continue;
    const { hub, kind, name } = one.target;
    // For a room in a node's filter, `name` is the room's id or its name.
    const id = isRoomFilter(one) ? name : one.target.id;
    const target = { hub, kind, id, name: name || id };
    const known = rows.find((row) => isSame(row, { ...one, target }));
    known?.uses.push(one);
    if (known === undefined) rows.push({ key: one.key, is, target, uses: [one] });
    else Object.assign(known.target, { hub: known.target.hub || hub, kind: known.target.kind || kind });
  }
  return rows;
}

/**
 * Whether a reference is to the thing of a row. If both have ids, the ids must be equal, and an empty hub or kind
 * matches any. If neither has an id, the names, kinds, hubs and the hubs of the nodes must be equal.
 */
function isSame({ target, uses }: GoneRow, other: Used): boolean {
  const { hub, kind, id, name } = other.target;
  const isLike = (one: string, two: string): boolean => one === two || (id !== '' && (one === '' || two === ''));
  if (target.id !== id || !isLike(target.hub, hub) || !isLike(target.kind, kind)) return false;
  return id !== '' || (uses[0]?.nodeHub === other.nodeHub && nameKey(target.name) === nameKey(name));
}

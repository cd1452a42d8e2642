// The list of things that nodes refer to, but that are missing at home.
import { nameKey } from '../../../src/devices/things/names.js';
import type { SavedTarget } from '../picker/target.js';
import { replace } from '../shared/draw.js';
import { mayChange } from './flow.js';
import type { HomeTexts } from './texts.js';
import { actionButton, nodeButtons } from './tree.js';
import { ROOM_FILTER, type Used, type Verdict } from './uses.js';

/** A thing that is missing, with the nodes that refer to it. */
interface GoneRow {
  readonly key: string;
  readonly target: SavedTarget;
  readonly is: Verdict['is'];
  readonly uses: Used[];
}

/** Things that nodes refer to, but that are no longer at home or whose name is ambiguous. */
export class GoneList {
  readonly #$list: JQuery;
  /** Shows the number of missing things. */
  readonly #$tab: JQuery;
  readonly #texts: HomeTexts;
  #gone: GoneRow[] = [];
  /** Whether the server has found all things. */
  #isAllFound = false;

  constructor($frame: JQuery, texts: HomeTexts) {
    this.#$list = $frame.find('#cozify-home-gone');
    this.#$tab = $frame.find('#cozify-home-tab-gone');
    this.#texts = texts;
  }

  /** Returns the row at an element; `undefined` outside the rows. */
  at(element: Element): GoneRow | undefined {
    const key = $(element).closest('[data-key]').attr('data-key');
    return this.#gone.find((one) => one.key === key);
  }

  /** `isCounted`: whether `used` is complete. */
  show(used: readonly Used[], verdicts: ReadonlyMap<string, Verdict>, isCounted = true): void {
    const rows: GoneRow[] = [];
    this.#isAllFound = isCounted;
    for (const one of used) {
      const is = verdicts.get(one.key)?.is;
      if (is !== 'found') this.#isAllFound = false;
      if (is !== 'gone' && is !== 'several') continue;
      const { hub, kind, name } = one.target;
      // Nodes that choose by room store the room's id or name.
      const id = one.nodeHub === ROOM_FILTER ? name : one.target.id;
      const target = { hub, kind, id, name: name || id };
      const known = rows.find((row) => isSame(row, { ...one, target }));
      known?.uses.push(one);
      if (known === undefined) rows.push({ key: one.key, is, target, uses: [one] });
      else Object.assign(known.target, { hub: known.target.hub || hub, kind: known.target.kind || kind });
    }
    this.#gone = rows;
    this.#draw();
  }

  #draw(): void {
    const { t } = this.#texts;
    const count = this.#gone.length;
    this.#$tab.text(count === 0 ? t('home.gone') : t('home.goneCount', { count }));
    const nothing = t(this.#isAllFound ? 'home.noneGone' : 'home.noneKnownGone');
    replace(this.#$list, count === 0 ? [$('<p>').text(nothing)] : this.#gone.map((row) => this.#row(row)));
  }

  #row({ key, uses, is, target }: GoneRow): JQuery {
    const { hub, kind, id, name } = target;
    const nodes = [...new Set(uses.flatMap((one) => one.nodes))];
    const $actions = $('<div class="cozify-home-actions">');
    if (mayChange()) $actions.append(actionButton('replace', name, this.#texts).attr('tabindex', 0));
    return $('<div class="cozify-home-row">')
      .attr({ 'data-key': key, 'data-hub': hub, 'data-kind': kind, 'data-id': id })
      .append(
        $('<div class="cozify-home-line">').append(
          $('<span class="cozify-home-name">').text(name),
          $('<span class="cozify-home-value">').text(this.#texts.t(is === 'gone' ? 'home.isGone' : 'home.isSeveral')),
        ),
        ...(mayChange() ? [$actions] : []),
        $('<div class="cozify-home-nodes">').append(nodeButtons(nodes, this.#texts)),
      );
  }
}

/**
 * Two references are to the same thing if their ids are equal; without an id, if the name is searched for in the same
 * kinds and hub.
 */
function isSame({ target, uses }: GoneRow, other: Used): boolean {
  const { hub, kind, id, name } = other.target;
  const isLike = (one: string, two: string): boolean => one === two || (id !== '' && (one === '' || two === ''));
  if (target.id !== id || !isLike(target.hub, hub) || !isLike(target.kind, kind)) return false;
  return id !== '' || (uses[0]?.nodeHub === other.nodeHub && nameKey(target.name) === nameKey(name));
}

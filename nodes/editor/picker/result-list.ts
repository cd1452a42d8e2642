import { isSameTarget, type SavedTarget } from './target.js';
import type { PickerTexts } from './texts.js';
import type { Thing } from './things-api.js';

/** A thing to choose, as a row of the list. */
export interface Row {
  target: SavedTarget;
  name: string;
  state: string;
  isChosen: boolean;
}

/** Rows under one title, such as a room. */
export interface Section {
  title: string;
  rows: Row[];
}

/** What a list is made of. */
export interface Listed {
  things: readonly Thing[];
  chosen: readonly SavedTarget[];
  /** A name to be used as it is typed; empty where that is not offered. */
  typed: string;
  /** The names of hubs by their ids, where there are several. */
  hubs: ReadonlyMap<string, string>;
}

/** A thing as a node keeps it. */
export function targetOf({ hub, kind, id, name }: Thing): SavedTarget {
  return { hub, kind, id, name };
}

/** The rows of a list in the order in which they came, under the title of each room or kind. */
export function sectionsOf({ things, chosen, typed, hubs }: Listed, texts: PickerTexts): Section[] {
  const sections: Section[] = [];
  for (const thing of things) {
    const hub = hubs.get(thing.hub);
    const title = hub === undefined ? texts.section(thing) : `${hub} · ${texts.section(thing)}`;
    let section = sections.at(-1);
    if (section?.title !== title) sections.push((section = { title, rows: [] }));
    const target = targetOf(thing);
    const isChosen = chosen.some((one) => isSameTarget(one, target));
    section.rows.push({ target, name: thing.name, state: texts.state(thing), isChosen });
  }
  if (typed !== '') {
    const target = { hub: '', kind: '', id: '', name: typed };
    const name = texts.t('picker.asTyped', { name: typed });
    sections.push({ title: '', rows: [{ target, name, state: '', isChosen: false }] });
  }
  return sections;
}

/** Which row of a list the keys are at. */
export class Cursor {
  #rows: readonly Row[] = [];
  #at: SavedTarget | undefined;

  /** Its place among the rows; -1 where it is at none. */
  get index(): number {
    const at = this.#at;
    return at === undefined ? -1 : this.#rows.findIndex(({ target }) => isSameTarget(target, at));
  }

  get row(): Row | undefined {
    return this.#rows[this.index];
  }

  /** Goes on at the same thing where it is still there, else at none; `isFirst`: at the first row instead. */
  take(rows: readonly Row[], isFirst = false): void {
    this.#rows = rows;
    if (isFirst || this.index < 0) this.#at = isFirst ? rows[0]?.target : undefined;
  }

  /** Moves by one row; gives whether there was one. */
  move(step: 1 | -1): boolean {
    const from = this.index;
    const next = this.#rows[from < 0 && step < 0 ? this.#rows.length - 1 : from + step];
    if (next === undefined) return false;
    this.#at = next.target;
    return true;
  }

  leave(): void {
    this.#at = undefined;
  }
}

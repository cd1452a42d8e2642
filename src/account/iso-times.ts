import { toIso } from './snapshot.js';

/** More times than a snapshot has are not remembered. */
const MOST = 16;

/** Times as texts: those of an account are the same in most of its snapshots, and are written out once. */
export class IsoTimes {
  /** Made with the first. */
  #texts: Map<number, string | null> | undefined;

  /** As {@link toIso}. */
  of(time: number | null | undefined): string | null {
    if (time === null || time === undefined) return null;
    const known = this.#texts?.get(time);
    if (known !== undefined) return known;
    if (this.#texts === undefined || this.#texts.size === MOST) this.#texts = new Map();
    const text = toIso(time);
    this.#texts.set(time, text);
    return text;
  }
}

import { toIso } from './snapshot.js';

/** More times than a snapshot has are not remembered. */
const MOST = 16;

/** Times as texts: those of an account are the same in most of its snapshots, and are written out once. */
export class IsoTimes {
  readonly #texts = new Map<number, string | null>();

  /** As {@link toIso}. */
  of(time: number | null | undefined): string | null {
    if (time === null || time === undefined) return null;
    let text = this.#texts.get(time);
    if (text === undefined) {
      if (this.#texts.size === MOST) this.#texts.clear();
      this.#texts.set(time, (text = toIso(time)));
    }
    return text;
  }
}

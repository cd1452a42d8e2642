import { toIso } from './snapshot.js';

/** The cache is emptied at this size: a snapshot has fewer times. */
const MAX_TEXTS = 16;

/** Caches ISO 8601 texts of times, because most snapshots of an account have the same times. */
export class IsoTimes {
  /** Created with the first text. */
  #texts: Map<number, string | null> | undefined;

  /** Returns the text of a time, as {@link toIso} does. */
  of(time: number | null | undefined): string | null {
    if (time === null || time === undefined) return null;
    const cached = this.#texts?.get(time);
    if (cached !== undefined) return cached;
    if (this.#texts === undefined || this.#texts.size === MAX_TEXTS) this.#texts = new Map();
    const text = toIso(time);
    this.#texts.set(time, text);
    return text;
  }
}

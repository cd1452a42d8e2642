import type { Said } from './view.js';

/** So long what a person has just done is left to be read. */
const READING_MS = 3_000;

/** The line that says how a picker stands, and what a person has just done there. */
export class PickerLine {
  readonly #say: (said: Said) => void;
  readonly #standing: () => Said;
  /** Whether how it stands may be said by itself: nobody is searching. */
  readonly #isFree: () => boolean;
  /** How it stood when that was said last. */
  #stated = '';
  /** Runs while what was done is left to be read. */
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (said: Said) => void, standing: () => Said, isFree: () => boolean) {
    this.#say = say;
    this.#standing = standing;
    this.#isFree = isFree;
  }

  /** Says how it stands. In the background only what is new: what a person has done since is not talked over. */
  stand(when: 'now' | 'background' = 'now'): void {
    const said = this.#standing();
    const words = JSON.stringify(said);
    if (when === 'background' && (words === this.#stated || this.#reading !== undefined)) return;
    this.#read();
    this.#stated = words;
    this.#say(said);
  }

  /** Says what was done, and a moment later how it stands then, if that is new. */
  done(sentence: string): void {
    this.#read();
    this.#say({ sentence });
    this.#reading = setTimeout(() => {
      this.#read();
      if (this.#isFree()) this.stand('background');
    }, READING_MS);
  }

  /** Says nothing. */
  clear(): void {
    this.#read();
    this.#stated = '';
    this.#say({ sentence: '' });
  }

  #read(): void {
    clearTimeout(this.#reading);
    this.#reading = undefined;
  }
}

import type { Said } from './view.js';

/** Time for which the outcome of a user's action stays visible. */
const READING_MS = 3_000;

/** The status line of a picker: shows its state, and the outcome of the user's actions. */
export class PickerLine {
  readonly #say: (said: Said) => void;
  readonly #standing: () => Said;
  /** Whether the state may be shown without an action of the user; not during a search. */
  readonly #isFree: () => boolean;
  /** The last state that was shown. */
  #stated = '';
  /** Timer that runs while the outcome of an action stays visible. */
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (said: Said) => void, standing: () => Said, isFree: () => boolean) {
    this.#say = say;
    this.#standing = standing;
    this.#isFree = isFree;
  }

  /** Shows the state. In the background, shows only a changed state, so that the outcome of an action stays visible. */
  stand(when: 'now' | 'background' = 'now'): void {
    const said = this.#standing();
    const words = JSON.stringify(said);
    if (when === 'background' && (words === this.#stated || this.#reading !== undefined)) return;
    this.#read();
    this.#stated = words;
    this.#say(said);
  }

  /** Shows the outcome of an action, and a moment later the state, if that has changed. */
  done(sentence: string): void {
    this.#read();
    this.#say({ sentence });
    this.#reading = setTimeout(() => {
      this.#read();
      if (this.#isFree()) this.stand('background');
    }, READING_MS);
  }

  /** Clears the line. */
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

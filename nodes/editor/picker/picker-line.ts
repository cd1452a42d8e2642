// The status line of a picker.
import type { StatusMessage } from './search-view.js';

/** Time for which the outcome of a user action stays visible. */
const READING_MS = 3_000;

/**
 * The status line below the picker. It shows the state, such as "2 things chosen", and for a few seconds the outcome of
 * a user action.
 */
export class PickerLine {
  readonly #show: (message: StatusMessage) => void;
  readonly #state: () => StatusMessage;
  /** Returns whether the state may be shown without a user action. False while the search is open. */
  readonly #isFree: () => boolean;
  /** The last state message that was shown, as JSON. */
  #shown = '';
  /** Timer that runs as long as the outcome of a user action stays visible. */
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(show: (message: StatusMessage) => void, state: () => StatusMessage, isFree: () => boolean) {
    this.#show = show;
    this.#state = state;
    this.#isFree = isFree;
  }

  /** Shows the state. With "background", shows it only if it has changed and no outcome of a user action is visible. */
  showState(when: 'now' | 'background' = 'now'): void {
    const message = this.#state();
    const json = JSON.stringify(message);
    if (when === 'background' && (json === this.#shown || this.#reading !== undefined)) return;
    this.#read();
    this.#shown = json;
    this.#show(message);
  }

  /** Shows the outcome of a user action. After a few seconds, shows the state again, if it has changed. */
  done(text: string): void {
    this.#read();
    this.#show({ text });
    this.#reading = setTimeout(() => {
      this.#read();
      if (this.#isFree()) this.showState('background');
    }, READING_MS);
  }

  clear(): void {
    this.#read();
    this.#shown = '';
    this.#show({ text: '' });
  }

  #read(): void {
    clearTimeout(this.#reading);
    this.#reading = undefined;
  }
}

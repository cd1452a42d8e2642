// The status line of a picker.
import type { StatusMessage } from './search-view.js';

/** Time for which the outcome of a user action stays visible. */
const OUTCOME_MS = 3_000;

/**
 * The status line below the picker. It shows the state, such as "2 things chosen", and for a few seconds the outcome of
 * a user action.
 */
export class PickerLine {
  readonly #show: (message: StatusMessage) => void;
  readonly #state: () => StatusMessage;
  /** Returns whether the state may be shown without a user action. False while the search is open. */
  readonly #isFree: () => boolean;
  /** The last state message that was shown, as JSON; `undefined` if there is none. */
  #shown: string | undefined;
  /** Timer that runs as long as the outcome of a user action stays visible. */
  #outcomeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(show: (message: StatusMessage) => void, state: () => StatusMessage, isFree: () => boolean) {
    this.#show = show;
    this.#state = state;
    this.#isFree = isFree;
  }

  /** Shows the state. With "background", shows it only if it has changed and no outcome of a user action is visible. */
  showState(when: 'now' | 'background' = 'now'): void {
    const message = this.#state();
    const json = JSON.stringify(message);
    if (when === 'background' && (json === this.#shown || this.#outcomeTimer !== undefined)) return;
    this.#cancelOutcomeTimer();
    this.#shown = json;
    this.#show(message);
  }

  /** Shows the outcome of a user action. After a few seconds, shows the state again, if it has changed. */
  done(text: string): void {
    this.#cancelOutcomeTimer();
    this.#show({ text });
    this.#outcomeTimer = setTimeout(() => {
      this.#cancelOutcomeTimer();
      if (this.#isFree()) this.showState('background');
    }, OUTCOME_MS);
  }

  clear(): void {
    this.#cancelOutcomeTimer();
    this.#shown = undefined;
    this.#show({ text: '' });
  }

  #cancelOutcomeTimer(): void {
    clearTimeout(this.#outcomeTimer);
    this.#outcomeTimer = undefined;
  }
}

// The status line of the home tab.
import { announce } from '../shared/draw.js';
import type { Panel } from './frame.js';

/** Events that count as the user's next action. */
const ACTION_EVENTS = ['pointerdown', 'click', 'keydown'] as const;

/**
 * The status line above the panels of the home tab. The result of an action stays until the user's next action. If the
 * shown values may be old, the line begins with the reason.
 */
export class StateLine {
  readonly #$line: JQuery;
  #panel: Panel = 'things';
  #trouble = '';
  #state = '';
  /** A text with the number of listed things, shown only in the panel of the things. */
  #count = '';
  #result = '';

  /**
   * `nextStep`: returns a text about what the user has to do next; empty if there is nothing. At the user's next
   * action, the text replaces the result of the last action.
   */
  constructor($frame: JQuery, nextStep: () => string, signal: AbortSignal) {
    this.#$line = $frame.find('#cozify-home-state');
    // Clears the result at the user's next action, before that action shows its own.
    const moveOn = ({ type, target }: Event): void => {
      const isHere = $frame[0]?.contains(target as Node) === true;
      // Inside the tab, the line changes at the click, because a change at pointerdown could move the button from under
      // the mouse. Outside, it changes at pointerdown, because a drop shows its result before the click.
      if (type !== (isHere ? 'pointerdown' : 'click')) this.result(nextStep());
    };
    for (const name of ACTION_EVENTS) document.addEventListener(name, moveOn, { capture: true, signal });
  }

  /**
   * Shows a text in every panel. `trouble`: the reason why the shown values may be old. `count`: a text with the number
   * of listed things, shown only in the panel of the things.
   */
  showState(text: string, trouble = '', count = ''): void {
    [this.#state, this.#trouble, this.#count] = [text, trouble, count];
    this.#show();
  }

  turnTo(panel: Panel): void {
    this.#panel = panel;
    this.#show();
  }

  /** Shows the result of an action, or what the user has to do next. */
  result(text: string): void {
    this.#result = text;
    this.#show();
  }

  #show(): void {
    const count = this.#panel === 'things' ? this.#count : '';
    const text = [this.#trouble, this.#result || this.#state || count].filter(Boolean).join(' ');
    announce(this.#$line, text);
  }
}

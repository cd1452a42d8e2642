// The status line of the home tab.
import { announce } from '../shared/draw.js';
import type { Panel } from './frame.js';

/** Events that count as the user's next action. */
const ACTION_EVENTS = ['pointerdown', 'click', 'keydown'] as const;

/**
 * The line above the panels. The result of an action stays until the user's next action. The reason why the values are not
 * live stands before everything else.
 */
export class StateLine {
  readonly #frame: Element | undefined;
  readonly #$line: JQuery;
  readonly #nextStep: () => string;
  #panel: Panel = 'things';
  #trouble = '';
  #state = '';
  /** The number of things in the list, which only the panel of the things shows. */
  #count = '';
  #result = '';

  /** `nextStep`: returns the next step of a replacement; empty if none was started. */
  constructor($frame: JQuery, nextStep: () => string) {
    this.#frame = $frame[0];
    this.#$line = $frame.find('#cozify-home-state');
    this.#nextStep = nextStep;
  }

  start(): void {
    for (const name of ACTION_EVENTS) document.addEventListener(name, this.#moveOn, { capture: true });
  }

  stop(): void {
    for (const name of ACTION_EVENTS) document.removeEventListener(name, this.#moveOn, { capture: true });
  }

  /** Shows a text in every panel; `trouble`: the reason why the values are not live. */
  showState(text: string, trouble = ''): void {
    [this.#state, this.#trouble, this.#count] = [text, trouble, ''];
    this.#show();
  }

  /** Shows the number of things in their panel; `trouble`: the reason why the values are not live. */
  count(text: string, trouble: string): void {
    [this.#state, this.#trouble, this.#count] = ['', trouble, text];
    this.#show();
  }

  turnTo(panel: Panel): void {
    this.#panel = panel;
    this.#show();
  }

  /** Shows the outcome of an action, or the next step. */
  result(text: string): void {
    this.#result = text;
    this.#show();
  }

  /** Clears the result at the user's next action, before that action shows its own. */
  readonly #moveOn = ({ type, target }: Event): void => {
    const isHere = this.#frame?.contains(target as Node) === true;
    // Inside the tab the layout stays until the mouse button is released; outside, a drop shows its result before the
    // click.
    if (type !== (isHere ? 'pointerdown' : 'click')) this.result(this.#nextStep());
  };

  #show(): void {
    const count = this.#panel === 'things' ? this.#count : '';
    const text = [this.#trouble, this.#result || this.#state || count].filter(Boolean).join(' ');
    announce(this.#$line, text);
  }
}

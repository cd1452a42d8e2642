import type { Panel } from './frame.js';

/** What a person does. */
const DEEDS = ['pointerdown', 'click', 'keydown'] as const;

/**
 * The line above the panels. The result of an action stays until the user's next action. The reason why the values are not
 * live stands before everything else.
 */
export class StateLine {
  readonly #frame: Element | undefined;
  readonly #$line: JQuery;
  readonly #toDo: () => string;
  #panel: Panel = 'things';
  #trouble = '';
  #standing = '';
  /** The number of things in the list, which only the panel of the things shows. */
  #count = '';
  #result = '';

  /** `toDo`: what to do next, where something was begun. */
  constructor($frame: JQuery, toDo: () => string) {
    this.#frame = $frame[0];
    this.#$line = $frame.find('#cozify-home-state');
    this.#toDo = toDo;
  }

  start(): void {
    for (const name of DEEDS) document.addEventListener(name, this.#moveOn, { capture: true });
  }

  stop(): void {
    for (const name of DEEDS) document.removeEventListener(name, this.#moveOn, { capture: true });
  }

  /** Shows a sentence in every panel; `trouble`: why the values are not live. */
  stand(text: string, trouble = ''): void {
    [this.#standing, this.#trouble, this.#count] = [text, trouble, ''];
    this.#show();
  }

  /** Shows the number of things in their panel; `trouble`: why the values are not live. */
  count(text: string, trouble: string): void {
    [this.#standing, this.#trouble, this.#count] = ['', trouble, text];
    this.#show();
  }

  turnTo(panel: Panel): void {
    this.#panel = panel;
    this.#show();
  }

  /** What came of an action, or what to do next. */
  result(text: string): void {
    this.#result = text;
    this.#show();
  }

  /** A person does the next thing, and it has not said anything yet. */
  readonly #moveOn = ({ type, target }: Event): void => {
    const isHere = this.#frame?.contains(target as Node) === true;
    // Nothing moves here before the mouse button is let go, and what is dropped there has spoken before its click.
    if (type !== (isHere ? 'pointerdown' : 'click')) this.result(this.#toDo());
  };

  #show(): void {
    const count = this.#panel === 'things' ? this.#count : '';
    const text = [this.#trouble, this.#result || this.#standing || count].filter(Boolean).join(' ');
    // A live region that is given the same text would be read again.
    if (this.#$line.text() !== text) this.#$line.text(text);
  }
}

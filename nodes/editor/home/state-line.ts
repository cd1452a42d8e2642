/** What a person does. */
const DEEDS = ['pointerdown', 'click', 'keydown'] as const;

/**
 * The one line that says how the home stands. What came of an action stays until the next thing a person does; that what
 * is shown is not live is said before all else, for as long as it is so.
 */
export class StateLine {
  readonly #frame: Element | undefined;
  readonly #$line: JQuery;
  readonly #toDo: () => string;
  #trouble = '';
  #standing = '';
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

  /** How many; `trouble`: why they are not as they are now. */
  stand(text: string, trouble = ''): void {
    [this.#standing, this.#trouble] = [text, trouble];
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
    const text = [this.#trouble, this.#result || this.#standing].filter(Boolean).join(' ');
    // A live region that is given the same text would be read again.
    if (this.#$line.text() !== text) this.#$line.text(text);
  }
}

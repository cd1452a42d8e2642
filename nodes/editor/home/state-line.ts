/**
 * The one line that says how the home stands. What came of an action stays until the next thing a person does; that what
 * is shown is not live is said before all else, for as long as it is so.
 */
export class StateLine {
  readonly #$line: JQuery;
  #trouble = '';
  #standing = '';
  #result = '';

  constructor($line: JQuery) {
    this.#$line = $line;
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

  #show(): void {
    const text = [this.#trouble, this.#result || this.#standing].filter(Boolean).join(' ');
    // A live region that is given the same text would be read again.
    if (this.#$line.text() !== text) this.#$line.text(text);
  }
}

/** The one line that says how the home stands. What came of an action stays until the next thing a person does. */
export class StateLine {
  readonly #$line: JQuery;
  #standing = '';
  #result = '';

  constructor($line: JQuery) {
    this.#$line = $line;
  }

  /** How many, and of when. */
  stand(text: string): void {
    this.#standing = text;
    this.#show();
  }

  /** What came of an action, or what to do next. */
  result(text: string): void {
    this.#result = text;
    this.#show();
  }

  #show(): void {
    const text = this.#result || this.#standing;
    // A live region that is given the same text would be read again.
    if (this.#$line.text() !== text) this.#$line.text(text);
  }
}

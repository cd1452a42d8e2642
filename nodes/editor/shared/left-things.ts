import type { TargetPicker } from '../picker/picker.js';
import type { Thing, ThingsQuery } from '../picker/things-api.js';

/** What is meant where nothing is chosen: the first page of it, and how many there are. */
export class LeftThings {
  readonly #picker: TargetPicker;
  readonly #query: () => ThingsQuery;
  #things: readonly Thing[] = [];
  #total: number | undefined;
  #capabilities: readonly string[] = [];
  #asked = 0;

  constructor(picker: TargetPicker, query: () => ThingsQuery) {
    this.#picker = picker;
    this.#query = query;
    $('#node-input-account').on('change', () => this.#forget());
  }

  get things(): readonly Thing[] {
    return this.#things;
  }

  /** `undefined` while nobody knows. */
  get total(): number | undefined {
    return this.#total;
  }

  /** What the devices of the home can do, by Cozify's names; none while nobody knows. */
  get capabilities(): readonly string[] {
    return this.#capabilities;
  }

  /** Asks anew; only the answer to what was asked last counts. */
  async ask(): Promise<void> {
    const asked = (this.#asked += 1);
    // What else a dialog says that is being opened is there a moment later.
    await Promise.resolve();
    const reply = await this.#picker.api?.list({ ...this.#query(), withCapabilities: true });
    if (asked !== this.#asked || !this.#picker.isThere) return;
    if (reply?.isOk === true) {
      this.#things = reply.answer.things;
      this.#total = reply.answer.total;
      this.#capabilities = reply.answer.capabilities ?? [];
    }
    this.#picker.noteFilter();
  }

  /** Another account has other things. */
  #forget(): void {
    this.#things = [];
    this.#total = undefined;
    this.#capabilities = [];
  }
}

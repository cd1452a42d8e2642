import type { TargetPicker } from '../picker/picker.js';
import type { Thing, ThingsQuery } from '../picker/things-api.js';

/** The things that pass a filter: the first page, and the total number. */
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

  /** `undefined` while unknown. */
  get total(): number | undefined {
    return this.#total;
  }

  /** The capabilities of the home's devices, by Cozify's names; empty while unknown. */
  get capabilities(): readonly string[] {
    return this.#capabilities;
  }

  /** Requests the things again; only the answer to the latest request counts. */
  async ask(): Promise<void> {
    const asked = (this.#asked += 1);
    // Other fields of a dialog that opens are set a moment later.
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

  /** Forgets the things, because another account has other things. */
  #forget(): void {
    this.#things = [];
    this.#total = undefined;
    this.#capabilities = [];
  }
}

import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';

/** What a search asks, and who hears what it found. */
export interface PagesOptions {
  /** Asks for the page after a place, of what is typed; `undefined` where there is nobody to ask. */
  ask: (typed: string, after: string) => Promise<Reply<ThingPage>> | undefined;
  typed: () => string;
  /** Called with each answer that counts; not after `isOver`. `isNew`: it is the first to what is typed now. */
  onAnswer: (reply: Reply<ThingPage> | undefined, isNew: boolean) => void;
  isOver: () => boolean;
}

/** Nothing could be listed. */
const NOTHING: ThingPage = { things: [], total: 0, next: null, asOf: null, away: true };

/**
 * What fits what is typed, a page at a time. While an answer is awaited the next question waits, and only the last of
 * those counts: however fast somebody types, there is one request at a time.
 */
export class Pages {
  readonly #options: PagesOptions;
  /** Where the pages before this one begin. */
  #earlier: string[] = [];
  #after = '';
  #page: ThingPage | undefined;
  /** Where the page that was listed last begins. */
  #listedAfter = '';
  #isCurrent = false;
  #isAsking = false;
  #isAskedAgain = false;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** What was listed last, also while something else is looked for. */
  get page(): ThingPage | undefined {
    return this.#page;
  }

  /** Whether that is the answer to what is typed now. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Which page it is; the first is 1. */
  get number(): number {
    return this.#earlier.length + 1;
  }

  /** Begins at the first page of what is typed. */
  restart(): void {
    this.#isCurrent = false;
    this.#earlier = [];
    this.#after = '';
    void this.refresh();
  }

  /** Goes to the next page, or back; gives whether there is one. */
  turn(way: 'next' | 'back'): boolean {
    const after = way === 'next' ? this.#page?.next : this.#earlier.at(-1);
    const isThere = this.#isCurrent && this.#listedAfter === this.#after;
    if (!isThere || after === undefined || after === null) return false;
    if (way === 'next') this.#earlier.push(this.#after);
    else this.#earlier.pop();
    this.#after = after;
    void this.refresh();
    return true;
  }

  /** Lists the same page anew. */
  async refresh(): Promise<void> {
    const { ask, typed, onAnswer, isOver } = this.#options;
    this.#isAskedAgain = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    do {
      this.#isAskedAgain = false;
      const after = this.#after;
      const reply = await ask(typed(), after);
      if (isOver()) return;
      if (this.#isAskedAgain) continue;
      const isNew = !this.#isCurrent;
      this.#isCurrent = true;
      this.#listedAfter = after;
      this.#page = reply?.isOk === true ? reply.answer : NOTHING;
      onAnswer(reply, isNew);
    } while (this.#isAskedAgain);
    this.#isAsking = false;
  }
}

// The results of a search, page by page.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Reply } from '../account/api.js';

/** Options of a paged search: the function that requests a page, and the callbacks. */
interface PagesOptions {
  /** Requests the page that starts at `after`, for the typed text; returns `undefined` if there is no account. */
  ask: (after: string) => Promise<Reply<ThingPage>> | undefined;
  /**
   * Called with each answer, unless the search has changed since the request. `isNew`: whether it is the first answer
   * for the typed text.
   */
  onAnswer: (reply: Reply<ThingPage> | undefined, isNew: boolean) => void;
  /** Returns whether the dialog has closed. Later answers are ignored. */
  isOver: () => boolean;
}

const EMPTY_PAGE: ThingPage = { things: [], total: 0, next: null, asOf: null, away: true };

/**
 * The results of a search, page by page. At most one request runs at a time. If the search changes during a request,
 * one more request follows, with the latest typed text.
 */
export class Pages {
  readonly #options: PagesOptions;
  /** The start positions of the pages, from the first page to the current one. */
  #starts = [''];
  #page: ThingPage | undefined;
  /** The start position of the last page that was received. */
  #listedAfter = '';
  #isCurrent = false;
  /** Resolves after the last answer to the current requests; `undefined` while no request runs. */
  #running: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** The last page that was received. It stays available while another search runs. */
  get page(): ThingPage | undefined {
    return this.#page;
  }

  /** Whether the last page that was received is an answer to the current search, not to an earlier one. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Number of the current page, from 1. */
  get number(): number {
    return this.#starts.length;
  }

  /** Searches for the typed text from the first page. */
  restart(): void {
    this.#isCurrent = false;
    this.#starts = [''];
    void this.refresh();
  }

  /** Goes one page forward or back. Returns false if there is no such page, or the current page has not arrived yet. */
  turn(direction: 'next' | 'back'): boolean {
    const isThere = this.#isCurrent && this.#listedAfter === this.#starts.at(-1);
    const next = direction === 'next' ? this.#page?.next : this.#starts.at(-2);
    if (!isThere || next === undefined || next === null) return false;
    if (direction === 'next') this.#starts.push(next);
    else this.#starts.pop();
    void this.refresh();
    return true;
  }

  /**
   * Requests the current page again. Resolves after the last answer, so that the next periodic request starts later:
   * otherwise the answers of a slow server would always be out of date.
   */
  refresh(): Promise<void> {
    this.#isAskedAgain = this.#running !== undefined;
    return (this.#running ??= this.#askForPage());
  }

  async #askForPage(): Promise<void> {
    const { ask, onAnswer, isOver } = this.#options;
    do {
      this.#isAskedAgain = false;
      const after = this.#starts.at(-1) ?? '';
      const reply = await ask(after);
      if (isOver()) return;
      if (this.#isAskedAgain) continue;
      const isNew = !this.#isCurrent;
      this.#isCurrent = true;
      this.#listedAfter = after;
      this.#page = reply?.isOk === true ? reply.answer : EMPTY_PAGE;
      onAnswer(reply, isNew);
    } while (this.#isAskedAgain);
    this.#running = undefined;
  }
}

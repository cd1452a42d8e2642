import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { FeedAnswer } from './home-api.js';
import type { HomeTexts } from './texts.js';

/** How far the home has been listed, of when that is, and whether it has changed since. */
export class Listed {
  /** Where the next page begins. */
  next: string | null = null;
  /** So many at least are listed when it is begun again: more than there are, where a page did not come. */
  wanted = 1;
  #total = 0;
  #asOf: string | null = null;
  #isAway = false;
  /** By the hubs' ids: another number once something there came, went, moved or was renamed. */
  #revisions = new Map<string, number>();

  take({ next, total, asOf, away }: Pick<ThingPage, 'next' | 'total' | 'asOf' | 'away'>): void {
    [this.next, this.#total, this.#asOf, this.#isAway] = [next, total, asOf, away];
  }

  /** Whether these are all that there are. */
  isAll(count: number): boolean {
    return count >= this.#total;
  }

  /** How many of how many are shown, and of when they are where the hub is away; `isFull`: no more of them can be. */
  words(count: number, isFull: boolean, texts: HomeTexts): [shown: string, asOf: string] {
    const { t } = texts;
    const total = this.#total;
    const shown = total === 0 ? t('picker.none') : t('home.shown', { count, total });
    const isCut = isFull && !this.isAll(count);
    const asOf = this.#isAway && this.#asOf !== null ? t('home.asOf', { time: texts.time(this.#asOf) }) : '';
    return [[shown, ...(isCut ? [t('home.tooMany')] : [])].join(' '), asOf];
  }

  /** Whether things or hubs have come, gone, moved or got other names since the answer before. */
  isRevised(hubs: FeedAnswer['hubs']): boolean {
    const before = this.#revisions;
    this.#revisions = new Map([...before, ...hubs.map(({ id, revision }) => [id, revision] as const)]);
    // Nothing was known of a home that was not asked yet.
    return hubs.some(({ id, revision }) => ![0, undefined, revision].includes(before.get(id)));
  }
}

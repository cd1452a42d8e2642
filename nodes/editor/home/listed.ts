import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { FeedAnswer } from './home-api.js';
import type { HomeTexts } from './texts.js';

type FollowedHub = FeedAnswer['hubs'][number];

/** How far the home has been listed, of when that is, and whether it has changed since. */
export class Listed {
  /** Where the next page begins. */
  next: string | null = null;
  /** So many at least are listed when it is begun again: more than there are, where a page did not come. */
  wanted = 1;
  #total = 0;
  #asOf: string | null = null;
  #isAway = false;
  /** A hub did not answer when it was listed, and it was not listed again since that hub has answered. */
  #isDoubtful = false;
  /** What the feed has told of the hubs last, by their ids. */
  #followed = new Map<string, FollowedHub>();

  take({ next, total, asOf, away }: Pick<ThingPage, 'next' | 'total' | 'asOf' | 'away'>): void {
    this.#isDoubtful = away && (this.#isDoubtful || !this.#isAway);
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

  /**
   * Whether it is to be listed anew, by what the feed tells of the hubs: since the answer before something has come, gone,
   * moved or got another name, or a hub that did not answer when it was listed does.
   */
  isOutdated(hubs: FeedAnswer['hubs']): boolean {
    const before = this.#followed;
    this.#followed = new Map([...before, ...hubs.map((hub) => [hub.id, hub] as const)]);
    const isRevised = ({ id, revision }: FollowedHub): boolean => {
      const known = before.get(id)?.revision ?? 0;
      // What was not known of a home is known by the list, unless its hub did not answer.
      return revision !== known && (known !== 0 || this.#isAway);
    };
    const isHeard = ({ id, away, asOf }: FollowedHub): boolean => !away && asOf !== (before.get(id)?.asOf ?? null);
    const isBack = this.#isDoubtful && hubs.every(isHeard);
    if (isBack) this.#isDoubtful = false;
    return isBack || hubs.some(isRevised);
  }
}

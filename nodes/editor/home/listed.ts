import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { FeedAnswer } from './home-api.js';
import type { HomeTexts } from './texts.js';

/** A hub that did not answer is looked for again so soon, in seconds. */
const SOON_S = 3;

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
  /** The hubs as they were when it was listed and one of them did not answer, until all of them have. */
  #asked: ReadonlyMap<string, FollowedHub> | undefined;
  /** What the feed has told of the hubs last, by their ids. */
  #followed: ReadonlyMap<string, FollowedHub> = new Map();

  take({ next, total, asOf, away }: Pick<ThingPage, 'next' | 'total' | 'asOf' | 'away'>): void {
    if (!away) this.#asked = undefined;
    else if (!this.#isAway) this.#asked = this.#followed;
    [this.next, this.#total, this.#asOf, this.#isAway] = [next, total, asOf, away];
  }

  /** How long a question for what happens is worth holding, in seconds. */
  get patienceS(): number {
    // A hub that is not called away answers without anything being told of it.
    const isHubExpected = this.#asked !== undefined && [...this.#followed.values()].every(({ away }) => !away);
    return isHubExpected ? SOON_S : Infinity;
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
    const asked = this.#asked;
    const isHeard = ({ id, away, asOf }: FollowedHub): boolean => !away && asOf !== (asked?.get(id)?.asOf ?? null);
    const isBack = asked !== undefined && hubs.every(isHeard);
    if (isBack) this.#asked = undefined;
    return isBack || hubs.some(isRevised);
  }
}

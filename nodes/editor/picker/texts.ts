import { stateText } from '../../../src/devices/things/live-value.js';
import type { Failure } from '../account/api.js';
import { AccountTexts } from '../account/texts.js';
import type { Translate } from '../catalogue.js';
import { clockText } from '../times.js';
import type { SavedTarget } from './target.js';
import type { Thing, Tried } from './things-api.js';

/** What is known of the things that are listed. */
export interface Known {
  /** How many are shown; `undefined` while nothing was listed yet. */
  count: number | undefined;
  /** The first page is 1. */
  page: number;
  hasMore: boolean;
  isAway: boolean;
  /** ISO 8601. */
  asOf: string | null;
}

const KIND_TITLES = ['group', 'scene', 'rule', 'alarm', 'room'] as const;

/** The sentences of the picker, in the viewer's language. */
export class PickerTexts {
  readonly t: Translate;
  readonly #locale: string;

  constructor(t: Translate, locale: string) {
    this.t = t;
    this.#locale = locale;
  }

  /** The language in which names of the factory are asked for. */
  get language(): 'fi' | 'en' {
    return this.t('locale') === 'fi' ? 'fi' : 'en';
  }

  /** How a thing is, in few words. */
  state(thing: Thing): string {
    return stateText(thing.state, this.language);
  }

  /** Under what a thing is listed: devices by room, everything else by what it is. */
  section({ kind, room }: Pick<Thing, 'kind' | 'room'>): string {
    const title = KIND_TITLES.find((one) => one === kind);
    return title === undefined ? (room ?? this.t('picker.noRoom')) : this.t(`picker.${title}`);
  }

  /** How many were found, and of when. */
  known({ count, page, hasMore, isAway, asOf }: Known): string {
    if (isAway) return this.t('picker.away', { time: this.#time(asOf) });
    if (count === undefined) return this.t('picker.searching');
    if (hasMore) return this.t('picker.more', { page });
    if (page > 1) return this.t('picker.page', { page });
    if (count === 0) return this.t('picker.none');
    return count === 1 ? this.t('picker.one') : this.t('picker.some', { count });
  }

  /** The hub is away, while only choices are shown. */
  awayChosen(asOf: string | null): string {
    return this.t('picker.awayChosen', { time: this.#time(asOf) });
  }

  /** One sentence with what to do about things that could not be listed. */
  listFailure(failure: Failure): string {
    if (failure.code === 'COZIFY_OTP_REQUIRED') return this.t('picker.logIn');
    if (failure.code === 'COZIFY_HUB_OFFLINE' || failure.code === 'COZIFY_UNREACHABLE') return this.t('picker.hubAway');
    return this.#failure(failure);
  }

  /** The same about something that was tried. */
  tryFailure(failure: Failure): string {
    if (failure.code === 'COZIFY_BAD_INPUT') return this.t('picker.badInput');
    return this.#failure(failure);
  }

  /** What came of a command that was tried: of the first that failed, else of the first. */
  tried({ results }: Tried): string {
    const result = results.find(({ sent, confirmed }) => !sent || confirmed === false) ?? results[0];
    if (result === undefined) return '';
    const { sent, confirmed, reason, state } = result;
    const target = result.target as string | Partial<SavedTarget>;
    const name = typeof target === 'string' ? target : (target.name ?? target.id ?? '');
    if (!sent) return this.t('picker.notSent', { name, reason: reason ?? '' });
    if (confirmed === false) return this.t('picker.sentOnly', { name });
    return this.t('picker.done', { name, state: stateText(state ?? {}, this.language) }).trim();
  }

  #failure(failure: Failure): string {
    if (failure.code === 'COZIFY_FORBIDDEN' && failure.status !== 403) return this.t('picker.forbiddenHub');
    if (failure.code === 'COZIFY_API' || failure.code === 'COZIFY_BAD_ANSWER') return this.t('picker.failedHub');
    if (failure.code === 'COZIFY_UNREACHABLE') return this.t('error.COZIFY_HUB_OFFLINE');
    return new AccountTexts(this.t, this.#locale).failure(failure);
  }

  #time(iso: string | null): string {
    return iso === null ? '' : clockText(iso, this.#locale);
  }
}

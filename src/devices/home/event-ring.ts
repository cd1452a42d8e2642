import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Author } from '../commands/author.js';
import type { ChangeEvent } from '../things/changes.js';
import type { Kind } from '../things/kinds.js';
import type { Press } from '../things/presses.js';
import type { State } from '../things/units.js';

/** Something that happened at home; what does not apply is `null`. */
export interface HomeEvent {
  /** Counts up. */
  readonly n: number;
  /** When it was received, ISO 8601 UTC. */
  readonly at: string;
  readonly event: ChangeEvent | 'press' | 'hub-away' | 'hub-back';
  readonly thing: {
    readonly hub: string;
    readonly kind: Kind | 'hub';
    readonly id: string;
    readonly name: string;
    readonly room: string | null;
  };
  readonly changed: readonly string[];
  readonly state: State | null;
  readonly press: Pick<Press, 'button' | 'label' | 'press' | 'repeat'> | null;
  /** Who did it, as far as that is known; `null` for somebody else. */
  readonly by: Author | null;
}

/** What has happened since somebody asked before. */
export interface EventsSince {
  readonly events: readonly HomeEvent[];
  /** For the next question. */
  readonly last: string;
  /** It is not known what happened since then: these are all that are kept. */
  readonly reset: boolean;
}

/** So many are kept. */
export const KEPT_EVENTS = 200;

/** The last events of the homes of an account, in memory only. */
export class EventRing {
  /** Tells the places in this ring from those in the ring of another process, or of another cloud. */
  readonly #life = randomBytes(6).toString('hex');
  #events: HomeEvent[] = [];
  #count = 0;

  add(events: readonly Omit<HomeEvent, 'n'>[]): void {
    const kept = events.slice(-KEPT_EVENTS);
    this.#count += events.length - kept.length;
    const counted = kept.map((event) => ({ n: (this.#count += 1), ...event, thing: this.#known(event.thing) }));
    this.#events = [...this.#events, ...counted].slice(-KEPT_EVENTS);
  }

  /** What a thing is called stands in memory once for all that happens to it. */
  #known(thing: HomeEvent['thing']): HomeEvent['thing'] {
    const last = this.#events.findLast((event) => event.thing.id === thing.id)?.thing;
    return isDeepStrictEqual(last, thing) ? (last ?? thing) : thing;
  }

  /** What came after a place, the oldest first; everything after `''`. `hub`: of that one alone, unless it is empty. */
  since(after: string, hub: string): EventsSince {
    const place = this.#placeOf(after);
    const events = this.#events.filter(({ n, thing }) => n > (place ?? 0) && (hub === '' || thing.hub === hub));
    return { events, last: `${this.#life}.${this.#count}`, reset: place === undefined };
  }

  /** `undefined` for a place in another ring, and for one after which something is not kept any more. */
  #placeOf(after: string): number | undefined {
    if (after === '') return 0;
    const [life, text = ''] = after.split('.');
    const place = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    const isKept = place <= this.#count && place >= this.#count - this.#events.length;
    return life === this.#life && isKept ? place : undefined;
  }
}

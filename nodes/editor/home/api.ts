// Client for the endpoints about an account's home: rooms, search and events.
import type { FeedAnswer } from '../../../src/devices/steps/sidebar-feed.js';
import { callEndpoint, type Reply, withList } from '../account/api.js';
import { type Thing, ThingsApi } from '../picker/things-api.js';

export type { FeedAnswer };

/** An event at home. In a list of events, the newest comes last. */
export type HomeEvent = FeedAnswer['events'][number];

/** Seconds to wait for the answer of a long poll after the poll's own `wait` is over. After that, the request fails. */
const LATE_S = 10;

/** The kinds of things that are requested for the list. Rooms are left out, because the list shows them as headings. */
export const KINDS = ['device', 'group', 'scene', 'rule', 'alarm'];

export function keyAcrossHubs({ hub, kind, id }: { hub: string; kind: string; id: string }): string {
  return `${hub} ${kind} ${id}`;
}

/** Client for the endpoints about an account's home. */
export class HomeApi extends ThingsApi {
  /** Loads all rooms page by page. Stops early if `isCurrent` returns false. */
  async rooms(isCurrent: () => boolean): Promise<Reply<Thing[]>> {
    const rooms: Thing[] = [];
    let after = '';
    do {
      const reply = await this.list({ kinds: ['room'], after });
      if (!reply.isOk) return reply;
      rooms.push(...reply.answer.things);
      after = reply.answer.next ?? '';
    } while (after !== '' && isCurrent());
    return { isOk: true, answer: rooms };
  }

  /**
   * Searches the things with these ids for the text `q`, and returns the keys of the matches; `undefined` if the
   * request failed.
   */
  async found(q: string, ids: readonly string[]): Promise<string[] | undefined> {
    const reply = await this.list({ kinds: KINDS, q, ids });
    return reply.isOk ? reply.answer.things.map(keyAcrossHubs) : undefined;
  }

  /**
   * Requests the events after the position `after`, by a long poll that ends at the first event or after `wait`
   * seconds.
   */
  feed(after: string, wait: number, signal?: AbortSignal): Promise<Reply<FeedAnswer>> {
    const all = { after, wait: wait === 0 ? '' : String(wait), cloudUrl: this.account.cloudUrl };
    const query = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''));
    const url = `${this.url}/feed?${query.toString()}`;
    return callEndpoint('GET', url, withList<FeedAnswer>('events'), undefined, {
      signal,
      timeoutMs: (wait + LATE_S) * 1000,
    });
  }
}

// Client of the endpoints for the home of an account: rooms, search, events and references of nodes.
import type { FeedAnswer } from '../../../src/devices/steps/event-feed.js';
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { callEndpoint, type Failure, type Reply, withList } from '../account/api.js';
import { type Thing, ThingsApi } from '../picker/things-api.js';
import { ROOM_FILTER, thingKey, type Used, type Verdict } from './uses.js';

export type { FeedAnswer };

/** An event at home; in a list, the newest comes last. */
export type HomeEvent = FeedAnswer['events'][number];

/** Extra time for a long poll, in seconds. Without an answer by then, the request counts as lost. */
const LATE_S = 10;

/** The maximum number of items in a list that the endpoint accepts. */
const MOST_RESOLVED = 1000;

/** The kinds of things in the list. Rooms are headings there. */
export const KINDS = ['device', 'group', 'scene', 'rule', 'alarm'];

/** Client of the endpoints for an account's home. */
export class HomeApi extends ThingsApi {
  /** Loads all rooms page by page, while `isWanted`. */
  async rooms(isWanted: () => boolean): Promise<Reply<Thing[]>> {
    const rooms: Thing[] = [];
    let after = '';
    do {
      const reply = await this.list({ kinds: ['room'], after });
      if (!reply.isOk) return reply;
      rooms.push(...reply.answer.things);
      after = reply.answer.next ?? '';
    } while (after !== '' && isWanted());
    return { isOk: true, answer: rooms };
  }

  /** Returns the keys of those things that match the words; `undefined` if there was no answer. */
  async found(q: string, ids: readonly string[]): Promise<string[] | undefined> {
    const reply = await this.list({ kinds: KINDS, q, ids });
    return reply.isOk ? reply.answer.things.map(thingKey) : undefined;
  }

  /** Returns the events since `after`: a long poll that ends with the first event, or after `wait` seconds. */
  feed(after: string, wait: number, signal?: AbortSignal): Promise<Reply<FeedAnswer>> {
    const all = { after, wait: wait === 0 ? '' : String(wait), cloudUrl: this.account.cloudUrl };
    const query = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''));
    const url = `${this.url}/feed?${query.toString()}`;
    return callEndpoint('GET', url, withList<FeedAnswer>('events'), undefined, {
      signal,
      patienceMs: (wait + LATE_S) * 1000,
    });
  }

  /**
   * Stores the server's verdict for each used thing, by key, while the caller still wants them. Returns the failure if
   * a request failed.
   */
  async resolve(
    used: readonly Used[],
    verdicts: Map<string, Verdict>,
    isWanted: () => boolean,
  ): Promise<Failure | undefined> {
    const byHub = new Map<string, Used[]>();
    for (const one of used) {
      const place = one.nodeHub === ROOM_FILTER ? one.target.hub : one.nodeHub;
      byHub.set(place, [...(byHub.get(place) ?? []), one]);
    }
    for (const [hub, all] of byHub) {
      for (let start = 0; start < all.length; start += MOST_RESOLVED) {
        if (!isWanted()) return undefined;
        const failure = await this.#resolveSome(hub, all.slice(start, start + MOST_RESOLVED), verdicts);
        if (failure !== undefined) return failure;
      }
    }
    return undefined;
  }

  async #resolveSome(hub: string, used: readonly Used[], verdicts: Map<string, Verdict>): Promise<Failure | undefined> {
    const rooms = used.filter(({ nodeHub }) => nodeHub === ROOM_FILTER);
    const hubs = used.filter(({ target }) => target.kind === 'hub');
    const targets = used.filter((one) => !rooms.includes(one) && !hubs.includes(one));
    const reply = await this.lookUp({
      targets: targets.map(({ target }) => target),
      rooms: rooms.map(({ target }) => target.name),
      hubs: hubs.map(({ target }) => target.id),
      hub,
    });
    if (!reply.isOk) return reply.failure;
    const take = (all: readonly Used[], answers: readonly Resolved[]): void =>
      all.forEach(({ key }, index) => {
        const answer = answers[index];
        if (answer !== undefined) verdicts.set(key, answer);
      });
    take(targets, reply.answer.targets);
    take(rooms, reply.answer.rooms);
    take(hubs, reply.answer.hubs);
    return undefined;
  }
}

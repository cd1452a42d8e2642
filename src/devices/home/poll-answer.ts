import { expectUsualThings } from '../things/raw.js';
import type { Kind } from '../things/kinds.js';
import { asListing, asNumber, asRecord, expectFewThings, thingsIn } from '../things/raw.js';
import type { Listing } from '../things/things.js';

/** What one part of a poll says of things of a kind, by id; `null` for what was deleted. */
export interface Delta {
  readonly kind: Kind;
  readonly things: readonly (readonly [id: string, value: unknown])[];
}

/** What a hub answered to a poll. */
export interface PollAnswer {
  /** The hub says that this is everything, and that what was known before is to be loaded anew. */
  readonly isFull: boolean;
  /** The hub's clock, to ask from the next time; `null` if it gives none. */
  readonly timestamp: number | null;
  /** In the order in which they came; more than one of a kind is possible. */
  readonly deltas: readonly Delta[];
  /** Kinds of which something was told in a shape that nobody knows: their lists have to be loaded to know. */
  readonly unread: readonly Kind[];
}

/** The list that a delta holds. Only `devices` is documented, the others are called alike. */
const LISTS: ReadonlyMap<unknown, { kind: Kind; list: string }> = new Map([
  ['DEVICE_DELTA', { kind: 'device', list: 'devices' }],
  ['GROUP_DELTA', { kind: 'group', list: 'groups' }],
  ['SCENE_DELTA', { kind: 'scene', list: 'scenes' }],
  ['RULE_DELTA', { kind: 'rule', list: 'rules' }],
  ['ROOM_DELTA', { kind: 'room', list: 'rooms' }],
  ['ALARM_DELTA', { kind: 'alarm', list: 'alarms' }],
]);

/**
 * Reads the answer to a poll, by itself or wrapped in an array; `undefined` for what is none. Deltas of unknown kinds
 * are skipped. Throws `COZIFY_BAD_ANSWER` for more or larger things than any home has.
 */
export function readPollAnswer(answer: unknown): PollAnswer | undefined {
  const parts = (Array.isArray(answer) ? answer : [answer]).map(asRecord).filter((part) => part !== undefined);
  const polls = parts.filter((part) =>
    part['type'] === undefined
      ? Array.isArray(part['polls']) || asNumber(part['timestamp']) !== undefined
      : part['type'] === 'POLL_DELTA',
  );
  // A hub may wrap its answer in an array, and then has nothing to wrap where nothing is new.
  const isNothingNew = Array.isArray(answer) && answer.length === 0;
  if (polls.length === 0 && !isNothingNew) return undefined;
  const timestamps = polls.map(({ timestamp }) => asNumber(timestamp)).filter((at) => at !== undefined);
  const deltas: Delta[] = [];
  const unread = new Set<Kind>();
  const counts = new Map<Kind, number>();
  for (const item of polls.flatMap(({ polls: items }): unknown[] => (Array.isArray(items) ? items : []))) {
    const delta = asRecord(item);
    const known = LISTS.get(delta?.['type']);
    if (known === undefined) continue;
    const things = asListing(delta?.[known.list]);
    if (things === undefined) {
      unread.add(known.kind);
      continue;
    }
    const count = (counts.get(known.kind) ?? 0) + things.length;
    counts.set(known.kind, count);
    expectFewThings(count);
    expectUsualThings(known.kind, things);
    deltas.push({ kind: known.kind, things });
  }
  return {
    isFull: polls.some(({ full }) => full === true),
    timestamp: timestamps.length === 0 ? null : Math.max(...timestamps),
    deltas,
    unread: [...unread],
  };
}

/** What a full answer lists: what it says last of a thing counts. A list in which nothing can be read is unread, too. */
export function listsOf(poll: PollAnswer): { lists: ReadonlyMap<Kind, Listing>; unread: Kind[] } {
  const lists = new Map<Kind, Listing>();
  const unread = new Set(poll.unread);
  for (const kind of new Set(poll.deltas.map((delta) => delta.kind))) {
    const deltas = poll.deltas.filter((delta) => delta.kind === kind);
    const things = thingsIn([...new Map(deltas.flatMap((delta) => delta.things))]);
    if (things === undefined) unread.add(kind);
    else lists.set(kind, things);
  }
  return { lists, unread: [...unread] };
}

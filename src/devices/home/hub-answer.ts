/** Reads a hub's answers to polls and list requests, and limits their size. */
import { type Kind, KINDS } from '../things/kinds.js';
import { parseJson } from '../../schema.js';
import {
  asThingPairs,
  asNumber,
  asRecord,
  asTexts,
  expectFewThings,
  isWithinSize,
  EMPTY,
  presentThings,
  unusual,
} from '../things/raw.js';
import type { ThingPairs } from '../things/things.js';

/** The maximum number of fields in the state of one device. */
const MAX_FIELDS = 1000;
/** The maximum number of capabilities of one device. */
const MAX_CAPABILITIES = 200;
/** The maximum number of values of one device, nested values included. */
const MAX_VALUES = 2 * MAX_FIELDS;
/** The maximum number of values in one answer. A large home of 10 000 devices has about 300 000. */
const MAX_VALUES_OF_ANSWER = 700_000;

const [COMMA, BRACKET, BRACE] = [','.charCodeAt(0), '['.charCodeAt(0), '{'.charCodeAt(0)];

/**
 * Parses a hub's answer; `undefined` if it is not JSON. Throws `COZIFY_BAD_ANSWER` if the answer has so many values
 * that parsing them would block Node-RED for seconds.
 */
export function parseHubAnswer(text: string): unknown {
  if (text.length > MAX_VALUES_OF_ANSWER) expectFewValues(text);
  return parseJson(text);
}

/** Throws `COZIFY_BAD_ANSWER` if one of the things is larger than any thing in a real home. */
export function expectUsualThings(kind: Kind, pairs: readonly (readonly [id: string, value: unknown])[]): void {
  for (const [, value] of pairs) {
    const thing = asRecord(value) ?? EMPTY;
    if (kind === 'group') expectFewThings(asTexts(thing['members']).length);
    // The other kinds need no check, because only a few of their texts and numbers are read.
    if (kind !== 'device' && kind !== 'alarm') continue;
    if (Object.keys(asRecord(thing['state']) ?? EMPTY).length > MAX_FIELDS || !isWithinSize(thing, MAX_VALUES)) {
      throw unusual(`a thing with more than ${MAX_FIELDS} fields`);
    }
    if (asTexts(thing['capabilities']).length > MAX_CAPABILITIES) {
      throw unusual(`a device with more than ${MAX_CAPABILITIES} capabilities`);
    }
  }
}

function expectFewValues(text: string): void {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COMMA || code === BRACKET || code === BRACE) count += 1;
  }
  if (count > MAX_VALUES_OF_ANSWER) throw unusual(`more than ${MAX_VALUES_OF_ANSWER} values`);
}

/** The things of one kind in a poll answer, by id. A removed thing is `null`. */
export interface Delta {
  readonly kind: Kind;
  readonly things: readonly (readonly [id: string, value: unknown])[];
}

/** The answer to a poll. */
export interface PollAnswer {
  /** Whether the hub says that the answer lists everything. */
  readonly isFull: boolean;
  /** The hub's time of the answer; `null` if the answer has none. The next poll requests the changes since then. */
  readonly timestamp: number | null;
  /** The things in the answer, in order. Several deltas may have the same kind. */
  readonly deltas: readonly Delta[];
  /** Kinds that the answer reports in an unknown format. The lists of these kinds have to be loaded separately. */
  readonly unread: readonly Kind[];
}

/** The kind of things in each type of delta. Only `DEVICE_DELTA` is documented; the other types follow its pattern. */
const DELTAS: ReadonlyMap<unknown, Kind> = new Map(KINDS.map((kind) => [`${kind.toUpperCase()}_DELTA`, kind]));

/**
 * Reads the answer to a poll, which may also come as an array. Returns `undefined` for anything else. Skips deltas of
 * unknown kinds. Throws `COZIFY_BAD_ANSWER` if there are more things, or larger ones, than in any real home.
 */
export function readPollAnswer(answer: unknown): PollAnswer | undefined {
  const parts = (Array.isArray(answer) ? answer : [answer]).map(asRecord).filter((part) => part !== undefined);
  const polls = parts.filter((part) =>
    part['type'] === undefined
      ? Array.isArray(part['polls']) || asNumber(part['timestamp']) !== undefined
      : part['type'] === 'POLL_DELTA',
  );
  // A hub that sends arrays sends an empty array if nothing has changed.
  const isUnchanged = Array.isArray(answer) && answer.length === 0;
  if (polls.length === 0 && !isUnchanged) return undefined;
  const timestamps = polls.map(({ timestamp }) => asNumber(timestamp)).filter((at) => at !== undefined);
  const deltas: Delta[] = [];
  const unread = new Set<Kind>();
  const counts = new Map<Kind, number>();
  for (const item of polls.flatMap(({ polls: items }): unknown[] => (Array.isArray(items) ? items : []))) {
    const delta = asRecord(item);
    const kind = DELTAS.get(delta?.['type']);
    if (kind === undefined) continue;
    const things = asThingPairs(delta?.[`${kind}s`]);
    if (things === undefined) {
      unread.add(kind);
      continue;
    }
    const count = (counts.get(kind) ?? 0) + things.length;
    counts.set(kind, count);
    expectFewThings(count);
    expectUsualThings(kind, things);
    deltas.push({ kind, things });
  }
  return {
    isFull: polls.some(({ full }) => full === true),
    timestamp: timestamps.length === 0 ? null : Math.max(...timestamps),
    deltas,
    unread: [...unread],
  };
}

/**
 * Returns the lists of a complete answer. If a thing occurs twice, its last value is used. A kind is in `unread` if its
 * list has entries but none is a readable thing.
 */
export function listsOf(poll: PollAnswer): { lists: ReadonlyMap<Kind, ThingPairs>; unread: Kind[] } {
  const lists = new Map<Kind, ThingPairs>();
  const unread = new Set(poll.unread);
  for (const kind of new Set(poll.deltas.map((delta) => delta.kind))) {
    const deltas = poll.deltas.filter((delta) => delta.kind === kind);
    const things = presentThings([...new Map(deltas.flatMap((delta) => delta.things))]);
    if (things === undefined) unread.add(kind);
    else lists.set(kind, things);
  }
  return { lists, unread: [...unread] };
}

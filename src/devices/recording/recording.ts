/** The file format of recordings. */
import { asRecord, TIME_RANGE } from '../things/raw.js';

/** Names of the lists of things in the answers of a hub. */
export const LISTINGS = ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'] as const;
export type Listing = (typeof LISTINGS)[number];

/** Things of a home by list and id, as sent by the hub; null marks a removed thing. */
export type RecordedThings = Partial<Record<Listing, Record<string, Record<string, unknown> | null>>>;

/** The things of a home and their changes over a while, without data that identifies the home. */
export interface Recording {
  form: 'cozify-recording';
  version: 1;
  /** Whether the recording has the original names or replacements. */
  names: 'kept' | 'replaced';
  hubVersion: string;
  /** All things at the start. */
  things: RecordedThings;
  /** Polls with changes, in order of time. */
  polls: RecordedPoll[];
}

/** The changes of one poll. `at` is in milliseconds from the start. */
export interface RecordedPoll {
  at: number;
  changes: RecordedThings;
}

/** Start time of every recording. All times in a recording are shifted, so that the recording starts at this time. */
export const BEGINNING = Date.UTC(2026, 0, 1);

/** Whether a value is a map of things by id, as in recordings. */
export function areThings(list: unknown): list is NonNullable<RecordedThings[Listing]> {
  const things = asRecord(list);
  return (
    things !== undefined && Object.values(things).every((thing) => thing === null || asRecord(thing) !== undefined)
  );
}

/** Returns a copy of a value with `move` applied to each number in it that is a time, in milliseconds since 1970. */
export function withTimes(value: unknown, move: (time: number) => number): unknown {
  if (typeof value === 'number')
    return value > TIME_RANGE.min && value < TIME_RANGE.max ? Math.round(move(value)) : value;
  if (Array.isArray(value)) return value.map((item) => withTimes(item, move));
  const object = asRecord(value);
  if (object === undefined) return value;
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, withTimes(inner, move)]));
}

/** Returns the things in the answer to a poll, by the name of their list ("devices", "groups" and so on). */
export function thingsInPoll(answer: unknown): RecordedThings {
  const polls = deltaIn(answer)?.['polls'];
  const things: RecordedThings = {};
  for (const part of Array.isArray(polls) ? polls.map(asRecord) : []) {
    for (const listing of LISTINGS) {
      const list = part?.[listing];
      if (areThings(list)) things[listing] = { ...things[listing], ...list };
    }
  }
  return things;
}

/** Whether the answer to a poll is complete, so that things missing from it were removed. */
export function isFull(answer: unknown): boolean {
  return deltaIn(answer)?.['full'] === true;
}

/** Returns the hub's time from the answer to a poll; `undefined` if the answer has none. */
export function hubTimeIn(answer: unknown): number | undefined {
  const timestamp = deltaIn(answer)?.['timestamp'];
  return typeof timestamp === 'number' ? timestamp : undefined;
}

function deltaIn(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  return asRecord(Array.isArray(answer) ? answer[0] : answer);
}

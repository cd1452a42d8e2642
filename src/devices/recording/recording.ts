import { asRecord } from '../things/raw.js';

/** The lists of a hub. */
export const LISTINGS = ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'] as const;
export type Listing = (typeof LISTINGS)[number];

/** Things of a home by list and id, as a hub tells them; null is one that is no more. */
export type RecordedThings = Partial<Record<Listing, Record<string, Record<string, unknown> | null>>>;

/** A home and what happened in it for a while, with nothing in it that tells whose home it is. */
export interface Recording {
  form: 'cozify-recording';
  version: 1;
  /** Whether the names are those that the owner gave, or others in their place. */
  names: 'kept' | 'replaced';
  hubVersion: string;
  /** How the home was in the beginning. */
  things: RecordedThings;
  /** What each poll of the hub told, `at` so many milliseconds from the beginning. */
  polls: RecordedPoll[];
}

/** What a poll of the hub told. */
export interface RecordedPoll {
  at: number;
  changes: RecordedThings;
}

/** All recordings begin at this time; other times in them are as far from it as they were from the real one. */
export const BEGINNING = Date.UTC(2026, 0, 1);

/** Whether a value is a list of things by id, as recordings have them. */
export function areThings(list: unknown): list is NonNullable<RecordedThings[Listing]> {
  const things = asRecord(list);
  return (
    things !== undefined && Object.values(things).every((thing) => thing === null || asRecord(thing) !== undefined)
  );
}

/** The times of a value, in milliseconds since 1970, moved by `move`; other numbers stay. */
export function withTimes(value: unknown, move: (time: number) => number): unknown {
  if (typeof value === 'number') return value > 1e12 && value < 1e13 ? Math.round(move(value)) : value;
  if (Array.isArray(value)) return value.map((item) => withTimes(item, move));
  const object = asRecord(value);
  if (object === undefined) return value;
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, withTimes(inner, move)]));
}

/** The things in the answer to a poll, by list. */
export function thingsIn(answer: unknown): RecordedThings {
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

/** Whether an answer to a poll tells of everything, so that what is not in it is no more. */
export function isFull(answer: unknown): boolean {
  return deltaIn(answer)?.['full'] === true;
}

/** The hub's clock in the answer to a poll, if it says so. */
export function hubTimeIn(answer: unknown): number | undefined {
  const timestamp = deltaIn(answer)?.['timestamp'];
  return typeof timestamp === 'number' ? timestamp : undefined;
}

function deltaIn(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  return asRecord(Array.isArray(answer) ? answer[0] : answer);
}

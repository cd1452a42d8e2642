import { Anonymiser } from './anonymiser.js';
import {
  isFull,
  LISTINGS,
  type Listing,
  type RecordedPoll,
  type RecordedThings,
  type Recording,
  thingsIn,
} from './recording.js';

/** A recording that has grown to so many characters is at its end: it is kept in memory. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Of a version only its numbers are taken. */
const VERSION = /^\d{1,5}(?:\.\d{1,5}){0,5}/;

/** What a recording begins with. */
export interface RecorderStart {
  names: Recording['names'];
  hubVersion: string;
  /** By the hub's clock, in milliseconds. */
  startedAt: number;
  /** How the home is. */
  things: RecordedThings;
  /** In characters of what the polls have told; for tests. */
  most?: number;
}

/** Makes a recording of what a hub answers. Nothing that says whose home it is gets into it. */
export class HomeRecorder {
  readonly #head: Omit<Recording, 'polls'>;
  readonly #anonymiser: Anonymiser;
  readonly #most: number;
  readonly #known = new Map<Listing, Set<string>>();
  /** As JSON, which takes up the least. */
  readonly #polls: string[] = [];
  #characters = 0;

  constructor({ names, hubVersion, startedAt, things, most = MOST_CHARACTERS }: RecorderStart) {
    this.#anonymiser = new Anonymiser({ keepsNames: names === 'kept', startedAt });
    this.#most = most;
    for (const listing of LISTINGS) this.#known.set(listing, new Set(Object.keys(things[listing] ?? {})));
    const [numbers = ''] = VERSION.exec(hubVersion) ?? [];
    const cleaned = this.#anonymiser.clean(things);
    this.#head = { form: 'cozify-recording', version: 1, names, hubVersion: numbers, things: cleaned };
  }

  /** How often something has happened. */
  get count(): number {
    return this.#polls.length;
  }

  /** Whether it has grown so large that nothing more is taken in. */
  get isTooLarge(): boolean {
    return this.#characters >= this.#most;
  }

  /** Takes what a hub answered to a poll, `at` so many milliseconds from the beginning. */
  hear(answer: unknown, at: number): void {
    if (this.isTooLarge) return;
    const changes = thingsIn(answer);
    for (const listing of LISTINGS) this.#follow(listing, changes[listing], isFull(answer));
    if (Object.keys(changes).length === 0) return;
    const poll = JSON.stringify({ at, changes: this.#anonymiser.clean(changes) } satisfies RecordedPoll);
    this.#polls.push(poll);
    this.#characters += poll.length;
  }

  /** What is full tells of those that are no more by leaving them out. */
  #follow(listing: Listing, list: RecordedThings[Listing], isAll: boolean): void {
    const known = this.#known.get(listing);
    if (list === undefined || known === undefined) return;
    if (isAll) for (const id of known) if (!Object.hasOwn(list, id)) list[id] = null;
    for (const [id, thing] of Object.entries(list)) {
      if (thing === null) known.delete(id);
      else known.add(id);
    }
  }

  get recording(): Recording {
    return { ...this.#head, polls: this.#polls.map((poll) => JSON.parse(poll) as RecordedPoll) };
  }

  /** The text of its file, piece by piece: readable, with a line for each poll. */
  *pieces(): Generator<string> {
    yield JSON.stringify({ ...this.#head, polls: [] }, null, 1).replace(/\]\n\}$/, '');
    for (const [place, poll] of this.#polls.entries()) yield `${place === 0 ? '' : ','}\n${poll}`;
    yield '\n]}\n';
  }
}

/** Collects the answers of a hub for a recording. */
import { Anonymiser } from './anonymiser.js';
import {
  isFull,
  LISTINGS,
  type Listing,
  type RecordedPoll,
  type RecordedThings,
  type Recording,
  thingsInPoll,
} from './recording.js';

/** The maximum number of characters of a recording, because recordings are kept in memory. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** The numbers at the start of a version. The rest is not recorded. */
const VERSION = /^\d{1,5}(?:\.\d{1,5}){0,5}/;

/** Initial data of a recording. */
export interface RecorderStart {
  names: Recording['names'];
  hubVersion: string;
  /** Start time by the hub's clock, in milliseconds since 1970. */
  startedAt: number;
  /** All things of the home at the start. */
  things: RecordedThings;
  /** The maximum number of characters of all recorded polls together. Defaults to {@link MAX_CHARACTERS}. */
  most?: number;
}

/** Records the answers of a hub, without data that identifies the home. */
export class HomeRecorder {
  readonly #head: Omit<Recording, 'polls'>;
  readonly #anonymiser: Anonymiser;
  readonly #most: number;
  readonly #known = new Map<Listing, Set<string>>();
  /** Polls as JSON, to save memory. */
  readonly #polls: string[] = [];
  #characters = 0;

  constructor({ names, hubVersion, startedAt, things, most = MAX_CHARACTERS }: RecorderStart) {
    this.#anonymiser = new Anonymiser({ keepsNames: names === 'kept', startedAt });
    this.#most = most;
    for (const listing of LISTINGS) this.#known.set(listing, new Set(Object.keys(things[listing] ?? {})));
    const [numbers = ''] = VERSION.exec(hubVersion) ?? [];
    const cleaned = this.#anonymiser.clean(things);
    this.#head = { form: 'cozify-recording', version: 1, names, hubVersion: numbers, things: cleaned };
  }

  /** The number of polls with changes. */
  get count(): number {
    return this.#polls.length;
  }

  /** Whether the recording has reached its size limit and ignores further answers. */
  get isTooLarge(): boolean {
    return this.#characters >= this.#most;
  }

  /** Records the answer to a poll. `at` is in milliseconds from the start. */
  add(answer: unknown, at: number): void {
    if (this.isTooLarge) return;
    const changes = thingsInPoll(answer);
    for (const listing of LISTINGS) this.#trackIds(listing, changes[listing], isFull(answer));
    if (Object.keys(changes).length === 0) return;
    const poll = JSON.stringify({ at, changes: this.#anonymiser.clean(changes) } satisfies RecordedPoll);
    this.#polls.push(poll);
    this.#characters += poll.length;
  }

  /**
   * Tracks the known ids. A complete answer omits removed things, so their ids are added to `list` with the value null.
   */
  #trackIds(listing: Listing, list: RecordedThings[Listing], isAll: boolean): void {
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

  /** Returns the text of the recording's file, piece by piece: readable, with a line for each poll. */
  *pieces(): Generator<string> {
    yield JSON.stringify({ ...this.#head, polls: [] }, null, 1).replace(/\]\n\}$/, '');
    for (const [index, poll] of this.#polls.entries()) yield `${index === 0 ? '' : ','}\n${poll}`;
    yield '\n]}\n';
  }
}

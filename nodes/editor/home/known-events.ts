// The events at home that the home tab knows, and which of them it shows.
import type { Option } from '../shared/draw.js';
import { type HomeEvent, keyAcrossHubs } from './api.js';
import { EVENT_FILTERS, type EventFilter } from './filters.js';
import type { HomeTexts } from './texts.js';

export const MAX_EVENTS = 200;

/** The maximum number of events whose things are searched in one request. */
const MAX_ASKED = 50;

/** The search of the things in the home tab. The event log searches its events by it too. */
export interface TabSearch {
  isListed: (key: string) => boolean;
  /**
   * Searches the things with these ids, and returns the keys of the matches; `undefined` if the search failed or the
   * tab is hidden.
   */
  find: (ids: readonly string[]) => Promise<readonly string[] | undefined> | readonly string[] | undefined;
}

/** The active filters and their values, by name. */
type ActiveFilters = Readonly<Partial<Record<EventFilter, unknown>>>;

/** The newest events at home, with the filters and the search that decide which of them are shown. */
export class KnownEvents {
  readonly #texts: HomeTexts;
  readonly #search: TabSearch;
  readonly #filters: () => ActiveFilters;
  readonly #onFound: () => void;
  #events: HomeEvent[] = [];
  #words: string[] = [];
  /**
   * Whether the search matches a thing that is not in the list of the home tab, by the key of the thing. Contains only
   * things that the server was asked about.
   */
  #serverMatches = new Map<string, boolean>();

  /** `onFound`: called when the server has found further things, so that more events are to be shown. */
  constructor(texts: HomeTexts, search: TabSearch, filters: () => ActiveFilters, onFound: () => void) {
    this.#texts = texts;
    this.#search = search;
    this.#filters = filters;
    this.#onFound = onFound;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  clear(): void {
    this.#events = [];
  }

  /** Adds events. `isAll`: whether they replace all earlier events. */
  add(events: readonly HomeEvent[], isAll: boolean): void {
    this.#events = [...(isAll ? [] : this.#events), ...events].slice(-MAX_EVENTS);
    void this.ask();
  }

  /** Returns the events of a thing, the newest first. */
  of(key: string): HomeEvent[] {
    return this.#events.filter(({ thing }) => keyAcrossHubs(thing) === key).reverse();
  }

  /** Returns the events that pass the filters and the search, the newest first. */
  shown(events: readonly HomeEvent[] = this.#events): HomeEvent[] {
    return this.#filtered(events)
      .filter((event) => this.#isFound(event))
      .reverse();
  }

  /**
   * Shows only the events of things that the search finds, or whose name and room together contain all words of `text`.
   * Returns whether the words differ from the earlier ones.
   */
  search(text: string): boolean {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const isOther = words.join(' ') !== this.#words.join(' ');
    if (isOther) {
      this.#words = words;
      this.#serverMatches = new Map();
    }
    void this.ask();
    return isOther;
  }

  /** Returns the rooms, things or event types that occur in the events, as options of a filter. */
  optionsOf(name: EventFilter): Option[] {
    const texts = new Map(this.#events.map((event) => this.#filterOf(name, event)));
    const options = [...texts].map(([value, text]) => ({ value, text }));
    options.sort((one, other) => one.text.localeCompare(other.text));
    return options.filter(({ value }) => value !== '');
  }

  /** Asks the server which things that are not in the list of the home tab match the search. */
  async ask(): Promise<void> {
    const matches = this.#serverMatches;
    const asked = this.#filtered(this.#events)
      .filter((event) => !this.#isFound(event) && !matches.has(keyAcrossHubs(event.thing)))
      .slice(-MAX_ASKED);
    if (asked.length === 0) return;
    const found = await this.#search.find([...new Set(asked.map(({ thing }) => thing.id))]);
    // After another search, the answer is out of date.
    if (found === undefined || matches !== this.#serverMatches) return;
    for (const { thing } of asked) matches.set(keyAcrossHubs(thing), found.includes(keyAcrossHubs(thing)));
    this.#onFound();
    void this.ask();
  }

  /**
   * Returns the value of an event that a filter compares, such as the event's room, and the text of that value in the
   * select of the filter.
   */
  #filterOf(name: EventFilter, { event, thing }: HomeEvent): [value: string, text: string] {
    if (name === 'event') return [event, this.#texts.t(`home.event.${event}`)];
    const room = thing.room ?? '';
    if (name === 'room') return [room, room];
    return [keyAcrossHubs(thing), [thing.name, room].filter(Boolean).join(' · ')];
  }

  /** Returns the events that pass the filters. */
  #filtered(events: readonly HomeEvent[]): HomeEvent[] {
    const set = this.#filters();
    const names = EVENT_FILTERS.filter((name) => name in set);
    return events.filter((event) => names.every((name) => this.#filterOf(name, event)[0] === set[name]));
  }

  #isFound({ thing }: HomeEvent): boolean {
    const key = keyAcrossHubs(thing);
    const text = [thing.name, thing.room].join(' ').toLowerCase();
    const isNamed = this.#words.every((word) => text.includes(word));
    return isNamed || this.#search.isListed(key) || this.#serverMatches.get(key) === true;
  }
}

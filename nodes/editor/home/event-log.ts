// The list of events in the home tab.
import { replace } from '../shared/draw.js';
import { type HomeEvent, keyAcrossHubs } from './api.js';
import { EVENT_FILTERS, type EventFilter, FilterBar } from './filters.js';
import type { HomeTexts } from './texts.js';
import { nodeButton } from './tree.js';

const MAX_EVENTS = 200;

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

/** The events at home, the newest first. Each row shows the time, the thing, the event and its cause. */
export class EventLog {
  readonly #$log: JQuery;
  readonly #texts: HomeTexts;
  readonly #search: TabSearch;
  readonly #filters: FilterBar;
  #events: HomeEvent[] = [];
  #searchWords: string[] = [];
  /**
   * Whether the search matches a thing that is not in the list of the home tab, by the key of the thing. Contains only
   * things that the server was asked about.
   */
  #serverMatches = new Map<string, boolean>();

  constructor($log: JQuery, texts: HomeTexts, search: TabSearch) {
    this.#$log = $log;
    this.#texts = texts;
    this.#search = search;
    this.#filters = new FilterBar($log.parent(), texts, EVENT_FILTERS, () => {
      this.draw();
      void this.#askServer();
    });
    this.draw();
  }

  clear(): void {
    this.#events = [];
    this.#filters.clear();
  }

  /** Returns rows for the events of a thing, the newest first. */
  eventsOf(key: string): JQuery[] {
    return this.#events
      .filter(({ thing }) => keyAcrossHubs(thing) === key)
      .map((event) => this.#row(event))
      .reverse();
  }

  /** Adds events to the log. `isAll`: whether they replace all earlier events. */
  add(events: readonly HomeEvent[], isAll: boolean): void {
    if (events.length === 0 && !isAll) return;
    this.#events = [...(isAll ? [] : this.#events), ...events].slice(-MAX_EVENTS);
    void this.#askServer();
    this.#offerFilters();
    const shown = this.#filtered(events).filter((event) => this.#matchesSearch(event));
    if (isAll || this.#$log.children('[data-id]').length === 0) return this.draw();
    const { scrollTop, scrollHeight } = this.#$log[0] as Element;
    this.#$log.prepend(shown.map((event) => this.#row(event)).reverse());
    this.#$log.children('[data-id]').slice(MAX_EVENTS).remove();
    // Keeps the visible events in place if the user has scrolled down.
    if (scrollTop > 0) this.#$log.scrollTop(scrollTop + (this.#$log[0] as Element).scrollHeight - scrollHeight);
  }

  /**
   * Shows only the events of things that the search finds, or whose name and room together contain all words of `text`.
   */
  filter(text: string): void {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.join(' ') !== this.#searchWords.join(' ')) {
      this.#searchWords = words;
      this.#serverMatches.clear();
      this.#$log.scrollTop(0);
    }
    this.draw();
    void this.#askServer();
  }

  /** Asks the server which things that are not in the list of the home tab match the search, and shows their events. */
  async #askServer(): Promise<void> {
    const words = this.#searchWords;
    const asked = this.#filtered()
      .filter((event) => !this.#matchesSearch(event) && !this.#serverMatches.has(keyAcrossHubs(event.thing)))
      .slice(-MAX_ASKED);
    if (asked.length === 0) return;
    const found = await this.#search.find([...new Set(asked.map(({ thing }) => thing.id))]);
    if (found === undefined || words !== this.#searchWords) return;
    for (const { thing } of asked) this.#serverMatches.set(keyAcrossHubs(thing), found.includes(keyAcrossHubs(thing)));
    if (found.length > 0) this.draw();
    void this.#askServer();
  }

  /** Offers the rooms, things and event types that occur in the log as filters. */
  #offerFilters(): void {
    for (const name of EVENT_FILTERS) {
      const texts = new Map(this.#events.map((event) => this.#filterOf(name, event)));
      texts.delete('');
      const options = [...texts].map(([value, text]) => ({ value, text }));
      options.sort((one, other) => one.text.localeCompare(other.text));
      this.#filters.offer(name, options);
    }
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
  #filtered(events: readonly HomeEvent[] = this.#events): HomeEvent[] {
    const { set } = this.#filters;
    const names = EVENT_FILTERS.filter((name) => set[name] !== undefined);
    return events.filter((event) => names.every((name) => this.#filterOf(name, event)[0] === set[name]));
  }

  #matchesSearch({ thing }: HomeEvent): boolean {
    const key = keyAcrossHubs(thing);
    const text = `${thing.name} ${thing.room ?? ''}`.toLowerCase();
    const isNamed = this.#searchWords.every((word) => text.includes(word));
    return isNamed || this.#search.isListed(key) || this.#serverMatches.get(key) === true;
  }

  /** Draws the events. Call it also after nodes have changed, because an event may show the name of a node. */
  draw(): void {
    const scrollTop = this.#$log.scrollTop() ?? 0;
    const rows = this.#filtered()
      .filter((event) => this.#matchesSearch(event))
      .map((event) => this.#row(event));
    const nothing = this.#texts.t(this.#events.length > 0 ? 'picker.none' : 'home.noEvents');
    replace(this.#$log, rows.length > 0 ? rows.reverse() : [$('<p>').text(nothing)]);
    this.#$log.scrollTop(scrollTop);
  }

  #row(event: HomeEvent): JQuery {
    const { at, thing } = event;
    const who = this.#texts.who(event);
    const $who = who?.node === undefined ? $('<span>').text(who?.text ?? '') : nodeButton(who.node, who.text);
    return $('<div class="cozify-home-event">')
      .attr({ 'data-kind': thing.kind, 'data-id': thing.id, 'data-hub': thing.hub, 'data-event': event.event })
      .append(
        $('<time>').attr('datetime', at).text(this.#texts.time(at)),
        ' ',
        $('<b>').text(thing.name),
        ' ',
        $('<span>').text(this.#texts.what(event)),
        ...(who === undefined ? [] : [' · ', $who.addClass('cozify-home-who')]),
      );
  }
}

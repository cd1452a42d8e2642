// The list of events in the home tab.
import { replace } from '../shared/draw.js';
import type { HomeEvent } from './api.js';
import { EVENT_FILTERS, FilterBar } from './filters.js';
import { KnownEvents, MAX_EVENTS, type TabSearch } from './known-events.js';
import type { HomeTexts } from './texts.js';
import { nodeButton } from './tree.js';

/** The events at home, the newest first. Each row shows the time, the thing, the event and its cause. */
export class EventLog {
  readonly #$log: JQuery;
  readonly #texts: HomeTexts;
  readonly #filters: FilterBar;
  readonly #events: KnownEvents;

  constructor($log: JQuery, texts: HomeTexts, search: TabSearch) {
    this.#$log = $log;
    this.#texts = texts;
    this.#filters = new FilterBar($log.parent(), texts, EVENT_FILTERS, () => {
      this.draw();
      void this.#events.ask();
    });
    this.#events = new KnownEvents(
      texts,
      search,
      () => this.#filters.set,
      () => this.draw(),
    );
    this.draw();
  }

  clear(): void {
    this.#events.clear();
    this.#filters.clear();
  }

  /** Returns rows for the events of a thing, the newest first. */
  eventsOf(key: string): JQuery[] {
    return this.#events.of(key).map((event) => this.#row(event));
  }

  /** Adds events to the log. `isAll`: whether they replace all earlier events. */
  add(events: readonly HomeEvent[], isAll: boolean): void {
    if (events.length === 0 && !isAll) return;
    this.#events.add(events, isAll);
    for (const name of EVENT_FILTERS) this.#filters.offer(name, this.#events.optionsOf(name));
    if (isAll || this.#$log.children('[data-id]').length === 0) return this.draw();
    const log = this.#$log[0] as Element;
    const { scrollTop, scrollHeight } = log;
    this.#$log.prepend(this.#events.shown(events).map((event) => this.#row(event)));
    this.#$log.children('[data-id]').slice(MAX_EVENTS).remove();
    // Keeps the visible events in place if the user has scrolled down.
    if (scrollTop > 0) log.scrollTop = scrollTop + log.scrollHeight - scrollHeight;
  }

  /**
   * Shows only the events of things that the search finds, or whose name and room together contain all words of `text`.
   */
  filter(text: string): void {
    if (this.#events.search(text)) this.#$log.scrollTop(0);
    this.draw();
  }

  /** Draws the events. Call it also after nodes have changed, because an event may show the name of a node. */
  draw(): void {
    const log = this.#$log[0] as Element;
    const { scrollTop } = log;
    const rows = this.#events.shown().map((event) => this.#row(event));
    const nothing = this.#texts.t(this.#events.isEmpty ? 'home.noEvents' : 'picker.none');
    replace(this.#$log, rows.length > 0 ? rows : [$('<p>').text(nothing)]);
    log.scrollTop = scrollTop;
  }

  #row(event: HomeEvent): JQuery {
    const { at, thing } = event;
    const who = this.#texts.who(event);
    return $('<div class="cozify-home-event">')
      .attr({ 'data-kind': thing.kind, 'data-id': thing.id, 'data-hub': thing.hub, 'data-event': event.event })
      .append(
        $('<time>').attr('datetime', at).text(this.#texts.time(at)),
        ' ',
        $('<b>').text(thing.name),
        ' ',
        $('<span>').text(this.#texts.what(event)),
        ...(who === undefined ? [] : [' · ', whoOf(who).addClass('cozify-home-who')]),
      );
  }
}

/** Returns the author of an event as an element: a button if it is a node, which the button shows in its flow. */
function whoOf({ text, node }: { text: string; node?: string }): JQuery {
  return node === undefined ? $('<span>').text(text) : nodeButton(node, text);
}

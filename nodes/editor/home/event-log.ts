import type { HomeEvent } from './home-api.js';
import type { HomeTexts } from './texts.js';
import { nodeButton } from './thing-tree.js';
import { thingKey } from './uses.js';

/** So many are shown. */
const MOST_EVENTS = 200;

/** No more things are asked for at once. */
const MOST_ASKED = 50;

/** What the search has found. */
export interface Search {
  /** Whether a thing is in the list. */
  isListed: (key: string) => boolean;
  /** The keys of those of some things that are found, in the list or not; `undefined` where nobody knows. */
  find: (ids: readonly string[]) => Promise<readonly string[] | undefined> | readonly string[] | undefined;
}

/** What happened at home, the newest first: when, to what, what, and who did it. */
export class EventLog {
  readonly #$log: JQuery;
  readonly #texts: HomeTexts;
  readonly #search: Search;
  #events: HomeEvent[] = [];
  #words: string[] = [];
  /** Whether the search finds what is not in the list, by its key, as far as was asked. */
  #found = new Map<string, boolean>();

  constructor($log: JQuery, texts: HomeTexts, search: Search) {
    this.#$log = $log;
    this.#texts = texts;
    this.#search = search;
    this.#draw();
  }

  clear(): void {
    this.#events = [];
    this.#draw();
  }

  /** `isAll`: these are in place of all others. */
  add(events: readonly HomeEvent[], isAll: boolean): void {
    if (events.length === 0 && !isAll) return;
    this.#events = [...(isAll ? [] : this.#events), ...events].slice(-MOST_EVENTS);
    void this.#look();
    const shown = events.filter((event) => this.#isWanted(event));
    if (isAll || this.#$log.children('[data-id]').length === 0) return this.#draw();
    const { scrollTop, scrollHeight } = this.#$log[0] as Element;
    this.#$log.prepend(shown.map((event) => this.#row(event)).reverse());
    this.#$log.children('[data-id]').slice(MOST_EVENTS).remove();
    // Who reads further down goes on reading.
    if (scrollTop > 0) this.#$log.scrollTop(scrollTop + (this.#$log[0] as Element).scrollHeight - scrollHeight);
  }

  /** Shows those alone in which each of these words is, or that are of a thing which the search has found. */
  filter(text: string): void {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.join(' ') !== this.#words.join(' ')) {
      this.#words = words;
      this.#found.clear();
      this.#$log.scrollTop(0);
    }
    this.#draw();
    void this.#look();
  }

  /** Asks for what is not in the list whether the search finds it, and shows that as well. */
  async #look(): Promise<void> {
    const words = this.#words;
    const asked = this.#events
      .filter((event) => !this.#isWanted(event) && !this.#found.has(thingKey(event.thing)))
      .slice(-MOST_ASKED);
    if (asked.length === 0) return;
    const found = await this.#search.find([...new Set(asked.map(({ thing }) => thing.id))]);
    if (found === undefined || words !== this.#words) return;
    for (const { thing } of asked) this.#found.set(thingKey(thing), found.includes(thingKey(thing)));
    if (found.length > 0) this.#draw();
    void this.#look();
  }

  /** Nodes may be called otherwise now. */
  refresh(): void {
    for (const one of this.#$log.find('[data-node]').toArray()) {
      const name = this.#texts.nodeNamed($(one).attr('data-node') ?? '');
      if (name !== undefined && $(one).text() !== name) $(one).text(name);
    }
  }

  #isWanted({ thing }: HomeEvent): boolean {
    const text = `${thing.name} ${thing.room ?? ''}`.toLowerCase();
    return this.#words.every((word) => text.includes(word)) || this.#isFound(thingKey(thing));
  }

  #isFound(key: string): boolean {
    return this.#search.isListed(key) || this.#found.get(key) === true;
  }

  #draw(): void {
    const scrollTop = this.#$log.scrollTop() ?? 0;
    const rows = this.#events.filter((event) => this.#isWanted(event)).map((event) => this.#row(event));
    const nothing = this.#texts.t(this.#events.length > 0 ? 'picker.none' : 'home.noEvents');
    this.#$log
      .empty()
      .append(rows.length > 0 ? rows.reverse() : $('<p>').text(nothing))
      .scrollTop(scrollTop);
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

// The list of a home: its rows, its headings, and the part that is loaded.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { type FeedAnswer, thingKey } from './api.js';
import type { HomeTexts } from './texts.js';
import type { Row } from './tree.js';

/** Interval after which an unreachable hub is listed again, in seconds. */
const SOON_S = 3;

type FollowedHub = FeedAnswer['hubs'][number];

/** The part of the home that is listed: its size and age, and whether the home has changed since. */
export class Listed {
  /** The least number of things to load at a restart; more than are listed if a page failed to load. */
  minimum = 1;
  /** The last page, without its things. */
  #page: Omit<ThingPage, 'things'> = { next: null, total: 0, asOf: null, away: false };
  /** The hubs at the time of a list in which a hub was unreachable; `undefined` after all have answered. */
  #asked: ReadonlyMap<string, FollowedHub> | undefined;
  /** The latest state of each hub in the feed, by id. */
  #followed: ReadonlyMap<string, FollowedHub> = new Map();

  take(page: Omit<ThingPage, 'things'>): void {
    if (!page.away) this.#asked = undefined;
    else if (!this.#page.away) this.#asked = this.#followed;
    this.#page = page;
  }

  /** Start of the next page. */
  get next(): string | null {
    return this.#page.next;
  }

  /** How long the next long poll may last, in seconds. */
  get patienceS(): number {
    // The feed sends no event when a hub answers that was not reported as unreachable.
    const isHubExpected = this.#asked !== undefined && [...this.#followed.values()].every(({ away }) => !away);
    return isHubExpected ? SOON_S : Infinity;
  }

  /** Whether the count covers the whole home. */
  isAll(count: number): boolean {
    return count >= this.#page.total;
  }

  /**
   * Returns texts for the number of listed things and, if the hub is unreachable, for their age. `isFull`: the list
   * can't grow.
   */
  words(count: number, isFull: boolean, texts: HomeTexts): [shown: string, asOf: string] {
    const { t } = texts;
    const { total, hidden = 0, away, asOf } = this.#page;
    const shown = [
      total === 0 ? t('picker.none') : t('home.shown', { count, total }),
      hidden === 0 ? '' : t('home.filter.hidden', { count: hidden }),
      isFull && !this.isAll(count) ? t('home.tooMany') : '',
    ];
    return [shown.filter(Boolean).join(' '), away && asOf !== null ? t('home.asOf', { time: texts.time(asOf) }) : ''];
  }

  /**
   * Whether to load the list again: since the feed's previous answer something was added, removed, moved or renamed, or
   * a hub that was unreachable in the list has answered.
   */
  isOutdated(hubs: FeedAnswer['hubs']): boolean {
    const before = this.#followed;
    this.#followed = new Map([...before, ...hubs.map((hub) => [hub.id, hub] as const)]);
    const isRevised = ({ id, revision }: FollowedHub): boolean => {
      const known = before.get(id)?.revision ?? 0;
      // A home whose revision was unknown is covered by the list, unless its hub was unreachable.
      return revision !== known && (known !== 0 || this.#page.away);
    };
    const asked = this.#asked;
    const hasAnswered = ({ id, away, asOf }: FollowedHub): boolean => !away && asOf !== (asked?.get(id)?.asOf ?? null);
    const isBack = asked !== undefined && hubs.every(hasAnswered);
    if (isBack) this.#asked = undefined;
    return isBack || hubs.some(isRevised);
  }
}

/** Data for the headings of a list. */
interface Headings {
  readonly texts: HomeTexts;
  readonly rooms: ReadonlyMap<string, Thing>;
  /** The hubs by id. With several hubs each has a heading. */
  readonly hubs: ReadonlyMap<string, string>;
}

/**
 * Makes a row for each thing, below the heading of its room or kind. `before`: keys of the headings that are already
 * shown.
 */
export function rowsOf(things: readonly Thing[], before: Set<string>, headings: Headings): Row[] {
  const rows: Row[] = [];
  const { texts, hubs, rooms } = headings;
  const depth = hubs.size > 1 ? 1 : 0;
  const addHeading = (target: SavedTarget, level: number, actions: readonly string[] = []): void => {
    const key = thingKey(target);
    if (!before.has(key)) rows.push({ key, level, target, actions });
    before.add(key);
  };
  for (const thing of things) {
    const { hub, kind, id, name, roomId } = thing;
    if (depth > 0) addHeading({ hub, kind: 'hub', id: hub, name: hubs.get(hub) ?? hub }, 1);
    const title = texts.section(thing);
    if (kind === 'device' && roomId !== null) {
      const room = { hub, kind: 'room', id: roomId, name: title };
      const does = rooms.get(thingKey(room))?.does ?? [];
      addHeading(room, depth + 1, does.includes('command') ? ['command', 'changes'] : ['changes']);
    } else addHeading({ hub, kind: 'section', id: kind, name: title }, depth + 1);
    const target: SavedTarget = { hub, kind, id, name };
    rows.push({ key: thingKey(target), level: depth + 2, target, actions: actionsOf(thing), thing });
  }
  return rows;
}

/** Returns the actions that a thing supports, whether or not it is reachable. */
function actionsOf({ does, kind, capabilities, state }: Thing): string[] {
  const can = (what: 'read' | 'command' | 'blink' | 'buttons'): boolean => does.includes(what);
  // A blind or a thermostat takes commands, but has no on/off state.
  const isSwitch = kind !== 'device' || capabilities.includes('ON_OFF') || state['on'] !== undefined;
  const canSwitch = can('command') && isSwitch && kind !== 'alarm';
  return [
    ...(can('command') ? ['command'] : []),
    ...(can('buttons') ? ['button'] : []),
    ...(can('read') ? ['changes', 'read'] : []),
    ...(canSwitch ? ['on'] : []),
    ...(canSwitch && kind !== 'scene' ? ['off'] : []),
    ...(can('blink') ? ['blink'] : []),
  ];
}

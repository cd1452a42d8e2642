// The list of a home: its rows, its headings, and the part that is loaded.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import type { FeedAnswer } from './api.js';
import type { HomeTexts } from './texts.js';
import type { Row } from './tree.js';
import { thingKey } from './uses.js';

/** Interval after which an unreachable hub is listed again, in seconds. */
const SOON_S = 3;

type FollowedHub = FeedAnswer['hubs'][number];

/** The part of the home that is listed: its size and age, and whether the home has changed since. */
export class Listed {
  /** Start of the next page. */
  next: string | null = null;
  /** The least number of things to load at a restart; more than are listed if a page failed to load. */
  minimum = 1;
  #total = 0;
  #hidden = 0;
  #asOf: string | null = null;
  #isAway = false;
  /** The hubs at the time of a list in which a hub was unreachable; `undefined` after all have answered. */
  #asked: ReadonlyMap<string, FollowedHub> | undefined;
  /** The latest state of each hub in the feed, by id. */
  #followed: ReadonlyMap<string, FollowedHub> = new Map();

  take({ next, total, hidden = 0, asOf, away }: Omit<ThingPage, 'things'>): void {
    if (!away) this.#asked = undefined;
    else if (!this.#isAway) this.#asked = this.#followed;
    [this.next, this.#total, this.#hidden, this.#asOf, this.#isAway] = [next, total, hidden, asOf, away];
  }

  /** How long the next long poll may last, in seconds. */
  get patienceS(): number {
    // The feed sends no event when a hub answers that was not reported as unreachable.
    const isHubExpected = this.#asked !== undefined && [...this.#followed.values()].every(({ away }) => !away);
    return isHubExpected ? SOON_S : Infinity;
  }

  /** Whether the count covers the whole home. */
  isAll(count: number): boolean {
    return count >= this.#total;
  }

  /**
   * Returns texts for the number of listed things and, if the hub is unreachable, for their age. `isFull`: the list
   * can't grow.
   */
  words(count: number, isFull: boolean, texts: HomeTexts): [shown: string, asOf: string] {
    const { t } = texts;
    const total = this.#total;
    const shown = total === 0 ? t('picker.none') : t('home.shown', { count, total });
    const isCut = isFull && !this.isAll(count);
    const hidden = this.#hidden === 0 ? [] : [t('home.filter.hidden', { count: this.#hidden })];
    const asOf = this.#isAway && this.#asOf !== null ? t('home.asOf', { time: texts.time(this.#asOf) }) : '';
    return [[shown, ...hidden, ...(isCut ? [t('home.tooMany')] : [])].join(' '), asOf];
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
      return revision !== known && (known !== 0 || this.#isAway);
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
  const { texts, hubs } = headings;
  const depth = hubs.size > 1 ? 1 : 0;
  const head = (row: Row): void => {
    if (before.has(row.key)) return;
    before.add(row.key);
    rows.push(row);
  };
  for (const thing of things) {
    const { hub, kind, id, name } = thing;
    if (depth > 0) {
      const target = { hub, kind: 'hub', id: hub, name: hubs.get(hub) ?? hub };
      head({ key: thingKey(target), level: 1, target, actions: [] });
    }
    head(headingOf(thing, depth + 1, texts, headings.rooms));
    const target: SavedTarget = { hub, kind, id, name };
    rows.push({ key: thingKey(target), level: depth + 2, target, actions: actionsOf(thing), thing });
  }
  return rows;
}

function headingOf(thing: Thing, level: number, texts: HomeTexts, rooms: ReadonlyMap<string, Thing>): Row {
  const { hub, kind, roomId } = thing;
  const name = texts.section(thing);
  if (kind !== 'device' || roomId === null) {
    const target = { hub, kind: 'section', id: kind, name };
    return { key: thingKey(target), level, target, actions: [] };
  }
  const target = { hub, kind: 'room', id: roomId, name };
  const does = rooms.get(thingKey(target))?.does ?? [];
  const actions = does.includes('command') ? ['command', 'changes'] : ['changes'];
  return { key: thingKey(target), level, target, actions };
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

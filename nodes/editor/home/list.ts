// The list of a home: its rows, its headings, and how much of it is loaded.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import { nameForNode } from '../../../src/text.js';
import { type SavedTarget, targetOf } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { type FeedAnswer, keyAcrossHubs } from './api.js';
import type { HomeTexts } from './texts.js';
import type { TreeRow } from './tree.js';

/** Duration of a long poll while an unreachable hub is expected to answer soon, in seconds. */
const SOON_S = 3;

type FollowedHub = FeedAnswer['hubs'][number];

/** The state of the list: how much of the home it shows, how old it is, and whether the home has changed since. */
export class ListState {
  /**
   * The number of things that the list must have before its next page may be loaded. It is one more than the number of
   * the listed things after the next page has failed to load, until the list is loaded again; otherwise 1.
   */
  requiredCount = 1;
  /** The last page that was loaded, without its things. */
  #page: Omit<ThingPage, 'things'> = { next: null, total: 0, asOf: null, away: false };
  /**
   * The states of all hubs when the list was loaded, if a hub was unreachable then. `undefined` if all hubs were
   * reachable, or have answered since.
   */
  #hubsWhenAway: ReadonlyMap<string, FollowedHub> | undefined;
  /** The latest state of each hub from the long polls, by hub id. */
  #followed: ReadonlyMap<string, FollowedHub> = new Map();

  take(page: Omit<ThingPage, 'things'>): void {
    if (!page.away) this.#hubsWhenAway = undefined;
    else if (!this.#page.away) this.#hubsWhenAway = this.#followed;
    this.#page = page;
  }

  /** The start position of the next page; `null` after the last page. */
  get next(): string | null {
    return this.#page.next;
  }

  /** The maximum duration of the next long poll, in seconds. */
  get maxPollS(): number {
    // If a hub was unreachable when the list was loaded, but the long polls did not report that, they will not report
    // its return, either. The next poll is therefore short.
    const isHubExpected = this.#hubsWhenAway !== undefined && [...this.#followed.values()].every(({ away }) => !away);
    return isHubExpected ? SOON_S : Infinity;
  }

  /** Whether the list is complete if it shows this number of things. */
  isAll(count: number): boolean {
    return count >= this.#page.total;
  }

  /**
   * Returns texts for the number of listed things and, if a hub is unreachable, for the age of their values. `isFull`:
   * whether the list has reached its maximum length.
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
   * Stores the states of the hubs from the answer to a long poll. Returns whether the list has to be loaded again:
   * because something was added, removed, moved or renamed, or because a hub that was unreachable when the list was
   * loaded has answered.
   */
  isOutdated(hubs: FeedAnswer['hubs']): boolean {
    const before = this.#followed;
    this.#followed = new Map([...before, ...hubs.map((hub) => [hub.id, hub] as const)]);
    const isRevised = ({ id, revision }: FollowedHub): boolean => {
      const known = before.get(id)?.revision ?? 0;
      // The first revision that is known of a hub is not a change, because the list already shows the home at that
      // revision. If a hub was unreachable, however, the list may be older than that revision.
      return revision !== known && (known !== 0 || this.#page.away);
    };
    const hubsWhenAway = this.#hubsWhenAway;
    const hasAnswered = ({ id, away, asOf }: FollowedHub): boolean =>
      !away && asOf !== (hubsWhenAway?.get(id)?.asOf ?? null);
    const isBack = hubsWhenAway !== undefined && hubs.every(hasAnswered);
    if (isBack) this.#hubsWhenAway = undefined;
    return isBack || hubs.some(isRevised);
  }
}

/** The texts and names for the headings of a list. */
interface Headings {
  readonly texts: HomeTexts;
  readonly rooms: ReadonlyMap<string, Thing>;
  /** The names of the hubs, by id. If there are several hubs, each has a heading. */
  readonly hubs: ReadonlyMap<string, string>;
}

/**
 * Makes a row for each thing, below the heading of its room or kind. `before`: the keys of the headings that are
 * already shown; the keys of new headings are added.
 */
export function rowsOf(things: readonly Thing[], before: Set<string>, headings: Headings): TreeRow[] {
  const rows: TreeRow[] = [];
  const { texts, hubs, rooms } = headings;
  const depth = hubs.size > 1 ? 1 : 0;
  const addHeading = (target: SavedTarget, level: number, actions: readonly string[] = []): void => {
    const key = keyAcrossHubs(target);
    if (!before.has(key)) rows.push({ key, level, target, actions });
    before.add(key);
  };
  for (const thing of things) {
    const { hub, kind, roomId } = thing;
    if (depth > 0) addHeading({ hub, kind: 'hub', id: hub, name: hubs.get(hub) ?? hub }, 1);
    const title = texts.section(thing);
    if (kind === 'device' && roomId !== null) {
      const room = { hub, kind: 'room', id: roomId, name: nameForNode(title) };
      const does = rooms.get(keyAcrossHubs(room))?.does ?? [];
      addHeading(room, depth + 1, does.includes('command') ? ['command', 'changes'] : ['changes']);
    } else addHeading({ hub, kind: 'section', id: kind, name: title }, depth + 1);
    const target = targetOf(thing);
    rows.push({ key: keyAcrossHubs(target), level: depth + 2, target, actions: actionsOf(thing), thing });
  }
  return rows;
}

/** Returns the names of the buttons for a thing: one for each action that it supports, even while it is unreachable. */
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

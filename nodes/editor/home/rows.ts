import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import type { HomeTexts } from './texts.js';
import type { Row } from './thing-tree.js';
import { thingKey } from './uses.js';

/** Data for the headings of a list. */
export interface Headings {
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

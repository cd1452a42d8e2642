import type { ListedState } from '../../src/homes-api.js';
import type { Language } from '../../src/nodes-api.js';
import type { DashboardTexts } from './texts.js';
import { type Widget, type WidgetKind, widgetsOf } from './widgets.js';

/** A device or scene with its widgets. */
export interface ThingWithWidgets {
  thing: ListedState;
  widgets: Widget[];
}

/** A section of a dashboard: a room, the devices without a room, or the scenes of a hub. */
export interface Section {
  key: string;
  name: string;
  things: ThingWithWidgets[];
}

/**
 * Returns the sections in the order of the things. If sections of different hubs have the same name, adds the hub's
 * name to it, and a number if the names are still equal.
 */
export function sectionsOf(
  things: readonly ListedState[],
  hubs: ReadonlyMap<string, string>,
  language: Language,
  texts: DashboardTexts,
): Section[] {
  const sections = new Map<string, Section & { hub: string }>();
  for (const thing of things) {
    const widgets = widgetsOf(thing, language);
    if (widgets.length === 0) continue;
    const { hub, kind, room, roomId } = thing;
    const key = `${hub}/${kind === 'device' ? (roomId ?? '') : kind}`;
    const name = kind === 'scene' ? texts.scenes : (room ?? texts.otherDevices);
    const section = sections.get(key) ?? { key, hub, name, things: [] };
    sections.set(key, section);
    section.things.push({ thing, widgets });
  }
  const all = [...sections.values()];
  const taken = new Set<string>();
  return all.map(({ key, hub, name, things: own }) => {
    const isAtOtherHub = all.some((other) => other.name === name && other.hub !== hub);
    const unique = unused(isAtOtherHub ? `${name} (${hubs.get(hub) ?? hub})` : name, taken);
    taken.add(unique);
    return { key, name: unique, things: own };
  });
}

/** Returns the kind of each widget of a section, including the chart if the section has one. */
export function widgetKindsOf(things: readonly ThingWithWidgets[]): WidgetKind[] {
  const kinds = things.flatMap(({ widgets }) => widgets.map(({ kind }) => kind));
  return thermometersIn(things).length > 0 ? [...kinds, 'chart'] : kinds;
}

/** Returns the devices whose temperature has a widget. */
export function thermometersIn(things: readonly ThingWithWidgets[]): ListedState[] {
  return things.filter(({ widgets }) => widgets.some(isTemperature)).map(({ thing }) => thing);
}

/** Returns the name, or the name with a number if it is already taken. */
export function unused(name: string, taken: ReadonlySet<unknown>, separator = ' '): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}${separator}${count}`;
  return free;
}

function isTemperature({ field, kind }: Widget): boolean {
  return field === 'temperature' && kind === 'value';
}

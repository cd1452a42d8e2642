import type { ListedState } from '../../src/homes-api.js';
import { homesApi, type Language } from '../../src/nodes-api.js';

/** The kinds of widgets, in the order in which a summary lists them. */
export const WIDGET_KINDS = ['switch', 'slider', 'target', 'choice', 'state', 'value', 'chart', 'button'] as const;
export type WidgetKind = (typeof WIDGET_KINDS)[number];

/** A dashboard widget for one field of a device, or for a scene. */
export interface Widget {
  kind: WidgetKind;
  /** The state field that this widget shows. Empty for a button. */
  field: string;
  label: string;
  unit: string;
  /** The lower limit of a slider or of a target temperature. */
  min?: number;
  /** The upper limit of a slider or of a target temperature. */
  max?: number;
  /** The options of a choice, which is a drop-down list. */
  options?: { value: string; label: string }[];
}

/** Sirens and alarm devices have no switch, because a slip of the finger would set them off. */
const NOISY_TYPES: readonly (string | null)[] = ['SIREN', 'ALARM_DEVICE'];

/** Boolean fields that a dashboard shows as words, for example "open" or "closed". */
const STATES = ['open', 'leak', 'smoke', 'co', 'ring', 'motion', 'home', 'dark'];

/**
 * If a device has one of these fields, its measurements are not shown: nobody needs, for example, the temperature
 * inside a smoke alarm.
 */
const STATES_ALONE: readonly string[] = ['open', 'leak', 'smoke', 'co', 'ring'];

const VALUES = ['temperature', 'humidity', 'co2', 'voc', 'pressure', 'illuminance', 'power', 'energyToday'];

const SLIDERS = ['brightness', 'position', 'tilt', 'volume'];

/**
 * The usual range of a thermostat, in degrees. A device with a higher target, such as a boiler, gets the range that the
 * device reports.
 */
const USUAL_TARGET = { min: 5, max: 35 };

/** Returns the widgets of a device or scene; none for a thing that a dashboard can't show, such as a remote control. */
export function widgetsOf(thing: ListedState, language: Language): Widget[] {
  if (thing.kind === 'scene') return [{ kind: 'button', field: '', label: thing.name, unit: '' }];
  const widgets = [...controlsOf(thing, language), ...readingsOf(thing)];
  return widgets.map((widget, index) => ({ ...widget, label: index === 0 ? thing.name : labelOf(widget) }));

  function labelOf({ kind, field }: Widget): string {
    const name = homesApi().shortFieldName(field, language);
    // On a phone, a long label leaves no room for the slider. The slider is below the switch of its lamp, so the lamp's
    // name is not needed.
    return kind === 'slider' ? name.charAt(0).toUpperCase() + name.slice(1) : `${thing.name}, ${name}`;
  }
}

function controlsOf({ type, abilities = [], state }: ListedState, language: Language): Widget[] {
  const able = new Map(abilities.map((ability) => [ability.field, ability]));
  const widgets: Widget[] = [];
  if (able.has('on') && !NOISY_TYPES.includes(type)) widgets.push(bare('switch', 'on'));
  for (const field of SLIDERS) {
    const { min = 0, max = 100 } = able.get(field) ?? {};
    // The slider starts at 1, because a brightness of 0 would switch the lamp off, and there is a switch for that.
    if (able.has(field)) widgets.push({ ...bare('slider', field), min: field === 'brightness' ? 1 : min, max });
  }
  const target = able.get('targetTemperature');
  if (target !== undefined) {
    const isUsual = Number(state['targetTemperature'] ?? 0) <= USUAL_TARGET.max;
    const { min = 0, max = 100 } = isUsual ? USUAL_TARGET : target;
    widgets.push({ ...bare('target', 'targetTemperature'), min, max });
  }
  const words = able.get('mode')?.words ?? [];
  const options = words.map((value) => ({ value, label: homesApi().wordText('mode', value, language) }));
  if (options.length > 0) widgets.push({ ...bare('choice', 'mode'), options });
  return widgets;
}

function readingsOf({ type, state }: ListedState): Widget[] {
  const has = (field: string): boolean => state[field] !== undefined;
  const states = [...STATES, ...(NOISY_TYPES.includes(type) ? ['on'] : [])].filter(has);
  const isMeter = typeof state['flow'] === 'number' && has('volume');
  const values = states.some((field) => STATES_ALONE.includes(field)) ? [] : VALUES.filter(has);
  return [
    ...states.map((field) => bare('state', field)),
    ...values.map((field) => bare('value', field)),
    ...(isMeter ? [{ ...bare('value', 'volume'), unit: 'l' }] : []),
    ...(has('energy') && !has('energyToday') ? [bare('value', 'energy')] : []),
  ];
}

function bare(kind: WidgetKind, field: string): Widget {
  return { kind, field, label: '', unit: homesApi().fieldOf(field)?.unit ?? '' };
}

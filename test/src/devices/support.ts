import type { NewRecord } from '../../../src/devices/home/change-log.js';
import type { RawRecord } from '../../../src/devices/things/raw.js';

/** A time on the hub's clock. */
export const AT = Date.UTC(2026, 10, 3, 12, 0, 0);
export const ISO = '2026-11-03T12:00:00.000Z';

export const HUB = 'hub-1';

/** A device in the format of a hub. */
export interface RawDevice {
  id: string;
  name: string;
  type: string;
  room: unknown;
  capabilities: unknown;
  state: Record<string, unknown>;
  timestamp: number;
  [attribute: string]: unknown;
}

/** A lamp with colours, on at 60 %. */
export function lamp(id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice {
  return {
    id,
    name: `Lamppu ${id}`,
    type: 'LIGHT',
    manufacturer: 'IKEA of Sweden',
    model: 'TRADFRI bulb E27 CWS opal 600lm',
    room: ['r1'],
    groups: [],
    zones: [],
    capabilities: {
      type: 'SET',
      values: ['BRIGHTNESS', 'COLOR_HS', 'COLOR_TEMP', 'CONTROL_LIGHT', 'DEVICE', 'ON_OFF', 'TRANSITION'],
    },
    timestamp: AT,
    ...more,
    state: {
      type: 'STATE_LIGHT',
      reachable: true,
      lastSeen: AT,
      isOn: true,
      brightness: 0.6,
      colorMode: 'ct',
      temperature: 2700,
      hue: -1,
      saturation: -1,
      minTemperature: 1e6 / 454,
      maxTemperature: 1e6 / 153,
      transitionMsec: null,
      ...state,
    },
  };
}

/** A device of any type. */
export function device(
  id: string,
  type: string,
  capabilities: string[],
  state: RawRecord,
  more: RawRecord = {},
): RawDevice {
  return {
    id,
    name: `Laite ${id}`,
    type,
    room: ['r1'],
    capabilities,
    timestamp: AT,
    ...more,
    state: { reachable: true, lastSeen: AT, ...state },
  };
}

export const socket = (id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice =>
  device(id, 'POWER_SOCKET', ['CONTROL_POWER', 'ON_OFF'], { type: 'STATE_SOCKET', isOn: false, ...state }, more);

export const thermometer = (id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice =>
  device(
    id,
    'MULTI_SENSOR',
    ['TEMPERATURE', 'HUMIDITY'],
    { type: 'STATE_MULTI_SENSOR', temperature: 21.4, ...state },
    more,
  );

export const thermostat = (id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice =>
  device(
    id,
    'THERMOSTAT',
    ['THERMOSTAT', 'CONTROL_TEMPERATURE'],
    { type: 'STATE_THERMOSTAT', temperature: 20.1, heatingDemand: 0.4, ...state },
    more,
  );

export const blind = (id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice =>
  device(id, 'BLINDS', ['BLINDS', 'LIFT'], { type: 'STATE_BLINDS', ...state }, more);

/** A remote control with two buttons. */
export const remote = (id: string, state: RawRecord = {}, more: RawRecord = {}): RawDevice =>
  device(
    id,
    'REMOTE_CONTROL',
    ['REMOTE_CONTROL', 'BATTERY_U'],
    { type: 'STATE_RC', button: 1, modifiers: [], batteryV: 3, ...state },
    {
      buttons: [
        { id: 1, label: 'Ylös' },
        { id: 2, label: 'Alas' },
      ],
      ...more,
    },
  );

/** A list in the format of a hub: things by id. */
export function byId<T extends { id: string }>(...things: T[]): Record<string, T> {
  return Object.fromEntries(things.map((thing) => [thing.id, thing]));
}

/** Returns the response to a poll, with these deltas. */
export function poll(timestamp: number, deltas: Record<string, unknown>, full = false): object {
  const polls = Object.entries(deltas).map(([list, things]) => ({
    type: `${list.slice(0, -1).toUpperCase()}_DELTA`,
    timestamp,
    [list]: things,
  }));
  return { type: 'POLL_DELTA', full, timestamp, polls };
}

/** Returns a record of the change log for an answer that was applied to a cache. */
export function recordOf(
  applied: Pick<NewRecord, 'changes' | 'presses' | 'isFirst'>,
  more: Partial<NewRecord> = {},
): NewRecord {
  const { changes, presses, isFirst } = applied;
  return {
    source: 'poll',
    requestedAt: 0,
    isUpToDate: true,
    unwatchedMs: 0,
    failingMs: 0,
    changes,
    presses,
    isFirst,
    ...more,
  };
}

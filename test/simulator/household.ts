import { uuidOf } from './tokens';

/** A device as the hub's API gives it. */
export interface Device {
  id: string;
  name: string;
  type: string;
  manufacturer: string;
  model: string;
  room: string[];
  capabilities: { type: 'SET'; values: string[] };
  state: { type: string; reachable: boolean; lastSeen: number; [attribute: string]: unknown };
  timestamp: number;
}

/** Any other object of the hub's API; `isOn` is there on what can be switched. */
export interface Item {
  id: string;
  name: string;
  timestamp: number;
  isOn?: boolean;
  /** The devices it switches: in a group together, by a scene to what is given here. */
  devices?: Record<string, boolean>;
  [attribute: string]: unknown;
}

/** Everything a hub knows of its home. */
export interface Household {
  devices: Map<string, Device>;
  groups: Map<string, Item>;
  scenes: Map<string, Item>;
  rules: Map<string, Item>;
  rooms: Map<string, Item>;
  alarms: Map<string, Item>;
}

/** A small home: a lamp, an outdoor thermometer and a sauna, with ids of its own for each hub. */
export function furnish(hubId: string, now: number): Household {
  const idOf = (name: string) => uuidOf(`${hubId}/${name}`);
  const item = (name: string, more: Partial<Item> = {}): Item => ({ id: idOf(name), name, timestamp: now, ...more });
  const device = (name: string, room: string, rest: Omit<Device, 'id' | 'name' | 'room' | 'timestamp'>): Device => ({
    id: idOf(name),
    name,
    room: [idOf(room)],
    timestamp: now,
    ...rest,
  });

  const lamp = device('Olohuoneen lamppu', 'Olohuone', {
    type: 'LIGHT',
    manufacturer: 'IKEA of Sweden',
    model: 'TRADFRI bulb E27 WS opal 980lm',
    capabilities: { type: 'SET', values: ['BRIGHTNESS', 'COLOR_TEMP', 'CONTROL_LIGHT', 'DEVICE', 'ON_OFF'] },
    state: {
      type: 'STATE_LIGHT',
      reachable: true,
      lastSeen: now,
      isOn: false,
      brightness: 0.6,
      colorMode: 'ct',
      temperature: 2700,
      hue: null,
      saturation: null,
      transitionMsec: null,
    },
  });
  const thermometer = device('Ulkolämpötila', 'Terassi', {
    type: 'MULTI_SENSOR',
    manufacturer: 'LUMI',
    model: 'lumi.weather',
    capabilities: { type: 'SET', values: ['BATTERY_U', 'DEVICE', 'HUMIDITY', 'TEMPERATURE'] },
    state: {
      type: 'STATE_MULTI_SENSOR',
      reachable: true,
      lastSeen: now,
      temperature: -4.5,
      humidity: 81,
      batteryV: 3,
    },
  });
  const sauna = device('Saunan kiuas', 'Sauna', {
    type: 'POWER_SOCKET',
    manufacturer: 'Develco',
    model: 'SMRZB-143',
    capabilities: { type: 'SET', values: ['ACTIVE_POWER', 'CONTROL_POWER', 'DEVICE', 'MEASURE_POWER', 'ON_OFF'] },
    state: { type: 'STATE_SOCKET', reachable: true, lastSeen: now, isOn: false, activePower: 0 },
  });

  return {
    devices: byId([lamp, thermometer, sauna]),
    groups: byId([item('Valot', { isOn: false, devices: { [lamp.id]: true } })]),
    scenes: byId([
      item('Saunailta', { isOn: false, devices: { [lamp.id]: true, [sauna.id]: true } }),
      item('Poissa', { isOn: false, devices: { [lamp.id]: false, [sauna.id]: false } }),
    ]),
    rules: byId([item('Kiuas pois kahden tunnin jälkeen', { isOn: true, type: 'RULE_TIMER' })]),
    rooms: byId([item('Olohuone', { order: 0 }), item('Terassi', { order: 1 }), item('Sauna', { order: 2 })]),
    alarms: byId([item('Kiuas on ollut päällä pitkään', { status: 'off', deviceId: sauna.id })]),
  };
}

function byId<T extends { id: string }>(items: T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

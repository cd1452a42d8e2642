import type { Ability } from '../../../../src/devices/things/abilities.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';

/** A device as the picker knows it, with the abilities that a command can set. */
export function thingWith(id: string, abilities: Ability[] | undefined, more: Partial<Thing> = {}): Thing {
  return {
    id,
    name: id,
    kind: 'device',
    type: null,
    hub: 'hub-1',
    room: 'Sauna',
    roomId: 'room-1',
    capabilities: [],
    groups: [],
    does: [],
    manufacturer: null,
    model: null,
    state: {},
    ...(abilities === undefined ? {} : { abilities }),
    ...more,
  };
}

const ON: Ability = { field: 'on', type: 'boolean' };

/** A lamp that has all abilities a lamp can have. */
export const LAMP = thingWith(
  'Kattovalo',
  [
    ON,
    { field: 'brightness', type: 'number', min: 0, max: 100, unit: '%' },
    { field: 'colorTemperature', type: 'number', min: 2203, max: 6536, unit: 'K' },
    { field: 'color', type: 'color' },
    { field: 'transition', type: 'number', min: 0, max: 3600, unit: 's' },
  ],
  { state: { on: true, brightness: 60, hue: 32, saturation: 100 } },
);

/** A socket that can only be switched. */
export const SOCKET = thingWith('Pistorasia', [ON], { state: { on: false } });

/** A heat pump. */
export const PUMP = thingWith(
  'Ilmalämpöpumppu',
  [
    { field: 'targetTemperature', type: 'number', min: 0, max: 100, unit: '°C' },
    { field: 'mode', type: 'word', words: ['off', 'auto', 'heat'] },
    { field: 'boostMinutes', type: 'other' },
  ],
  { state: { targetTemperature: 21.5, mode: 'heat', boostMinutes: 5 } },
);

export const ALARM = thingWith('Hälytys', [], { kind: 'alarm', state: { closed: false } });

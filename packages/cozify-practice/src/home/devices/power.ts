import { toLevel, toStep } from '../quantise';
import type { Kind } from './sketch';

/** A socket that measures power under the newer field name, `activePower`. */
export function measuringSocket(ratedW: number): Kind {
  return (draw, now) => {
    const isOn = draw.chance(0.3);
    return {
      type: 'POWER_SOCKET',
      manufacturer: 'Develco',
      model: 'SMRZB-143',
      capabilities: ['ACTIVE_POWER', 'CONTROL_POWER', 'DEVICE', 'IDENTIFY', 'MEASURE_POWER', 'ON_OFF'],
      state: { type: 'STATE_SOCKET', isOn, activePower: isOn ? ratedW : 0, lastChange: now - 60_000 },
      traits: { ratedW },
    };
  };
}

/** A socket that measures power under the field name `power`, and also counts energy. */
export function countingSocket(ratedW: number): Kind {
  return (draw, now) => {
    const isOn = draw.chance(0.3);
    return {
      type: 'POWER_SOCKET',
      manufacturer: 'frient A/S',
      model: 'SMRZB-332',
      capabilities: ['CONTROL_POWER', 'DEVICE', 'MEASURE_POWER', 'ON_OFF', 'POWER_METER'],
      state: {
        type: 'STATE_SOCKET',
        isOn,
        power: isOn ? ratedW : 0,
        totalPower: toStep(draw.between(100, 9000), 0.001),
        powerToday: toStep(draw.between(0, 12), 0.001),
        lastChange: now - 60_000,
      },
      traits: { ratedW },
    };
  };
}

/** A one-way 433 MHz socket. It is always `reachable`, and its state is the last command that the hub sent. */
export const radioSocket: Kind = (draw, now) => ({
  type: 'POWER_SOCKET',
  manufacturer: 'Proove',
  model: 'TSR101',
  capabilities: ['CONTROL_POWER', 'DEVICE', 'ON_OFF'],
  state: { type: 'STATE_SOCKET', isOn: draw.chance(0.3), brightness: null, lastChange: now - 86_400_000 },
  traits: { isOneWay: true },
});

/** A one-way 433 MHz dimmer in a socket. */
export const radioDimmer: Kind = (draw, now) => ({
  type: 'POWER_SOCKET',
  manufacturer: 'Nexa',
  model: 'LDR-075',
  capabilities: ['BRIGHTNESS', 'CONTROL_LIGHT', 'DEVICE', 'DIMMER_CONTROL', 'ON_OFF'],
  state: {
    type: 'STATE_SOCKET',
    isOn: draw.chance(0.3),
    brightness: toLevel(draw.next()),
    lastChange: now - 86_400_000,
  },
  traits: { isOneWay: true },
});

/** The electricity meter of the house. */
export const powerMeter: Kind = (draw) => ({
  type: 'POWER_METER',
  manufacturer: 'frient A/S',
  model: 'EMIZB-132',
  capabilities: ['DEVICE', 'MEASURE_POWER', 'POWER_METER', 'RSSI'],
  state: {
    type: 'STATE_POWER_METER',
    power: Math.round(draw.between(300, 9000)),
    totalPower: toStep(draw.between(20_000, 90_000), 0.001),
    powerToday: toStep(draw.between(0, 60), 0.001),
    rssi: -Math.round(draw.between(40, 90)),
  },
});

/** The cold-water meter. */
export const waterMeter: Kind = (draw) => ({
  type: 'WATER_METER',
  manufacturer: 'Axioma',
  model: 'Qalcosonic W1',
  capabilities: ['BATTERY_U', 'DEVICE', 'FLOW', 'FLOW_TEMPERATURE', 'FLOW_VOLUME'],
  state: {
    type: 'STATE_FLOW_METER',
    flow: 0,
    volume: Math.round(draw.between(100_000, 900_000)),
    flowTemp: toStep(draw.between(5, 12), 0.1),
    batteryV: 3.6,
    batteryLow: false,
  },
});

/** The cold-water valve. */
export const waterValve: Kind = () => ({
  type: 'VALVE',
  manufacturer: 'Cozify',
  model: 'Water valve',
  capabilities: ['DEVICE', 'VALVE'],
  state: { type: 'STATE_VALVE', openPct: 100 },
});

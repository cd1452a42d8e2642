import { toStep } from '../quantise';
import type { Kind, Sketch } from './sketch';

/**
 * A floor-heating thermostat. `target` is the name of the field for its target temperature, which differs in real
 * homes.
 */
export function floorHeating(target: 'targetTemp' | 'targetTemperature'): Kind {
  return (draw) => {
    const temperature = toStep(draw.between(20, 27), 0.1);
    return thermostat('Schneider Electric', 'CCTFR6700', [], {
      temperature,
      [target]: toStep(draw.between(20, 27), 0.5),
      heatingDemand: toStep(draw.next(), 0.01),
    });
  };
}

/** A radiator thermostat with batteries. */
export const radiator: Kind = (draw) =>
  thermostat('Danfoss', 'eTRV0100', ['BATTERY_U'], {
    temperature: toStep(draw.between(18, 23), 0.01),
    targetTemp: 21,
    heatingDemand: toStep(draw.next(), 0.01),
    batteryV: 2.9,
    batteryLow: false,
  });

/** An air-source heat pump. */
export const heatPump: Kind = (draw) => ({
  type: 'HVAC',
  manufacturer: 'Mitsubishi Electric',
  model: 'MSZ-LN25',
  capabilities: [
    'AIRCON',
    'CONTROL_MODE',
    'CONTROL_PRESET',
    'CONTROL_TEMPERATURE',
    'DEVICE',
    'FAN_MODE',
    'HVAC',
    'TEMPERATURE',
  ],
  state: {
    type: 'STATE_HVAC',
    mode: 2,
    preset: 0,
    fanMode: 5,
    temperature: toStep(draw.between(19, 23), 0.5),
    targetTemperature: 22,
  },
});

/** Ventilation with heat recovery. */
export const ventilation: Kind = (draw) => ({
  type: 'VU',
  manufacturer: 'Vallox',
  model: '096 MV',
  capabilities: ['CONTROL_MODE', 'DEVICE', 'FAN_MODE', 'HUMIDITY', 'VU', 'VU_FN_FIREPLACE'],
  state: {
    type: 'STATE_VU',
    mode: 2,
    fanMode: 5,
    freshTemperature: toStep(draw.between(-20, 20), 0.1),
    supplyTemperature: toStep(draw.between(16, 20), 0.1),
    extractTemperature: toStep(draw.between(20, 23), 0.1),
    humidity: Math.round(draw.between(20, 60)),
  },
});

/** A roller blind. It is open at `position` 1 and `liftPct` 100. */
export const blinds: Kind = (draw) => {
  const liftPct = Math.round(draw.between(0, 100));
  return {
    type: 'BLINDS',
    manufacturer: 'IKEA of Sweden',
    model: 'FYRTUR block-out roller blind',
    capabilities: ['BATTERY_C', 'BLINDS', 'DEVICE', 'LIFT', 'SHUTTER', 'TILT'],
    state: { type: 'STATE_BLINDS', position: liftPct / 100, liftPct, tiltPct: 0, battery: 74 },
  };
};

function thermostat(manufacturer: string, model: string, more: string[], state: Record<string, unknown>): Sketch {
  return {
    type: 'THERMOSTAT',
    manufacturer,
    model,
    capabilities: ['CONTROL_TEMPERATURE', 'DEVICE', 'TEMPERATURE', 'THERMOSTAT', ...more].sort(),
    state: { type: 'STATE_THERMOSTAT', ...state },
  };
}

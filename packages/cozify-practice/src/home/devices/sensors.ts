import type { Seeded } from '../../seeded';
import { toStep } from '../quantise';
import type { Kind, Sketch } from './sketch';

const HOUR_MS = 3_600_000;

/** A thermometer that also measures humidity. */
export function thermometer(lowC: number, highC: number): Kind {
  return (draw) =>
    sensor('MULTI_SENSOR', ['BATTERY_U', 'HUMIDITY', 'TEMPERATURE'], 'LUMI', 'lumi.weather', {
      temperature: toStep(draw.between(lowC, highC), 0.01),
      humidity: toStep(draw.between(15, 90), 0.01),
      ...battery(draw),
    });
}

/** A thermometer with a humidity field that is always null. */
export function bareThermometer(lowC: number, highC: number): Kind {
  return (draw) =>
    sensor('MULTI_SENSOR', ['BATTERY_U', 'TEMPERATURE'], 'Develco', 'ZHTEMP-100', {
      temperature: toStep(draw.between(lowC, highC), 0.01),
      humidity: null,
      ...battery(draw),
    });
}

/** A weather station that reports the air pressure in pascals. */
export const weatherStation: Kind = (draw) =>
  sensor('MULTI_SENSOR', ['BATTERY_C', 'HUMIDITY', 'LUX', 'PRESSURE', 'TEMPERATURE'], 'Netatmo', 'Outdoor', {
    temperature: toStep(draw.between(-25, 25), 0.1),
    humidity: Math.round(draw.between(40, 100)),
    pressure: Math.round(draw.between(97_000, 104_000)),
    lux: Math.round(draw.between(0, 20_000)),
    battery: Math.round(draw.between(20, 100)),
  });

/** An air-quality sensor that reports the air pressure in hectopascals. */
export const airSensor: Kind = (draw) =>
  sensor('CO2_SENSOR', ['CO2', 'HUMIDITY', 'PRESSURE', 'TEMPERATURE', 'VOC'], 'Airthings', 'Wave Plus', {
    state: 'STATE_CO2_SENSOR',
    co2Ppm: Math.round(draw.between(420, 1400)),
    vocPpm: Math.round(draw.between(50, 400)),
    temperature: toStep(draw.between(19, 24), 0.01),
    humidity: toStep(draw.between(20, 50), 0.5),
    pressure: toStep(draw.between(970, 1040), 0.1),
  });

export const motionSensor: Kind = (draw, now) =>
  sensor('MOTION', ['BATTERY_U', 'LUX', 'MOTION', 'TEMPERATURE'], 'Philips', 'SML001', {
    motion: false,
    lastMotion: now - Math.round(draw.between(1, 12) * HOUR_MS),
    lux: Math.round(draw.between(0, 300)),
    temperature: toStep(draw.between(18, 24), 0.01),
    ...battery(draw),
  });

export const contactSensor: Kind = (draw, now) =>
  sensor('CONTACT', ['BATTERY_U', 'CONTACT'], 'LUMI', 'lumi.sensor_magnet.aq2', {
    open: false,
    lastChange: now - Math.round(draw.between(1, 12) * HOUR_MS),
    ...battery(draw),
  });

/** A leak sensor that has never been wet, so its time field is 0. */
export const leakSensor: Kind = (draw) =>
  sensor('MOISTURE', ['BATTERY_U', 'MOISTURE', 'TEMPERATURE'], 'Develco', 'FLSZB-110', {
    moisture: false,
    moistureAt: 0,
    temperature: toStep(draw.between(18, 24), 0.01),
    ...battery(draw),
  });

/** A smoke alarm that has never gone off, so its time fields are -1. */
export const smokeAlarm: Kind = (draw) =>
  sensor('SMOKE_ALARM', ['ALERT', 'BATTERY_U', 'GENERATE_ALERT', 'SMOKE', 'TEMPERATURE'], 'frient A/S', 'SMSZB-120', {
    alert: false,
    alertAt: -1,
    alertStartAt: -1,
    temperature: toStep(draw.between(18, 24), 0.01),
    ...battery(draw),
  });

export const coAlarm: Kind = (draw) =>
  sensor('CO', ['BATTERY_U', 'CO'], 'Heiman', 'COSensor-EF-3.0', {
    state: 'STATE_CO_SENSOR',
    coDetected: false,
    coAt: 0,
    coStartAt: 0,
    ...battery(draw),
  });

/** A twilight sensor; `twilight` is true in the dark. */
export const twilightSwitch: Kind = (_draw, now) =>
  sensor('TWILIGHT', ['TWILIGHT'], 'Cozify', 'Twilight', {
    twilight: true,
    twilightStart: now - 5 * HOUR_MS,
    twilightStop: now + 10 * HOUR_MS,
  });

/** Returns a sensor. `state`: the type of its state. Defaults to `STATE_` followed by the device's type. */
function sensor(
  type: string,
  capabilities: string[],
  manufacturer: string,
  model: string,
  { state = `STATE_${type}`, ...fields }: Record<string, unknown>,
): Sketch {
  return {
    type,
    manufacturer,
    model,
    capabilities: ['DEVICE', ...capabilities].sort(),
    state: { type: String(state), ...fields },
  };
}

function battery(draw: Seeded): Record<string, unknown> {
  const batteryV = toStep(draw.between(2.5, 3.2), 0.001);
  return { batteryV, batteryLow: batteryV < 2.6 };
}

import { toHue, toLevel, toMireds } from '../quantise';
import type { Kind, Sketch } from './sketch';

const WARMEST = 1e6 / 454;
const COLDEST = 1e6 / 153;

/** A lamp behind a relay in the wall. It can only be switched on and off. */
export const relayLamp: Kind = (draw) => ({
  type: 'LIGHT',
  manufacturer: 'Schneider Electric',
  model: 'CH2AX/SWITCH/1',
  capabilities: ['CONTROL_LIGHT', 'DEVICE', 'ON_OFF'],
  state: { type: 'STATE_LIGHT', isOn: draw.chance(0.3), ...withoutColor, brightness: null },
});

/** A dimmable white lamp. */
export const dimmableLamp: Kind = (draw) => ({
  type: 'LIGHT',
  manufacturer: 'Philips',
  model: 'LWB010',
  capabilities: ['BRIGHTNESS', 'CONTROL_LIGHT', 'DEVICE', 'IDENTIFY', 'ON_OFF'],
  state: { type: 'STATE_LIGHT', isOn: draw.chance(0.4), ...withoutColor, brightness: toLevel(draw.next()) },
});

/** A lamp with white light from warm to cold, and with transitions. */
export const whiteLamp: Kind = (draw) => ({
  type: 'LIGHT',
  manufacturer: 'IKEA of Sweden',
  model: 'TRADFRI bulb E27 WS opal 980lm',
  capabilities: ['BRIGHTNESS', 'COLOR_TEMP', 'CONTROL_LIGHT', 'DEVICE', 'IDENTIFY', 'ON_OFF', 'TRANSITION'],
  state: {
    type: 'STATE_LIGHT',
    isOn: draw.chance(0.4),
    ...withoutColor,
    brightness: toLevel(draw.next()),
    ...inTemperature(draw.between(2200, 4000), 1e6 / 454, 1e6 / 250),
  },
});

/** A color lamp that starts in color mode or in white mode. */
export const colorLamp: Kind = (draw) => {
  const isColored = draw.chance(0.5);
  const color = { colorMode: 'hs', hue: toHue(draw.between(0, 6)), saturation: toLevel(draw.next()), temperature: -1 };
  const white = { ...inTemperature(draw.between(2200, 6500), WARMEST, COLDEST), hue: -1, saturation: -1 };
  return {
    type: 'LIGHT',
    manufacturer: 'Philips',
    model: 'LCT015',
    capabilities: [
      'BRIGHTNESS',
      'COLOR_HS',
      'COLOR_LOOP',
      'COLOR_TEMP',
      'CONTROL_LIGHT',
      'DEVICE',
      'IDENTIFY',
      'ON_OFF',
      'TRANSITION',
    ],
    state: {
      type: 'STATE_LIGHT',
      isOn: draw.chance(0.4),
      brightness: toLevel(draw.next()),
      ...(isColored ? color : white),
      minTemperature: WARMEST,
      maxTemperature: COLDEST,
    },
  };
};

/** A lamp with a motion sensor; its type doesn't mention the sensor. */
export const sensingLamp: Kind = (draw, now) => {
  const lamp = dimmableLamp(draw, now);
  return {
    ...lamp,
    manufacturer: 'Airam',
    model: 'SmartHome Ceiling PIR',
    capabilities: [...lamp.capabilities, 'MOTION'].sort(),
    state: { ...lamp.state, motion: false, lastMotion: now - 3_600_000 },
  };
};

/** The color fields of a lamp without colors. */
const withoutColor: Partial<Sketch['state']> = {
  colorMode: null,
  hue: null,
  saturation: null,
  temperature: null,
};

function inTemperature(kelvin: number, minTemperature: number, maxTemperature: number): Record<string, unknown> {
  const temperature = toMireds(kelvin, minTemperature, maxTemperature);
  return { colorMode: 'ct', temperature, minTemperature, maxTemperature };
}

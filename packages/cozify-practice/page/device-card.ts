import { colorOf, hexOf, whiteOf } from './color';
import { buttonOf, choiceControl, colorControl, readingControl, sliderControl, switchControl } from './controls';
import { element } from './element';
import { fieldsOf, hasColor, hasWhite, type Field } from './shown-fields';
import { act, type DeviceFact, type DeviceState } from './home-facts';
import type { Say } from './texts';

/** The card of a device: shows its state and has controls to change it. */
export interface Card {
  node: HTMLElement;
  /** The result of {@link shapeOf} for the device when the card was created. */
  shape: string;
  show: (device: DeviceFact) => void;
}

/** Returns a key that changes when the device needs a new card: when its name, room, buttons or fields change. */
export function shapeOf(device: DeviceFact): string {
  const { name, room, buttons, type } = device;
  return JSON.stringify([name, type, room, buttons, fieldsOf(device), hasColor(device), hasWhite(device)]);
}

const ALARMING = ['alert', 'moisture', 'coDetected', 'sirenOn'];
const MOVING = ['open', 'motion'];
/** A card has a glow if its device has one of these fields. */
const GLOWING = ['isOn', ...ALARMING, ...MOVING];

type Part = { node: HTMLElement; show: (state: DeviceState) => void };

/** Creates the card of a device. The card has no values until `show` is called. */
export function cardOf(device: DeviceFact, hubId: string, say: Say): Card {
  const actions = new DeviceActions(hubId, device);
  const parts = [...partsOf(device, actions, say), moreOf(device, actions, say)];
  const glow = element('span', { class: 'glow', 'aria-hidden': 'true' });
  const heading = element('h3', {}, ...(GLOWING.some((name) => name in device.state) ? [glow] : []), device.name);
  const node = element(
    'article',
    { class: 'card', 'data-device': device.name },
    heading,
    ...parts.map((part) => part.node),
  );
  return {
    node,
    shape: shapeOf(device),
    show: ({ state }) => {
      for (const part of parts) part.show(state);
      // An unreachable phone is not a problem, because it only means that its owner is out.
      node.classList.toggle('is-away', !state.reachable && device.type !== 'UI_DEVICE');
      showGlow(glow, state);
    },
  };
}

/** Sends the user's actions on a device to the server. Their results arrive over the live connection. */
class DeviceActions {
  readonly #hubId: string;
  readonly #device: DeviceFact;

  constructor(hubId: string, device: DeviceFact) {
    this.#hubId = hubId;
    this.#device = device;
  }

  /** Sends a command to the hub, as the Cozify app does. */
  command(state: Record<string, unknown>): void {
    const { id } = this.#device;
    const { isOn, sirenOn } = state;
    const type =
      isOn === undefined && sirenOn === undefined
        ? 'CMD_DEVICE'
        : `CMD_DEVICE_${(isOn ?? sirenOn) === true ? 'ON' : 'OFF'}`;
    const element = { id, type, ...(type === 'CMD_DEVICE' && { state: { type: this.#device.state.type, ...state } }) };
    void act('command', { hub: this.#hubId, listing: 'devices', elements: [element] });
  }

  change(state: Record<string, unknown>): void {
    this.#atHome('change', { state });
  }

  press(button: number, modifiers: string[]): void {
    this.#atHome('press', { button, modifiers });
  }

  reach(reachable: boolean): void {
    this.#atHome('setReachable', { reachable });
  }

  #atHome(action: string, more: Record<string, unknown>): void {
    void act('home', { hub: this.#hubId, action, device: this.#device.id, ...more });
  }
}

function partsOf(device: DeviceFact, actions: DeviceActions, say: Say): Part[] {
  if (device.type === 'UI_DEVICE') return [phone(actions, say)];
  const parts = fieldsOf(device).map((field) => partOf(field, actions, say));
  if (hasColor(device)) parts.push(colorPart(actions, say));
  if (hasWhite(device)) parts.push(whitePart(device.state, actions, say));
  if (playbackOf(device.state) !== undefined) parts.push(playback(actions, say));
  if (typeof soundOf(device.state)['volume'] === 'number') parts.push(volume(actions, say), mute(actions, say));
  if (device.buttons !== undefined) parts.push(remote(device.buttons, actions, say));
  return parts;
}

function partOf({ name, text, by, range, words, readOnlyUnit }: Field, actions: DeviceActions, say: Say): Part {
  const change = (value: unknown) =>
    by === 'app' ? actions.command({ [name]: value }) : actions.change({ [name]: value });
  if (readOnlyUnit !== undefined) {
    const { node, show } = readingControl(say(text), readOnlyUnit);
    return { node, show: (state) => show(Number(state[name])) };
  }
  if (words !== undefined) {
    const choices = words.map((word, number) => [number, say(word)] as const);
    const { node, show } = choiceControl(say(text), choices, change);
    return { node, show: (state) => show(Number(state[name])) };
  }
  if (range === undefined) {
    const { node, show } = switchControl(say(text), change);
    return { node, show: (state) => show(state[name] === true) };
  }
  const { node, show } = sliderControl(say(text), range, change);
  return { node, show: (state) => show(Number(state[name])) };
}

function colorPart(actions: DeviceActions, say: Say): Part {
  const { node, show } = colorControl(say('color'), (hex) => actions.command({ colorMode: 'hs', ...colorOf(hex) }));
  return { node, show: (state) => show(isColored(state) ? hexOf(colorIn(state)) : '#ffffff') };
}

function whitePart({ minTemperature, maxTemperature }: DeviceState, actions: DeviceActions, say: Say): Part {
  const range = {
    low: Math.ceil(Number(minTemperature)),
    high: Math.floor(Number(maxTemperature)),
    step: 50,
    unit: 'K',
  };
  const change = (temperature: number) => actions.command({ colorMode: 'ct', temperature });
  const { node, show } = sliderControl(say('lampTemperature'), range, change);
  return {
    node,
    show: (state) => show(Number(state['temperature']) > 0 ? Math.round(Number(state['temperature'])) : range.low),
  };
}

function volume(actions: DeviceActions, say: Say): Part {
  const change = (value: number) => actions.command({ rcData: { type: 'MR_RC_DATA', volume: value } });
  const { node, show } = sliderControl(say('volume'), { low: 0, high: 100, step: 1, unit: '%' }, change);
  return { node, show: (state) => show(Number(soundOf(state)['volume'])) };
}

function mute(actions: DeviceActions, say: Say): Part {
  const { node, show } = switchControl(say('mute'), (isMuted) => {
    actions.command({ rcData: { type: 'MR_RC_DATA', mute: isMuted } });
  });
  return { node, show: (state) => show(soundOf(state)['mute'] === true) };
}

const PLAYBACKS = ['PLAYING', 'PAUSED_PLAYBACK', 'STOPPED', 'TRANSITIONING'] as const;

/**
 * Returns the playback control. It changes the loudspeaker directly, because the hub's command for playback is unknown.
 */
function playback(actions: DeviceActions, say: Say): Part {
  const choices = PLAYBACKS.map((state) => [state, say(state)] as const);
  const { node, show } = choiceControl<string>(say('playback'), choices, (state) =>
    actions.change({ avtData: { state } }),
  );
  return { node, show: (state) => show(playbackOf(state) ?? 'STOPPED') };
}

function playbackOf({ avtData }: DeviceState): string | undefined {
  const { state } = (avtData ?? {}) as { state?: unknown };
  return typeof state === 'string' ? state : undefined;
}

function soundOf({ rcData }: DeviceState): Record<string, unknown> {
  return (rcData ?? {}) as Record<string, unknown>;
}

/** Returns the control for a phone. A phone is reachable while its owner is at home. */
function phone(actions: DeviceActions, say: Say): Part {
  const { node, show } = switchControl(say('home'), (isHome) => actions.reach(isHome));
  return { node, show: (state) => show(state.reachable) };
}

function remote(buttons: NonNullable<DeviceFact['buttons']>, actions: DeviceActions, say: Say): Part {
  const rows = buttons.map(({ id, label }) => {
    const button = label === '' ? say('button', { number: String(id) }) : label;
    const press = (how: 'short' | 'long') =>
      buttonOf(say(how), () => actions.press(id, how === 'long' ? ['longpress'] : []), {
        'aria-label': say('press', { button, how: say(how) }),
      });
    return element('div', { class: 'press' }, element('span', {}, button), press('short'), press('long'));
  });
  return { node: element('div', { class: 'remote' }, ...rows), show: () => undefined };
}

/** Returns the folded part of the card with the rarely used controls: reachability and battery. */
function moreOf(device: DeviceFact, actions: DeviceActions, say: Say): Part {
  const reach = switchControl(say('reachable'), (reachable) => actions.reach(reachable));
  const battery = switchControl(say('batteryLow'), (batteryLow) => actions.change({ batteryLow }));
  const hasBattery = typeof device.state['batteryLow'] === 'boolean';
  const charge = sliderControl(say('battery'), { low: 0, high: 100, step: 1, unit: '%' }, (value) => {
    actions.change({ battery: value });
  });
  const hasCharge = typeof device.state['battery'] === 'number';
  const rows = [
    ...(device.type === 'UI_DEVICE' ? [] : [reach.node]),
    ...(hasBattery ? [battery.node] : []),
    ...(hasCharge ? [charge.node] : []),
  ];
  const summary = element('summary', { 'aria-label': `${say('more')}: ${device.name}` }, say('more'));
  return {
    node: element('details', { hidden: rows.length === 0 }, summary, ...rows),
    show: (state) => {
      reach.show(state.reachable);
      battery.show(state['batteryLow'] === true);
      charge.show(Number(state['battery']));
    },
  };
}

const isColored = (state: DeviceState): boolean => state['colorMode'] === 'hs';
const colorIn = (state: DeviceState) => ({ hue: Number(state['hue']), saturation: Number(state['saturation']) });

/**
 * Shows the lamp's light as a glow of the same color and strength. The style of the glow is `alarm`, `lit`, `moved`
 * (open or motion) or `none`.
 */
function showGlow(glow: HTMLElement, state: DeviceState): void {
  const isLit = state['isOn'] === true;
  const kelvin = Number(state['temperature']);
  const color = isColored(state) ? hexOf(colorIn(state)) : whiteOf(kelvin > 0 ? kelvin : 2700);
  const brightness = typeof state['brightness'] === 'number' ? state['brightness'] : 1;
  const isAlarmed = ALARMING.some((name) => state[name] === true);
  const isMoved = MOVING.some((name) => state[name] === true);
  glow.dataset['glow'] = isAlarmed ? 'alarm' : isLit ? 'lit' : isMoved ? 'moved' : 'none';
  glow.style.setProperty('--light', color);
  glow.style.setProperty('--strength', String(0.35 + 0.65 * brightness));
}

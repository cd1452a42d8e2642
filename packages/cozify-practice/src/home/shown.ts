import type { HubBehaviour } from '../behaviour';
import { capabilitiesOf, roomOf, type Device } from './things';

const TARGETS = ['targetTemp', 'targetTemperature'] as const;
/** An air pressure above this is in pascals. */
const MAX_HPA = 2000;

/** Returns a device in the form that this hub sends. */
export function shownAs(device: Device, behaviour: HubBehaviour): Device {
  const { capabilitiesAs, roomAs, targetName, pressureIn } = behaviour;
  const isOdd = isAmongOdd(device.id);
  const isBare = roomAs === 'text' || (roomAs === 'mixed' && isOdd);
  const isPlain = capabilitiesAs === 'list' || (capabilitiesAs === 'mixed' && isOdd);
  const state = withPressure(withHubTargetName(device.state, targetName), pressureIn);
  if (!isBare && !isPlain && state === device.state) return device;
  return {
    ...device,
    ...(isBare && { room: roomOf(device) ?? '' }),
    ...(isPlain && { capabilities: [...capabilitiesOf(device)] }),
    state,
  };
}

/** Renames the target-temperature field in a given state to the field name that the device uses. */
export function withDeviceTargetName(
  given: Record<string, unknown>,
  device: Device,
  name: HubBehaviour['targetName'],
): Record<string, unknown> {
  if (name === 'own' || !Object.hasOwn(given, name)) return given;
  const own = TARGETS.find((target) => Object.hasOwn(device.state, target)) ?? name;
  const { [name]: value, ...rest } = given;
  return { ...rest, [own]: value };
}

/** Whether a device gets the less common form when the hub mixes two forms. About a third of all devices do. */
function isAmongOdd(id: string): boolean {
  return id.charCodeAt(0) % 3 === 0;
}

/** Renames the target-temperature field in a device's state, if there is one, to the name that the hub uses. */
function withHubTargetName(state: Device['state'], name: HubBehaviour['targetName']): Device['state'] {
  if (name === 'own' || Object.hasOwn(state, name)) return state;
  const own = TARGETS.find((target) => Object.hasOwn(state, target));
  if (own === undefined) return state;
  const { [own]: value, ...others } = state;
  return { ...others, [name]: value };
}

function withPressure(state: Device['state'], unit: HubBehaviour['pressureIn']): Device['state'] {
  const { pressure } = state;
  if (typeof pressure !== 'number' || pressure > MAX_HPA === (unit === 'Pa')) return state;
  return { ...state, pressure: unit === 'Pa' ? Math.round(pressure * 100) : pressure / 100 };
}

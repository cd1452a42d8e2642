import { isCount, isRecord } from '../checks';
import { nameOf, roomOf, type Device, type Room, type Scene } from '../home/things';
import type { SimulatedHub } from '../hub';
import type { World } from '../world';

const MAILS_SHOWN = 5;

/** Facts that the page shows, by key: `cloud`, `mails`, `hub/<id>`, `device/<hub's id>/<id>`. */
export type Facts = Map<string, unknown>;

/** A device in the form that the page receives. */
export interface ShownDevice {
  id: string;
  name: string;
  type: string;
  /** Id of the room. */
  room: string | undefined;
  buttons: Device['buttons'];
  state: Device['state'];
}

/** Returns all current facts. An unchanged fact is the same object as in the previous call, or equal to it. */
export function factsOf(simulator: World): Facts {
  const facts: Facts = new Map<string, unknown>([
    ['cloud', cloudOf(simulator)],
    [
      'mails',
      simulator.mails
        .slice(-MAILS_SHOWN)
        .reverse()
        .map((mail) => ({ ...mail, state: simulator.stateOf(mail) })),
    ],
  ]);
  for (const hub of simulator.hubs) {
    facts.set(`hub/${hub.id}`, hubOf(hub, simulator));
    for (const device of hub.home.devices) facts.set(`device/${hub.id}/${device.id}`, device);
  }
  return facts;
}

function cloudOf({ cloudUrl, troubles }: World): unknown {
  const { isCloudAway: isAway, isLoginRejected, canRejectLogins, isSlow } = troubles;
  return { cloudUrl, isAway, isLoginRejected, canRejectLogins, isSlow };
}

function hubOf({ id, name, host, home, connected, isOnline }: SimulatedHub, { troubles }: World): unknown {
  const rooms = home.all('rooms').sort((one, other) => one.order - other.order);
  return {
    id,
    name,
    host,
    isOff: !connected,
    isLanRefused: !isOnline && troubles.isLanRefused(id),
    rooms: rooms.map((room) => ({ id: room.id, name: calledOf(room) })),
    scenes: home.all('scenes').map((scene) => ({ id: scene.id, name: calledOf(scene), isOn: scene.isOn })),
  };
}

/** Returns the changed facts, by key; null for a deleted fact. */
export function changesBetween(before: Facts, after: Facts): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [key, fact] of after) {
    const known = before.get(key);
    if (known === fact || JSON.stringify(known) === JSON.stringify(fact)) continue;
    changes[key] = key.startsWith('device/') ? shown(fact as Device) : fact;
  }
  for (const key of before.keys()) if (!after.has(key)) changes[key] = null;
  return changes;
}

function shown(device: Device): ShownDevice {
  const { id, type, state } = device;
  return { id, name: calledOf(device), type, room: roomOf(device), buttons: buttonsOf(device), state };
}

/** Returns the name under which the page shows a thing. A thing without a name is shown with its id. */
function calledOf(thing: Device | Room | Scene): string {
  return nameOf(thing) || thing.id;
}

/** Returns the buttons of a device. A recording may contain invalid ones. */
function buttonsOf({ buttons }: Device): ShownDevice['buttons'] {
  const list: readonly unknown[] = Array.isArray(buttons) ? buttons : [];
  const shown = list.filter(isRecord).flatMap(({ id, label }) => {
    return isCount(id) ? [{ id, label: typeof label === 'string' ? label : '' }] : [];
  });
  return shown.length > 0 ? shown : undefined;
}

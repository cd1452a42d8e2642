import assert from 'node:assert/strict';
import type { Action } from '../../test/live/harness/flow';
import type { Simulator } from '../../test/simulator';

/** Names of devices in the simulated house that the demo uses. */
export const LAMP = 'Olohuoneen lamppu';
export const THERMOMETER = 'Saunan lämpömittari';
export const SWITCH = 'Eteisen seinäkytkin';
export const DOOR = 'Ulko-ovi';

/** The name of a light at the cottage, which has a hub of its own. */
export const JETTY = 'Laiturin valo';

const device = (name: string) => ({ hub: '', kind: 'device', id: '', name });

const COMMAND = {
  ...{ type: 'cozify-command', hub: '', command: 'payload', field: '', value: 'payload' },
  ...{ valueType: 'msg', transition: '', confirm: 10 },
};

/**
 * Returns the nodes that act on a hub (read, command, wait, request), by their names in the demo. `cottage` is the id
 * of the cottage's hub.
 */
export const hubActions = (cottage: string): Record<string, Action> => ({
  read: {
    ...{ type: 'cozify-read', hub: '', targets: [device(THERMOMETER)], kind: 'device', rooms: [], capabilities: [] },
    ...{ reachable: 'any', fresh: false, output: 'auto', field: 'temperature', condition: null, outputs: 1 },
  },
  command: { ...COMMAND, targets: [device(LAMP)] },
  cottage: { ...COMMAND, hub: cottage, targets: [device(JETTY)] },
  wait: {
    ...{ type: 'cozify-wait', hub: '', targets: [device(DOOR)], condition: { field: 'open', op: 'is', value: false } },
    ...{ match: 'any', checkNow: true, timeout: 60 },
  },
  request: { type: 'cozify-request', path: 'devices' },
});

/** The nodes that send a message when something happens at home, such as a button press, by their names in the demo. */
export const FEEDS: Record<string, Action> = {
  changes: {
    ...{ type: 'cozify-changes', hub: '', kinds: ['device'], targets: [], rooms: [], capabilities: [], fields: [] },
    ...{ condition: null, for: 0, payload: 'state', events: ['changed'], own: true, initial: false },
  },
  button: { type: 'cozify-button', hub: '', targets: [], presses: [], repeats: true, outputs: 1 },
};

/** The payloads of the inject buttons, by the name of the action. All other buttons send the time. */
export const PAYLOADS: Record<string, { payload: string; payloadType: string }> = {
  command: { payload: 'toggle', payloadType: 'str' },
  cottage: { payload: 'toggle', payloadType: 'str' },
};

/** Returns the hub that has the device `name`. */
export function hubOf({ hubs }: Simulator, name: string): Simulator['hubs'][number] {
  const hub = hubs.find(({ home }) => home.devices.some((device) => device.name === name));
  assert.ok(hub, `expected a hub with ${name}`);
  return hub;
}

import type { Action } from '../../test/live/harness/flow';

/** Names of devices in the simulated house that the demo uses. */
export const LAMP = 'Olohuoneen lamppu';
export const THERMOMETER = 'Saunan lämpömittari';
export const SWITCH = 'Eteisen seinäkytkin';
export const DOOR = 'Ulko-ovi';

const device = (name: string) => ({ hub: '', kind: 'device', id: '', name });

/** The nodes that act on a hub (read, command, wait, request), by their names in the demo. */
export const HUB_ACTIONS: Record<string, Action> = {
  read: {
    ...{ type: 'cozify-read', hub: '', targets: [device(THERMOMETER)], kind: 'device', rooms: [], capabilities: [] },
    ...{ reachable: 'any', fresh: false, output: 'auto', field: 'temperature', condition: null, outputs: 1 },
  },
  command: {
    ...{ type: 'cozify-command', hub: '', targets: [device(LAMP)], command: 'payload', field: '', value: 'payload' },
    ...{ valueType: 'msg', transition: '', confirm: 10 },
  },
  wait: {
    ...{ type: 'cozify-wait', hub: '', targets: [device(DOOR)], condition: { field: 'open', op: 'is', value: false } },
    ...{ match: 'any', checkNow: true, timeout: 60 },
  },
  request: { type: 'cozify-request', path: 'devices' },
};

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
};

// The flows of the storm test: twelve hub nodes.
import type { Home } from '../../simulator/index.js';
import type { NodeProperties } from './small-red.js';

/** Settings of the motion node (`idle`) that a Deploy may change. */
export interface Settings {
  /** The `for` of the motion node, in seconds. */
  forSeconds: number;
}

/** The ids of the nodes in the flows. */
export const NODES = {
  everything: 'everything',
  groups: 'groups',
  lamp: 'lamp',
  named: 'named',
  idle: 'idle',
  foreign: 'foreign',
  buttons: 'buttons',
  wall: 'wall',
  command: 'command',
  toggle: 'toggle',
  wait: 'wait',
  read: 'read',
} as const;

/** Ids of the nodes in the first flow, which a Deploy of this flow restarts. */
export const FIRST_FLOW: readonly string[] = [NODES.everything, NODES.named, NODES.buttons, NODES.command];

/** The name of a thermometer. One node subscribes to it by this name. */
export const NAMED = 'Ulkolämpötila';
export const WALL = 'Eteisen seinäkytkin';
export const GROUP = 'Kaikki valot';

/** Returns twelve nodes as the dialogs save them. `home` is the home of the default hub. */
export function nodesOf(hub: string, home: Home, { forSeconds }: Settings): NodeProperties[] {
  const target = (listing: 'devices' | 'groups', name: string): object => ({
    ...{ hub, kind: listing.slice(0, -1), name },
    id: home.find(listing, name).id,
  });
  const isStill = { field: 'motion', op: 'is', value: false };
  return [
    changes(NODES.everything, {
      kinds: ['device'],
      events: ['changed', 'added', 'removed', 'unreachable', 'reachable'],
      initial: true,
    }),
    changes(NODES.groups, { kinds: ['group', 'scene'], fields: ['on'] }),
    changes(NODES.lamp, { targets: [target('devices', 'Lukuvalo')], payload: 'on' }),
    changes(NODES.named, { targets: [{ name: NAMED }], payload: 'temperature' }),
    changes(NODES.idle, { capabilities: ['MOTION'], condition: isStill, for: forSeconds, payload: 'motion' }),
    changes(NODES.foreign, { capabilities: ['ON_OFF'], own: false, fields: ['on'] }),
    // Turns repeats off, because each new timestamp of an otherwise unchanged remote control counts as a repeated
    // press.
    { id: NODES.buttons, type: 'cozify-button', hub: '', targets: [], presses: [], repeats: false },
    {
      ...{ id: NODES.wall, type: 'cozify-button', hub: '', targets: [target('devices', WALL)], repeats: false },
      presses: [{ button: '', press: 'short' }],
    },
    { id: NODES.command, type: 'cozify-command', hub: '', targets: [], command: 'payload', confirm: 0 },
    {
      ...{ id: NODES.toggle, type: 'cozify-command', hub: '', targets: [target('groups', GROUP)], command: 'toggle' },
      confirm: 3,
    },
    {
      ...{ id: NODES.wait, type: 'cozify-wait', hub: '', targets: [], match: 'any', checkNow: true },
      ...CHANGES,
      timeout: 60,
    },
    { id: NODES.read, type: 'cozify-read', hub: '', targets: [], output: 'auto', field: '', fresh: false },
  ];
}

const CHANGES = { condition: { field: 'on', op: 'changes' } };

function changes(id: string, options: Record<string, unknown>): NodeProperties {
  return {
    ...{ id, type: 'cozify-changes', hub: '', targets: [], kinds: ['device'], rooms: [], capabilities: [], fields: [] },
    ...{ condition: null, for: 0, payload: 'state', events: ['changed'], own: true, initial: false },
    ...options,
  };
}

// Nodes with random settings, for tests of the dialogs.
import fc from 'fast-check';
import type { FlowNode } from '../../live/harness/flow';
import { defaultsOf, typesWithAccount } from '../../nodes/support/shipped';

/** A hub, targets and rooms that exist, so that random settings may refer to them. */
export interface Known {
  hub: string;
  targets: readonly { hub: string; kind: string; id: string; name: string }[];
  rooms: readonly string[];
}

type Setting = fc.Arbitrary<unknown>;

const ENV = '${SETTING}';
const FIELDS = ['on', 'temperature', 'open', 'mode', 'playback', 'bass', 'reachable', '', ' humidity ', ENV];
const CAPABILITIES = ['CONTROL_LIGHT', 'MOTION', 'on_off', 'FUTURE', ENV];
const KINDS = ['device', 'group', 'scene', 'rule', 'alarm', 'room', 'future'];
const OPS = ['is', 'not', 'above', 'below', 'changes', 'like'];
const PRESSES = ['short', 'long', 'release', 'toggle', 'full', '', 'twice'];

const one = (...values: unknown[]): Setting => fc.constantFrom(...values);
const someOf = (values: readonly string[]): Setting => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 4 });
const flag = one(true, false, 'true', 'false');
const seconds = one(0, '0', 1, 90, '300', 5400, 0.5, '', '1,5', ENV, 'soon', -1);
const word = fc.oneof(one('', 'payload', 'heat', '60', 'true', ENV, 'Ääni'), fc.string({ maxLength: 6 }));

/** Generators of random settings, by node type and property name. Each node gets a random subset of them. */
type Settings = Record<string, Record<string, Setting>>;

function settingsAtHome({ hub, targets, rooms }: Known): Settings {
  const strange = [
    { hub: '', kind: '', id: '', name: 'Ulko-ovi' },
    { hub: '', kind: '', id: '', name: 'Ei ole' },
    { hub: '', kind: 'device', id: '', name: '${LAMP}' },
    { hub: 'gone', kind: 'device', id: 'gone', name: 'Vanha valo' },
    { hub, kind: 'future', id: 'x', name: '' },
  ];
  const field = one(...FIELDS);
  const condition = fc.oneof(
    one(null),
    fc.record({ field, op: one(...OPS), value: one(70, '70', '21,5', true, 'false', 'heat', '', null, ENV, { a: 1 }) }),
  );
  const shared = {
    name: one('', 'Nimi'),
    hub: one('', hub, 'gone', ENV),
    targets: fc.array(fc.constantFrom<object>(...targets, ...strange), { maxLength: 3 }),
  };
  const filter = {
    rooms: someOf([...rooms, 'Sauna', 'Ei ole', ENV]),
    capabilities: someOf(CAPABILITIES),
    capabilitiesMatch: one('all', 'any', 'some'),
  };
  return {
    'cozify-changes': {
      ...shared,
      ...filter,
      ...{ kinds: someOf(KINDS), fields: someOf(FIELDS), condition, for: seconds },
      payload: fc.oneof(one('state'), field),
      events: someOf(['changed', 'added', 'removed', 'unreachable', 'reachable', 'future']),
      ...{ own: flag, initial: flag },
    },
    'cozify-read': {
      ...shared,
      ...filter,
      ...{ kind: one(...KINDS), reachable: one('any', 'yes', 'no', 'maybe'), fresh: flag, field, condition },
      ...{ output: one('auto', 'array', 'map', 'tree'), outputs: one(1, 2) },
    },
    'cozify-wait': { ...shared, condition, match: one('any', 'all', 'most'), checkNow: flag, timeout: seconds },
    'cozify-command': {
      ...shared,
      ...{ command: one('payload', 'on', 'off', 'toggle', 'set', 'close', 'future', ENV), field, value: word },
      valueType: one('msg', 'str', 'num', 'bool', 'json', 'flow', 'env', 'jsonata', 'date'),
      ...{ transition: seconds, confirm: one(0, '0', 3, '3', 60, 7, ENV) },
    },
    'cozify-button': {
      ...shared,
      presses: fc.array(fc.record({ button: one('', '1', 2, 'Ylös', ENV), press: one(...PRESSES) }), { maxLength: 3 }),
      ...{ repeats: flag, outputs: fc.integer({ min: 1, max: 3 }) },
    },
  };
}

/**
 * Returns generators for the settings of the node types that choose no devices. Each generator depends on the
 * property's name or, if the name is not in `known`, on the type of the default value.
 */
function settingsOfOthers(hub: string): Settings {
  const type = one('msg', 'flow', 'global', 'str', 'env', 'jsonata', 'num', 'bool', 'json', 'date');
  const topic = one('authenticated', 'otp-sent', 'otp-required', 'refreshed', 'future');
  const known: Record<string, Setting> = {
    hub: one('', hub, 'gone', ENV),
    expiry: one('', '0', '60', 3600, '5min', '1 day', 'soon', ENV),
    mode: one('get', 'set', 'put'),
    events: fc.array(topic, { maxLength: 4 }),
    method: one('GET', 'PUT', 'POST', 'DELETE', 'PATCH'),
    path: fc.oneof(one('devices', '/hub', '../x', ENV), word),
  };
  const settingOf = (name: string, value: unknown): Setting => {
    if (name.endsWith('Type')) return type;
    return known[name] ?? (typeof value === 'boolean' ? flag : typeof value === 'number' ? seconds : word);
  };
  const others = typesWithAccount.filter((of) => !('targets' in defaultsOf(of)));
  return Object.fromEntries(
    others.map((of) => {
      const own = Object.entries(defaultsOf(of)).map(([name, value]) => [name, settingOf(name, value)] as const);
      return [of, { name: one('', 'Nimi'), ...Object.fromEntries(own) }];
    }),
  );
}

/** The flow and the account of the random nodes. */
type Tab = Pick<FlowNode, 'z'> & { account: string };

/** Returns `count` random nodes of each node type that uses an account. */
export function randomNodes(known: Known, count: number, tab: Tab): FlowNode[] {
  const types = Object.entries({ ...settingsAtHome(known), ...settingsOfOthers(known.hub) });
  return types.flatMap(([type, properties], column) =>
    fc.sample(fc.record(properties, { requiredKeys: [] }), count).map((chosen, row) => ({
      ...chosen,
      ...{ id: `${type}-${row}`, type, x: 150 + column * 250, y: 40 + row * 40, wires: [] },
      ...tab,
    })),
  );
}

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
const CHANGES = ['changed', 'added', 'removed', 'unreachable', 'reachable'];
const TOPICS = ['authenticated', 'otp-sent', 'otp-required', 'refreshed'];
const PRESSES = ['short', 'long', 'release', 'toggle', 'full', '', 'twice'];

const one = (...values: unknown[]): Setting => fc.constantFrom(...values);
const someOf = (values: readonly string[]): Setting => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 4 });
const flag = one(true, false, 'true', 'false');
const seconds = one(0, '0', 1, 90, '300', 5400, 0.5, '', '1,5', ENV, 'soon', -1);
const typeOfValue = one('msg', 'flow', 'global', 'str', 'env', 'jsonata', 'num', 'bool', 'json', 'date');
const word = fc.oneof(one('', 'payload', 'heat', '60', 'true', ENV, 'Ääni'), fc.string({ maxLength: 6 }));

/** Returns generators of random settings by the name of the property. */
function settingsByName({ hub, targets, rooms }: Known): Record<string, Setting> {
  const strange = [
    { hub: '', kind: '', id: '', name: 'Ulko-ovi' },
    { hub: '', kind: '', id: '', name: 'Ei ole' },
    { hub: '', kind: 'device', id: '', name: '${LAMP}' },
    { hub: 'gone', kind: 'device', id: 'gone', name: 'Vanha valo' },
    { hub, kind: 'future', id: 'x', name: '' },
  ];
  const field = one(...FIELDS);
  const value = one(70, '70', '21,5', true, 'false', 'heat', '', null, ENV, { a: 1 });
  const press = fc.record({ button: one('', '1', 2, 'Ylös', ENV), press: one(...PRESSES) });
  return {
    hub: one('', hub, 'gone', ENV),
    targets: fc.array(fc.constantFrom<object>(...targets, ...strange), { maxLength: 3 }),
    rooms: someOf([...rooms, 'Sauna', 'Ei ole', ENV]),
    capabilities: someOf(CAPABILITIES),
    capabilitiesMatch: one('all', 'any', 'some'),
    ...{ kind: one(...KINDS), kinds: someOf(KINDS), field, fields: someOf(FIELDS) },
    condition: fc.oneof(one(null), fc.record({ field, op: one(...OPS), value })),
    ...{ for: seconds, transition: seconds, timeout: seconds },
    payload: fc.oneof(one('state'), field),
    events: someOf([...CHANGES, ...TOPICS, 'future']),
    reachable: one('any', 'yes', 'no', 'maybe'),
    output: one('auto', 'array', 'map', 'tree'),
    outputs: one(1, 2, 3),
    match: one('any', 'all', 'most'),
    command: one('payload', 'on', 'off', 'toggle', 'set', 'close', 'future', ENV),
    valueType: one('msg', 'str', 'num', 'bool', 'json', 'flow', 'env', 'jsonata', 'date'),
    confirm: one(0, '0', 3, '3', 60, 7, ENV),
    presses: fc.array(press, { maxLength: 3 }),
    expiry: one('', '0', '60', 3600, '5min', '1 day', 'soon', ENV),
    mode: one('get', 'set', 'put'),
    method: one('GET', 'PUT', 'POST', 'DELETE', 'PATCH'),
    path: fc.oneof(one('devices', '/hub', '../x', ENV), word),
  };
}

/** The flow and the account of the random nodes. */
type Tab = Pick<FlowNode, 'z'> & { account: string };

/**
 * Returns `count` nodes of each node type that uses an account. The first node of a type has no settings; the others
 * have a random subset of the settings of their type.
 */
export function randomNodes(known: Known, count: number, tab: Tab): FlowNode[] {
  const byName = settingsByName(known);
  const settingOf = (name: string, value: unknown): Setting =>
    byName[name] ?? (name.endsWith('Type') ? typeOfValue : typeof value === 'boolean' ? flag : word);
  return typesWithAccount.flatMap((type, column) => {
    const own = Object.entries(defaultsOf(type)).map(([name, value]) => [name, settingOf(name, value)] as const);
    const settings = { name: one('', 'Nimi'), ...Object.fromEntries(own) };
    return fc.sample(fc.record(settings, { requiredKeys: [] }), count).map((chosen, row) => ({
      ...(row > 0 && chosen),
      ...{ id: `${type}-${row}`, type, x: 150 + column * 250, y: 40 + row * 40, wires: [] },
      ...tab,
    }));
  });
}

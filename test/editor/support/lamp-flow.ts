// A flow with a lamp, and checks of the target picker in it.
import assert from 'node:assert/strict';
import { accountNode, type FlowNode } from '../../live/harness/flow';
import type { SimulatedHub } from '../../../packages/cozify-practice/src/hub';
import { becomes } from '../../support/becomes';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { Picker } from './picker';

export const ACCOUNT = 'account';
const EMAIL = 'aino@example.fi';

/**
 * Returns a flow in which an inject node triggers a command node without targets. The flow also has a node of each
 * other type that chooses devices.
 */
export function lampFlow(cloudUrl: string, command: Record<string, unknown> = {}): FlowNode[] {
  const node = (id: string, type: string, x: number, y: number, rest: object, wires: string[][]): FlowNode => ({
    ...{ id, type, z: 'tab', name: '', x, y, wires },
    ...rest,
  });
  const hub = { account: ACCOUNT, hub: '', targets: [] };
  return [
    { id: 'tab', type: 'tab', label: 'Home' },
    accountNode({ id: ACCOUNT, name: 'Koti', email: EMAIL, cloudUrl }),
    node('go', 'inject', 160, 80, { name: 'go', ...INJECT }, [['lamp']]),
    node(
      'lamp',
      'cozify-command',
      360,
      80,
      {
        ...{ ...hub, command: 'on', field: '', value: 'payload', valueType: 'msg', transition: '', confirm: 0 },
        ...command,
      },
      [[], []],
    ),
    node('read', 'cozify-read', 360, 160, { ...hub, ...READ }, [[]]),
    node('changes', 'cozify-changes', 360, 240, { ...hub, ...CHANGES }, [[]]),
    node('wait', 'cozify-wait', 360, 320, { ...hub, ...WAIT }, [[], []]),
    node('button', 'cozify-button', 360, 400, { ...hub, presses: [], repeats: true, outputs: 1 }, [[]]),
  ];
}

const INJECT = {
  ...{ props: [{ p: 'payload' }], payload: '', payloadType: 'date', topic: '', repeat: '', crontab: '', once: false },
  onceDelay: 0.1,
};
const READ = {
  ...{ kind: 'device', rooms: [], capabilities: [], reachable: 'any', fresh: false, output: 'auto', field: '' },
  ...{ capabilitiesMatch: 'any', condition: null, outputs: 1 },
};
const CHANGES = {
  ...{ kinds: ['device'], rooms: [], capabilities: [], fields: [], condition: null, for: 0, payload: 'state' },
  ...{ capabilitiesMatch: 'all', events: ['changed'], own: true, initial: false },
};

const WAIT = {
  ...{ condition: { field: 'on', op: 'is', value: true }, match: 'any', checkNow: true, timeout: 60 },
};

/** Deploys the flow, and logs in if there is no login. Returns the first hub. */
export async function deployLamp(desk: Desk, command: Record<string, unknown> = {}): Promise<SimulatedHub> {
  await desk.nodeRed.deploy(lampFlow(desk.simulator.cloudUrl, command));
  const { state } = await desk.snapshot(ACCOUNT);
  if (state !== 'authenticated') await desk.logIn({ id: ACCOUNT, email: EMAIL });
  return desk.hub;
}

/** Returns the ceiling lamp of the bedroom. */
export function bedroomLamp(hub: SimulatedHub): { id: string; isOn: () => unknown } {
  const { id } = hub.home.device('Kattovalo', '$BEDROOM');
  return { id, isOn: () => hub.home.device(id).state['isOn'] };
}

/** Asserts that the dialog keeps the chosen targets while the hub is offline, and that Done also saves a typed name. */
export async function keepTargetsWhileOffline(desk: Desk): Promise<void> {
  const hub = await deployLamp(desk);
  const lamp = bedroomLamp(hub);
  const chosen = [{ hub: hub.id, kind: 'device', id: lamp.id, name: 'Kattovalo' }];
  await deployLamp(desk, { targets: chosen });
  hub.home.change(lamp.id, { isOn: false });
  const editor = await desk.usedEditor();
  await takeOffline(desk, editor, hub);
  await editor.openNode('lamp');
  const picker = new Picker(editor.page);
  await picker.search.click();
  await picker.untilAnnounced(/can't be reached.*from \d/);
  await becomes(async () => [await picker.names(), await picker.ids()], [['Kattovalo'], [lamp.id]]);
  await editor.closeNode('ok');
  assert.equal(await editor.isDeployLit(), false, 'nothing was changed');
  await editor.openNode('lamp');
  await picker.type('Uusi valo');
  await until('the offer', async () => /as it is/.test(await picker.list.innerText()));
  await editor.closeNode('ok');
  await editor.deploy();
  const typed = { hub: '', kind: '', id: '', name: 'Uusi valo' };
  assert.deepEqual(savedTargets(await desk.nodeRed.flows()), [...chosen, typed]);
}

/** Takes the hub offline once the picker has listed its devices. */
async function takeOffline(desk: Desk, editor: Editor, hub: SimulatedHub): Promise<void> {
  await editor.openNode('lamp');
  const picker = new Picker(editor.page);
  await picker.search.click();
  await picker.options.first().waitFor();
  await editor.closeNode('cancel');
  await hub.goOffline();
  const path = `/cozify/accounts/${ACCOUNT}/things`;
  await until('the hub to be offline', async () => {
    const { body } = await desk.nodeRed.admin('GET', path);
    return (body as { away?: boolean }).away === true;
  });
}

export function savedTargets(flows: FlowNode[], of = 'lamp'): unknown {
  return flows.find(({ id }) => id === of)?.['targets'];
}

import type { NodeAPI } from 'node-red';
import type { Condition, DeviceFilter, Reading, ReadQuery } from '../src/homes-api.js';
import { homesApi, systemClock } from '../src/nodes-api.js';
import { defineActionPerNode } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB, TARGETS } from './runtime/hub-targets.js';
import { composed, flag, parameter } from './runtime/parameters.js';

const PARAMETERS = {
  targets: TARGETS,
  hub: HUB,
  /** Selects the devices if there are no targets. */
  filter: composed<DeviceFilter>(({ def: { kind = 'device', ...def } }) =>
    homesApi().parseFilter({ ...def, kinds: [kind] }),
  ),
  fresh: flag(false, { source: 'node' }),
  output: parameter<ReadQuery['output']>(
    { enum: ['auto', 'array', 'map'], default: 'auto', description: '"auto", "array" or "map"' },
    { source: 'node' },
  ),
  field: parameter<string>({ type: 'string', default: '', description: 'the name of a field' }, { source: 'node' }),
  condition: parameter<Condition | null>(
    { default: null, description: 'a condition' },
    { source: 'node', parse: (condition) => homesApi().parseCondition(condition) },
  ),
};

/** Registers the node that reads the states of devices. */
export default function register(RED: NodeAPI): void {
  defineActionPerNode<typeof PARAMETERS, Reading>(RED, 'read', (node, { account, hub, field }) => {
    const { readThings } = homesApi();
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      run: async (ofAccount, query) => ({
        value: await ofAccount.useHomes('read', (homes) => readThings(homes, query, systemClock)),
        isRefreshed: false,
      }),
      output: ({ isMet }) => (isMet ? 1 : 2),
      // If no device meets the condition, the payload of the message is left unchanged.
      properties: ({ isMet, payload, device }) => ({ ...(isMet && { payload }), ...(device && { device }) }),
      details: ({ asOf, stale, away }) => ({ asOf, stale, away }),
      status: hubStepStatus<Reading>(status, ({ things, stale, away }) => {
        status.show(things, typeof field === 'string' ? field.trim() : '');
        for (const id of away) status.addHub(id);
        if (stale) status.showAway();
      }),
    };
  });
}
